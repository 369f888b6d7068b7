"""The local slice of ABID, read without preparing it. `bincount.data.dataset` replaces it."""

import csv
import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bincount.data.dataset import DataMissing, Photos, joined, synthetic_photos
from bincount.photos import read_photo

__all__ = ["DataMissing", "Photos", "data_root", "fingerprint", "joined", "load_photos", "synthetic_photos"]

type Split = Literal["train", "val"]


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
    counts, groups = np.array([int(row["count"]) for row in rows]), np.array([row["group"] for row in rows])
    unknown = np.full(len(ids), np.nan)
    return Photos(ids, np.stack([found[each] for each in ids]), counts, groups, unknown, unknown, unknown)


def fingerprint(photos: Photos) -> str:
    """A short hash of ids, counts and pixels: the same data, the same fingerprint."""
    digest = hashlib.sha256("\n".join(photos.ids).encode())
    digest.update(photos.counts.tobytes())
    digest.update(np.ascontiguousarray(photos.pixels).tobytes())
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
