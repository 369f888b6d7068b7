"""Messages about incidents, for programs and for people."""

import json
from pathlib import Path

import jsonschema

from binwatch.alerts import Severity
from binwatch.incident_messages import IncidentMessage
from binwatch.incidents import Group, GroupKind, Incident

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/incident.schema.json").read_text())
INCIDENT = IncidentMessage.about(
    Incident(
        id="0123456789abcdef0123",
        group=Group("berlin-1", GroupKind.AISLE, "A"),
        revision=1,
        bins=("A-01", "A-02"),
        unreadable=1,
        began_at="2026-11-20T03:00:00.000Z",
    )
)


def test_the_message_is_of_the_published_schema():
    jsonschema.validate(json.loads(INCIDENT.to_json()), SCHEMA)


def test_subscriptions_can_filter_incidents_as_they_filter_alerts():
    assert {
        "site": "berlin-1",
        "severity": "high",
        "event": "opened",
        "incident": "aisle",
    } == INCIDENT.attributes


def test_a_message_is_read_as_it_was_written_and_what_a_later_writer_adds_is_ignored():
    later = {**json.loads(INCIDENT.to_json()), "floor": 2}

    read = IncidentMessage.from_json(json.dumps(later))

    assert (INCIDENT, GroupKind.AISLE, Severity.HIGH) == (read, read.kind, read.severity)
