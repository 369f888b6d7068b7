"""Silences as people begin and end them, and what sweeps make of them."""

import pytest

from binwatch.alerts import State
from binwatch.desk import Scope
from binwatch.errors import (
    MalformedCommand,
    Unavailable,
    UnknownAlert,
)
from tests.alert_floor import Floor
from tests.alert_lives import minute


@pytest.fixture
def silenced():
    """A mismatch in a silence of an hour."""
    floor = Floor(hold_minutes=0)
    floor.watch(floor.record(3))
    floor.silence = floor.desk.silence(Scope("berlin-1", "A-"), 3600, "Anna", "shelves are moved")
    floor.see(1, 2)
    return floor


def test_an_alert_in_a_silence_is_recorded_and_told_at_its_end(silenced):
    silenced.until(59)
    assert ([], State.OPEN) == (silenced.told(), silenced.episode().state)

    silenced.until(60)

    assert [("A-07", "opened")] == silenced.told()


def test_the_alerts_of_a_silence_that_is_ended_early_are_told_by_the_next_sweep(silenced):
    silenced.until(10)

    ended = silenced.desk.end_silence("berlin-1", silenced.silence.id, "Ben")
    silenced.until(11)

    assert ("Ben", minute(10)) == (ended.ended_by, ended.ends_at)
    assert [("A-07", "opened")] == silenced.told()
    assert () == tuple(silenced.desk.silences("berlin-1"))


def test_a_sweep_that_runs_while_a_silence_is_ended_keeps_no_alert_muted(silenced):
    silenced.until(10)
    write = silenced.noticeboard.silence

    def a_sweep_comes_first(silence):
        silenced.sweep.run(lambda: True)
        write(silence)

    silenced.noticeboard.silence = a_sweep_comes_first
    silenced.desk.end_silence("berlin-1", silenced.silence.id, "Ben")
    silenced.until(11)

    assert [("A-07", "opened")] == silenced.told()


def test_a_silence_whose_end_was_interrupted_is_ended_again_and_wakes_what_it_muted(silenced):
    silenced.until(10)
    set_ = silenced.timers.set

    def the_table_fails(timers):
        raise Unavailable("the table throttles")

    silenced.timers.set = the_table_fails
    with pytest.raises(Unavailable):
        silenced.desk.end_silence("berlin-1", silenced.silence.id, "Ben")
    silenced.timers.set = set_
    silenced.until(12)
    assert [] == silenced.told()

    ended = silenced.desk.end_silence("berlin-1", silenced.silence.id, "Anna")
    silenced.until(13)

    assert ("Ben", minute(10)) == (ended.ended_by, ended.ends_at)
    assert [("A-07", "opened")] == silenced.told()


def test_a_silence_that_ended_by_itself_cannot_be_ended(silenced):
    silenced.until(60)

    with pytest.raises(UnknownAlert):
        silenced.desk.end_silence("berlin-1", silenced.silence.id, "Ben")


def test_a_silence_that_is_unknown_or_ended_by_nobody_cannot_be_ended(silenced):
    with pytest.raises(UnknownAlert):
        silenced.desk.end_silence("berlin-1", "unknown", "Ben")
    with pytest.raises(MalformedCommand):
        silenced.desk.end_silence("berlin-1", silenced.silence.id, "")


def test_a_silence_has_an_end_an_author_and_a_reason(silenced):
    with pytest.raises(MalformedCommand):
        silenced.desk.silence(Scope("berlin-1"), 15 * 86_400, "Anna", "for ever")
    with pytest.raises(MalformedCommand):
        silenced.desk.silence(Scope("berlin-1"), 60, "Anna", "")


@pytest.mark.parametrize("lasts_s", [float("nan"), float("inf"), -1])
def test_a_silence_of_no_length_is_refused(silenced, lasts_s):
    with pytest.raises(MalformedCommand, match="silence_too_long"):
        silenced.desk.silence(Scope("berlin-1"), lasts_s, "Anna", "shelves are moved")
