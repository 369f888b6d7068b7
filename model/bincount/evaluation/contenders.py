"""Who is evaluated: artefacts that count the photos now, and files of predictions that others made."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bincount.evaluation.baselines import Neighbours, label_shares
from bincount.evaluation.material import Batch, Labels, Material
from bincount.evaluation.metrics import OFF_ONE, Distributions, constant
from bincount.predictor import Predictor
from bincount.scoring.scoring import distributions

type Kind = Literal["counter", "predictions", "baseline"]


class PredictionsUnusable(Exception):
    """The file is no table of predictions."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of the table."""

    name: str
    kind: Kind
    rows: Distributions  # n x (K + 1), one a photo; not a number where it said nothing
    levels: Mapping[float, float] = field(default_factory=dict)  # of the sets it came with, by alpha

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which photos it has a distribution for."""
        return np.asarray(~np.isnan(self.rows).any(axis=1))

    @property
    def classes(self) -> int:
        """K + 1."""
        return int(self.rows.shape[1])


def count_all(
    predictors: Sequence[Predictor], material: Material, track: Callable[[Iterable[Batch]], Iterable[Batch]]
) -> tuple[list[Distributions], NDArray[np.int64]]:
    """Every predictor on every photo, each photo read once.

    Returns:
        Distributions of each predictor, and the positions of the photos that they are of (the readable ones).
    """
    found: list[list[Distributions]] = [[] for _ in predictors]
    positions: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for where, pixels in track(material.read()):
        positions.append(where)
        for predictor, rows in zip(predictors, found, strict=True):
            rows.append(distributions(predictor, pixels))
    return [np.concatenate(rows) for rows in found if rows], np.concatenate(positions)


def read_predictions(path: Path, labels: Labels) -> Distributions:
    """The rows of ``id,count,expected_value,p0..pK`` that are of these photos; not a number for the others.

    Raises:
        PredictionsUnusable: there is no such file, it has other columns, an id twice, or a row that is no
            distribution; or none of its ids is among the photos.
    """
    try:
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as lines:
            reader = csv.DictReader(lines)
            columns = _probability_columns(path, reader.fieldnames or ())
            read = [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise PredictionsUnusable(f"{path}: {error.strerror}") from error
    except csv.Error as error:
        raise PredictionsUnusable(f"{path} is no CSV: {error}") from error
    position = {photo: number for number, photo in enumerate(labels.ids)}
    rows = np.full((len(labels), len(columns)), np.nan)
    for number, cells in read:
        if (where := position.get(cells["id"])) is None:
            continue
        if not np.isnan(rows[where]).all():
            raise PredictionsUnusable(f"{path}, line {number}: the photo {cells['id']} comes twice")
        rows[where] = _distribution(path, number, [cells[column] for column in columns])
    if len(labels) and np.isnan(rows).all():
        raise PredictionsUnusable(f"{path} has none of the photos: are these predictions of another set?")
    return rows


def baselines(labels: Labels, train: Labels, classes: int) -> list[Contender]:
    """Those who count without looking."""
    neighbours = Neighbours.fit(train, classes)
    return [
        Contender(
            "constant (label frequencies)", "baseline", constant(label_shares(train, classes), len(labels))
        ),
        Contender("neighbours' labels, no pixels", "baseline", neighbours.predict(labels)),
    ]


def _probability_columns(path: Path, columns: Sequence[str]) -> list[str]:
    wanted = [
        f"p{number}" for number in range(sum(name[:1] == "p" and name[1:].isdigit() for name in columns))
    ]
    if "id" not in columns or len(wanted) < 2 or not set(wanted) <= set(columns):
        raise PredictionsUnusable(f"{path} has not the columns id,count,expected_value,p0..pK")
    return wanted


def _distribution(path: Path, number: int, cells: list[str]) -> NDArray[np.float64]:
    try:
        row = np.array([float(cell) for cell in cells])
    except (TypeError, ValueError) as error:
        raise PredictionsUnusable(f"{path}, line {number}: {error}") from error
    if not (row >= 0).all() or abs(row.sum() - 1) > OFF_ONE:
        raise PredictionsUnusable(
            f"{path}, line {number}: the probabilities sum to {row.sum():.4f}, not to 1"
        )
    return np.asarray(row / row.sum())
