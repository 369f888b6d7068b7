"""Predictions as a CSV file: ``id,count,expected_value,p0..pK``; the last column is "K or more".

Where sets of counts are wanted, ``low90,high90,low95,high95`` (of 90 and 95 % sets) come before ``p0``.
"""

import csv
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from bincount.artifact import written_whole
from bincount.evaluation.conformal import sets
from bincount.evaluation.metrics import posterior_mean, told
from bincount.scoring.scoring import Row

ERROR_COLUMNS = ("photo", "code", "message")

type Levels = Mapping[float, float]
"""Of the sets of counts that are wanted: the level, by the share of photos that a set may miss."""


def header(classes: int, levels: Levels) -> list[str]:
    """The column names."""
    bounds = [f"{end}{100 * (1 - alpha):.4g}" for alpha in levels for end in ("low", "high")]
    return ["id", "count", "expected_value", *bounds, *(f"p{count}" for count in range(classes))]


def line(photo_id: str, row: Row, levels: Levels) -> list[str]:
    """One photo's cells: nine digits, so that a row read back sums to 1 within a billionth or so."""
    bounds = [str(end) for level in levels.values() for end in sets(row[None], level)[0].tolist()]
    shown = [str(told(row[None])[0]), f"{posterior_mean(row[None])[0]:.9g}", *bounds]
    return [photo_id, *shown, *(f"{p:.9g}" for p in row.tolist())]


def new_file(path: Path) -> AbstractContextManager[IO[str]]:
    """A CSV to write line by line that appears under its name when all is written, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # surrogateescape: a file's name may be no UTF-8, and goes out as it came in
    return written_whole(path, "w", encoding="utf-8", errors="surrogateescape", newline="")


class Lines:
    """Writes cells as lines of a CSV."""

    def __init__(self, file: IO[str], columns: Sequence[str]) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self.add(columns)

    def add(self, cells: Sequence[str]) -> None:
        """One line more."""
        self._writer.writerow(cells)
