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
        "Expected   5",
        "Counted    3",
        "62%",
        "count the bin by hand",
    ):
        assert part in text


def test_the_last_class_reads_as_or_more():
    assert "Counted    5 or more\n" in email_text(replace(ALERT, counted=5))


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
            told("resolved", state=State.RESOLVED, why="Anna counted 3 by hand", counted_by_hand=3),
            ["By hand    3", "the record must say 3"],
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


def test_the_page_is_linked_where_there_is_one():
    assert "https://console.example/A-07" in email_text(replace(ALERT, link="https://console.example/A-07"))
    assert "Page" not in email_text(ALERT)


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
