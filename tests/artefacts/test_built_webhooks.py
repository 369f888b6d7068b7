"""The function that posts webhooks, as `sam build` made it, with a receiver that speaks TLS."""

import json
import sys
import time

import pytest

from binwatch.webhooks import verify
from tests.artefacts.lambda_runtime import LambdaRuntime
from tests.artefacts.one_machine import LAYER, WEBHOOKS
from tests.core.test_alerts import ALERT
from tests.https_receiver import a_certificate, receiver

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the runtime interface emulator is a program for Linux"
)

NAME = "/binwatch/webhook-of-a-test"
SECRET = "a secret of some length"
GOOD = ALERT.to_json()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return a_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(certificate):
    with receiver(certificate) as server:
        yield server


@pytest.fixture(scope="module")
def function(machine, server, certificate, tmp_path_factory):
    """The built function, told of the receiver by an encrypted parameter; it believes our certificate."""
    url = f"https://127.0.0.1:{server.server_port}/hook"
    machine.client("ssm").put_parameter(
        Name=NAME, Value=json.dumps({"url": url, "secrets": [SECRET]}), Type="SecureString", Overwrite=True
    )
    environ = machine.environ("PublishAlertsFunction") | {
        "WEBHOOK_PARAMETER": NAME,
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


def test_a_message_of_the_queue_is_posted_signed_to_the_receiver(function, server):
    server.received.clear()

    assert {"batchItemFailures": []} == function.invoke(batch(GOOD))

    ((headers, body),) = server.received
    assert GOOD == body.decode()
    assert f"{ALERT.id}/{ALERT.revision}" == headers["X-Binwatch-Delivery"]
    verify([SECRET.encode()], body, headers["X-Binwatch-Signature"], int(time.time()))


def test_what_cannot_be_posted_stays_in_the_queue_and_its_neighbour_goes_out(function, server):
    server.received.clear()

    assert {"batchItemFailures": [{"itemIdentifier": "0"}]} == function.invoke(batch("no message", GOOD))

    assert [GOOD] == [body.decode() for _, body in server.received]
