"""How alike two looks at one bin err: rho, from pairs of photos of one bin.

What a look adds to a belief is log L(c) / L(truth) for every other count c. Two looks err alike as far as
these log ratios, less what is usual for their true count, go together over pairs of looks:

    rho_d = sum x_i x_j / sum (x_i^2 + x_j^2) / 2,   x = log L(truth + d) / L(truth) - its mean for that truth

averaged over d with the law of discrepancies, by which these ratios decide. The pairs of the data pack are of
bins that were touched in between: this is the correlation across a movement. Looks at a bin that nobody
touched are not in it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binwatch.discrepancies import MEASURED, Law

_FEWEST = 30  # pairs that a correlation is worth telling from
_RESAMPLES = 1000

type Rows = NDArray[np.floating]
"""One photo a row, one count 0 ... K a column."""


class TooFewPairs(ValueError):
    """Too few pairs of looks to tell a correlation."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """rho, its 95 % interval from resampled pairs, and that of each discrepancy."""

    value: float
    low: float
    high: float
    pairs: int
    by_items: dict[int, float]


def correlation(
    likelihood: Rows,
    counts: NDArray[np.int64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    law: Law = MEASURED,
    seed: int = 0,
) -> Correlation:
    """How alike the two looks of each pair err.

    Args:
        likelihood: n x (K + 1).
        counts: the true count of each photo, in items; K and more are left out.
        pairs: the photos seen before and after, as rows of `likelihood`.
        law: which discrepancies matter how much.
        seed: of the resampling.

    Raises:
        TooFewPairs: no discrepancy has 30 pairs in which it is possible.
    """
    products = {items: _products(likelihood, counts, pairs, items) for items, _ in law.weights}
    chances = {items: p for items, p in law.chances.items() if len(products[items][0]) >= _FEWEST}
    if not chances:
        raise TooFewPairs(f"{len(pairs[0])} pairs of looks: prepare more photos of bins seen twice")
    kept = {items: products[items][1] for items in chances}
    rng = np.random.default_rng(seed)
    number = len(pairs[0])
    values = []
    for _ in range(_RESAMPLES):
        times = rng.multinomial(number, np.full(number, 1 / number)).astype(float)
        again = {items: _rho(kept[items], times[products[items][0]]) for items in chances}
        values.append(_mean(again, chances))
    by_items = {items: _rho(kept[items], np.ones(len(kept[items]))) for items in chances}
    low, high = np.quantile(values, (0.025, 0.975))
    return Correlation(_mean(by_items, chances), float(low), float(high), number, by_items)


def _products(
    likelihood: Rows,
    counts: NDArray[np.int64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    items: int,
) -> tuple[NDArray[np.int64], Rows]:
    """Which pairs can be off by so many items, and for each x_i x_j and (x_i^2 + x_j^2) / 2."""
    last = likelihood.shape[1] - 1
    possible = (counts < last) & (counts + items >= 0) & (counts + items <= last)
    error = np.zeros(len(counts))
    rows = np.flatnonzero(possible)
    error[rows] = np.log(likelihood[rows, counts[rows] + items] / likelihood[rows, counts[rows]])
    for count in np.unique(counts[rows]):
        same = rows[counts[rows] == count]
        error[same] -= error[same].mean()
    both = np.flatnonzero(possible[pairs[0]] & possible[pairs[1]])
    one, other = error[pairs[0][both]], error[pairs[1][both]]
    return both, np.stack([one * other, (one**2 + other**2) / 2], axis=1)


def _rho(products: Rows, weights: NDArray[np.floating]) -> float:
    together, apart = (products * weights[:, None]).sum(axis=0)
    return float(together / apart) if apart else 0.0


def _mean(values: dict[int, float], chances: dict[int, float]) -> float:
    return sum(values[items] * p for items, p in chances.items()) / sum(chances.values())
