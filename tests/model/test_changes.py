"""What changed between two looks at one bin."""

import numpy as np
import pytest

from bincount.data.dataset import Photos
from bincount.evaluation.changes import (
    MOST_CHANGED,
    difference_of,
    law_of,
    pairs_of,
    score_changes,
)


def photos(ids, groups, counts):
    unknown = np.full(len(ids), np.nan)
    pixels = np.zeros((len(ids), 1, 1, 3), np.uint8)
    return Photos(tuple(ids), pixels, np.array(counts), np.array(groups), unknown, unknown, unknown)


def certain(*counts, classes=11):
    return np.eye(classes)[list(counts)]


def test_neighbouring_looks_at_one_bin_are_pairs_in_the_order_of_their_numbers():
    pairs = pairs_of(photos(["00100", "99", "7", "101"], ["a", "a", "b", "a"], [5, 4, 1, 3]))

    assert ([0, 1], [3, 0]) == (pairs.before.tolist(), pairs.after.tolist())
    assert [-2, 1] == pairs.changed.tolist()


def test_a_large_change_is_told_as_the_largest():
    pairs = pairs_of(photos(["1", "2"], ["a", "a"], [40, 2]))

    assert [-MOST_CHANGED] == pairs.changed.tolist()


def test_a_law_gives_every_change_a_chance_and_sums_to_one():
    law = law_of(np.array([-1, -1, 2]))

    assert pytest.approx(1) == law.sum()
    assert law.min() > 0
    assert law[MOST_CHANGED - 1] == law.max()


def test_two_certain_counts_make_a_certain_change_whatever_the_law_prefers():
    law = law_of(np.array([-1] * 99))

    (change,) = difference_of(certain(3), certain(5), law)

    assert MOST_CHANGED + 2 == change.argmax()
    assert pytest.approx(1) == change.sum()


def test_two_ignorant_counts_leave_the_law():
    law = law_of(np.array([-1, -1, -1, 2]))
    ignorant = np.full((1, 11), 1 / 11)

    (change,) = difference_of(ignorant, ignorant, law)

    assert pytest.approx(law, abs=1e-6) == change


def test_changes_are_scored_by_size_by_sign_and_by_likelihood():
    rows = np.full((2, 13), 0.01)
    rows[0, MOST_CHANGED - 1], rows[1, MOST_CHANGED + 1] = 0.88, 0.88

    scores = score_changes(rows, np.array([-1, 3]))

    assert (2, 0.5, 1.0) == (scores.pairs, scores.exact, scores.sign)
    assert pytest.approx(-(np.log(0.88) + np.log(0.01)) / 2) == scores.nll
