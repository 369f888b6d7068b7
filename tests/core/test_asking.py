"""Robots are asked while a doubt lasts, with pauses and not for ever; people whenever chance says so."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from binwatch.alerts import MalformedAlert
from binwatch.asking import NO_DOUBT, Doubt, doubted, drawn
from binwatch.decision import Cost, Exact, Verdict
from binwatch.errors import IllegalTransition, MalformedCommand, UnknownAlert
from binwatch.evidence import CycleCount
from binwatch.keys import BinId
from binwatch.outbox import message_of
from binwatch.policy_book import Rules
from binwatch.requests import AuditRequest, RelookRequest
from binwatch.triage import Capacity
from tests.alert_floor import Floor
from tests.alert_lives import minute
from tests.core.test_bins import a_look

DOCS = Path(__file__).parents[2] / "docs"
BIN = BinId("berlin-1", "A-07")
UNSURE = replace(a_look(2), verdict=Verdict.UNSURE, expected=3, most_likely=2, mismatch_probability=0.2)
MATCH = replace(UNSURE, verdict=Verdict.MATCH)


def doubts(*verdicts, pause=60, at_most=3):
    """The doubt after looks at their minutes, and at which minutes robots were asked."""
    rules = Rules(relook_minutes=pause, relooks_at_most=at_most)
    doubt, asked = NO_DOUBT, []
    for at, look in verdicts:
        after = doubted(doubt, look, rules, minute(at), is_new=True)
        asked += [at] if after.asked_at != doubt.asked_at else []
        doubt = after
    return doubt, asked


def test_while_a_doubt_lasts_robots_are_asked_again_after_each_pause():
    doubt, asked = doubts((0, UNSURE), (10, UNSURE), (60, UNSURE), (110, UNSURE), (120, UNSURE), at_most=9)

    assert ([0, 60, 120], Doubt(minute(0), minute(120), 5)) == (asked, doubt)


def test_robots_are_no_longer_asked_once_so_many_looks_have_left_a_doubt():
    looks = [(0, UNSURE), (100, UNSURE), (200, UNSURE), (300, UNSURE)]

    assert [[], [0], [0, 100], [0, 100, 200]] == [doubts(*looks, at_most=most)[1] for most in (1, 2, 3, 4)]


def test_the_looks_that_left_a_doubt_are_counted_anew_in_the_next():
    assert 0 == doubts((0, UNSURE), (5, MATCH))[0].looks
    assert 1 == doubts((0, UNSURE), (5, MATCH), (9, UNSURE))[0].looks


def test_a_look_that_is_only_judged_again_is_counted_once():
    begun = doubted(NO_DOUBT, UNSURE, Rules(), minute(0), is_new=False)  # its record changed

    assert (1, 1) == (begun.looks, doubted(begun, UNSURE, Rules(), minute(1), is_new=False).looks)


def test_a_doubt_ends_with_a_look_that_has_none_and_the_next_is_asked_anew():
    assert ([0, 90], False) == (doubts((0, UNSURE), (5, MATCH), (90, UNSURE))[1], NO_DOUBT.is_asked)
    assert None is doubts((0, UNSURE), (5, MATCH))[0].since


def test_a_bin_that_wavers_is_not_asked_again_within_the_pause_but_after_it():
    wavering = [(0, UNSURE), (5, MATCH), (10, UNSURE), (59, UNSURE), (60, UNSURE), (61, UNSURE)]

    assert [0, 60] == doubts(*wavering, at_most=9)[1]
    assert [0, 10, 59] == doubts(*wavering, pause=0)[1]
    assert not doubts(*wavering[:3])[0].is_asked


@pytest.fixture
def floor():
    floor = Floor(hold_minutes=0)
    floor.rules = Rules(Cost(), hold_minutes=0, audit_share=0)
    floor.monitor.examiner.counter.sure = 0.8  # not enough for a single look
    floor.watch(floor.record(3))
    return floor


def requests(floor):
    return [each for each in floor.ledger.published if isinstance(each, RelookRequest | AuditRequest)]


def test_a_doubtful_bin_is_asked_for_before_people_are(floor):
    floor.see(1, 2)
    (request,) = requests(floor)
    assert ("A-07", 3, 2, minute(1)) == (request.bin, request.expected, request.most_likely, request.since)
    assert floor.bin().doubt.is_asked

    floor.see(2, 2)
    floor.see(3, 2)

    assert ([("A-07", "opened")], 1) == (floor.told(), len(requests(floor)))
    assert None is floor.bin().doubt.since


def test_each_request_to_robots_is_a_message_of_its_own(floor):
    floor.rules = Rules(Capacity(), relook_minutes=60, audit_share=0)
    for at in (1, 2, 62, 122):  # the first look alone is not strong enough
        floor.see(at, 2)

    assert [minute(2), minute(62)] == [each.asked_at for each in requests(floor)]
    assert 2 == len({each.id for each in requests(floor)})
    assert 3 == floor.bin().doubt.looks


@pytest.mark.parametrize("policy", [Capacity(), Cost()], ids=lambda policy: policy.name)
def test_robots_are_not_asked_about_what_a_person_has_counted(floor, policy):
    floor.rules = Rules(policy, hold_minutes=0, relook_minutes=1, audit_share=0)
    floor.see(1, 3)
    floor.now = 2
    floor.desk.count(BIN, 2, "Anna")
    floor.see(5, 2)

    assert ([], None) == ([each.event for each in requests(floor)], floor.bin().doubt.since)


def test_a_count_by_a_person_ends_the_doubt_that_photos_left(floor):
    floor.rules = Rules(Capacity(), relook_minutes=1, audit_share=0)
    floor.see(1, 2)
    floor.see(2, 2)
    begun = floor.bin().doubt.since
    floor.now = 3
    floor.desk.count(BIN, 2, "Anna")

    assert (minute(2), None) == (begun, floor.bin().doubt.since)


def test_robots_are_asked_again_where_photos_come_to_tell_otherwise_than_the_person(floor):
    floor.rules = Rules(Capacity(), relook_minutes=1, audit_share=0)
    floor.see(1, 3)
    floor.now = 2
    floor.desk.count(BIN, 1, "Anna")
    for at in range(60, 600, 60):
        floor.see(at, 0)

    assert 0 == floor.bin().looks[floor.bin().newest].most_likely
    assert "relook" in [each.event for each in requests(floor)]


def test_the_audit_draws_a_bin_once_a_day_whatever_the_counter_says(floor):
    floor.rules = Rules(Exact(), audit_share=1)
    floor.see(1, 3)
    floor.see(2, 3)
    floor.see(1441, 3)

    assert [("audit", "2026-11-20"), ("audit", "2026-11-21")] == [
        (each.event, each.day) for each in requests(floor)
    ]


def test_a_bin_is_not_drawn_because_its_record_changed_or_somebody_counted(floor):
    floor.see(1, 2)
    floor.rules = Rules(Exact(), hold_minutes=0, audit_share=1)
    floor.watch(floor.record(4, order=2))

    assert ["relook"] == [each.event for each in requests(floor)]


def test_a_share_of_none_draws_none():
    assert None is drawn(None, UNSURE, 0, minute(1))


def an_audit(floor, counted_photo=3):
    floor.rules = Rules(Exact(), hold_minutes=0, audit_share=1)
    floor.see(1, counted_photo)
    return floor


def test_what_an_auditor_counts_is_evidence_and_tells_what_the_counter_missed(floor):
    an_audit(floor)

    after = floor.desk.audit(BIN, 2, "Anna")

    draw = after.draw
    assert (2, "Anna", 3, False) == (draw.counted, draw.who, draw.expected, draw.alerted)
    assert [2] == [each.quantity for each in after.evidence.items if isinstance(each, CycleCount)]


def test_an_alert_that_was_open_already_is_told_of(floor):
    an_audit(floor, counted_photo=2)

    assert floor.desk.audit(BIN, 2, "Anna").draw.alerted


def test_the_record_that_is_compared_is_that_of_the_count(floor):
    an_audit(floor)
    floor.watch(floor.record(2, order=2))

    assert 2 == floor.desk.audit(BIN, 2, "Anna").draw.expected


def test_the_same_answer_again_changes_nothing_and_another_is_refused(floor):
    an_audit(floor)
    floor.desk.audit(BIN, 3, "Anna")
    saves = floor.ledger.saves

    floor.desk.audit(BIN, 3, "Anna")

    assert saves == floor.ledger.saves
    with pytest.raises(UnknownAlert, match="Anna counted 3"):
        floor.desk.audit(BIN, 2, "Ben")


@pytest.mark.parametrize(("counted", "who"), [(-1, "Anna"), (3, " ")])
def test_an_answer_that_cannot_be_meant_is_refused(floor, counted, who):
    an_audit(floor)

    with pytest.raises(MalformedCommand):
        floor.desk.audit(BIN, counted, who)


def test_only_a_bin_that_was_drawn_can_be_answered(floor):
    with pytest.raises(UnknownAlert, match="not_drawn"):
        floor.desk.audit(BIN, 3, "Anna")


def test_a_count_that_nobody_asked_for_is_evidence_and_no_answer_of_the_sample(floor):
    floor.rules = Rules(Capacity(), audit_share=1)
    floor.see(1, 3)
    after = floor.desk.count(BIN, 2, "Anna")

    assert [2] == [each.quantity for each in floor.bin().evidence.items if isinstance(each, CycleCount)]
    assert None is floor.bin().draw.counted
    assert "Anna counted 2" in [each.why for each in after.audit]


@pytest.mark.parametrize(
    ("bin_", "counted", "who", "refusal"),
    [
        (BIN, -1, "Anna", MalformedCommand),
        (BIN, 2, " ", MalformedCommand),
        (BinId("berlin-1", "A-99"), 2, "Anna", UnknownAlert),
    ],
)
def test_a_count_that_cannot_be_meant_is_refused(floor, bin_, counted, who, refusal):
    floor.see(1, 3)

    with pytest.raises(refusal):
        floor.desk.count(bin_, counted, who)


def test_a_bin_with_an_open_alert_is_counted_by_answering_it(floor):
    floor.rules = Rules(Exact(), hold_minutes=0, audit_share=0)
    floor.see(1, 2)

    with pytest.raises(IllegalTransition, match="waits for the answer"):
        floor.desk.count(BIN, 2, "Anna")


RELOOK = RelookRequest.about(BIN, Doubt(minute(0), minute(0)), UNSURE)
AUDIT = AuditRequest.about(BIN, drawn(None, UNSURE, 1, minute(0)))


@pytest.mark.parametrize(("request_", "kind"), [(RELOOK, "relook"), (AUDIT, "audit")], ids=str)
def test_a_request_is_of_its_published_schema_and_is_read_as_it_was_written(request_, kind):
    text = request_.to_json()

    jsonschema.validate(json.loads(text), json.loads((DOCS / f"{kind}.schema.json").read_text()))
    later = json.dumps({**json.loads(text), "floor": 2})
    assert request_ == message_of(text) == message_of(later)
    assert {"site": "berlin-1", "bin": "A-07", "event": kind} == request_.attributes


def test_an_auditor_is_not_told_what_to_find():
    told = json.loads(AUDIT.to_json()) | {"text": AUDIT.email_text}

    assert not {"expected", "counted", "most_likely", "probabilities"} & told.keys()


@pytest.mark.parametrize("schema", ["binwatch.relook/1", "binwatch.audit/1"])
def test_half_a_request_is_refused(schema):
    with pytest.raises(MalformedAlert):
        message_of(json.dumps({"schema": schema, "id": "1"}))
