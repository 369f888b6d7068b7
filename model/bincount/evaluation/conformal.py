"""Sets of neighbouring counts that hold the recorded one in at least 1 - alpha of all photos.

Split conformal prediction with ordinal adaptive sets (Lu, Angelopoulos & Pomerantz, Improving trustworthiness
of AI disease severity rating with ordinal conformal prediction sets, 2022): start at the most likely count,
take in the more likely of the two next ones, until the set holds enough probability. How much is enough, the
level, is read off photos not trained on. The promise holds on average over photos that are exchangeable
with those, whatever the counter is worth; photos of one bin are not independent, so fit on one photo a group.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from bincount.evaluation.metrics import Counts, Distributions

ALPHAS = (0.1, 0.05)  # 90 % and 95 % sets


def needed(probabilities: Distributions) -> NDArray[np.float64]:
    """How much probability the growing set holds once it takes in each count: n x (K + 1).

    It is least at the most likely count and rises to both sides: all counts below a level lie together.
    """
    rows = probabilities.astype(np.float64)
    n, classes = rows.shape
    index = np.arange(n)
    padded = np.pad(rows, ((0, 0), (1, 1)), constant_values=-1.0)  # never taken in
    low = high = rows.argmax(axis=1)
    held = rows[index, low]
    needs = np.empty_like(rows)
    needs[index, low] = held
    for _ in range(classes - 1):
        below, above = padded[index, low], padded[index, high + 2]  # padded by one: low - 1, high + 1
        down = below > above
        low, high = np.where(down, low - 1, low), np.where(down, high, high + 1)
        held = held + np.maximum(below, above)
        needs[index, np.where(down, low, high)] = held
    return needs


def fit_level(probabilities: Distributions, counts: Counts, alpha: float) -> float:
    """The level whose sets hold the recorded count in at least 1 - alpha of new photos, on average.

    Args:
        probabilities: n x (K + 1), of photos that the counter was not trained on.
        counts: n, as recorded; K and more are one class.
        alpha: the share of photos that may be missed, between 0 and 1.

    Returns:
        A probability; more than 1 (all counts, always) when there are too few photos for the promise.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is a share between 0 and 1, not {alpha}")
    labels = np.minimum(counts, probabilities.shape[1] - 1)
    scores = np.sort(needed(probabilities)[np.arange(len(labels)), labels])
    rank = ceil((len(scores) + 1) * (1 - alpha))
    return float(scores[rank - 1]) if rank <= len(scores) else 2.0


def sets(probabilities: Distributions, level: float) -> NDArray[np.int64]:
    """The first and last count of each set: n x 2. The most likely count is always in it."""
    inside = needed(probabilities) <= level
    inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
    last = inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
    return np.column_stack([inside.argmax(axis=1), last])


def covered(bounds: NDArray[np.int64], counts: Counts, classes: int) -> NDArray[np.bool_]:
    """Which sets hold the recorded count."""
    labels = np.minimum(counts, classes - 1)
    return (bounds[:, 0] <= labels) & (labels <= bounds[:, 1])


def one_a_group(groups: NDArray[np.str_], seed: int = 0) -> NDArray[np.int64]:
    """Positions of one photo of each group, drawn at random: these are exchangeable, all photos are not."""
    order = np.random.default_rng(seed).permutation(len(groups))
    _, first = np.unique(np.asarray(groups)[order], return_index=True)
    return np.sort(order[first])
