"""The photos to learn from, as everything else reads them: a data set that `bincount prepare` made.

Pixels stay on disk and are mapped into memory, so that opening half a million photos costs nothing until they
are looked at. Reading needs numpy and nothing else.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bincount.data.manifest import MANIFEST, SPLITS, ManifestError, Row, Split, read_manifest

SCHEMA = "bincount.dataset/1"
CARD = "dataset.json"
SHARD = "photos-{:05d}.npy"
_AT_ONCE = 64  # photos that a step gets


class DataMissing(Exception):
    """The photos are not where they were looked for."""


class ShardedPixels:
    """Photos in memory-mapped shards, indexed like one array of n x 224 x 224 x 3 (uint8).

    Workers of a data loader get the paths, not the pixels: pickling maps the shards again.

    Args:
        shards: files of pixels, or pixels in memory.
        where: which shard each photo is in.
        rows: its row there.
    """

    __slots__ = ("_maps", "_rows", "_shards", "_where")

    def __init__(
        self, shards: Sequence[Path | NDArray[np.uint8]], where: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> None:
        self._shards, self._where, self._rows = tuple(shards), where, rows
        self._maps = [np.load(each, mmap_mode="r") if isinstance(each, Path) else each for each in shards]

    @classmethod
    def of(cls, pixels: "PixelStore") -> Self:
        """Pixels in memory as one shard; what is in shards stays so."""
        if isinstance(pixels, cls):
            return pixels
        memory = np.asarray(pixels)
        return cls([memory], np.zeros(len(memory), np.int64), np.arange(len(memory)))

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, 224, 224, 3)."""
        return (len(self._rows), *self._maps[0].shape[1:])

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Eight bits a channel."""
        return np.dtype(np.uint8)

    @property
    def nbytes(self) -> int:
        """What all of them would take in memory."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int | slice | NDArray[Any] | Sequence[int]) -> NDArray[np.uint8]:
        """The photos of a slice, of positions or of a mask, in that order; or one. Copied into memory."""
        if isinstance(index, int | np.integer):
            return np.array(self._maps[self._where[index]][self._rows[index]])
        where, rows = self._where[index], self._rows[index]
        pixels = np.empty((len(rows), *self.shape[1:]), np.uint8)
        for shard in np.unique(where):
            here = np.flatnonzero(where == shard)
            ordered = here[np.argsort(rows[here], kind="stable")]  # forwards through the file
            pixels[ordered] = self._maps[shard][rows[ordered]]
        return pixels

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """All of them in memory."""
        everything = self[:]
        return everything if dtype is None else everything.astype(dtype, copy=False)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), (self._shards, self._where, self._rows)

    def take(self, indices: NDArray[np.int64]) -> "ShardedPixels":
        """Some of the photos, still on disk."""
        return ShardedPixels(self._shards, self._where[indices], self._rows[indices])

    def followed_by(self, other: "ShardedPixels") -> "ShardedPixels":
        """These photos and then others; nothing is copied."""
        where = np.concatenate([self._where, other._where + len(self._shards)])
        return ShardedPixels(self._shards + other._shards, where, np.concatenate([self._rows, other._rows]))


