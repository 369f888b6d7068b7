"""rho is measured on what decides: how log ratios err together."""

import numpy as np
import pytest

from binwatch_local.alert_evaluation.correlation import TooFewPairs, correlation

CLASSES = 8


def looks(shared, n=3000, seed=0):
    """Pairs of looks whose log ratios err alike in the stated measure."""
    rng = np.random.default_rng(seed)
    counts = np.tile(rng.integers(0, CLASSES - 1, n), 2)
    common = np.tile(rng.normal(size=(n, CLASSES)), (2, 1))
    own = rng.normal(size=(2 * n, CLASSES))
    error = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    values = np.exp(error - 2 * np.abs(np.arange(CLASSES) - counts[:, None]))
    return values / values.max(axis=1, keepdims=True), counts, (np.arange(n), np.arange(n, 2 * n))


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.8, 1.0])
def test_the_correlation_that_was_put_in_is_found(shared):
    found = correlation(*looks(shared))

    assert shared == pytest.approx(found.value, abs=0.05)
    assert found.low <= found.value <= found.high
    assert 3000 == found.pairs


def test_two_seeds_resample_about_the_same_interval():
    one, other = (correlation(*looks(0.3), seed=seed) for seed in (1, 2))

    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.01)


def test_too_few_pairs_tell_no_correlation():
    with pytest.raises(TooFewPairs, match="10 pairs"):
        correlation(*looks(0.3, n=10))
