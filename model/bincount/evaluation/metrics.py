"""How good a set of distributions is, against recorded counts. Numpy only.

Every figure is a function of means over photos. So a figure of the whole set and a thousand figures of
resampled sets (resampling.py) come from one formula: `contributions` per photo, averaged, then `figures_of`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binwatch.prediction import NEAR_MISS

type Distributions = NDArray[np.floating]
"""One row a photo: P(0), P(1), ..., P(K-1), P("K or more")."""

type Counts = NDArray[np.int64]

MODERATE = 6  # the published task: photos of 0 to 5 items
BINS = 15  # of confidence, equally wide
_TINY = 1e-12
_SIMPLE = 13  # contributions that are averaged as they are
OFF_ONE = 1e-3  # how far a row's sum may be from 1 (files hold rounded numbers)


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one set of photos. Errors are in items; without photos every figure is not a number."""

    photos: int
    accuracy: float  # the most likely count is the recorded one
    within_one: float  # ... or one beside it
    mae: float  # of the most likely count
    rmse: float
    told_accuracy: float  # the same four of the count that is told: `told`
    told_within_one: float
    told_mae: float
    told_rmse: float
    nll: float  # mean -ln P(recorded count)
    ece: float  # |confidence - accuracy|, 15 equal bins
    mean_mae: float  # of the posterior mean
    mean_rmse: float
    rps: float  # ranked probability score, in items
    brier: float
    classwise_ece: float


def score(probabilities: Distributions, counts: Counts) -> Scores:
    """Score the distributions; counts of K and more are one class, and K is what they count as.

    Args:
        probabilities: n x (K + 1), rows sum to 1.
        counts: n, as recorded, not cut at K.

    Raises:
        ValueError: the rows are no distributions, a count is negative, or the two differ in length.
    """
    parts = contributions(probabilities, counts)
    means = parts.mean(axis=0) if len(parts) else np.full(parts.shape[1], np.nan)
    return Scores(photos=len(parts), **{name: float(each) for name, each in figures_of(means).items()})


def moderate(probabilities: Distributions, counts: Counts) -> Scores:
    """Score the published task: photos of 0 to 5 items, the distribution renormalised over 0 to 5."""
    return score(*moderate_part(probabilities, counts))


def moderate_part(probabilities: Distributions, counts: Counts) -> tuple[Distributions, Counts]:
    """The photos of 0 to 5 items, and the distributions given that there are 0 to 5."""
    chosen = counts < MODERATE
    few = probabilities[chosen, :MODERATE] + _TINY  # rows that exclude 0 to 5 altogether know nothing
    return few / few.sum(axis=1, keepdims=True), counts[chosen]


def constant(prior: Distributions, photos: int) -> Distributions:
    """The baseline without eyes: the label frequencies for every photo."""
    return np.tile(prior, (photos, 1))


def told(probabilities: Distributions) -> Counts:
    """The count to tell of each row, as `binwatch.prediction.Counted.count` is."""
    worth = probabilities.astype(np.float64)
    worth[:, 1:] += NEAR_MISS * probabilities[:, :-1]
    worth[:, :-1] += NEAR_MISS * probabilities[:, 1:]
    return np.asarray(worth.argmax(axis=1))


def posterior_mean(probabilities: Distributions) -> NDArray[np.float64]:
    """The expected count of each row; "K or more" counts as K."""
    return np.asarray(probabilities @ np.arange(probabilities.shape[1], dtype=float))


