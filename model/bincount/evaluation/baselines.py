"""Counters without eyes: what is to be had without looking at a single pixel."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bincount.data.groups import number
from bincount.evaluation.material import Labels
from bincount.evaluation.metrics import Distributions, constant

_PSEUDO = 5.0  # photos with which each cell of the tables starts, spread like all photos
_NOBODY = -1


def label_shares(labels: Labels, classes: int) -> NDArray[np.float64]:
    """How often each count is recorded; one photo is added to each class, so that none is impossible."""
    counts = np.bincount(labels.classes(classes), minlength=classes) + 1.0
    return np.asarray(counts / counts.sum())


@dataclass(frozen=True, slots=True)
class Neighbours:
    """P(count | recorded counts of the photos taken just before and after), as far as training has them.

    Photos n - 1 and n + 1 often show the bin of photo n before and after one pick or stow, so that on a
    random split these tables know much; on a split that keeps bins together they should know next to nothing.
    """

    shares: NDArray[np.float64]  # K + 1
    before: NDArray[np.float64]  # P(count | count of n - 1): (K + 1) x (K + 1), the neighbour's first
    after: NDArray[np.float64]
    known: dict[str, int]  # class of every training photo

    @classmethod
    def fit(cls, train: Labels, classes: int) -> Self:
        """Count pairs of neighbours within the training photos."""
        known = dict(zip(train.ids, train.classes(classes).tolist(), strict=True))
        shares = label_shares(train, classes)
        before, after = (np.tile(_PSEUDO * shares, (classes, 1)) for _ in range(2))
        for photo, count in known.items():
            for step, table in ((-1, before), (1, after)):
                if (neighbour := known.get(_next_to(photo, step), _NOBODY)) != _NOBODY:
                    table[neighbour, count] += 1
        return cls(shares, before / before.sum(1, keepdims=True), after / after.sum(1, keepdims=True), known)

    def predict(self, photos: Labels) -> Distributions:
        """From both neighbours as if each knew its own: P(c | before) P(c | after) / P(c)."""
        rows = constant(self.shares, len(photos.ids)).astype(np.float64)
        for row, photo in zip(rows, photos.ids, strict=True):
            for step, table in ((-1, self.before), (1, self.after)):
                if (neighbour := self.known.get(_next_to(photo, step), _NOBODY)) != _NOBODY:
                    row *= table[neighbour] / self.shares
        return np.asarray(rows / rows.sum(axis=1, keepdims=True))

    def reach(self, photos: Labels) -> float:
        """The share of photos with a neighbour in training."""
        near = [any(_next_to(photo, step) in self.known for step in (-1, 1)) for photo in photos.ids]
        return float(np.mean(near))


def _next_to(photo: str, step: int) -> str:
    """The id of the photo taken just before or after, padded alike; none for ids that are no numbers."""
    place = number(photo)
    return "" if place is None else str(place + step).zfill(len(photo))
