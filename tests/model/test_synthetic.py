"""Drawn bins: the same seed, the same bin, and every item to be seen."""

import random

import pytest

from bincount.data.synthetic import LEAST_SHOWN, MOST_ITEMS, bins, draw, place_items, shown_shares
from bincount.photos import read_photo


def test_the_same_seed_draws_the_same_bins():
    assert list(bins(3, seed=5)) == list(bins(3, seed=5))


def test_another_seed_draws_other_bins():
    (first,), (second,) = bins(1, seed=5), bins(1, seed=6)

    assert first.jpeg != second.jpeg
    assert first.id != second.id


def test_a_longer_series_begins_with_the_shorter_one():
    assert list(bins(2, seed=1)) == list(bins(4, seed=1))[:2]


@pytest.mark.parametrize("count", [0, 1, 2, 5, 9, 14])
def test_a_bin_holds_exactly_as_many_items_as_it_says_and_all_can_be_seen(count):
    shares = shown_shares((480, 330), place_items(random.Random(count), (480, 330), count))

    assert count == len(shares)
    assert all(share >= LEAST_SHOWN for share in shares)


@pytest.mark.parametrize("count", [-1, MOST_ITEMS + 1])
def test_a_bin_that_cannot_be_drawn_is_refused(count):
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw(0, count)


def test_one_more_item_changes_the_picture():
    assert draw(3, 4).tobytes() != draw(3, 5).tobytes()


def test_a_drawn_bin_is_a_photo_like_any_other_and_of_no_fixed_size():
    drawn = list(bins(8, seed=2))

    assert {(224, 224, 3)} == {read_photo(each.jpeg).shape for each in drawn}
    assert 1 < len({draw(seed, 1).size for seed in range(4)})
    assert 1 < len({each.count for each in drawn})
