"""From photos on disk to what the network takes in: kept on the GPU when they fit, else batch by batch."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bincount.data.dataset import Photos
from bincount.training.network import Counter
from bincount.training.transforms import augmented

_AT_ONCE = 64
_GPU_SHARE = 0.5  # of the free memory; the rest is for the network

type Progress = Callable[[int], None]
"""Called with the photos done so far."""


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
    """

    def __init__(self, photos: Photos, seed: int, where: torch.device) -> None:
        self._photos, self._seed, self._where = photos, seed, where
        self._kept = torch.from_numpy(np.asarray(photos.pixels)).to(where) if _fits(photos, where) else None

    def load(self, batch: NDArray[np.int64], epoch: int) -> Tensor:
        """N x 224 x 224 x 3 uint8 on the device."""
        if self._kept is not None:
            pixels = self._kept[torch.from_numpy(batch).to(self._where)]
        else:
            pixels = torch.from_numpy(self._photos.pixels[batch])
            if self._where.type == "cuda":
                pixels = pixels.pin_memory().to(self._where, non_blocking=True)
        return augmented(pixels, seeds(self._seed, epoch, batch))


class Views:
    """What the frozen stages made of a few augmented views of every photo, computed once.

    Frozen stages answer the same every time, and are the dearest part of a step. A pass over photos takes
    one view of each; passes take them in turn, from another first one for each photo.

    Args:
        counter: its frozen stages look.
        photos: to learn from.
        number: of views.
        seed: of the augmentation.
        folder: where the maps lie while training goes on (half precision, removed in the end); None: in
            the system's own.
        progress: told how far it is.
    """

    def __init__(
        self,
        counter: Counter,
        photos: Photos,
        number: int,
        seed: int,
        folder: Path | None,
        progress: Progress,
    ) -> None:
        self._number, self._where = number, next(counter.parameters()).device
        self._kept = tempfile.TemporaryDirectory(dir=folder, prefix=".views-")
        try:
            self._views = [self._look(counter, photos, view, seed, progress) for view in range(number)]
        except BaseException:
            self._kept.cleanup()
            raise

    def load(self, batch: NDArray[np.int64], epoch: int) -> Tensor:
        """What the frozen stages saw: n x channels x height x width."""
        view = (batch + epoch) % self._number
        maps = np.stack([self._views[v][place] for v, place in zip(view, batch, strict=True)])
        return torch.from_numpy(maps).to(self._where).float().permute(0, 3, 1, 2)

    def close(self) -> None:
        """Remove the maps."""
        self._views.clear()
        self._kept.cleanup()

    def _look(
        self, counter: Counter, photos: Photos, view: int, seed: int, progress: Progress
    ) -> NDArray[np.float16]:
        maps: NDArray[np.float16] | None = None
        counter.eval()
        for start in range(0, len(photos), _AT_ONCE):
            batch = np.arange(start, min(start + _AT_ONCE, len(photos)))
            looks = augmented(torch.from_numpy(photos.pixels[batch]), seeds(seed, view, batch))
            with torch.inference_mode():
                seen = counter.low(looks.to(self._where)).permute(0, 2, 3, 1).half().cpu().numpy()
            if maps is None:
                maps = _mapped(Path(self._kept.name, f"{view}.npy"), (len(photos), *seen.shape[1:]))
            maps[batch] = seen
            progress(view * len(photos) + start + len(batch))
        if maps is None:
            raise ValueError("there are no photos to look at")
        return maps


def seeds(run: int, epoch: int, places: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """One seed for each photo in each pass of a run."""
    return [
        int.from_bytes(hashlib.blake2b(f"{run}/{epoch}/{place}".encode(), digest_size=7).digest())
        for place in places
    ]


def _mapped(path: Path, shape: tuple[int, ...]) -> NDArray[np.float16]:
    """A file as an array, its place on disk taken at once: a disk found full later would kill the process."""
    try:
        maps = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
        if sys.platform == "linux":
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    return maps


def _fits(photos: Photos, where: torch.device) -> bool:
    if where.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(where)
    return bool(photos.pixels.nbytes < _GPU_SHARE * free)
