"""What the frozen stages make of the photos, computed once instead of in every pass."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bincount.data.dataset import Photos
from bincount.training.config import Augmentation
from bincount.training.feed import seeds
from bincount.training.network import Counter
from bincount.training.transforms import augmented, in_words

_AT_ONCE = 64
_HASHED_AT_ONCE = 1024  # photos: 154 MB

type Progress = Callable[[int], None]
"""Called with the photos done so far."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Which view of the photos."""

    seed: int
    view: int
    augmentation: Augmentation


class Views:
    """The maps of a few views of every photo: as it is, and augmented.

    Frozen stages answer the same every time, and are the dearest part of a step. A pass over photos takes
    one view of each; passes take them in turn, from another first one for each photo.

    Args:
        counter: its frozen stages look.
        photos: to learn from.
        number: of views.
        seed: of the augmentation.
        folder: where the maps are kept, in half precision; maps of the same stages, photos and seed that are
            there already are used. None: a folder of the system's that goes with this object.
        progress: told how far it is.
        augmentation: how otherwise a photo may look.

    Raises:
        OSError: the disk is full; it names the file.
    """

    def __init__(
        self,
        counter: Counter,
        photos: Photos,
        number: int,
        seed: int,
        folder: Path | None,
        progress: Progress,
        augmentation: Augmentation = "light",
    ) -> None:
        self._where = next(counter.parameters()).device
        self._temporary = tempfile.TemporaryDirectory() if folder is None else None
        kept = Path(self._temporary.name) if self._temporary is not None else Path(folder or ".")
        kept.mkdir(parents=True, exist_ok=True)
        name = _name(counter, photos, seed, augmentation)
        paths = [kept / f"{name}-{view}.npy" for view in range(number)]
        for view, path in enumerate(paths):
            if not path.is_file():
                look = _Look(seed, view, augmentation)
                _look(counter, photos, look, path, _from(view * len(photos), progress))
        self._views = [np.load(path, mmap_mode="r") for path in paths]

    def load(self, batch: NDArray[np.int64], epoch: int) -> Tensor:
        """What the frozen stages saw: n x channels x height x width."""
        view = (batch + epoch) % len(self._views)
        maps = np.stack([self._views[v][place] for v, place in zip(view, batch, strict=True)])
        return torch.from_numpy(maps).to(self._where).float().permute(0, 3, 1, 2)


def _look(counter: Counter, photos: Photos, look: _Look, path: Path, progress: Progress) -> None:
    """Write the maps of one view of all photos; the file takes its name when it is whole."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    maps: NDArray[np.float16] | None = None
    counter.eval()
    try:
        for start in range(0, len(photos), _AT_ONCE):
            batch = np.arange(start, min(start + _AT_ONCE, len(photos)))
            pixels = torch.from_numpy(photos.pixels[batch])
            if look.view:  # the first view is the photo as it is, since so it will be counted
                pixels = augmented(pixels, seeds(look.seed, look.view, batch), look.augmentation)
            with torch.inference_mode():
                seen = counter.low(pixels.to(next(counter.parameters()).device))
            seen_there = seen.permute(0, 2, 3, 1).half().cpu().numpy()
            maps = _mapped(unfinished, (len(photos), *seen_there.shape[1:])) if maps is None else maps
            maps[batch] = seen_there
            progress(start + len(batch))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _from(before: int, progress: Progress) -> Progress:
    return lambda done: progress(before + done)


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


def _name(counter: Counter, photos: Photos, seed: int, augmentation: Augmentation) -> str:
    """The same for the same stages, photos (to the last pixel), augmentation and seed, and else another."""
    digest = hashlib.blake2b(f"{seed}".encode(), digest_size=8)
    for stage in counter.trunk.stages[: counter.frozen]:
        for name, tensor in stage.state_dict().items():
            digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    digest.update("\n".join([in_words(augmentation), *photos.ids]).encode())
    for start in range(0, len(photos), _HASHED_AT_ONCE):
        digest.update(np.ascontiguousarray(photos.pixels[start : start + _HASHED_AT_ONCE]))
    return digest.hexdigest()
