"""Alerts are kept as they arrive; what else is published to the topic does no harm."""

import boto3
import pytest
from moto import mock_aws

from binwatch_local.home import Home
from binwatch_local.inbox import Inbox
from tests.core.test_alerts import ALERT


@pytest.fixture
def queue(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("sqs").create_queue(QueueName="alerts")["QueueUrl"]


def test_an_alert_is_kept_and_a_foreign_message_is_left_out(queue, tmp_path):
    home = Home(tmp_path)
    home.make()
    for body in ("hello", ALERT.to_json()):
        boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    inbox = Inbox(home, queue)

    assert [ALERT] == [received.alert for received in inbox.receive()]
    assert [ALERT] == [received.alert for received in inbox.kept()]
    assert [] == list(inbox.receive())
