"""Labels that a counter doubts: either it is wrong, or the record is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bincount.data.dataset import Photos
from bincount.data.sources import Track

if TYPE_CHECKING:
    from bincount.predictor import Predictor

_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a counter says of photos whose count is recorded."""

    counter: str
    likelihood: NDArray[np.float64]  # n: the probability of the recorded count
    likeliest: NDArray[np.int64]  # n
    last: int  # K, which stands for "K or more"

    def order(self) -> NDArray[np.int64]:
        """Positions, the most doubtful first."""
        return np.argsort(self.likelihood, kind="stable")


def doubts(predictor: "Predictor", photos: Photos, track: Track) -> Doubts:
    """Count every photo and compare."""
    starts = range(0, len(photos), _AT_ONCE)
    parts = [
        predictor.predict(photos.pixels[start : start + _AT_ONCE])
        for start in track(starts, "Counting (64 photos a step)", len(starts))
    ]
    said = np.concatenate(parts).astype(np.float64)  # n x (K + 1)
    classes = said.shape[1]
    likelihood = said[np.arange(len(said)), photos.labels(classes)]
    return Doubts(str(predictor.model), likelihood, said.argmax(axis=1), classes - 1)
