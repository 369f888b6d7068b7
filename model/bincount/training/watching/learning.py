"""Rules about what is learnt: read from the loss, the validation and the labels."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import nn

from bincount.training.observers import Epoch, Step
from bincount.training.watching.rule import Rule


@dataclass(slots=True, frozen=True)
class OverfitLimits:
    """When learning has become learning by heart."""

    rise: float = 0.02  # nats over the best epoch: 2 % less probability on what is right, more than noise
    epochs: int = 2  # in a row: one bad epoch happens to a healthy run


class Overfit(Rule):
    """The counter learns its photos by heart: other photos go worse while the photos it learns go better."""

    name: ClassVar[str] = "overfit"

    def __init__(self, limits: OverfitLimits | None = None) -> None:
        self._limits = limits or OverfitLimits()
        self._best: Epoch | None = None
        self._worse = 0

    def finished_epoch(self, epoch: Epoch) -> None:
        """Compare with the epoch that was best on other photos."""
        if self._best is None or epoch.val_nll < self._best.val_nll:
            self._best = epoch
        risen = epoch.val_nll > self._best.val_nll + self._limits.rise
        fallen = epoch.train_loss < self._best.train_loss
        self._worse = self._worse + 1 if risen and fallen else 0
        self.complaint = None
        if self._worse >= self._limits.epochs:
            self.complaint = (
                f"val NLL {epoch.val_nll:.3f} has risen from {self._best.val_nll:.3f} in epoch "
                f"{self._best.number} while train loss fell to {epoch.train_loss:.3f}: stop here and keep "
                "that epoch, or freeze more of the trunk, augment more, raise dropout or weight decay"
            )


@dataclass(slots=True, frozen=True)
class StallLimits:
    """When a loss stands still."""

    window: int = 100  # steps whose mean is one figure: batches differ by more than training moves them
    least: float = 0.002  # a window must be this share below the lowest before it
    windows: int = 3  # that many windows in a row without it
    tail: float = 0.1  # under this share of the highest rate a schedule ends: standing still is right there


class LossNotDecreasing(Rule):
    """Nothing is learnt any more, although the schedule still means to."""

    name: ClassVar[str] = "loss_not_decreasing"

    def __init__(self, limits: StallLimits | None = None) -> None:
        self._limits = limits or StallLimits()
        self._losses: list[float] = []
        self._lowest = math.inf
        self._stalled = 0
        self._highest_rate = 0.0

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Close a window and compare it with the lowest one."""
        self._highest_rate = max(self._highest_rate, step.rate)
        self._losses.append(step.loss)
        if len(self._losses) < self._limits.window:
            return
        mean, self._losses = float(np.mean(self._losses)), []
        fell = mean < self._lowest * (1 - self._limits.least)
        self._stalled = 0 if fell or self._at_the_tail(step) else self._stalled + 1
        self._lowest = min(self._lowest, mean) if math.isfinite(mean) else self._lowest
        self.complaint = None
        if self._stalled >= self._limits.windows:
            steps = self._stalled * self._limits.window
            self.complaint = (
                f"mean loss {mean:.3f}, and {self._lowest:.3f} was reached {steps} steps ago or more: the "
                f"rate ({step.rate:.1e}) is too low or too high, the labels do not belong to the photos, or "
                "what should learn is frozen"
            )

    def _at_the_tail(self, step: Step) -> bool:
        return step.rate < self._limits.tail * self._highest_rate


@dataclass(slots=True, frozen=True)
class ImbalanceLimits:
    """When some classes are too rare to be learnt."""

    ratio: float = 10.0  # commonest to rarest: a batch of 64 then holds a few of the rarest at best
    effective: float = 0.5  # exp(entropy) of the labels, as a share of the classes


class ClassImbalance(Rule):
    """Rare classes are hardly ever seen: guessing the common ones is what gets learnt."""

    name: ClassVar[str] = "class_imbalance"

    def __init__(self, limits: ImbalanceLimits | None = None) -> None:
        self._limits = limits or ImbalanceLimits()

    def begins(self, net: nn.Module, label_counts: NDArray[np.int64]) -> None:
        """Look at the labels; they stay as they are."""
        if not label_counts.sum():
            return
        rarest, commonest = int(label_counts.argmin()), int(label_counts.argmax())
        least, most = int(label_counts[rarest]), int(label_counts[commonest])
        effective = _effective(label_counts)
        if most > self._limits.ratio * least or effective < self._limits.effective * len(label_counts):
            self.complaint = (
                f"class {commonest} has {most} photos, class {rarest} {least}; {len(label_counts)} classes "
                f"are worth {effective:.1f} even ones: collect or draw more of the rare ones, merge them, "
                "weight the loss, and do not judge by accuracy alone"
            )


def _effective(label_counts: NDArray[np.int64]) -> float:
    """How many equally common classes would be as hard to guess."""
    shares = label_counts[label_counts > 0] / label_counts.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
