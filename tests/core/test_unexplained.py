"""A record that changes without a word: a movement that nobody stated, or a correction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.beliefs import Memory
from binwatch.evidence import MOST_RECORDED, CycleCount, Moved
from binwatch.unexplained import counted_after
from tests.core.evidence_builders import HOUR, a_look, a_record, belief, evidence, mismatch


def test_a_pick_that_the_record_does_not_state_as_one_makes_nothing_amiss():
    items = [a_record(3, 0), a_look(3, 1, 0.01), a_record(2, 2)]

    assert mismatch(2, *items) < 0.02
    assert mismatch(2, *items, a_look(2, 3, 0.01)) < 0.001
    assert mismatch(2, *items, a_look(3, 3, 0.01)) > 0.3  # nothing was taken out


def test_a_record_that_is_corrected_to_what_was_seen_is_right_and_one_that_is_not_is_wrong():
    items = [a_record(3, 0), a_look(2, 1, 0.01), a_look(2, 2, 0.01)]

    assert mismatch(3, *items) > 0.5
    assert mismatch(2, *items, a_record(2, 3)) < 0.02
    assert mismatch(5, *items, a_record(5, 3)) > 0.5


def test_a_persons_count_speaks_for_the_record_that_is_corrected_after_it():
    items = [a_record(5, 0), CycleCount(HOUR, "c", 3)]

    assert mismatch(5, *items) > 0.5
    assert mismatch(3, *items, a_record(3, 2)) < 0.02


def test_what_a_movement_explains_of_a_record_is_weighed_once():
    picked = [Moved(2 * HOUR, "m", -1), a_record(2, 2, moved=-1)]

    assert belief(a_look(3, 1), picked[0]) == belief(a_record(3, 0), a_look(3, 1), *picked)


def test_a_record_that_is_stated_again_and_again_changes_nothing():
    ageing = Memory()
    nights = [a_record(3, 24 * night) for night in range(MOST_RECORDED + 2)]

    assert belief(a_look(3, 1), memory=ageing) == belief(a_look(3, 1), *nights, memory=ageing)


def test_a_pick_stays_weighed_however_often_its_record_is_stated_again():
    picked = [a_record(5, 0), a_look(5, 1, 0.05), a_record(4, 2)]
    again = [a_record(4, hour) for hour in range(3, MOST_RECORDED + 9)]

    assert mismatch(4, *picked) == pytest.approx(mismatch(4, *picked, *again))
    assert mismatch(4, *picked) < 0.02


def test_a_record_that_is_wrong_for_a_moment_ends_no_suspicion():
    looks = [a_record(5, 0), *(a_look(3, at, 0.01) for at in (1, 2, 3))]

    assert mismatch(5, *looks) > 0.5
    assert mismatch(0, *looks, a_record(0, 4)) > 0.5
    assert mismatch(5, *looks, a_record(0, 4), a_record(5, 5)) > 0.5


@given(st.integers(1, 8), st.integers(1, 8), st.floats(0.05, 0.5))
def test_looks_before_an_unexplained_change_take_nothing_from_those_after_it(before, after, against):
    changed = [a_record(5, 0), a_record(4, 20)]
    earlier = [a_look(5, 1 + at, against) for at in range(before)]
    later = [a_look(5, 21 + at, against) for at in range(after)]

    alone, together = (belief(*changed, *looks, expected=4) for looks in (later, [*earlier, *later]))
    assert together[5] / together[4] >= alone[5] / alone[4] * (1 - 1e-9)


def test_a_movement_that_is_stated_after_the_quantity_it_made_is_weighed_once():
    seen = [a_record(5, 0), a_look(4, 1, 0.05), a_look(4, 2, 0.05), a_look(4, 3, 0.05)]
    picked = Moved(4 * HOUR, "m", -1)
    late = [a_record(4, 5), picked, a_record(4, 6, moved=-1)]

    assert belief(*seen, picked, a_record(4, 6, moved=-1)) == belief(*seen, *late)
    assert mismatch(4, *seen, *late) > 0.5


def test_with_the_share_of_unstated_movements_at_none_every_change_is_a_correction():
    certain = Memory(correlation_touched=0, half_life=1e9, unstated=0)

    changed = belief(a_record(3, 0), a_look(3, 1), a_record(2, 2), memory=certain)

    assert belief(a_look(3, 1), memory=certain) == pytest.approx(changed)


def test_a_count_is_carried_back_over_the_movements_since_the_photo():
    known = evidence(a_look(3, 1), Moved(2 * HOUR, "m", -2), CycleCount(3 * HOUR, "c", 3), a_look(3, 4))

    assert CycleCount(HOUR, "c", 5) == counted_after(known, HOUR)
    assert None is counted_after(known, 3 * HOUR)


def test_a_count_is_not_carried_back_over_a_change_that_the_record_does_not_explain():
    known = evidence(a_record(5, 0), a_look(5, 1), a_record(4, 2), CycleCount(3 * HOUR, "c", 4))

    assert None is counted_after(known, HOUR)
