"""At the desk: people answer what they saw, silences hold and end, and the sweep leaves nobody asleep."""

from dataclasses import replace

import pytest

from binwatch.alerts import Severity, State
from binwatch.commands import Acknowledge, FalseAlarm, Reason, Reopen, Resolve
from binwatch.decision import Verdict
from binwatch.desk import Scope
from binwatch.episodes import NO_CASE
from binwatch.errors import (
    Conflict,
    IllegalTransition,
    MalformedCommand,
    RevisionConflict,
    UnknownAlert,
)
from binwatch.evidence import CycleCount
from binwatch.keys import BinId
from binwatch.signs import Group, GroupKind
from binwatch.sweep import MOST
from binwatch.timers import Kind, Timer
from tests.alert_floor import Floor
from tests.alert_lives import minute


@pytest.fixture
def floor():
    """A bin whose alert has been told."""
    floor = Floor(hold_minutes=0)
    floor.watch(floor.record(3))
    floor.see(0, 2)
    return floor


def alert(floor):
    return floor.episode().id


def test_an_alert_is_taken_counted_by_hand_and_reopened(floor):
    for answer in (
        Acknowledge(alert(floor), 1),
        Resolve(alert(floor), 2, counted=2, note="one behind"),
        Reopen(alert(floor), 3),
    ):
        floor.desk.answer(answer, "Anna")

    assert ["opened", "acknowledged", "resolved", "reopened"] == [each.what for each in floor.ledger.trail]
    assert ["opened", "resolved", "opened"] == [event for _, event in floor.told()]


def test_what_a_person_counted_is_what_the_bin_is_believed_to_hold(floor):
    floor.now = 10

    floor.desk.answer(Resolve(alert(floor), 1, counted=3), "Anna")

    assert [3] == [each.quantity for each in floor.bin().evidence.items if isinstance(each, CycleCount)]


def test_the_same_answer_again_changes_nothing(floor):
    answer = Resolve(alert(floor), 1, counted=2)
    floor.desk.answer(answer, "Anna")
    saves = floor.ledger.saves

    floor.desk.answer(answer, "Anna")

    assert saves == floor.ledger.saves


def test_the_photo_that_was_answered_opens_no_other_alert_when_it_is_judged_again(floor):
    floor.desk.answer(FalseAlarm(alert(floor), 1, Reason.HIDDEN), "Anna")

    floor.watch(floor.photo(-1, 2))

    assert ["opened", "resolved"] == [event for _, event in floor.told()]
    assert Verdict.MISMATCH is floor.bin().looks[floor.bin().newest].verdict


def test_an_answer_to_what_others_changed_is_refused_with_what_they_did(floor):
    floor.desk.answer(Acknowledge(alert(floor), 1), "Ben")

    with pytest.raises(RevisionConflict, match="repeat with revision 2") as refused:
        floor.desk.answer(Resolve(alert(floor), 1, counted=2), "Anna")

    assert 1 == len(refused.value.since)
    assert "Ben: acknowledged" in refused.value.since[0]


def test_an_answer_that_loses_a_race_against_a_look_is_tried_on_what_the_look_left(floor):
    rivals = [floor.photo(1, 2)]

    def a_look_comes_first():
        if rivals:
            floor.watch(rivals.pop())

    floor.ledger.before_save = a_look_comes_first
    floor.desk.answer(Acknowledge(alert(floor), 1), "Anna")

    assert (State.ACKNOWLEDGED, 2) == (floor.episode().state, len(floor.bin().looks))


def test_an_answer_that_always_loses_its_race_is_transient(floor):
    def a_rival_writes_first():
        bin_ = floor.bin()
        floor.ledger.bins[bin_.id] = replace(bin_, revision=bin_.revision + 1)

    floor.ledger.before_save = a_rival_writes_first

    with pytest.raises(Conflict):
        floor.desk.answer(Acknowledge(alert(floor), 1), "Anna")


