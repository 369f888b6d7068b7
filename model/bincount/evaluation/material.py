"""What is evaluated: labelled photos of a prepared data set, or of a CSV of paths.

Photos are read once, batch by batch, whatever their number; the unreadable ones are counted and left out.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import batched
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bincount.data.dataset import CARD, DataMissing, Photos, fingerprint, load_several
from bincount.data.files import Files, Folder, SourceUnusable, Zip
from bincount.data.manifest import MANIFEST, SPLITS, read_manifest
from bincount.scoring.scoring import read_ahead
from bincount.scoring.sources import Listed
from binwatch.prediction import Refused

type Asked = Literal["train", "val", "test", "all"]
type Batch = tuple[NDArray[np.int64], NDArray[np.uint8]]
"""Positions of the photos that could be read, and their pixels: n x 224 x 224 x 3."""

BATCH = 64
_LISTING = ("id", "path", "count")
_LARGEST = 999_999  # no bin holds more
_IN_ZIP = "!"


@dataclass(frozen=True, slots=True)
class Labels:
    """Photos without their pixels."""

    ids: tuple[str, ...]
    counts: NDArray[np.int64]  # as recorded
    groups: NDArray[np.str_]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int, str]]) -> "Labels":
        """From id, count and group of each."""
        listed = list(rows)
        counts = np.array([count for _, count, _ in listed], np.int64)
        return cls(
            tuple(each for each, _, _ in listed), counts, np.array([group for *_, group in listed], str)
        )

    def __len__(self) -> int:
        return len(self.ids)

    def classes(self, classes: int) -> NDArray[np.int64]:
        """The class of every photo; the last is "so many or more"."""
        return np.minimum(self.counts, classes - 1)

    def take(self, positions: NDArray[np.int64]) -> "Labels":
        """Some of the photos."""
        return Labels(
            tuple(self.ids[each] for each in positions), self.counts[positions], self.groups[positions]
        )

    def joined(self, other: "Labels") -> "Labels":
        """Both."""
        return Labels(
            self.ids + other.ids,
            np.concatenate([self.counts, other.counts]),
            np.concatenate([self.groups, other.groups]),
        )


@dataclass(frozen=True, slots=True)
class Material:
    """Labelled photos to evaluate on, and the labels that a counter could have learnt from."""

    source: str
    split: Asked
    labels: Labels
    train: Labels | None  # None: the source does not say which photos are for training
    read: Callable[[], Iterator[Batch]]
    unlabelled: int
    fingerprint: str | None = None
    unreadable: list[str] = field(default_factory=list)  # filled while photos are read


def open_material(path: Path, split: Asked) -> Material:
    """The material of a folder that `bincount prepare` made, or of a CSV id,path,count[,group][,split].

    Raises:
        DataMissing: there is none, or no labelled photo in that split.
    """
    if (path / CARD).is_file() and not _lists_paths(path / MANIFEST):
        return _prepared(path, split)
    listing = path / MANIFEST if path.is_dir() else path
    if not listing.is_file():
        raise DataMissing(
            f"no data set and no CSV at {path}: `bincount prepare SOURCE --out {path}` makes one"
        )
    return _listed(listing, split)


def _prepared(folder: Path, split: Asked) -> Material:
    chosen = SPLITS if split == "all" else (split,)
    photos = load_several(folder, chosen)
    rows = list(read_manifest(folder / MANIFEST))
    return Material(
        source=str(folder),
        split=split,
        labels=Labels(photos.ids, photos.counts, photos.groups),
        train=Labels.of((r.id, r.count, r.group) for r in rows if r.split == "train" and r.count is not None),
        read=lambda: _in_slices(photos),
        unlabelled=sum(row.split in chosen and row.count is None for row in rows),
        fingerprint=fingerprint(folder),
    )


def _in_slices(photos: Photos) -> Iterator[Batch]:
    for start in range(0, len(photos), BATCH):
        pixels = photos.pixels[start : start + BATCH]
        yield np.arange(start, start + len(pixels)), pixels


def _lists_paths(manifest: Path) -> bool:
    if not manifest.is_file():
        return False
    with manifest.open(encoding="utf-8") as lines:
        return "path" in lines.readline().strip().split(",")


def _listed(listing: Path, split: Asked) -> Material:
    rows = _rows(listing)
    has_splits = "split" in rows[0]
    chosen = [row for row in rows if not has_splits or split in ("all", row["split"])]
    labelled = [row for row in chosen if row["count"]]
    if not labelled:
        found = ", ".join(sorted({row["split"] for row in rows if row["count"]})) if has_splits else ""
        named = f"there are some in {found}" if found else "give photos a count"
        raise DataMissing(f"{listing} has no labelled photo in {split}: {named}")
    photos = [_photo(row, listing.parent) for row in labelled]
    unreadable: list[str] = []
    return Material(
        source=str(listing),
        split=split if has_splits else "all",
        labels=_labels(labelled),
        train=_labels(row for row in rows if row["split"] == "train" and row["count"])
        if has_splits
        else None,
        read=lambda: _decoded(photos, unreadable),
        unlabelled=len(chosen) - len(labelled),
        unreadable=unreadable,
    )


def _rows(listing: Path) -> list[dict[str, str]]:
    """The lines of the CSV, after a look at what must be right about each.

    Raises:
        DataMissing: the file is no CSV, a column, a cell or all lines are missing, an id comes twice, or a
            count is none; names the line.
    """
    try:
        with listing.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            if missing := [each for each in _LISTING if each not in (reader.fieldnames or ())]:
                raise DataMissing(
                    f"{listing} has no column {', '.join(missing)}: id,path,count[,group][,split] is needed"
                )
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataMissing(f"{listing} is no CSV in UTF-8: {error}") from error
    if not rows:
        raise DataMissing(f"{listing} lists no photo")
    for number, row in enumerate(rows, start=2):
        _check(listing, number, row)
    twice, times = Counter(row["id"] for row in rows).most_common(1)[0]
    if times > 1:
        raise DataMissing(f"{listing} lists the photo {twice} {times} times")
    return rows


def _check(listing: Path, number: int, row: dict[str, str]) -> None:
    """What must be right about each line.

    Raises:
        DataMissing: names the line.
    """
    # None is the key of what a line has too much, and the value of what it has too little.
    cells: list[object] = [*row, *row.values()]
    if None in cells:
        raise DataMissing(f"{listing}, line {number} has more or fewer cells than there are columns")
    count = row["count"]
    if count and not (count.isascii() and count.isdigit() and int(count) <= _LARGEST):
        raise DataMissing(f"{listing}, line {number}: {count!r} is no count")


def _labels(rows: Iterable[Mapping[str, str]]) -> Labels:
    """A photo without a group is a group of its own."""
    return Labels.of((row["id"], int(row["count"]), row.get("group") or f"photo {row['id']}") for row in rows)


def _photo(row: Mapping[str, str], folder: Path) -> Listed:
    """Where the photo is: a path beside the CSV or anywhere, or ``a.zip!name``."""
    archive, mark, name = row["path"].partition(_IN_ZIP)
    if mark and archive.lower().endswith(".zip"):
        return Listed(_open_zip(folder / archive), name)
    return Listed(Folder(folder), row["path"])


@cache
def _open_zip(path: Path) -> Files:
    try:
        return Zip.open(path)
    except SourceUnusable as error:
        raise DataMissing(str(error)) from error


def _decoded(photos: list[Listed], unreadable: list[str]) -> Iterator[Batch]:
    unreadable.clear()
    for some in batched(enumerate(read_ahead(photos, BATCH)), BATCH):
        good = [(position, pixels) for position, (_, pixels) in some if not isinstance(pixels, Refused)]
        unreadable.extend(str(photo) for _, (photo, pixels) in some if isinstance(pixels, Refused))
        if good:
            yield np.array([position for position, _ in good]), np.stack([pixels for _, pixels in good])
