"""``manifest.csv`` of a prepared data set: a line a photo, what is known of it and where its pixels are."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type Split = Literal["train", "val", "test"]

SPLITS: tuple[Split, ...] = ("train", "val", "test")
MANIFEST = "manifest.csv"
COLUMNS = ("id", "count", "group", "split", "shard", "row", "items", "volume", "weight")
UNKNOWN = math.nan


class ManifestError(ValueError):
    """The manifest says something that no manifest says."""


@dataclass(frozen=True, slots=True)
class Row:
    """One photo of a prepared data set."""

    id: str  # a string: 523 is not 00523
    count: int | None  # as recorded; None: nobody recorded one
    group: str  # photos of one group show one bin, and share a split
    split: Split
    shard: int
    row: int  # within the shard
    items: float = UNKNOWN  # distinct ones
    volume: float = UNKNOWN  # cubic inches of all units
    weight: float = UNKNOWN  # pounds of all units

    def cells(self) -> list[str]:
        """The line that says this; what is unknown is empty."""
        known = (number_text(each) for each in (self.items, self.volume, self.weight))
        count = "" if self.count is None else str(self.count)
        return [self.id, count, self.group, self.split, str(self.shard), str(self.row), *known]


def manifest_text(rows: Iterable[Row]) -> str:
    """The whole file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in rows)
    return text.getvalue()


def read_manifest(path: Path) -> Iterator[Row]:
    """Every row, in order.

    Raises:
        ManifestError: a line cannot be read; names it.
        OSError: there is no such file.
    """
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        if missing := [each for each in COLUMNS if each not in (reader.fieldnames or ())]:
            raise ManifestError(f"{path} has no column {', '.join(missing)}")
        for cells in reader:
            try:
                yield _row(cells)
            except (ValueError, TypeError) as error:
                raise ManifestError(f"{path}, line {reader.line_num}: {error}") from error


def number_text(number: float) -> str:
    """A number without needless digits; empty when unknown."""
    return "" if math.isnan(number) else f"{number:.6g}"


def _row(cells: dict[str, str]) -> Row:
    split = next((each for each in SPLITS if each == cells["split"]), None)
    if split is None:
        raise ValueError(f"split {cells['split']!r} is none of {', '.join(SPLITS)}")
    count = int(cells["count"]) if cells["count"] else None
    if count is not None and count < 0:
        raise ValueError(f"a count of {count}")
    known = (float(cells[each]) if cells[each] else UNKNOWN for each in ("items", "volume", "weight"))
    return Row(cells["id"], count, cells["group"], split, int(cells["shard"]), int(cells["row"]), *known)
