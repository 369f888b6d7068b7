"""Whole nights at the desk: each ends in the one right set of alerts, and nobody hears more than that."""

from itertools import permutations

import pytest

from binwatch.alerts import Severity, State
from binwatch.commands import Acknowledge, FalseAlarm, Reason, Reopen, Resolve
from binwatch.episodes import Patience
from binwatch.errors import IllegalTransition, RevisionConflict
from tests.alert_lives import BIN, Desk, minute

# Flapping


def test_a_bin_that_flaps_within_the_hold_window_is_never_heard_of():
    desk = Desk(Patience(hold_s=300))

    for at in range(0, 120, 4):
        desk.see(at, counted=3)
        desk.see(at + 2, counted=5)
    desk.until(240)

    assert [] == desk.messages()
    assert State.LAPSED is desk.episode().state
    assert 1 == desk.cases[BIN].episodes


def test_an_alert_that_flaps_after_it_was_sent_is_sent_and_resolved_once():
    desk = Desk(Patience(hold_s=300))

    desk.see(0, counted=3)
    desk.until(10)
    for at in range(10, 130, 4):
        desk.see(at, counted=5)
        desk.see(at + 2, counted=3)
    desk.see(131, counted=5)
    desk.until(240)

    assert ["opened", "resolved"] == desk.messages()
    assert 1 == desk.cases[BIN].episodes


def test_a_bin_that_flaps_slowly_stays_one_alert_and_is_heard_of_less_and_less():
    desk = Desk(Patience(hold_s=300))

    for at in range(0, 600, 20):  # ten minutes wrong, ten minutes right, all night
        desk.see(at, counted=3)
        desk.see(at + 10, counted=5)
    desk.until(700)

    assert ["opened", "resolved"] * 2 == desk.messages()
    assert 1 == desk.cases[BIN].episodes


def test_a_mismatch_that_lasts_through_the_hold_window_is_sent_once_however_often_it_is_seen():
    desk = Desk(Patience(hold_s=300))

    for at in range(0, 60, 2):
        desk.see(at, counted=3)

    assert ["opened"] == desk.messages()


def test_a_mismatch_long_after_the_last_one_is_an_alert_of_its_own():
    desk = Desk()

    desk.see(0, counted=3)
    desk.see(30, counted=5)
    desk.see(30 + 61, counted=3)
    desk.until(120)

    assert ["opened", "resolved", "opened"] == desk.messages()
    assert 2 == len({each.id for each in desk.sent})


# Out of order


LOOKS = [(1, 3), (2, 3), (3, 5)]  # minute, counted of 5 expected: wrong, wrong, right


@pytest.mark.parametrize("order", list(permutations(LOOKS)), ids=str)
def test_looks_that_arrive_in_any_order_end_in_silence_if_the_newest_agrees(order):
    desk = Desk(Patience(hold_s=300))

    for at, counted in order:
        desk.see(at, arrives=4, counted=counted)
        desk.see(at, arrives=4, counted=counted)  # delivered twice
    desk.until(60)

    assert [] == desk.messages()
    assert desk.episode() is None or State.LAPSED is desk.episode().state


@pytest.mark.parametrize("order", list(permutations([(1, 5), (2, 5), (3, 3)])), ids=str)
def test_looks_that_arrive_in_any_order_end_in_one_alert_if_the_newest_disagrees(order):
    desk = Desk(Patience(hold_s=300))

    for at, counted in order:
        desk.see(at, arrives=4, counted=counted)
        desk.see(at, arrives=4, counted=counted)
    desk.until(60)

    assert ["opened"] == desk.messages()
    assert (State.OPEN, "look-3") == (desk.episode().state, desk.episode().assessment.look_id)


def test_a_late_photo_does_not_undo_what_a_person_found():
    desk = Desk()
    desk.see(0, counted=3)
    desk.person("Anna", Resolve, at=20, counted=5)

    desk.see(15, arrives=30, counted=3)
    desk.until(120)

    assert ["opened", "resolved"] == desk.messages()
    assert State.RESOLVED is desk.episode().state


