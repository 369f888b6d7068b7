"""Timers are taken in order, and whoever goes off twice is woken once."""

from hypothesis import given
from hypothesis import strategies as st

from binwatch.episodes import Patience
from binwatch.owing import reminder_wait
from binwatch.timers import SHARDS, Kind, Timer, due, rewound
from tests.alert_lives import minute

TIMERS = st.builds(
    Timer, st.integers(0, 60).map(minute), st.sampled_from(Kind), st.sampled_from(["b/1", "b/2", "b/3"])
)


@given(st.lists(TIMERS), st.integers(0, 60).map(minute))
def test_all_that_are_due_are_woken_once_oldest_first(timers, now):
    woken = due(timers, now)

    assert {(each.kind, each.subject) for each in timers if each.due_at <= now} == {
        (each.kind, each.subject) for each in woken
    }
    assert len(woken) == len({(each.kind, each.subject) for each in woken})
    assert sorted(woken) == woken


def test_a_sweep_takes_no_more_than_it_can():
    timers = [Timer(minute(at), Kind.ALERT, f"b/{at}") for at in range(9)]

    assert ["b/0", "b/1"] == [each.subject for each in due(timers, minute(60), limit=2)]


@given(TIMERS, TIMERS)
def test_keys_sort_by_due_time(one, other):
    assert (one.due_at < other.due_at) <= (one.key < other.key)


@given(TIMERS)
def test_a_timer_has_a_partition_that_is_swept(timer):
    assert timer.shard in range(SHARDS)


def test_a_due_time_that_moves_takes_one_timer_away_and_sets_one():
    one, other = Timer(minute(1), Kind.ALERT, "b/1"), Timer(minute(2), Kind.ALERT, "b/1")

    def both(before, after):
        moved = rewound(Kind.ALERT, "b/1", before, after)
        return moved.gone, moved.new

    assert (None, one) == both(None, minute(1))
    assert (one, other) == both(minute(1), minute(2))
    assert (one, None) == both(minute(1), None)
    assert (None, None) == both(minute(1), minute(1))


def test_reminders_come_at_15_30_60_120_minutes_and_no_rarer_than_agreed():
    rules = Patience(reminder_s=900, longest_reminder_s=14_400)

    assert [15, 30, 60, 120, 240, 240, 240] == [
        reminder_wait(sent, rules) / 60 for sent in (0, 1, 2, 3, 4, 5, 99)
    ]
