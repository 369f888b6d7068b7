"""`sam local invoke` of every function with every sample event, against a stack of one machine.

    python -m tests.artefacts.sam_local_every_event [FUNCTION or EVENT ...]

Needs an engine that speaks Docker's API, found as SAM finds it (DOCKER_HOST). Starts and stops a stack of its
own. Prints a row for each pair, and ends with 1 if one of them answers otherwise than the tests expect.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from binwatch_local import environment
from binwatch_local.supervisor import program
from tests.artefacts.answers import ANSWERS, DONE
from tests.artefacts.from_containers import reachable
from tests.artefacts.one_machine import FUNCTIONS, one_machine
from tests.sample_events import FOLDER, NAMES


def main(asked):
    functions = [each for each in FUNCTIONS if each in asked] or FUNCTIONS
    events = [each for each in NAMES if each in asked] or NAMES
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, one_machine(Path(folder)) as machine:
        machine.put_objects()
        ports = [urlsplit(url).port for url in (machine.stack.aws_url, machine.stack.endpoint_url)]
        with reachable(*ports) as host:
            variables = Path(folder) / "env.json"
            variables.write_text(environments(machine, host))
            for function, event in product(functions, events):
                began = time.monotonic()
                answer = invoke(machine, variables, function, event)
                as_expected = answer == ANSWERS.get((function, event), DONE)
                wrong += not as_expected
                row = f"{function:22}{event:28}{time.monotonic() - began:5.1f} s  {json.dumps(answer)}"
                print("ok   " if as_expected else "WRONG", row, flush=True)
    print(f"{len(functions) * len(events)} invocations, {wrong} wrong")
    return min(wrong, 1)


def environments(machine, host):
    """The variables of all functions as the template sets them, with addresses that a container can reach."""
    text = json.dumps({each: machine.environ(each) for each in FUNCTIONS})
    return text.replace("//127.0.0.1:", f"//{host}:").replace("//localhost:", f"//{host}:")


def invoke(machine, variables, function, event):
    """What the function answers, or what SAM said last."""
    command = [program("sam"), "local", "invoke", function, "--event", str(FOLDER / f"{event}.json")]
    command += ["--template-file", str(machine.built / "template.yaml"), "--env-vars", str(variables)]
    command += ["--skip-pull-image"]
    engine = {name: value for name, value in os.environ.items() if name.startswith("DOCKER_")}
    ran = subprocess.run(
        command,
        env=environment.isolated() | engine | {"SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
    )
    try:
        return json.loads(ran.stdout)
    except json.JSONDecodeError:
        return ran.stderr[-400:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
