"""Benchmarks compare what was measured side by side."""

from benchmarks.interleaved import Spread, by_turns, milliseconds, rate, times_as_fast


def a_way(seconds):
    """Takes so long a photo, turn after turn."""
    turns = iter(seconds)
    return lambda: {"decode": 0.0, "network": next(turns)}


def test_the_first_round_is_a_warm_up():
    laps = by_turns({"slow to start": a_way([9.0, 0.5, 0.25])}, rounds=2, what="counting")

    assert Spread(3.0, 2.0, 4.0) == rate(laps["slow to start"])


def test_every_way_takes_one_turn_a_round():
    order = []
    ways = {name: lambda name=name: order.append(name) or {"network": 1.0} for name in "abc"}

    by_turns(ways, rounds=3, what="counting")

    assert [["a", "b", "c"]] * 4 == [sorted(order[start : start + 3]) for start in range(0, 12, 3)]


def test_the_order_of_turns_changes_from_round_to_round():
    order = []
    ways = {name: lambda name=name: order.append(name) or {"network": 1.0} for name in "abcdef"}

    by_turns(ways, rounds=3, what="counting")

    assert 1 < len({tuple(order[start : start + 6]) for start in range(0, 24, 6)})


def test_a_round_that_is_slow_for_both_changes_no_ratio():
    quiet_then_busy = [0.1, 0.1, 1.0]
    ways = {"ours": a_way(quiet_then_busy), "theirs": a_way([2 * each for each in quiet_then_busy])}

    laps = by_turns(ways, rounds=2, what="counting")

    assert Spread(2.0, 2.0, 2.0) == times_as_fast(laps["ours"], laps["theirs"])


def test_parts_are_told_apart():
    laps = [{"decode": 0.001, "network": 0.004}, {"decode": 0.003, "network": 0.004}]

    assert 2.0 == milliseconds(laps, "decode")
    assert 4.0 == milliseconds(laps, "network")
