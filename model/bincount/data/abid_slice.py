"""The photos to learn from: the local slice of the Amazon Bin Image Dataset, and drawn bins.

A split keeps whole groups (photos of one bin) together; ids are strings, ``523`` is not ``00523``.
"""

import csv
import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bincount.data.synthetic import bins
from bincount.photos import read_photo

type Split = Literal["train", "val"]


class DataMissing(Exception):
    """The photos are not where they were looked for."""


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos in memory with what the record says of them."""

    ids: tuple[str, ...]
    pixels: NDArray[np.uint8]  # n x 224 x 224 x 3
    counts: NDArray[np.int64]  # as recorded, not cut at K

    def labels(self, classes: int) -> NDArray[np.int64]:
        """The class of every photo; the last class is "so many or more"."""
        return np.minimum(self.counts, classes - 1)


def data_root() -> Path:
    """The folder with ``abid/`` and ``weights/``: ``$BINWATCH_DATA``, else ``../shared/data``."""
    return Path(os.environ.get("BINWATCH_DATA", "../shared/data"))


def load_photos(folder: Path, split: Split, limit: int | None = None) -> Photos:
    """Read one split of the data set into memory (150 kB a photo)."""
    rows = _labels(folder, split)[:limit]
    wanted = {row["id"] for row in rows}
    found = dict(_photos(sorted(folder.glob("images-224-*.zip")), wanted))
    missing = wanted - found.keys()
    if missing:
        message = f"{len(missing)} photos of {folder}/labels.csv are in none of its zips: {min(missing)}, ..."
        raise DataMissing(message)
    ids = tuple(row["id"] for row in rows)
    return Photos(ids, np.stack([found[each] for each in ids]), np.array([int(row["count"]) for row in rows]))


def synthetic_photos(n: int, seed: int) -> Photos:
    """Draw ``n`` bins, decoded as a photo is."""
    drawn = list(bins(n, seed))
    pixels = np.stack([read_photo(each.jpeg) for each in drawn])
    return Photos(tuple(each.id for each in drawn), pixels, np.array([each.count for each in drawn]))


def joined(first: Photos, second: Photos) -> Photos:
    """Both sets as one."""
    return Photos(
        first.ids + second.ids,
        np.concatenate([first.pixels, second.pixels]),
        np.concatenate([first.counts, second.counts]),
    )


def fingerprint(photos: Photos) -> str:
    """A short hash of ids, counts and pixels: the same data, the same fingerprint."""
    digest = hashlib.sha256("\n".join(photos.ids).encode())
    digest.update(photos.counts.tobytes())
    digest.update(photos.pixels.tobytes())
    return digest.hexdigest()[:16]


def _labels(folder: Path, split: Split) -> list[dict[str, str]]:
    path = folder / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no {path}: pass --data, or set BINWATCH_DATA to the folder that holds abid/")
    with path.open(newline="", encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["split"] == split]


def _photos(archives: Iterable[Path], wanted: set[str]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                stem = Path(name).stem
                if stem in wanted:
                    yield stem, read_photo(archive.read(name))
