"""The few figures of the data page that numpy does not have."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bincount.data.dataset import Photos
from bincount.data.looks import following_looks


def spearman(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """The correlation of ranks, ties sharing their mean; NaN for fewer than three pairs or a constant."""
    known = ~(np.isnan(x) | np.isnan(y))
    if known.sum() < 3:
        return float("nan")
    a, b = _ranks(x[known]), _ranks(y[known])
    spread = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread else float("nan")


def differences(photos: Photos) -> NDArray[np.int64]:
    """What changed from each look at a bin to the next one."""
    before, after = following_looks(photos)
    return np.asarray(photos.counts[after] - photos.counts[before])


def by_count(
    counts: NDArray[np.int64], values: NDArray[np.float64], last: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The known values of every count; ``last`` stands for so many and more."""
    known = ~np.isnan(values)
    for count in range(last + 1):
        here = known & (counts >= count if count == last else counts == count)
        yield count, values[here]


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, where, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    return (ends - (sizes - 1) / 2)[where]
