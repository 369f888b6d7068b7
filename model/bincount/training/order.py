"""In which order a pass goes through the photos, and which part of each batch is whose."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bincount.data.dataset import Photos
from bincount.data.looks import repeated_looks

_TOGETHER = 4  # photos of one bin that share a batch: enough for pairs, few enough for variety


@dataclass(frozen=True, slots=True)
class Share:
    """The part of every batch that one of several processes works on."""

    rank: int = 0
    world: int = 1

    def of(self, batch: NDArray[np.int64]) -> NDArray[np.int64]:
        """This process's part: as many photos as every other's."""
        return np.split(batch, self.world)[self.rank]


class Order:
    """Shuffled passes that keep photos of one bin side by side.

    Args:
        photos: to learn from.
        batch_size: over all processes.
        seed: of the shuffling; pass n is the same for the same seed, whatever went before.
    """

    def __init__(self, photos: Photos, batch_size: int, seed: int) -> None:
        self._chunks = _chunks(photos)
        self._photos, self._batch_size, self._seed = len(photos), min(batch_size, len(photos)), seed

    def __len__(self) -> int:
        """Batches a pass; what does not fill one waits for another pass's order."""
        return self._photos // self._batch_size

    def batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        """Positions of photos, batch by batch."""
        shuffled = np.random.default_rng((self._seed, epoch)).permutation(len(self._chunks))
        flat = np.concatenate([self._chunks[each] for each in shuffled])
        for number in range(len(self)):
            yield flat[number * self._batch_size : (number + 1) * self._batch_size]


def pairs_in(
    batch: NDArray[np.int64], following: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which neighbours in a batch are looks at one bin: places in the batch, of the earlier and of the later.

    Args:
        batch: positions of photos.
        following: the next look at every photo's bin, as `next_looks` tells it.
    """
    first = np.flatnonzero(following[batch[:-1]] == batch[1:])
    return first, first + 1


def _chunks(photos: Photos) -> list[NDArray[np.int64]]:
    """Looks at one bin, a few together; every other photo alone."""
    alone = np.ones(len(photos), bool)
    chunks = []
    for looks in repeated_looks(photos):
        alone[looks] = False
        chunks += [looks[at : at + _TOGETHER] for at in range(0, len(looks), _TOGETHER)]
    return chunks + list(np.flatnonzero(alone)[:, None])
