"""A count by a person is named in alerts, and says what a record must say while nothing speaks against it."""

import json
from dataclasses import replace

import pytest

from binwatch.adapters.episode_rows import CASE
from binwatch.adapters.stored_values import from_text, to_text
from binwatch.decision import Cost
from binwatch.episodes import Case, Circumstances
from binwatch.evidence import NO_EVIDENCE, CycleCount, Moved, Recorded, Seen
from binwatch.hand_counts import correction, photos_since
from binwatch.keys import BinId, seconds
from binwatch.messages import alert_of, email_text
from binwatch.policy_book import Rules
from binwatch.records import Source
from tests.alert_floor import Floor
from tests.alert_lives import minute
from tests.core.test_bins import a_look

LOOK = replace(a_look(2), expected=5, most_likely=2, expected_source=Source.STANDING)
AT = seconds(LOOK.captured_at)


def evidence(*items):
    held = NO_EVIDENCE
    for item in (Recorded(AT - 100, "first", 5), *items):
        held = held.add(item)
    return held


@pytest.mark.parametrize(
    ("items", "right"),
    [
        ((), None),
        ((CycleCount(AT + 1, "c", 1),), 1),
        ((CycleCount(AT + 1, "c", 5),), None),  # what the record says
        ((CycleCount(AT + 1, "c", 1), Moved(AT + 2, "m", 3)), 4),
        ((CycleCount(AT + 1, "c", 1), Recorded(AT + 2, "r", 4)), None),  # corrected, or picked from?
        ((CycleCount(AT - 1, "c", 1),), None),  # a newer photo tells otherwise…
        ((CycleCount(AT - 1, "c", 2),), 2),  # …or the same
        ((CycleCount(AT + 1, "c", 1), CycleCount(AT + 2, "d", 3)), 3),
    ],
)
def test_the_newest_count_by_a_person_says_what_the_record_must_say(items, right):
    assert right == correction(LOOK, evidence(*items))


def test_what_was_moved_is_not_added_to_the_record_of_a_single_photo():
    of_a_photo = replace(LOOK, expected_source=Source.SIDECAR)

    assert 1 == correction(of_a_photo, evidence(CycleCount(AT + 1, "c", 1), Moved(AT + 2, "m", 3)))


def test_photos_before_a_count_by_a_person_no_longer_tell():
    seen = [Seen(AT + at, f"s{at}", (0.5, 1.0)) for at in (1, 2, 4)]

    assert 3 == photos_since(evidence(*seen))
    assert 1 == photos_since(evidence(*seen, CycleCount(AT + 3, "c", 1)))


@pytest.fixture
def floor():
    """An alert about a bin of which one photo shows what the record says, and others do not."""
    floor = Floor(hold_minutes=0)
    floor.rules = Rules(Cost(), hold_minutes=0, audit_share=1)
    floor.watch(floor.record(4))
    floor.see(1, 1)
    floor.see(2, 1)
    floor.see(20, 1)
    floor.monitor.examiner.counter.sure = 0.2  # a photo that hardly tells
    floor.see(25, 4)
    return floor


def mail(floor):
    alert = alert_of(floor.episode(), "reminder", "due", Circumstances(minute(30)))
    return alert, email_text(alert)


def test_an_alert_tells_the_count_of_its_photo_from_what_all_photos_make_likely(floor):
    alert, text = mail(floor)

    assert (4, 1, 4) == (alert.photo_count, alert.counted, alert.photos)
    assert "This photo       4, by itself" in text
    assert "count the bin by hand and correct the record" in text


def test_after_an_audit_the_alert_names_the_count_and_asks_for_none(floor):
    floor.now = 29
    floor.desk.audit(BinId("berlin-1", "A-07"), 1, "Anna")

    alert, text = mail(floor)

    assert (1, minute(29), 1, 0) == (
        alert.counted_by_hand,
        alert.counted_by_hand_at,
        alert.correct_to,
        alert.photos,
    )
    assert "What to do: correct the record to 1;" in text


def test_a_case_that_was_stored_before_is_read(floor):
    stored = json.loads(to_text(floor.bin().case, CASE))
    for seen in (stored["episode"]["assessment"], stored["episode"]["told"]):
        for name in ("photo_count", "photos", "hand_count", "hand_counted_at", "correct_to"):
            del seen["exhibit"][name]
        seen["exhibit"]["link"] = None

    case = from_text(Case, json.dumps(stored), CASE)

    alert = alert_of(case.episode, "reminder", "due", Circumstances(minute(30)))
    assert floor.episode().id == alert.id
    assert "This photo" not in email_text(alert)
