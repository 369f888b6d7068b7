"""deliver_webhooks: every message is posted once signed, and what fails stays in the queue."""

import json

import boto3
import pytest

from binwatch import bootstrap
from binwatch.adapters import ssm_webhook
from binwatch.errors import Unavailable, WebhookRefused
from functions.deliver_webhooks.app import handler
from tests.core.test_alerts import ALERT
from tests.core.test_asking import AUDIT
from tests.core.test_incident_messages import INCIDENT
from tests.functions.conftest import CONTEXT

NAME = "/binwatch/webhook"
SECRET = "a secret of some length"


class Receiver:
    """Takes what is posted, and fails as it is told to."""

    def __init__(self):
        self.configured, self.posted, self.fails = [], [], {}

    def __call__(self, url, secrets):
        self.configured.append((url, secrets))
        return self

    def send(self, body, delivery, at):
        if delivery in self.fails:
            raise self.fails[delivery]
        self.posted.append((body, delivery))


@pytest.fixture
def receiver(aws, monkeypatch):
    receiver = Receiver()
    monkeypatch.setattr(ssm_webhook, "WebhookSender", receiver)
    monkeypatch.setenv("WEBHOOK_PARAMETER", NAME)
    bootstrap.webhook.cache_clear()
    configure({"url": "https://wms.example/binwatch", "secrets": [SECRET]})
    yield receiver
    bootstrap.webhook.cache_clear()


def configure(value):
    text = value if isinstance(value, str) else json.dumps(value)
    boto3.client("ssm").put_parameter(Name=NAME, Value=text, Type="SecureString", Overwrite=True)


def deliver(*bodies):
    records = [
        {"eventSource": "aws:sqs", "messageId": str(number), "body": body}
        for number, body in enumerate(bodies, 1)
    ]
    failed = handler({"Records": records}, CONTEXT)["batchItemFailures"]
    return [each["itemIdentifier"] for each in failed]


@pytest.mark.parametrize("message", [ALERT, INCIDENT, AUDIT], ids=["alert", "incident", "audit"])
def test_a_message_is_posted_as_it_is_with_what_tells_duplicates_apart(receiver, message):
    assert [] == deliver(message.to_json())
    assert [(message.to_json(), f"{message.id}/{message.revision}")] == receiver.posted
    assert [("https://wms.example/binwatch", (SECRET.encode(),))] == receiver.configured


@pytest.mark.parametrize("error", [Unavailable("down"), WebhookRefused("webhook_refused", "404")])
def test_what_the_receiver_does_not_take_stays_in_the_queue_and_no_neighbour_with_it(receiver, error):
    receiver.fails = {f"{ALERT.id}/{ALERT.revision}": error}

    assert ["1"] == deliver(ALERT.to_json(), AUDIT.to_json())
    assert 1 == len(receiver.posted)


def test_what_is_no_message_of_ours_goes_to_the_dead_letters_unsent(receiver):
    assert ["1"] == deliver("{}")
    assert [] == receiver.posted


def test_a_parameter_that_names_no_receiver_keeps_everything_until_it_is_mended(receiver, monkeypatch):
    monkeypatch.setattr(ssm_webhook, "MAX_AGE_S", -1)
    configure("{")
    assert ["1"] == deliver(ALERT.to_json())

    configure({"url": "https://wms.example/new", "secrets": [SECRET, "and the one before"]})

    assert [] == deliver(ALERT.to_json())
    assert ["https://wms.example/new"] == [url for url, _ in receiver.configured]


def test_a_parameter_that_is_not_there_keeps_everything(receiver):
    boto3.client("ssm").delete_parameter(Name=NAME)

    assert ["1"] == deliver(ALERT.to_json())


def test_an_event_of_another_kind_is_nobodys_message(receiver):
    assert {"batchItemFailures": []} == handler({"Records": [{"eventSource": "aws:s3"}]}, CONTEXT)
