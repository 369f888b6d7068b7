"""When a run is over: all settled, or nothing moves any more."""

import pytest

from binwatch.decision import Verdict
from binwatch_local.watch import RETRIES_S, STILL_S, Snapshot, Watch, by_key, settled
from tests.local.builders import a_look, a_mismatch, a_received, a_sent

KEY = "bin-images/1.jpg"


def a_snapshot(*looks, received=(), under_way=0, dead_letters=0):
    return Snapshot(by_key(looks), received, under_way, dead_letters)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (a_snapshot(), False),
        (a_snapshot(a_look(KEY)), True),
        (a_snapshot(a_look(KEY), under_way=1), False),
        (a_snapshot(a_look(KEY, Verdict.WAITING)), True),
        (a_snapshot(a_mismatch(KEY, "a1")), False),
        (a_snapshot(a_mismatch(KEY, "a1"), received=(a_received(alert_id="a2"),)), False),
        (a_snapshot(a_mismatch(KEY, "a1"), received=(a_received(alert_id="a1"),)), True),
    ],
)
def test_a_run_is_settled_when_each_photo_has_its_verdict_and_each_mismatch_its_alert(now, over):
    assert settled([a_sent(KEY)], now) is over


class FakeStack:
    """Shows one snapshot after the other, the last one for ever; time passes only by sleeping."""

    def __init__(self, *snapshots):
        self.snapshots = list(snapshots)
        self.now = 0.0

    def take(self):
        return self.snapshots.pop(0) if len(self.snapshots) > 1 else self.snapshots[0]

    def sleep(self, seconds):
        self.now += seconds

    def watch(self):
        return Watch(self.take, lambda snapshot: None, clock=lambda: self.now, sleep=self.sleep)


def test_the_watch_ends_soon_after_all_is_settled():
    stack = FakeStack(a_snapshot(), a_snapshot(a_look(KEY)))

    last = stack.watch().until_settled([a_sent(KEY)])

    assert last == a_snapshot(a_look(KEY))
    assert stack.now < STILL_S


def test_the_watch_gives_up_when_nothing_is_under_way_and_nothing_comes():
    stack = FakeStack(a_snapshot())

    stack.watch().until_settled([a_sent(KEY)])

    assert STILL_S < stack.now < 2 * STILL_S


def test_the_watch_waits_for_retries_as_long_as_they_may_pause():
    stack = FakeStack(a_snapshot(under_way=1))

    stack.watch().until_settled([a_sent(KEY)])

    assert RETRIES_S < stack.now < RETRIES_S + STILL_S


def test_the_watch_has_patience_as_long_as_something_moves():
    moving = [a_snapshot(under_way=left) for left in range(100, 0, -1)]
    stack = FakeStack(*moving, a_snapshot(a_look(KEY)))

    assert stack.watch().until_settled([a_sent(KEY)]) == a_snapshot(a_look(KEY))


def test_of_a_photo_uploaded_twice_the_newest_look_counts():
    older, newer = a_look(KEY, order="1"), a_look(KEY, order="2", count=1)

    assert by_key([newer, older]) == {KEY: newer}