type PixelStore = NDArray[np.uint8] | ShardedPixels
"""Pixels of n photos: in memory, or mapped."""


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos with what the record says of them."""

    ids: tuple[str, ...]
    pixels: PixelStore  # n x 224 x 224 x 3
    counts: NDArray[np.int64]  # as recorded, not cut at K
    groups: NDArray[np.str_]  # photos of one group show one bin
    items: NDArray[np.float64]  # distinct items; NaN: unknown
    volume: NDArray[np.float64]  # cubic inches; NaN: unknown
    weight: NDArray[np.float64]  # pounds; NaN: unknown

    def __len__(self) -> int:
        return len(self.ids)

    def labels(self, classes: int) -> NDArray[np.int64]:
        """The class of every photo; the last class is "so many or more"."""
        return np.minimum(self.counts, classes - 1)

    def take(self, indices: NDArray[np.int64]) -> "Photos":
        """Some of the photos, by position."""
        pixels = self.pixels
        return Photos(
            tuple(self.ids[each] for each in indices),
            pixels.take(indices) if isinstance(pixels, ShardedPixels) else pixels[indices],
            self.counts[indices],
            self.groups[indices],
            self.items[indices],
            self.volume[indices],
            self.weight[indices],
        )


def load(folder: Path, split: Split, limit: int | None = None) -> Photos:
    """The labelled photos of one split; at most ``limit``, the first ones.

    Raises:
        DataMissing: the folder holds no whole data set, or none of its photos is in that split.
    """
    return load_several(folder, (split,), limit)


def load_several(folder: Path, splits: Sequence[Split], limit: int | None = None) -> Photos:
    """The labelled photos of some splits, in the order of the manifest.

    Raises:
        DataMissing: the folder holds no whole data set, or none of its photos is in these splits.
    """
    if unknown := [each for each in splits if each not in SPLITS]:
        raise DataMissing(f"no split {unknown[0]!r}: there are {', '.join(SPLITS)}")
    card = _card(folder)
    paths = _shard_paths(folder, card)
    try:
        everything = list(read_manifest(folder / MANIFEST))
    except FileNotFoundError as error:
        raise DataMissing(f"{folder} has lost its {MANIFEST}: {_remedy(folder)}") from error
    except (OSError, ManifestError) as error:
        raise DataMissing(f"{error}: {_remedy(folder)}") from error
    if len(everything) != card["photos"]:
        message = f"{folder / MANIFEST} tells of {len(everything)} of {card['photos']} photos"
        raise DataMissing(f"{message}: {_remedy(folder)}")
    rows = [row for row in everything if row.split in splits and row.count is not None][:limit]
    if not rows:
        where = " or ".join(splits)
        raise DataMissing(f"{folder} has no labelled photo in {where}: prepare it with --split or --labels")
    return _photos(rows, paths, folder)


def fingerprint(folder: Path) -> str:
    """A short hash of manifest and pixels, written when they were: the same data, the same fingerprint.

    Raises:
        DataMissing: the folder holds no data set.
    """
    return str(_card(folder)["fingerprint"])


def on_every_photo(
    step: Callable[[NDArray[np.uint8]], NDArray[np.float32]], pixels: PixelStore
) -> NDArray[np.float32]:
    """A step on every photo, some at a time: all at once would not fit into memory."""
    starts = range(0, len(pixels), _AT_ONCE)
    return np.concatenate([step(pixels[start : start + _AT_ONCE]) for start in starts])


def joined(first: Photos, second: Photos) -> Photos:
    """Both sets as one; pixels stay where they are."""
    return Photos(
        first.ids + second.ids,
        ShardedPixels.of(first.pixels).followed_by(ShardedPixels.of(second.pixels)),
        np.concatenate([first.counts, second.counts]),
        np.concatenate([first.groups, second.groups]),
        np.concatenate([first.items, second.items]),
        np.concatenate([first.volume, second.volume]),
        np.concatenate([first.weight, second.weight]),
    )


def synthetic_photos(n: int, seed: int) -> Photos:
    """Draw ``n`` bins, decoded as a photo is; each is a group of its own (needs Pillow)."""
    from bincount.data.synthetic import bins  # here: reading a data set does without Pillow
    from bincount.photos import read_photo

    drawn = list(bins(n, seed))
    ids = tuple(each.id for each in drawn)
    pixels = np.stack([read_photo(each.jpeg) for each in drawn])
    unknown = np.full(n, np.nan)
    counts = np.array([each.count for each in drawn], np.int64)
    return Photos(ids, pixels, counts, np.array(ids), unknown, unknown, unknown)


def _card(folder: Path) -> dict[str, Any]:
    """``dataset.json``, which is written last: where it is, all is."""
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataMissing(f"no prepared data set in {folder}: {_remedy(folder)}") from error
    except (OSError, ValueError) as error:
        raise DataMissing(f"{path} cannot be read ({error}): {_remedy(folder)}") from error
    if not isinstance(card, dict) or card.get("schema") != SCHEMA or "photos" not in card:
        raise DataMissing(f"{path} is not of schema {SCHEMA}: {_remedy(folder)}")
    return card


def _shard_paths(folder: Path, card: dict[str, Any]) -> list[Path]:
    """The shards, after a check that they hold what the card promises."""
    paths = sorted(folder.glob(SHARD.format(0).replace("00000", "*")))
    try:
        held = sum(len(np.load(path, mmap_mode="r")) for path in paths)
    except (OSError, ValueError) as error:
        raise DataMissing(f"a shard of {folder} is damaged ({error}): {_remedy(folder)}") from error
    if held != card["photos"]:
        raise DataMissing(f"{folder} holds {held} of {card['photos']} photos: {_remedy(folder)}")
    return paths


def _photos(rows: list[Row], paths: list[Path], folder: Path) -> Photos:
    shards, places = np.array([row.shard for row in rows]), np.array([row.row for row in rows])
    try:
        lengths = np.array([len(np.load(path, mmap_mode="r")) for path in paths])
        outside = places >= lengths[shards]
    except IndexError as error:
        raise DataMissing(f"{folder} lacks a shard that its manifest names: {_remedy(folder)}") from error
    if outside.any():
        raise DataMissing(f"{folder} lacks photos that its manifest names: {_remedy(folder)}")
    return Photos(
        tuple(row.id for row in rows),
        ShardedPixels(paths, shards, places),
        np.array([row.count for row in rows], np.int64),
        np.array([row.group for row in rows]),
        np.array([row.items for row in rows]),
        np.array([row.volume for row in rows]),
        np.array([row.weight for row in rows]),
    )


def _remedy(folder: Path) -> str:
    return f"`bincount prepare SOURCE --out {folder}` makes one"
