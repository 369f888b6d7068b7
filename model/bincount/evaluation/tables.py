"""Where a counter is right and where it errs: by recorded count, by answer, by confidence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bincount.evaluation.metrics import BINS, Counts, Distributions, bin_of, posterior_mean


@dataclass(frozen=True, slots=True)
class ClassRow:
    """The photos whose record says ``count`` (the last class: so many or more). Errors in items."""

    count: int
    photos: int
    recall: float  # of these photos, the share that was counted right (per-class accuracy)
    precision: float  # of the photos so counted, the share that is; not a number when none was
    within_one: float
    rmse: float
    mean_count: float  # the posterior mean, averaged over these photos


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The photos whose answer was about so sure (DeGroot & Fienberg 1983; Guo et al. 2017)."""

    photos: int
    confidence: float  # mean
    accuracy: float


def confusion(probabilities: Distributions, counts: Counts) -> NDArray[np.int64]:
    """Photos by recorded count (rows) and most likely count (columns): (K + 1) x (K + 1)."""
    classes = probabilities.shape[1]
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (np.minimum(counts, classes - 1), probabilities.argmax(axis=1)), 1)
    return table


def by_class(probabilities: Distributions, counts: Counts) -> list[ClassRow]:
    """One row a class, 0 first; a class without photos has figures that are not numbers."""
    table = confusion(probabilities, counts)
    labels = np.minimum(counts, len(table) - 1)
    answers = np.arange(len(table))
    means = posterior_mean(probabilities)
    rows = []
    for count, row in enumerate(table):
        off = np.abs(answers - count)
        photos = int(row.sum())
        rows.append(
            ClassRow(
                count=count,
                photos=photos,
                recall=_share(row[count], photos),
                precision=_share(row[count], float(table[:, count].sum())),
                within_one=_share(row[off <= 1].sum(), photos),
                rmse=float(np.sqrt(_share((row * off**2).sum(), photos))),
                mean_count=_share(means[labels == count].sum(), photos),
            )
        )
    return rows


def reliability(probabilities: Distributions, counts: Counts) -> list[ReliabilityBin]:
    """How often answers of each confidence are right: 15 bins of the most likely count's probability."""
    labels = np.minimum(counts, probabilities.shape[1] - 1)
    sure = probabilities.max(axis=1).astype(np.float64)
    hits = probabilities.argmax(axis=1) == labels
    members = bin_of(sure)
    photos = np.bincount(members, minlength=BINS)
    confidence = np.bincount(members, weights=sure, minlength=BINS)
    right = np.bincount(members, weights=hits, minlength=BINS)
    return [
        ReliabilityBin(int(n), _share(c, float(n)), _share(r, float(n)))
        for n, c, r in zip(photos, confidence, right, strict=True)
    ]


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
