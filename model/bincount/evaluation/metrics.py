"""How good a set of distributions is, against recorded counts. Numpy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Distributions = NDArray[np.floating]
"""One row a photo: P(0), P(1), ..., P(K-1), P("K or more")."""

MODERATE = 6  # the published task: photos of 0 to 5 items
_TINY = 1e-12
_BINS = 15


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one set of photos."""

    photos: int
    accuracy: float  # the most likely count is the recorded one
    within_one: float  # ... or one beside it
    mae: float  # of the most likely count
    rmse: float
    nll: float  # mean -ln P(recorded count)
    ece: float  # |confidence - accuracy|, 15 equal bins


def score(probabilities: Distributions, counts: NDArray[np.int64]) -> Scores:
    """Score the distributions; counts of K and more are one class, and K is what they count as."""
    classes = probabilities.shape[1]
    labels = np.minimum(counts, classes - 1)
    guesses = probabilities.argmax(axis=1)
    errors = guesses - labels
    hits = errors == 0
    chosen = probabilities[np.arange(len(labels)), labels]
    return Scores(
        photos=len(labels),
        accuracy=float(hits.mean()),
        within_one=float((np.abs(errors) <= 1).mean()),
        mae=float(np.abs(errors).mean()),
        rmse=float(np.sqrt((errors**2).mean())),
        nll=float(-np.log(chosen + _TINY).mean()),
        ece=_calibration_error(probabilities.max(axis=1), hits),
    )


def moderate(probabilities: Distributions, counts: NDArray[np.int64]) -> Scores:
    """Score the published task: photos of 0 to 5 items, the distribution renormalised over 0 to 5."""
    chosen = counts < MODERATE
    few = probabilities[chosen, :MODERATE]
    return score(few / few.sum(axis=1, keepdims=True), counts[chosen])


def constant(prior: Distributions, photos: int) -> Distributions:
    """The baseline without eyes: the label frequencies for every photo."""
    return np.tile(prior, (photos, 1))


def _calibration_error(confidence: NDArray[np.floating], hits: NDArray[np.bool_]) -> float:
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    members = [bins == number for number in np.unique(bins)]
    return float(sum(abs(confidence[m].mean() - hits[m].mean()) * m.mean() for m in members))
