"""From photos on disk to what the network takes in: kept on the GPU when they fit, else batch by batch."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bincount.data.dataset import Photos
from bincount.training.config import Augmentation
from bincount.training.transforms import augmented

_GPU_SHARE = 0.5  # of the free memory; the rest is for the network


class Feed(Protocol):
    """Where the loop gets its input from."""

    def load(self, batch: NDArray[np.int64], epoch: int) -> Tensor:
        """The photos at these places of the data set, as this pass shall see them."""


class Pixels:
    """Photos, augmented anew in every pass, for a network that looks from its first stage on.

    Args:
        photos: to learn from.
        seed: of the augmentation.
        where: the network's device; a GPU keeps all pixels as bytes when they fit, and augments them itself.
        augmentation: how otherwise a photo may look.
    """

    def __init__(
        self, photos: Photos, seed: int, where: torch.device, augmentation: Augmentation = "light"
    ) -> None:
        self._photos, self._seed, self._where, self._augmentation = photos, seed, where, augmentation
        self._kept = torch.from_numpy(np.asarray(photos.pixels)).to(where) if _fits(photos, where) else None

    def load(self, batch: NDArray[np.int64], epoch: int) -> Tensor:
        """N x 224 x 224 x 3 uint8 on the device."""
        if self._kept is not None:
            pixels = self._kept[torch.from_numpy(batch).to(self._where)]
        else:
            pixels = torch.from_numpy(self._photos.pixels[batch])
            if self._where.type == "cuda":
                pixels = pixels.pin_memory().to(self._where, non_blocking=True)
        return augmented(pixels, seeds(self._seed, epoch, batch), self._augmentation)


def seeds(run: int, epoch: int, places: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """One seed for each photo in each pass of a run."""
    return [
        int.from_bytes(hashlib.blake2b(f"{run}/{epoch}/{place}".encode(), digest_size=7).digest())
        for place in places
    ]


def _fits(photos: Photos, where: torch.device) -> bool:
    if where.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(where)
    return bool(photos.pixels.nbytes < _GPU_SHARE * free)
