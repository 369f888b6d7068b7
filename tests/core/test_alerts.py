"""What operations staff receive."""

import json
from dataclasses import fields, replace
from pathlib import Path

import jsonschema
import pytest

from binwatch.alerts import Alert, MalformedAlert, Severity, State, severity_of
from binwatch.decision import Direction, Verdict
from binwatch.keys import PhotoAt
from binwatch.records import Source

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/alert.schema.json").read_text())

ALERT = Alert(
    id="0123456789abcdef0123",
    revision=1,
    event="opened",
    site="Köln Süd",
    bin="A-07 😀",
    verdict=Verdict.MISMATCH,
    direction=Direction.SHORTAGE,
    severity=Severity.MEDIUM,
    expected=5,
    counted=3,
    mismatch_probability=0.62,
    probabilities=(0.1, 0.1, 0.1, 0.6, 0.05, 0.05),
    photo=PhotoAt("uploads", "sites/Köln Süd/bins/A-07 😀/20261120T221005.123Z.jpg", "v1"),
    expected_source=Source.SIDECAR,
    captured_at="2026-11-20T22:10:05.123Z",
    decided_at="2026-11-20T22:10:06.000Z",
    model="resnet:1",
    policy="posterior",
)


def test_an_alert_survives_its_json():
    assert Alert.from_json(ALERT.to_json()) == ALERT


def test_the_json_keeps_the_published_schema():
    jsonschema.validate(json.loads(ALERT.to_json()), SCHEMA)


def test_the_schema_names_all_that_is_sent():
    assert set(SCHEMA["properties"]) == {"schema", *(each.name for each in fields(Alert))}


def test_what_was_written_before_alerts_had_a_life_is_read():
    first = {name: value for name, value in json.loads(ALERT.to_json()).items() if name in SCHEMA["required"]}

    jsonschema.validate(first, SCHEMA)
    assert ALERT == Alert.from_json(json.dumps(first))


def test_what_a_later_writer_adds_is_passed_over():
    assert ALERT == Alert.from_json(json.dumps(json.loads(ALERT.to_json()) | {"colour": "red"}))


def test_an_alert_of_any_event_keeps_the_published_schema():
    later = replace(
        ALERT,
        event="resolved",
        state=State.FALSE_ALARM,
        opened_at="2026-11-20T22:10:06.000Z",
        changed_at="2026-11-20T22:30:06.000Z",
        who="Anna",
        why="Anna: the record is right (hidden)",
        counted_by_hand=5,
        reminder=2,
        link="https://console.example/A-07",
    )

    jsonschema.validate(json.loads(later.to_json()), SCHEMA)
    assert later == Alert.from_json(later.to_json())


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "exploded"},
        {"state": "gone"},
        {"expected_source": "None"},
        {"mismatch_probability": "high"},
        {"expected": None},
        {"probabilities": [None]},
    ],
    ids=str,
)
def test_an_alert_with_a_field_that_cannot_be_is_refused(wrong):
    with pytest.raises(MalformedAlert):
        Alert.from_json(json.dumps(json.loads(ALERT.to_json()) | wrong))


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"schema": "binwatch.alert/9"}', "7"])
def test_any_other_text_is_refused(text):
    with pytest.raises(MalformedAlert):
        Alert.from_json(text)


def test_the_attributes_are_those_of_the_filter_policies():
    assert {"site", "bin", "direction", "severity", "verdict", "event"} == set(ALERT.attributes)


@pytest.mark.parametrize(
    ("loss", "severity"),
    [(0.3, Severity.LOW), (0.9, Severity.MEDIUM), (1.99, Severity.MEDIUM), (2, Severity.HIGH)],
)
def test_the_greater_the_expected_loss_the_more_urgent(loss, severity):
    assert severity is severity_of(loss)
