"""What `sam build` made, run as AWS would run it: every function with every sample event."""

import json
import subprocess
import sys
import time

import pytest

from binwatch.webhooks import verify
from tests.artefacts.answers import ANSWERS, DONE
from tests.artefacts.lambda_runtime import LambdaRuntime, only_the_runtime, python_path
from tests.artefacts.one_machine import FUNCTIONS, LAYER, WEBHOOKS
from tests.core.test_alerts import ALERT
from tests.https_receiver import a_certificate, receiver
from tests.sample_events import NAMES, keys, records, text

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(
        sys.platform != "linux", reason="the runtime interface emulator is a program for Linux"
    ),
]

LIMIT = 262_144_000  # bytes that Lambda takes for a function and its layers, unzipped
RECEIVER = "/binwatch/webhook-of-a-test"  # the parameter that tells of it
SECRET = "a secret of some length"
GOOD = ALERT.to_json()


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return a_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(certificate):
    with receiver(certificate) as server:
        yield server


@pytest.fixture(scope="module")
def webhooks(machine, server, certificate, tmp_path_factory):
    """The function that posts webhooks, told of the receiver by a parameter; it believes our certificate."""
    url = f"https://127.0.0.1:{server.server_port}/hook"
    machine.client("ssm").put_parameter(
        Name=RECEIVER,
        Value=json.dumps({"url": url, "secrets": [SECRET]}),
        Type="SecureString",
        Overwrite=True,
    )
    environ = machine.environ("PublishAlertsFunction") | {
        "WEBHOOK_PARAMETER": RECEIVER,
        "SSL_CERT_FILE": str(certificate),
    }
    built = machine.built
    function = LambdaRuntime(built / WEBHOOKS, built / LAYER, environ, tmp_path_factory.mktemp(WEBHOOKS))
    yield function
    function.stop()


def batch(*bodies):
    records = [
        {"messageId": str(number), "eventSource": "aws:sqs", "body": body, "attributes": {}}
        for number, body in enumerate(bodies)
    ]
    return json.dumps({"Records": records})


def test_a_message_of_the_queue_is_posted_signed_to_the_receiver(webhooks, server):
    server.received.clear()

    assert {"batchItemFailures": []} == webhooks.invoke(batch(GOOD))

    ((headers, body),) = server.received
    assert GOOD == body.decode()
    assert f"{ALERT.id}/{ALERT.revision}" == headers["X-Binwatch-Delivery"]
    verify([SECRET.encode()], body, headers["X-Binwatch-Signature"], int(time.time()))


def test_what_cannot_be_posted_stays_in_the_queue_and_its_neighbour_goes_out(webhooks, server):
    server.received.clear()

    assert {"batchItemFailures": [{"itemIdentifier": "0"}]} == webhooks.invoke(batch("no message", GOOD))

    assert [GOOD] == [body.decode() for _, body in server.received]
