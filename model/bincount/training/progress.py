"""The run as a bar on the terminal."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from bincount.bars import bar
from bincount.training.observers import Epoch, Observer, Step


class Bar(Observer):
    """Photos of the running epoch, on standard error; nothing where that is no terminal."""

    def __init__(self, epochs: int) -> None:
        self._progress = bar(transient=True)
        self._epochs, self._photos = epochs, 0
        self._task = self._progress.add_task("epoch 1", start=False)

    def begins(self, net: nn.Module, label_counts: NDArray[np.int64]) -> None:
        """Show the bar; it is as long as one pass."""
        self._photos = int(label_counts.sum())
        self._progress.start()

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Move on by one batch."""
        self._progress.update(
            self._task,
            advance=step.photos,
            total=self._photos,
            description=f"epoch {step.epoch} of {self._epochs}, loss {step.loss:.3f}",
        )

    def finished_epoch(self, epoch: Epoch) -> None:
        """Begin again at nothing."""
        self._progress.reset(self._task)

    def ends(self) -> None:
        """Take the bar away."""
        self._progress.stop()
