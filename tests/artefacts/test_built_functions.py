"""What `sam build` made, run as AWS would run it: every function with every sample event."""

import json
import subprocess
import sys

import pytest

from tests.artefacts.answers import ANSWERS, DONE
from tests.artefacts.lambda_runtime import only_the_runtime, python_path
from tests.artefacts.one_machine import FUNCTIONS, LAYER, WEBHOOKS
from tests.sample_events import NAMES, keys, records, text

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the runtime interface emulator is a program for Linux"
)

LIMIT = 262_144_000  # bytes that Lambda takes for a function and its layers, unzipped


@pytest.mark.parametrize("event", NAMES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_answers_every_event(functions, function, event):
    assert ANSWERS.get((function, event), DONE) == functions[function].invoke(text(event))


def test_an_uploaded_photo_becomes_a_look_with_a_verdict(machine, functions):
    functions["CountBinsFunction"].invoke(text("s3_put_fleet_in_sqs"))

    looks = [row for row in machine.rows() if row.get("key", {}).get("S") in keys("s3_put_fleet_in_sqs")]
    assert {"MATCH", "MISMATCH", "UNSURE", "WAITING"} >= {row["verdict"]["S"] for row in looks} > set()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("s3_put_versioned_in_sqs", "object_gone"),
        ("s3_outside_layouts_in_sqs", "key_outside_layouts"),
        ("s3_too_large_in_sqs", "too_large"),
        ("s3_zero_byte_in_sqs", "empty"),
        ("sqs_poison_not_json", "not_json"),
        ("sqs_not_an_s3_event", "not_a_notification"),
    ],
)
def test_what_cannot_be_counted_leaves_its_reason(machine, functions, event, reason):
    functions["CountBinsFunction"].invoke(text(event))

    told = [row.get("reason") or row.get("code") for row in machine.rows()]
    assert reason in {each["S"].partition(":")[0] for each in told if each}


def test_a_row_of_the_outbox_becomes_a_message_on_the_topic(machine, functions):
    machine.alerts()

    functions["PublishAlertsFunction"].invoke(text("stream_outbox_insert"))

    (record,) = records("stream_outbox_insert")
    (sent,) = machine.alerts()
    assert json.loads(record["dynamodb"]["NewImage"]["alert"]["S"]).items() <= sent.items()


@pytest.mark.parametrize("function", [*FUNCTIONS, WEBHOOKS])
def test_importing_the_built_function_needs_no_environment(machine, function, tmp_path):
    path = python_path(
        machine.built / function, machine.built / LAYER, only_the_runtime(tmp_path / "runtime")
    )

    imported = subprocess.run(
        [sys.executable, "-S", "-c", "import app; print(app.__file__)"],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )

    assert (0, f"{machine.built / function / 'app.py'}\n") == (imported.returncode, imported.stdout), (
        imported.stderr
    )


@pytest.mark.parametrize("function", [*FUNCTIONS, WEBHOOKS])
def test_a_function_holds_its_handler_and_nothing_else(machine, function):
    files = {path.name for path in (machine.built / function).iterdir() if path.name != "__pycache__"}

    assert {"app.py", "requirements.txt"} == files


def test_the_layer_holds_our_package_and_fits_into_lambda(machine):
    layer = machine.built / LAYER

    assert (layer / "python/binwatch/monitor.py").is_file()
    assert sum(path.stat().st_size for path in layer.rglob("*") if path.is_file()) < LIMIT
