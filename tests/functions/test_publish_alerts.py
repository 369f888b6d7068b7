"""publish_alerts: every outbox row is sent, and a failure loses nothing behind it."""

from dataclasses import replace

import boto3
import pytest

from binwatch.errors import Unavailable
from functions.publish_alerts.app import handler
from tests.core.test_alerts import ALERT
from tests.core.test_asking import AUDIT, RELOOK
from tests.core.test_incident_messages import INCIDENT
from tests.functions.conftest import CONTEXT


def a_change(text, number="7", name="INSERT", pk="outbox/1"):
    image = {"alert": {"S": text}}
    return {
        "eventName": name,
        "dynamodb": {"SequenceNumber": number, "Keys": {"pk": {"S": pk}}, "NewImage": image},
    }


def test_an_outbox_row_is_published(cloud):
    assert {"batchItemFailures": []} == handler({"Records": [a_change(ALERT.to_json())]}, CONTEXT)
    assert [ALERT.id] == [alert["id"] for alert in cloud.alerts()]


@pytest.mark.parametrize("change", [{"name": "MODIFY"}, {"name": "REMOVE"}, {"pk": "bin/s/1"}])
def test_other_rows_are_nobodys_alert(cloud, change):
    handler({"Records": [a_change(ALERT.to_json(), **change)]}, CONTEXT)

    assert [] == cloud.alerts()


def test_the_first_failure_stops_the_batch_so_that_nothing_is_sent_twice(cloud):
    good = ALERT.to_json()

    answer = handler(
        {"Records": [a_change(good, "1"), a_change("poison", "2"), a_change(good, "3")]}, CONTEXT
    )

    assert {"batchItemFailures": [{"itemIdentifier": "2"}]} == answer
    assert 1 == len(cloud.alerts())


def test_while_the_topic_does_not_answer_the_whole_batch_is_tried_again(cloud):
    sns = boto3.client("sns")
    sns.delete_topic(TopicArn=sns.list_topics()["Topics"][0]["TopicArn"])

    with pytest.raises(Unavailable):
        handler({"Records": [a_change(ALERT.to_json(), "1"), a_change(ALERT.to_json(), "2")]}, CONTEXT)


def test_a_message_that_sns_takes_in_no_case_is_named_and_what_came_before_it_sent(cloud):
    huge = replace(ALERT, why="x" * 300_000).to_json()

    answer = handler({"Records": [a_change(ALERT.to_json(), "1"), a_change(huge, "2")]}, CONTEXT)

    assert {"batchItemFailures": [{"itemIdentifier": "2"}]} == answer
    assert 1 == len(cloud.alerts())


def test_an_event_of_another_kind_is_nobodys_alert(cloud):
    assert {"batchItemFailures": []} == handler({"Records": [{"eventSource": "aws:s3"}]}, CONTEXT)


def test_an_incident_is_published_as_alerts_are(cloud):
    assert {"batchItemFailures": []} == handler({"Records": [a_change(INCIDENT.to_json())]}, CONTEXT)
    assert [INCIDENT.id] == [message["id"] for message in cloud.alerts()]


@pytest.mark.parametrize("request_", [RELOOK, AUDIT], ids=["relook", "audit"])
def test_a_request_is_published_and_not_counted_as_an_alert(cloud, capsys, request_):
    assert {"batchItemFailures": []} == handler({"Records": [a_change(request_.to_json())]}, CONTEXT)

    assert [request_.id] == [message["id"] for message in cloud.alerts()]
    assert ("RequestsPublished" in (said := capsys.readouterr().out), False) == (
        True,
        "AlertsPublished" in said,
    )