def contributions(probabilities: Distributions, counts: Counts) -> NDArray[np.float64]:
    """What each photo adds to each figure: n x (13 + 15 + 15 (K + 1)).

    accuracy, within one: share of |argmax - y| = 0, and <= 1 ("accuracy within n": Gaudette & Japkowicz,
        Evaluation methods for ordinal classification, 2009).
    MAE, RMSE: mean |e|, root of mean e^2 (Willmott & Matsuura, Climate Research 30, 2005) of
        e = argmax - y, of e = told - y, and of e = posterior mean - y.
    NLL: -ln P(y), the logarithmic score (Good, Rational decisions, 1952).
    RPS: sum over k < K of (P(count <= k) - [y <= k])^2 (Epstein 1969; Murphy 1971), not divided by K, so that
        a sure wrong answer costs its distance in items.
    Brier: sum over classes of (P(k) - [y = k])^2 (Brier 1950): 0 to 2.
    ECE: sum over bins of |sum of (confidence - hit)| / n, of the most likely class (Guo et al., On
        calibration of modern neural networks, 2017).
    Classwise ECE: the same for each class's own probability, averaged over classes (Kull et al., Beyond
        temperature scaling, 2019).
    """
    _check(probabilities, counts)
    rows = probabilities.astype(np.float64)
    n, classes = rows.shape
    labels = np.minimum(counts, classes - 1)
    truth = np.eye(classes)[labels]
    wrong_by = np.abs(rows.argmax(axis=1) - labels)
    told_wrong_by = np.abs(told(rows) - labels)
    mean_wrong_by = np.abs(posterior_mean(rows) - labels)
    steps = rows.cumsum(axis=1) - truth.cumsum(axis=1)
    simple = (
        wrong_by == 0,
        wrong_by <= 1,
        wrong_by,
        wrong_by**2,
        told_wrong_by == 0,
        told_wrong_by <= 1,
        told_wrong_by,
        told_wrong_by**2,
        mean_wrong_by,
        mean_wrong_by**2,
        -np.log(rows[np.arange(n), labels] + _TINY),
        (steps[:, :-1] ** 2).sum(axis=1),
        ((rows - truth) ** 2).sum(axis=1),
    )
    top = gaps(rows.max(axis=1), wrong_by == 0)
    each_class = [gaps(rows[:, k], truth[:, k]) for k in range(classes)]
    return np.column_stack([*simple, top, *each_class])


def figures_of(means: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:
    """From mean contributions (... x m) to figures by name (each ...)."""
    simple = np.moveaxis(means[..., :_SIMPLE], -1, 0)
    hit, near, off, square, told_hit, told_near, told_off, told_square = simple[:8]
    mean_off, mean_square, nll, rps, brier = simple[8:]
    by_bin = np.abs(means[..., _SIMPLE:])
    top, each_class = by_bin[..., :BINS], by_bin[..., BINS:]
    return {
        "accuracy": hit,
        "within_one": near,
        "mae": off,
        "rmse": np.sqrt(square),
        "told_accuracy": told_hit,
        "told_within_one": told_near,
        "told_mae": told_off,
        "told_rmse": np.sqrt(told_square),
        "nll": nll,
        "ece": top.sum(axis=-1),
        "mean_mae": mean_off,
        "mean_rmse": np.sqrt(mean_square),
        "rps": rps,
        "brier": brier,
        "classwise_ece": each_class.sum(axis=-1) / (each_class.shape[-1] // BINS),
    }


def gaps(sure: NDArray[np.float64], came_true: NDArray[np.generic]) -> NDArray[np.float64]:
    """Probability minus outcome of each photo, in the column of the probability's bin: n x 15."""
    columns = np.zeros((len(sure), BINS))
    columns[np.arange(len(sure)), bin_of(sure)] = sure - came_true.astype(np.float64)
    return columns


def bin_of(sure: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of each probability; 1 belongs to the last."""
    return np.minimum((sure * BINS).astype(np.int64), BINS - 1)


def _check(probabilities: Distributions, counts: Counts) -> None:
    """A figure of something else than distributions and counts would be silently wrong.

    Raises:
        ValueError: see `score`.
    """
    if probabilities.ndim != 2 or len(probabilities) != len(counts):
        raise ValueError(f"distributions of shape {probabilities.shape} for {len(counts)} counts")
    if len(counts) and counts.min() < 0:
        raise ValueError(f"a count is negative: {counts.min()}")
    sums = probabilities.sum(axis=1)
    bad = ~(np.abs(sums - 1) <= OFF_ONE) | (probabilities < 0).any(axis=1)  # not a number is bad, too
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(f"row {row} is no distribution: its probabilities sum to {sums[row]:.4f}")
