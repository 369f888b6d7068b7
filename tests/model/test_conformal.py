"""Sets of counts: what they promise holds for every counter, however bad."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bincount.evaluation.conformal import covered, fit_level, needed, one_a_group, sets

CLASSES = 6
weights = arrays(float, (4, CLASSES), elements=st.floats(0.001, 1))


def distributions(raw):
    return raw / raw.sum(axis=1, keepdims=True)


def photos(rng, n):
    """A counter that is overconfident: records follow a flatter distribution than it says."""
    distance = np.arange(CLASSES) - rng.uniform(0, CLASSES - 1, (n, 1))
    true, said = (distributions(np.exp(-sharpness * distance**2)) for sharpness in (0.4, 1.5))
    counts = (true.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(max=CLASSES - 1)
    return said, counts


def test_the_set_grows_from_the_likeliest_count_to_the_likelier_side():
    needs = needed(np.array([[0.1, 0.2, 0.4, 0.25, 0.05]]))

    assert [[0.95, 0.85, 0.4, 0.65, 1.0]] == [pytest.approx(row) for row in needs.tolist()]


def test_a_set_is_all_counts_that_need_no_more_than_the_level():
    row = np.array([[0.1, 0.2, 0.4, 0.25, 0.05]])

    assert [[2, 2], [2, 3], [1, 3], [0, 4]] == [
        sets(row, level)[0].tolist() for level in (0.1, 0.7, 0.9, 1.1)
    ]


@given(weights, st.floats(0, 1.1))
def test_a_set_holds_neighbours_only_and_the_likeliest_count(raw, level):
    rows = distributions(raw)

    bounds = sets(rows, level)

    inside = needed(rows) <= level
    inside[np.arange(len(rows)), rows.argmax(axis=1)] = True
    assert inside.sum(axis=1).tolist() == (bounds[:, 1] - bounds[:, 0] + 1).tolist()
    assert covered(bounds, rows.argmax(axis=1), CLASSES).all()


@given(weights, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_level_holds_every_lower_set(raw, one, other):
    rows = distributions(raw)

    small, large = sets(rows, min(one, other)), sets(rows, max(one, other))

    assert (large[:, 0] <= small[:, 0]).all()
    assert (small[:, 1] <= large[:, 1]).all()


@pytest.mark.parametrize("alpha", [0.3, 0.1, 0.05])
def test_the_promise_holds_on_average_over_exchangeable_photos(alpha):
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(300):
        rows, counts = photos(rng, 200)
        level = fit_level(rows[:100], counts[:100], alpha)
        shares.append(covered(sets(rows[100:], level), counts[100:], CLASSES).mean())

    # one trial spreads by about sqrt(alpha (1 - alpha) / 50): the mean of 300 by 17 times less
    assert 1 - alpha - 0.01 <= np.mean(shares)


def test_the_promise_is_not_kept_by_sets_of_all_counts():
    rows, counts = photos(np.random.default_rng(1), 2000)

    bounds = sets(rows, fit_level(rows, counts, 0.1))

    assert CLASSES - 2 > (bounds[:, 1] - bounds[:, 0] + 1).mean()
    assert 0.93 > covered(bounds, counts, CLASSES).mean() >= 0.9


@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_too_few_photos_for_the_promise_give_every_count(alpha):
    rows, counts = photos(np.random.default_rng(2), 10)

    bounds = sets(rows, fit_level(rows, counts, alpha))

    assert [[0, CLASSES - 1]] * 10 == bounds.tolist()


def test_fewer_misses_allowed_means_a_higher_level():
    rows, counts = photos(np.random.default_rng(3), 300)

    levels = [fit_level(rows, counts, alpha) for alpha in (0.5, 0.2, 0.1, 0.05)]

    assert sorted(levels) == levels


def test_a_share_of_misses_lies_between_none_and_all():
    with pytest.raises(ValueError, match="alpha"):
        fit_level(np.array([[1.0]]), np.array([0]), 1.5)


def test_counts_beyond_the_last_class_are_held_by_its_sets():
    assert covered(np.array([[3, 5]]), np.array([40]), CLASSES).all()


def test_one_photo_of_each_group_is_taken():
    groups = np.array(["a", "b", "a", "c", "b", "a"])

    chosen = one_a_group(groups, seed=1)

    assert ["a", "b", "c"] == sorted(groups[chosen].tolist())
