"""A built function in the real Lambda runtime: awslambdaric under the emulator that SAM brings.

Of this environment only the standard library and awslambdaric are to be seen, so that what the layer lacks is
missing here as it would be on AWS.
"""

import json
import platform
import subprocess
import sys
import time
from importlib.metadata import files
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import samcli

from binwatch_local.processes import free_port

RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
EMULATORS = {"x86_64": "aws-lambda-rie-x86_64", "aarch64": "aws-lambda-rie-arm64"}
READY_WITHIN_S = 20


def emulator():
    return Path(samcli.__file__).parent / "local/rapid" / EMULATORS[platform.machine()]


def only_the_runtime(folder):
    """A folder that shows awslambdaric and what it needs, and nothing else that is installed here."""
    folder.mkdir(exist_ok=True)
    for distribution in RUNTIME:
        for file in files(distribution) or ():
            top, seen = file.parts[0], folder / file.parts[0]
            if not top.endswith(".dist-info") and not seen.exists():
                seen.symlink_to(Path(file.locate()).parents[len(file.parts) - 1] / top)
    return folder


def python_path(code, layer, runtime):
    """Where Lambda looks for modules: the function, the layer, the runtime's own."""
    return ":".join(str(each) for each in (code, layer / "python", runtime))


class LambdaRuntime:
    """One function, started once and invoked as often as wanted."""

    def __init__(self, code, layer, environ, folder):
        self._url = f"http://127.0.0.1:{free_port(None, None, 'the emulator')}"
        api = free_port(None, None, "the runtime API")
        self.log = folder / "function.log"
        addresses = ("--runtime-interface-emulator-address", self._url.removeprefix("http://"))
        addresses += ("--runtime-api-address", f"127.0.0.1:{api}")
        handler = (sys.executable, "-S", "-m", "awslambdaric", "app.handler")
        lambdas_own = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "PYTHONPATH": python_path(code, layer, only_the_runtime(folder / "runtime")),
            "LAMBDA_TASK_ROOT": str(code),
            "AWS_LAMBDA_FUNCTION_NAME": code.name,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [emulator(), *addresses, *handler],
                cwd=code,
                env=lambdas_own | environ,
                stdout=log,
                stderr=log,
            )

    def invoke(self, event):
        """The function's answer to an event's JSON text."""
        url = f"{self._url}/2015-03-31/functions/function/invocations"
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                with urlopen(Request(url, event.encode()), timeout=90) as response:
                    return json.loads(response.read())
            except URLError:  # it is not listening yet
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
