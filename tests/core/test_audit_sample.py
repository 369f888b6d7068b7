"""The audit sample draws a fair few bins a day, always the same ones for the same day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.audit_sample import is_drawn
from binwatch.errors import MalformedCommand
from binwatch.keys import BinId

BINS = [BinId("berlin-1", f"A-{number:05}") for number in range(20_000)]


def sample(day="2026-11-20", share=0.01, salt=""):
    return {each for each in BINS if is_drawn(each, day, share, salt)}


def test_the_share_is_drawn():
    assert 200 == pytest.approx(len(sample(share=0.01)), abs=4 * 14)  # four standard deviations
    assert 100 == pytest.approx(len(sample(share=0.005)), abs=4 * 10)


def test_a_day_draws_the_same_bins_again_and_another_day_others():
    assert sample() == sample()
    assert len(sample() & sample(day="2026-11-21")) < 15  # two of 200 by chance
    assert len(sample() & sample(salt="pilot")) < 15


def test_a_larger_share_keeps_what_a_smaller_one_draws():
    assert sample(share=0.005) <= sample(share=0.01)


def test_none_and_all_can_be_drawn():
    assert set() == sample(share=0)
    assert set(BINS) == sample(share=1)


@given(st.floats().filter(lambda share: not 0 <= share <= 1))
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(MalformedCommand):
        is_drawn(BINS[0], "2026-11-20", share)