def test_answers_that_cannot_be_are_refused(floor):
    with pytest.raises(UnknownAlert):
        floor.desk.answer(Acknowledge("unknown", 1), "Anna")
    with pytest.raises(MalformedCommand):
        floor.desk.answer(Acknowledge(alert(floor), 1), " ")
    with pytest.raises(IllegalTransition):
        floor.desk.answer(Reopen(alert(floor), 1), "Anna")
    assert alert(floor) == floor.desk.look_up(alert(floor)).case.episode.id
    with pytest.raises(UnknownAlert):
        floor.desk.look_up("unknown")


def test_a_high_alert_that_nobody_takes_is_repeated_with_growing_pauses():
    floor = Floor(hold_minutes=0)
    floor.watch(floor.record(6))
    floor.see(0, 1)

    floor.until(60)

    assert ["opened", "reminder", "reminder"] == [event for _, event in floor.told()]


def test_a_bin_whose_case_was_lost_keeps_no_alert(floor):
    lost = alert(floor)
    floor.ledger.bins[floor.bin().id] = replace(floor.bin(), case=NO_CASE, case_fault="damaged")

    with pytest.raises(UnknownAlert, match="damaged"):
        floor.desk.look_up(lost)


def test_what_is_worse_than_a_silence_covers_is_told_all_the_same():
    floor = Floor(hold_minutes=0)
    floor.watch(floor.record(6))
    floor.desk.silence(Scope("berlin-1", sent_from=Severity.HIGH), 3600, "Anna", "a fair")

    floor.see(1, 1)

    assert [("A-07", "opened")] == floor.told()


def test_an_incident_that_a_person_ends_releases_its_bins_ten_minutes_later():
    floor = Floor()
    bins = [f"A-{number}" for number in range(5)]
    floor.watch(*(floor.record(3, bin_) for bin_ in bins))
    floor.watch(*(floor.photo(0, 2, bin_) for bin_ in bins))
    aisle = Group("berlin-1", GroupKind.AISLE, "A")
    floor.until(20)

    floor.watchkeeper.end(aisle, "Anna", "lamp mended")
    floor.until(29)
    assert [] == floor.told()
    floor.until(30)

    assert [(bin_, "opened") for bin_ in bins] == sorted(floor.told())
    with pytest.raises(UnknownAlert):
        floor.watchkeeper.end(aisle, "Anna", "again")


def test_whoever_cannot_be_woken_keeps_nobody_else_asleep(floor):
    floor.timers.set([Timer(minute(0), Kind.ALERT, f"berlin-1/B-{number}") for number in range(3)])
    fails = BinId("berlin-1", "B-1")
    load = floor.ledger.load

    def not_all(wanted):
        if wanted[0].bin == fails:
            raise Conflict("another was quicker")
        return load(wanted)

    floor.ledger.load = not_all

    swept = floor.sweep.run(lambda: True)

    assert (2, [str(fails)]) == (len(swept.woken), [timer.subject for timer, _ in swept.failed])
    assert [str(fails)] == [timer.subject for timer in floor.timers.due(minute(0), 9)]


def test_very_many_that_cannot_be_woken_keep_nobody_else_asleep(floor):
    fail = [Timer(minute(0), Kind.ALERT, f"berlin-1/B-{number}") for number in range(MOST + 1)]
    last = Timer(minute(1), Kind.ALERT, "berlin-1/C")
    floor.timers.set([*fail, last])
    floor.now = 2
    load = floor.ledger.load

    def not_all(wanted):
        if wanted[0].bin.bin.startswith("B-"):
            raise Conflict("another was quicker")
        return load(wanted)

    floor.ledger.load = not_all

    swept = floor.sweep.run(lambda: True)

    assert ((last,), len(fail), False) == (swept.woken, len(swept.failed), swept.left)


def test_a_sweep_stops_when_its_time_is_over_and_says_so(floor):
    floor.timers.set([Timer(minute(0), Kind.ALERT, f"berlin-1/B-{number}") for number in range(3)])
    time = iter([True, False])

    swept = floor.sweep.run(lambda: next(time))

    assert (1, True) == (len(swept.woken), swept.left)
    assert 2 == len(floor.sweep.run(lambda: True).woken)
