"""Alerts arrive as JSON, can be filtered by their attributes, and fail as transient."""

import json
from dataclasses import replace

import boto3
import pytest

from binwatch.adapters.sns_alerts import SnsAlerts
from binwatch.alerts import Alert
from binwatch.errors import RequestRefused, Unavailable
from binwatch.links import LinkTemplate
from binwatch.outbox import message_of
from tests.core.test_alerts import ALERT
from tests.core.test_asking import AUDIT, RELOOK
from tests.core.test_incident_messages import INCIDENT
from tests.sam_template import RESOURCES


@pytest.fixture
def topic(aws):
    return boto3.client("sns").create_topic(Name="alerts")["TopicArn"]


def subscribe(topic, **attributes):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="ops")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])


def test_a_subscribed_queue_receives_the_alert_as_json(topic):
    receive = subscribe(topic)

    SnsAlerts(boto3.client("sns"), topic).publish(ALERT)

    (message,) = receive()
    assert Alert.from_json(json.loads(message["Body"])["Message"]) == ALERT


def test_an_alert_that_is_published_carries_its_link(topic):
    receive = subscribe(topic)

    SnsAlerts(boto3.client("sns"), topic, LinkTemplate("https://wms.example/{alert}")).publish(ALERT)

    (message,) = receive()
    assert f"https://wms.example/{ALERT.id}" == json.loads(json.loads(message["Body"])["Message"])["link"]


@pytest.mark.parametrize(("severity", "received"), [("medium", 1), ("high", 0)])
def test_a_subscription_can_filter_by_severity(topic, severity, received):
    receive = subscribe(topic, FilterPolicy=json.dumps({"severity": [severity]}))

    SnsAlerts(boto3.client("sns"), topic).publish(ALERT)

    assert received == len(receive())


def test_a_topic_that_does_not_answer_is_transient(topic):
    boto3.client("sns").delete_topic(TopicArn=topic)

    with pytest.raises(Unavailable):
        SnsAlerts(boto3.client("sns"), topic).publish(ALERT)


def test_a_message_that_is_too_large_is_permanent(topic):
    with pytest.raises(RequestRefused, match="InvalidParameter"):
        SnsAlerts(boto3.client("sns"), topic).publish(replace(ALERT, why="x" * 300_000))


def test_an_incident_arrives_as_json_and_can_be_filtered_as_alerts_can(topic):
    receive = subscribe(topic, FilterPolicy=json.dumps({"severity": ["high"], "incident": ["aisle"]}))

    SnsAlerts(boto3.client("sns"), topic).publish(INCIDENT)

    (message,) = receive()
    assert INCIDENT == message_of(json.loads(message["Body"])["Message"])


@pytest.mark.parametrize(("message", "received"), [(ALERT, 1), (INCIDENT, 1), (AUDIT, 1), (RELOOK, 0)])
def test_people_get_all_but_what_robots_are_asked(topic, message, received):
    policy = RESOURCES["AlertsByMail"]["Properties"]["FilterPolicy"]
    receive = subscribe(topic, FilterPolicy=json.dumps(policy))

    SnsAlerts(boto3.client("sns"), topic).publish(message)

    assert received == len(receive())


def test_a_robot_fleet_gets_what_it_is_asked_and_nothing_else(topic):
    receive = subscribe(topic, FilterPolicy=json.dumps({"event": ["relook"], "site": ["berlin-1"]}))

    for message in (ALERT, INCIDENT, AUDIT, RELOOK):
        SnsAlerts(boto3.client("sns"), topic).publish(message)

    (message,) = receive()
    assert RELOOK == message_of(json.loads(message["Body"])["Message"])
