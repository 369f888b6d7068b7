"""Writing the photos of a prepared data set: uint8 shards that grow by one photo at a time.

A shard is an ordinary ``.npy`` file. Its header is written twice, the second time with the number of photos
that came, so that no more than one photo is ever held in memory.
"""

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bincount.data.dataset import SHARD
from bincount.photos import SIDE, Pixels

PHOTOS_A_SHARD = 4096  # 617 MB
_PIXELS = (SIDE, SIDE, 3)


class ShardWriter:
    """Appends photos to shards in a folder; whoever appended the last one closes it.

    Args:
        folder: where ``photos-00000.npy``, ``photos-00001.npy``, ... are written.
        photos_a_shard: how many fit in one.
    """

    def __init__(self, folder: Path, photos_a_shard: int = PHOTOS_A_SHARD) -> None:
        self._folder, self._fits = folder, photos_a_shard
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None
        self.photos = 0

    def fingerprint(self, manifest: str) -> str:
        """A short hash of all pixels so far and of what is said of them."""
        return hashlib.sha256(f"{self._hash.hexdigest()}\n{manifest}".encode()).hexdigest()[:16]

    def append(self, pixels: Pixels) -> tuple[int, int]:
        """Write one photo; returns its shard and its row there."""
        shard, row = divmod(self.photos, self._fits)
        if row == 0:
            self.close()
            # Unbuffered: a full disk is told of here, where the photo is, and not when the file is closed.
            self._file = (self._folder / SHARD.format(shard)).open("wb", buffering=0)
            _write(self._file, _header(self._fits))
        if self._file is None:
            raise ValueError("the shards are finished")
        data = np.ascontiguousarray(pixels, np.uint8)
        if data.shape != _PIXELS:
            raise ValueError(f"a photo of shape {data.shape}, not {_PIXELS}")
        _write(self._file, data.data)
        self._hash.update(data.data)
        self.photos += 1
        return shard, row

    def close(self) -> None:
        """Write into the open shard how many photos it holds, and close it."""
        if self._file is None:
            return
        held = (self.photos - 1) % self._fits + 1
        self._file.seek(0)
        _write(self._file, _header(held))
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None


def _header(photos: int) -> bytes:
    """The start of a ``.npy`` file with so many photos; numpy pads it, so its length does not change."""
    header = io.BytesIO()
    shape = (photos, *_PIXELS)
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return header.getvalue()


def _write(file: BinaryIO, data: bytes | memoryview) -> None:
    """Write all of it: an unbuffered file may take less at a time."""
    rest = memoryview(data).cast("B")
    while rest:
        rest = rest[file.write(rest) :]
