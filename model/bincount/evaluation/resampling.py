"""How far a figure would move on other bins: bootstrap intervals that resample whole groups.

Photos of one bin are not independent, so that resampling photos would make the intervals too narrow
(Field & Welsh, Bootstrapping clustered data, 2007). Intervals are percentile intervals (Efron & Tibshirani,
An introduction to the bootstrap, 1993, chapter 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bincount.evaluation.metrics import Counts, Distributions, contributions, figures_of

RESAMPLES = 1000
SURE = 0.95
_AT_ONCE = 20_000_000  # weights in memory: resamples x groups

type Samples = Mapping[str, NDArray[np.float64]]
"""By figure, its value in each resampled set."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies in 95 of 100 resampled sets."""

    low: float
    high: float


def resampled(
    probabilities: Distributions,
    counts: Counts,
    groups: NDArray[np.str_] | Sequence[str],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Samples:
    """Every figure on ``resamples`` sets drawn from the groups, with replacement.

    The same groups and seed draw the same sets, so that two counters can be compared set by set.
    """
    parts = contributions(probabilities, counts)
    _, member_of = np.unique(np.asarray(groups), return_inverse=True)
    number = int(member_of.max()) + 1 if len(parts) else 0
    if not number:
        return {name: np.full(resamples, np.nan) for name in figures_of(np.zeros(parts.shape[1]))}
    with_size = np.column_stack([parts, np.ones(len(parts))])
    sums = np.zeros((number, with_size.shape[1]))
    np.add.at(sums, member_of, with_size)
    rng = np.random.default_rng(seed)
    block = max(1, _AT_ONCE // number)
    sizes = [min(block, resamples - start) for start in range(0, resamples, block)]
    totals = np.concatenate([_times_drawn(rng, number, size) @ sums for size in sizes])
    return figures_of(totals[:, :-1] / totals[:, -1:])


def _times_drawn(rng: np.random.Generator, groups: int, resamples: int) -> NDArray[np.float64]:
    """How often each group is in each resampled set: resamples x groups."""
    return rng.multinomial(groups, np.full(groups, 1 / groups), size=resamples).astype(np.float64)


def interval(values: NDArray[np.float64]) -> Interval:
    """The middle 95 % of resampled values."""
    low, high = np.quantile(values, [(1 - SURE) / 2, (1 + SURE) / 2])
    return Interval(float(low), float(high))
