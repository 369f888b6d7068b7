"""Whole nights at the desk with silences: what they keep back is sent when they end, if it is still so."""

from binwatch.alerts import Severity, State
from binwatch.silences import Silence
from tests.alert_lives import Desk, minute


def a_silence(begin, end, **fields):
    return Silence("s1", "berlin-1", "Anna", "shelves are moved", minute(begin), minute(end), **fields)


def test_a_silenced_alert_is_recorded_and_sent_when_the_silence_ends():
    desk = Desk(silences=[a_silence(0, 60)])
    desk.see(1, counted=3)

    desk.until(59)
    during = (desk.episode().state, list(desk.sent))
    desk.until(61)

    assert (State.OPEN, []) == during
    assert ["opened"] == desk.messages()


def test_a_silenced_alert_that_is_over_before_its_silence_is_never_sent():
    desk = Desk(silences=[a_silence(0, 60)])
    desk.see(1, counted=3)
    desk.see(40, counted=5)

    desk.until(120)

    assert [] == desk.messages()
    assert ["held", "opened", "resolved"] == [each.what for each in desk.audit]


def test_who_heard_that_an_alert_opened_hears_of_its_end_even_in_a_silence():
    desk = Desk(silences=[a_silence(20, 600)])
    desk.see(1, counted=3)
    desk.until(30)

    desk.see(40, counted=5)

    assert ["opened", "resolved"] == desk.messages()


def test_reminders_wait_for_the_end_of_a_silence():
    desk = Desk(silences=[a_silence(10, 100)])
    desk.see(1, counted=0, severity=Severity.HIGH)

    desk.until(99)
    during = list(desk.messages())
    desk.until(101)

    assert ["opened"] == during
    assert ["opened", "reminder"] == desk.messages()


def test_severe_alerts_can_pass_a_silence():
    desk = Desk(silences=[a_silence(0, 600, sent_from=Severity.HIGH)])

    desk.see(1, counted=3, severity=Severity.MEDIUM)
    desk.until(30)
    quiet = list(desk.messages())
    desk.see(40, counted=0, severity=Severity.HIGH)

    assert [] == quiet
    assert ["opened"] == desk.messages()
