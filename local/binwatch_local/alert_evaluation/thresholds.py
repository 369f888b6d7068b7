"""Thresholds of a stated false-alarm rate, found on other bins than those they are used on."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from binwatch.triage import conformal_threshold
from binwatch_local.alert_evaluation.bins import FOLDS
from binwatch_local.alert_evaluation.scores import Flags, Scores

NEVER = 1.0  # a threshold that no probability exceeds


def thresholds(expected: NDArray[np.int64], right: Scores, rate: float) -> tuple[float, ...]:
    """Of r, for an expected quantity of 0, 1, ..., and, last, that many or more.

    Neighbouring quantities share a threshold until there are enough bins for the promise; where all together
    are too few, nothing is promised and nothing alerted.

    Args:
        expected: of bins whose record is right.
        right: their r.
        rate: the false-alarm rate, between 0 and 1.
    """
    needed = ceil(1 / rate - 1 - 1e-9)
    highest = int(expected.max())
    ranges, first = [], 0
    for quantity in range(highest + 1):
        if ((expected >= first) & (expected <= quantity)).sum() >= needed:
            ranges.append((first, quantity))
            first = quantity + 1
    if not ranges:
        return (NEVER,)
    ranges[-1] = (ranges[-1][0], highest)  # what is left over is too few by itself
    found: list[float] = []
    for low, high in ranges:
        scores = right[(expected >= low) & (expected <= high)]
        found += [conformal_threshold(scores.tolist(), rate)] * (high - low + 1)
    return tuple(found)


def cross_fitted(
    expected: NDArray[np.int64], right: Scores, folds: NDArray[np.int64], rate: float
) -> tuple[tuple[float, ...], ...]:
    """The thresholds for each fold, found on the bins of all others."""
    others = (folds != fold for fold in range(FOLDS))
    return tuple(thresholds(expected[each], right[each], rate) if each.any() else (NEVER,) for each in others)


def exceeded(
    score: Scores,
    expected: NDArray[np.int64],
    folds: NDArray[np.int64],
    by_fold: tuple[tuple[float, ...], ...],
) -> Flags:
    """Which scores exceed the threshold of their fold and expected quantity."""
    quantities = range(int(expected.max()) + 1)
    limits = np.array([[each[min(e, len(each) - 1)] for e in quantities] for each in by_fold])
    return np.asarray(score > limits[folds, expected])
