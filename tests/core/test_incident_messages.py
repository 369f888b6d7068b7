"""Messages about incidents, for programs and for people."""

import json
from pathlib import Path

import jsonschema

from binwatch.alerts import Severity
from binwatch.decision import Verdict
from binwatch.incident_messages import IncidentMessage
from binwatch.incidents import MOST_NAMED, Incident
from binwatch.keys import BinId
from binwatch.signs import Group, GroupKind, Sign
from binwatch.tallies import tallied

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


def an_incident_of(number):
    """As it was told of so many bins, the names of which a tally has heard."""
    names = [f"A-{each:05}" for each in range(number)]
    return IncidentMessage.about(
        Incident(
            id="0123456789abcdef0123",
            group=Group("berlin-1", GroupKind.AISLE, "A"),
            revision=1,
            bins=tuple(names[:MOST_NAMED]),
            unreadable=0,
            began_at="2026-11-20T03:00:00.000Z",
            since="2026-11-20T02:55:00.000Z",
            separator="-",
            tally=tallied("", names),
        )
    )


def test_a_message_says_how_many_bins_were_hit_and_that_not_all_are_named():
    message = an_incident_of(3_000)

    assert (MOST_NAMED, True) == (len(message.bins), 2_900 < message.hit < 3_100)
    assert f"about {message.hit} bins at once" in message.subject
    assert f"A-00019 and about {message.hit - 20} more" in message.email_text
    jsonschema.validate(json.loads(message.to_json()), SCHEMA)


def test_a_message_that_names_all_bins_counts_them():
    message = an_incident_of(30)

    assert "30 bins at once" in message.subject
    assert "A-00019 and 10 more" in message.email_text


def test_a_message_of_an_older_version_counts_the_bins_that_it_names():
    older = json.loads(INCIDENT.to_json())
    for name in ("hit", "since", "separator"):
        del older[name]

    message = IncidentMessage.from_json(json.dumps(older))

    jsonschema.validate(older, SCHEMA)
    assert ": 2 bins at once" in message.subject
    assert [True, False] == [message.explains(a_look_at(name)) for name in ("A-02", "A-03")]


def test_a_message_stands_for_the_bins_that_it_does_not_name():
    message = an_incident_of(3_000)

    assert [True, False] == [message.explains(a_look_at(name)) for name in ("A-02999", "B-02999")]


def a_look_at(name):
    return Sign(BinId("berlin-1", name), Verdict.MISMATCH, "look", "2026-11-20T03:10:00.000Z")