def test_commands_out_of_order_are_refused_and_change_nothing():
    desk = Desk()
    desk.see(0, counted=3)
    desk.until(10)
    sent = desk.episode().revision
    desk.person("Anna", Resolve, sent, counted=3)
    resolved = desk.episode()

    with pytest.raises(RevisionConflict) as refused:
        desk.person("Ben", Acknowledge, sent)

    assert "Anna: resolved" in refused.value.since[0]
    assert resolved == desk.episode()
    assert ["opened", "resolved"] == desk.messages()


def test_timers_that_go_off_twice_and_late_send_nothing_twice():
    desk = Desk(Patience(hold_s=300))
    desk.see(0, counted=0, severity=Severity.HIGH)
    gone_off = set(desk.timers)
    desk.until(10)

    desk.timers |= gone_off
    desk.until(14)

    assert ["opened"] == desk.messages()


# People


def test_a_high_alert_that_nobody_takes_is_repeated_ever_more_rarely_until_somebody_does():
    desk = Desk(Patience(hold_s=0, reminder_s=900, longest_reminder_s=7200))
    desk.see(0, counted=0, severity=Severity.HIGH)

    desk.until(15 + 30 + 60 + 120 + 120)
    desk.person("Anna", Acknowledge)
    desk.until(1000)

    assert ["opened", *["reminder"] * 5] == desk.messages()
    assert [15, 45, 105, 225, 345] == [
        each for each in range(1000) if minute(each) in {a.changed_at for a in desk.sent[1:]}
    ]


def test_a_medium_alert_is_not_repeated():
    desk = Desk()
    desk.see(0, counted=3)

    desk.until(600)

    assert ["opened"] == desk.messages()


def test_a_change_that_matters_is_told_and_no_more_often_than_agreed():
    desk = Desk(Patience(hold_s=0, changed_every_s=1800))
    desk.see(0, counted=4)

    for at in range(1, 60):
        desk.see(at, counted=3 if at <= 40 else 2)
    desk.until(120)

    assert ["opened", "changed", "changed"] == desk.messages()
    assert 2 == desk.sent[-1].counted  # what is true in the end was told


def test_a_corrected_record_resolves_the_alert():
    desk = Desk()
    desk.see(0, counted=3)
    desk.until(10)

    desk.see(0, arrives=20, counted=3, expected=3, revision=2)

    assert ["opened", "resolved"] == desk.messages()
    assert "agrees" in desk.sent[-1].why


def test_while_the_record_waits_for_its_correction_robots_do_not_raise_the_alert_again():
    desk = Desk()
    desk.see(0, counted=3)
    desk.person("Anna", Resolve, at=20, counted=3)

    desk.see(60, counted=3)
    desk.until(120)
    within_a_day = list(desk.messages())
    desk.see(1500, counted=3)
    desk.until(1600)

    assert ["opened", "resolved"] == within_a_day
    assert ["opened", "resolved", "opened"] == desk.messages()


def test_a_bin_that_goes_wrong_anew_after_a_person_was_there_is_a_new_alert():
    desk = Desk()
    desk.see(0, counted=3)
    desk.person("Anna", FalseAlarm, at=20, reason=Reason.HIDDEN)

    desk.see(60, counted=2)
    desk.until(120)

    assert ["opened", "resolved", "opened"] == desk.messages()
    assert 2 == desk.cases[BIN].episodes


def test_an_end_can_be_taken_back_and_the_same_alert_goes_on():
    desk = Desk()
    desk.see(0, counted=3)
    desk.person("Anna", FalseAlarm, at=20, reason=Reason.OTHER_BIN)

    desk.person("Ben", Reopen)

    assert ["opened", "resolved", "opened"] == desk.messages()
    assert 1 == len({each.id for each in desk.sent})
    assert [2, 3, 4] == [each.revision for each in desk.sent]


def test_of_an_alert_that_was_followed_by_another_nothing_can_be_taken_back():
    desk = Desk()
    desk.see(0, counted=3)
    desk.until(10)
    first = desk.episode()
    desk.person("Anna", Resolve, at=20, counted=5)
    desk.see(60, counted=2)

    with pytest.raises(IllegalTransition) as refused:
        desk._step(BIN, Reopen(first.id, first.revision), "Ben")

    assert "not_the_newest_alert" == refused.value.code
