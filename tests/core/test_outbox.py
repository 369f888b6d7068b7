"""Which records of the table's stream are alerts."""

import pytest

from binwatch.alerts import MalformedAlert
from binwatch.outbox import message_of, message_texts
from tests.core.test_alerts import ALERT
from tests.core.test_incident_messages import INCIDENT


def a_change(name="INSERT", pk="outbox/1", alert='{"id": 1}'):
    image = {"alert": {"S": alert}} if alert else {}
    return {
        "eventName": name,
        "dynamodb": {"SequenceNumber": "7", "Keys": {"pk": {"S": pk}}, "NewImage": image},
    }


def test_a_row_put_into_the_outbox_is_an_alert():
    assert [("7", '{"id": 1}')] == list(message_texts({"Records": [a_change()]}))


@pytest.mark.parametrize("change", [a_change("MODIFY"), a_change("REMOVE"), a_change(pk="bin/s/1"), {}])
def test_any_other_change_is_nobodys_alert(change):
    assert [] == list(message_texts({"Records": [change]}))


def test_a_row_without_an_alert_is_handed_on_for_its_failure_to_be_seen():
    assert [("7", "")] == list(message_texts({"Records": [a_change(alert=None)]}))


@pytest.mark.parametrize("message", [ALERT, INCIDENT])
def test_a_message_is_what_its_schema_says(message):
    assert message == message_of(message.to_json())


@pytest.mark.parametrize(
    "text", ["", "7", "{}", '{"schema": "binwatch.incident/1"}', '{"schema": "binwatch.incident/2"}']
)
def test_what_is_neither_an_alert_nor_an_incident_is_refused(text):
    with pytest.raises(MalformedAlert):
        message_of(text)
