"""What a tired person reads."""

from dataclasses import replace

import pytest

from binwatch.alerts import State
from binwatch.commands import Assessed, FalseAlarm, Reason, Reopen
from binwatch.episodes import Case, Circumstances, Patience
from binwatch.messages import alert_of, email_text, subject
from binwatch.transitions import step
from tests.alert_lives import Desk, an_assessment, minute
from tests.core.test_alerts import ALERT

AT_ONCE = Patience(hold_s=0)


def test_the_email_says_what_where_how_sure_and_what_to_do():
    text = email_text(ALERT)

    for part in (
        "A-07 😀",
        "Köln Süd",
        "shortage",
        "Expected         5",
        "Most likely      3, if the record is wrong\n",
        "62%",
        "count the bin by hand",
    ):
        assert part in text


def test_the_last_class_reads_as_or_more():
    assert "Most likely      5 or more, if" in email_text(replace(ALERT, counted=5))


@pytest.mark.parametrize("bin_name", ["A-07 😀", "x" * 300, "line\nbreak\ttab"])
def test_the_subject_is_what_sns_takes(bin_name):
    text = subject(replace(ALERT, bin=bin_name))

    assert len(text) <= 100
    assert text.isascii()
    assert text.isprintable()


def told(event, **fields):
    return replace(ALERT, event=event, **fields)


@pytest.mark.parametrize(
    ("alert", "parts"),
    [
        (
            told("changed", why="was shortage of 1 item"),
            ["probable shortage, changed: was shortage of 1 item.", "count the bin by hand"],
        ),
        (
            told("reminder", opened_at="2026-11-20T22:10:06.000Z", reminder=2),
            ["open since 2026-11-20T22:10:06.000Z", "nobody has taken it yet (reminder 2)"],
        ),
        (
            told("resolved", state=State.RESOLVED, why="look 7 agrees"),
            ["shortage resolved. Look 7 agrees.", "nothing; this closes the alert."],
        ),
        (
            told("resolved", state=State.RESOLVED, why="Anna counted 3", counted_by_hand=3, correct_to=3),
            ["Counted by hand  3\n", "the record must say 3"],
        ),
        (
            told("resolved", state=State.FALSE_ALARM, why="Anna: the record is right (hidden)"),
            ["shortage false alarm. Anna: the record is right (hidden)."],
        ),
    ],
    ids=lambda value: value.event if hasattr(value, "event") else "",
)
def test_each_message_says_what_happened_and_what_is_left_to_do(alert, parts):
    text = email_text(alert)

    for part in parts:
        assert part in text


def test_an_end_claims_no_certainty_any_more():
    assert "Certainty" not in email_text(told("resolved", state=State.RESOLVED, why="look 7 agrees"))


SEEN_TWICE = replace(ALERT, photo_count=4, photos=2)
COUNTED = replace(SEEN_TWICE, photos=0, counted_by_hand=1, counted_by_hand_at="2026-11-20T22:30:00.000Z")


def test_what_the_photo_shows_is_told_apart_from_what_all_evidence_makes_most_likely():
    text = email_text(SEEN_TWICE)

    assert "  Most likely      3, if the record is wrong (from 2 photos)\n" in text
    assert "  This photo       4, by itself\n" in text


@pytest.mark.parametrize(
    ("rests_on", "said"),
    [
        ({"photos": 1}, "wrong (from this photo)\n"),
        (
            {"photos": 0, "counted_by_hand_at": "2026"},
            "wrong (from the count by hand)\n",
        ),
        (
            {"counted_by_hand": 1, "counted_by_hand_at": "2026"},
            "wrong (from the count by hand and 2 photos)\n",
        ),
        ({"photos": None}, "if the record is wrong\n"),
        ({"event": "resolved"}, "if the record is wrong\n"),
    ],
    ids=str,
)
def test_it_is_said_what_the_most_likely_count_rests_on(rests_on, said):
    assert said in email_text(replace(SEEN_TWICE, **rests_on))


@pytest.mark.parametrize(
    ("at", "side"), [("2026-11-20T22:30:00.000Z", "after"), ("2026-11-19T08:00:00.000Z", "before")]
)
def test_a_count_by_hand_is_named_with_its_time(at, side):
    text = email_text(replace(COUNTED, counted_by_hand_at=at))

    assert f"  Counted by hand  1, on {at}, {side} this photo\n" in text


def test_whom_a_person_has_told_the_right_number_corrects_the_record_and_counts_nothing():
    text = email_text(replace(COUNTED, correct_to=1))

    assert "What to do: correct the record to 1;" in text
    assert "count the bin by hand" not in text


def test_what_was_booked_since_a_count_by_hand_is_told():
    assert "correct the record to 3 (with what was booked since);" in email_text(
        replace(COUNTED, correct_to=3)
    )


def test_where_photos_tell_otherwise_than_a_person_did_somebody_counts_again():
    assert "count the bin by hand again" in email_text(COUNTED)


def test_the_page_is_linked_where_there_is_one():
    assert "https://console.example/A-07" in email_text(replace(ALERT, link="https://console.example/A-07"))
    assert "Link" not in email_text(ALERT)


def test_the_subject_of_an_opened_alert_stands_alone_and_others_say_what_they_are():
    subjects = [subject(told(event)).split("[")[0] for event in ("opened", "changed", "resolved", "reminder")]

    assert ["", "Changed: ", "Over: ", "Still open: "] == subjects


def test_a_reopened_alert_says_who_took_the_end_back_and_why():
    desk = Desk()
    desk.see(0, counted=3)
    desk.person("Anna", FalseAlarm, at=20, reason=Reason.OTHER_BIN)
    ended = Case(desk.episode())

    again = Reopen(ended.episode.id, ended.episode.revision)
    message = step(ended, again, Circumstances(minute(30), "Bob", "it was this bin")).message

    assert "probable shortage. Reopened by Bob: it was this bin." in email_text(message).splitlines()[0]
    assert subject(message).startswith("Reopened: [")


def test_an_alert_that_a_persons_count_opens_is_not_reopened():
    message = step(
        Case(), Assessed(an_assessment(0)), Circumstances(minute(0), "Anna", patience=AT_ONCE)
    ).message

    assert ("opened", "Anna") == (message.event, message.who)
    assert "Reopened" not in email_text(message) + subject(message)


def test_an_end_by_an_incident_does_not_say_that_the_bin_is_right():
    why = "incident 1 of aisle A speaks for it"

    text = email_text(told("resolved", state=State.OPEN, why=why))

    assert "shortage, no alert of its own for now. Incident 1 of aisle A speaks for it." in text
    assert "What to do: nothing at this bin until the incident is over" in text
    assert "resolved" not in text


def test_the_naive_rule_claims_no_certainty():
    assert "was not weighed" in email_text(replace(ALERT, policy="exact"))


def test_a_message_is_of_the_episodes_newest_assessment():
    desk = Desk()
    desk.see(0, counted=3)
    desk.until(10)

    alert = alert_of(desk.episode(), "opened", "why", Circumstances(minute(10)))

    assert ("A-07", 5, 3, minute(5), minute(10), None) == (
        alert.bin,
        alert.expected,
        alert.counted,
        alert.opened_at,
        alert.changed_at,
        alert.who,
    )
