"""What a training run tells of itself: one message a step, one an epoch, to everyone who asked.

The loop knows no log, rule, plot or search: each of them is an observer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import nn


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: its gradients are there, the weights have not moved yet."""

    number: int  # from 1, over all epochs
    epoch: int  # from 1
    loss: float  # of the counts; that of all tasks where it is no number
    rate: float  # of the head
    photos: int  # in the batch
    seconds: Mapping[str, float]  # load, to_device, forward, backward; optimizer: of the step before
    gpu_memory: int | None  # bytes allocated


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the photos, and how well the counter then did on photos that it does not learn from."""

    number: int  # from 1
    train_loss: float  # mean over the pass
    val_nll: float
    val_rps: float
    val_accuracy: float
    val_mae: float
    rate: float  # of the head, at the end of the pass
    photos_per_second: float
    seconds: float


class Observer(Protocol):
    """Told of a run as it goes on; who inherits overrides what it cares for, the rest does nothing.

    An observer that raises ends the run.
    """

    def begins(self, net: nn.Module, label_counts: NDArray[np.int64]) -> None:
        """Before the first step; ``label_counts[c]`` training photos have class c."""
        return

    def stepped(self, step: Step, net: nn.Module) -> None:
        """After backward and before gradients are clipped: they are there as they came."""
        return

    def finished_epoch(self, epoch: Epoch) -> None:
        """After the validation that ends an epoch."""
        return

    def ends(self) -> None:
        """Once, however the run ended; it is called in a ``finally``."""
        return
