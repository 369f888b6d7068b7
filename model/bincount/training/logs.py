"""The logs of a run: CSV for everything, TensorBoard for its viewer; MLflow where it is configured."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TextIO

from torch import nn

from bincount.artifact import write_atomically
from bincount.training.clock import PHASES
from bincount.training.observers import Epoch, Observer, Step

STEPS, EPOCHS, BOARD = "steps.csv", "epochs.csv", "tensorboard"
_STEP_COLUMNS = ("number", "epoch", "loss", "rate", "photos", *PHASES, "gpu_memory")
_EPOCH_COLUMNS = tuple(field.name for field in fields(Epoch))


class CsvLog(Observer):
    """``steps.csv`` with every n-th step, ``epochs.csv`` with every epoch.

    A run that goes on from a checkpoint replaces the lines after it; one that starts over, all of them.
    """

    def __init__(self, folder: Path, every: int = 10) -> None:
        self._every = every
        self._steps = _Table(folder / STEPS, _STEP_COLUMNS)
        self._epochs = _Table(folder / EPOCHS, _EPOCH_COLUMNS)

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Write the first step and every n-th; the seconds are that step's own."""
        self._steps.opens_at(step.number)
        if step.number == 1 or step.number % self._every == 0:
            seconds = {phase: round(step.seconds.get(phase, 0.0), 6) for phase in PHASES}
            self._steps.add({name: getattr(step, name, None) for name in _STEP_COLUMNS} | seconds)

    def finished_epoch(self, epoch: Epoch) -> None:
        """Write the epoch."""
        self._epochs.opens_at(epoch.number)
        self._epochs.add(asdict(epoch))

    def ends(self) -> None:
        """Close the files."""
        self._steps.close()
        self._epochs.close()


def read_epochs(folder: Path) -> list[Epoch]:
    """The epochs that a run's folder tells of; none when there is no log, or a log of other columns."""
    path = folder / EPOCHS
    rows = _rows(path) if path.exists() else []
    if not rows or tuple(rows[0]) != _EPOCH_COLUMNS:
        return []
    figures = _EPOCH_COLUMNS[1:]
    return [Epoch(int(row["number"]), *(float(row[name]) for name in figures)) for row in rows]


class TensorBoardLog(Observer):
    """Scalars for TensorBoard, over the steps; of a run that went on, the abandoned ones are purged."""

    def __init__(self, folder: Path, every: int = 10) -> None:
        self._folder = folder / BOARD
        self._every = every
        self._writer: Any = None
        self._step = 0

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Write every n-th step."""
        if self._writer is None:
            from torch.utils.tensorboard import SummaryWriter  # seconds to import

            self._writer = SummaryWriter(self._folder, purge_step=step.number)
        self._step = step.number
        if step.number == 1 or step.number % self._every == 0:
            shares = {f"time/{phase}": seconds for phase, seconds in step.seconds.items()}
            self._add({"train/loss": step.loss, "train/rate": step.rate, **shares})
            if step.gpu_memory is not None:
                self._add({"gpu/memory": step.gpu_memory})

    def finished_epoch(self, epoch: Epoch) -> None:
        """Write the validation."""
        self._add(epoch_figures(epoch))
        if self._writer is not None:
            self._writer.flush()

    def ends(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def _add(self, figures: Mapping[str, float]) -> None:
        for name, figure in figures.items():
            if self._writer is not None:
                self._writer.add_scalar(name, figure, self._step)


def epoch_figures(epoch: Epoch) -> dict[str, float]:
    """The figures of an epoch under the names that logs give them."""
    return {
        "epoch/train_loss": epoch.train_loss,
        "epoch/photos_per_second": epoch.photos_per_second,
        "val/nll": epoch.val_nll,
        "val/rps": epoch.val_rps,
        "val/accuracy": epoch.val_accuracy,
        "val/mae": epoch.val_mae,
    }


class _Table:
    """A CSV file whose first column counts up, and that is added to line by line."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path = path
        self._columns = columns
        self._file: TextIO | None = None

    def opens_at(self, number: int) -> None:
        """Keep the lines before ``number``, which is the next to come; does nothing once open."""
        if self._file is not None:
            return
        rows = _rows(self._path) if number > 1 and self._path.exists() else []
        kept = [row for row in rows if int(row[self._columns[0]]) < number]
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
        write_atomically(self._path, text.getvalue().encode())
        self._file = self._path.open("a", encoding="utf-8", newline="", buffering=1)

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one line, at once."""
        if self._file is not None:
            csv.DictWriter(self._file, self._columns, lineterminator="\n").writerow(row)

    def close(self) -> None:
        """No more lines."""
        if self._file is not None:
            self._file.close()


def _rows(path: Path) -> list[dict[str, str]]:
    """The whole lines of a table: of a run that was killed the last one may be cut short."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return list(csv.DictReader(line for line in lines if line.endswith("\n")))
