"""What changed between two looks at one bin: pairs of photos, and how well the change is told. Numpy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bincount.data.dataset import Photos
from bincount.data.looks import following_looks
from bincount.evaluation.metrics import Distributions

MOST_CHANGED = 6  # a change of more pieces is told as one of so many
_TINY = 1e-9

type Changes = NDArray[np.floating]
"""One row a pair: P(-6 or less), ..., P(0), ..., P(+6 or more)."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Neighbouring looks at one bin, in the order in which they were taken."""

    before: NDArray[np.int64]  # places in the data set
    after: NDArray[np.int64]
    changed: NDArray[np.int64]  # in items, cut at six either way


@dataclass(frozen=True, slots=True)
class ChangeScores:
    """How well the change is told."""

    pairs: int
    exact: float  # the most likely change is the recorded one
    sign: float  # ... among the pairs whose count changed: more or fewer
    nll: float  # mean -ln P(recorded change)


def pairs_of(photos: Photos) -> Pairs:
    """All looks at one bin that follow each other."""
    before, after = following_looks(photos)
    changed = (photos.counts[after] - photos.counts[before]).clip(-MOST_CHANGED, MOST_CHANGED)
    return Pairs(before, after, changed)


def law_of(changed: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often each change happens; every one is given half a case, so that none is impossible."""
    cases = np.bincount(changed + MOST_CHANGED, minlength=2 * MOST_CHANGED + 1) + 0.5
    return np.asarray(cases / cases.sum())


def difference_of(before: Distributions, after: Distributions, law: NDArray[np.floating]) -> Changes:
    """What two counts, each on its own, say of the change, under a law of changes.

    P(d) is the law's, times how much likelier the two distributions make d than two photos of any bins would.
    """
    alone = _convolved(before, after)
    anyone = _convolved(before.mean(axis=0, keepdims=True), after.mean(axis=0, keepdims=True))
    weighed = alone / (anyone + _TINY) * law + _TINY
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))


def score_changes(changes: Changes, changed: NDArray[np.int64]) -> ChangeScores:
    """Score the distributions of change."""
    told = changes.argmax(axis=1) - MOST_CHANGED
    more = changes[:, MOST_CHANGED + 1 :].sum(axis=1) > changes[:, :MOST_CHANGED].sum(axis=1)
    moved = changed != 0
    chosen = changes[np.arange(len(changed)), changed + MOST_CHANGED]
    return ChangeScores(
        pairs=len(changed),
        exact=float((told == changed).mean()),
        sign=float((more == (changed > 0))[moved].mean()),
        nll=float(-np.log(chosen + _TINY).mean()),
    )


def _convolved(before: Distributions, after: Distributions) -> Changes:
    classes = before.shape[1]
    changes = np.zeros((len(before), 2 * MOST_CHANGED + 1))
    for first in range(classes):
        for second in range(classes):
            change = int(np.clip(second - first, -MOST_CHANGED, MOST_CHANGED))
            changes[:, change + MOST_CHANGED] += before[:, first] * after[:, second]
    return changes
