"""What taking soft labels back gives, and how to average: `python benchmarks/soft_labels.py DATA [--json]`.

Every way is measured on validation photos of bins that were left out of the fit of its calibration: five
folds, drawn anew so many times (`--draws`). Networks are those of the artefact, unquantised.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bincount.artifact import SHIPPED
from bincount.calibration import fit_ordinal, fit_temperature, folds_of, probabilities
from bincount.data.dataset import Photos, load
from bincount.evaluation.metrics import moderate, score
from bincount.training.network import Counter
from bincount.training.softening import hardened
from bincount.training.weights import read_weights

_AT_ONCE = 64
_FOLDS = 5

type Logs = NDArray[np.float64]  # n x classes: logarithms of distributions
type Calibration = Callable[[Logs, NDArray[np.int64], Logs], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Row:
    """One way to make answers, on photos left out of its calibration."""

    way: str
    nll: float  # over all counts
    nll_to_5: float
    accuracy_to_5: float
    rmse_to_5: float


def by_temperature(logs: Logs, labels: NDArray[np.int64], others: Logs) -> NDArray[np.float32]:
    """What the others find likely, calibrated by one number."""
    return probabilities(others, fit_temperature(logs, labels))


def by_count(logs: Logs, labels: NDArray[np.int64], others: Logs) -> NDArray[np.float32]:
    """What the others find likely, calibrated by a scale and a shift that follow the count."""
    return fit_ordinal(logs, labels).probabilities(others)


def ways(soft: Logs, hard: Logs) -> Iterator[tuple[str, Logs]]:
    """Averages over the first axis, the members."""
    for kind, logs in (("soft", soft), ("hard", hard)):
        yield f"{kind}, probabilities averaged", np.log(np.exp(logs).mean(axis=0))
        yield f"{kind}, logarithms averaged", logs.mean(axis=0)


def measured(way: str, logs: Logs, photos: Photos, calibration: Calibration, classes: int, draws: int) -> Row:
    """The means over all draws of the folds."""
    labels, found = photos.labels(classes), []
    for draw in range(draws):
        fold_of, rows = folds_of(photos.groups, _FOLDS, draw), np.empty(logs.shape, np.float32)
        for fold in range(_FOLDS):
            out = fold_of == fold
            rows[out] = calibration(logs[~out], labels[~out], logs[out])
        every, to_5 = score(rows, photos.counts), moderate(rows, photos.counts)
        found.append((every.nll, to_5.nll, to_5.accuracy, to_5.rmse))
    return Row(way, *(float(each) for each in np.mean(found, axis=0)))


def answers(member: Counter, photos: Photos) -> tuple[Logs, Logs]:
    """Log P of what a soft label would be, and log P(count): n x classes each."""
    soft, hard = [], []
    with torch.inference_mode():
        for start in range(0, len(photos), _AT_ONCE):
            pixels = torch.from_numpy(photos.pixels[np.arange(start, min(start + _AT_ONCE, len(photos)))])
            logits = member.count(member.row(member.low(pixels)))
            soft.append(torch.log_softmax(logits, dim=1).double().numpy())
            hard.append(hardened(logits, member.labels).double().numpy())
    return np.concatenate(soft), np.concatenate(hard)


def main() -> None:
    """Measure every way and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of `bincount prepare`")
    parser.add_argument("--artifact", type=Path, default=SHIPPED, help="folder of a counter")
    parser.add_argument("--draws", type=int, default=4, help="of the folds")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    photos, members = load(arguments.data, "val"), read_weights(arguments.artifact).members
    console = Console(stderr=True)
    said = [answers(each, photos) for each in track(members, "looking", console=console)]
    soft, hard = (np.stack(logs) for logs in zip(*said, strict=True))
    kinds = (("a temperature", by_temperature), ("ordinal scaling", by_count))
    rows = [
        measured(f"{way}, {name}", logs, photos, calibration, soft.shape[2], arguments.draws)
        for way, logs in ways(soft, hard)
        for name, calibration in kinds
    ]
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        table = Table("", "all: NLL", "0-5: NLL", "accuracy", "RMSE")
        for row in rows:
            figures = (row.nll, row.nll_to_5, row.accuracy_to_5, row.rmse_to_5)
            table.add_row(row.way, *(f"{figure:.3f}" for figure in figures))
        Console().print(table)


if __name__ == "__main__":
    main()
