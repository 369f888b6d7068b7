"""What training moves: the weights, their rates, their moving average, and the best of them so far."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from bincount.training.config import TrainConfig
from bincount.training.network import Counter
from bincount.training.schedule import stepwise, warm_cosine


@dataclass(frozen=True, slots=True)
class Descent:
    """What every step moves."""

    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    smooth: AveragedModel

    @property
    def kept(self) -> nn.Module:
        """The counter with its weights averaged over the last steps."""
        kept: nn.Module = self.smooth.module
        return kept


@dataclass(slots=True)
class Best:
    """The weights of the epoch that did best on the validation photos, and how well."""

    least: float
    weights: dict[str, Tensor]
    epoch: int = 0

    def keep(self, counter: nn.Module, loss: float, epoch: int) -> None:
        """Remember these weights if they are better than those before."""
        if loss < self.least:
            self.least, self.epoch, self.weights = loss, epoch, deepcopy(counter.state_dict())


def descent_of(counter: Counter, tuned: list[nn.Parameter], config: TrainConfig, batches: int) -> Descent:
    """The optimiser with one rate for the head and one for the trunk, its schedule, and the average.

    Args:
        counter: to be trained.
        tuned: parameters of its trunk that move.
        config: rates, decay, schedule.
        batches: a pass.
    """
    trunk = {id(each) for each in counter.trunk.parameters()}
    head = [each for each in counter.parameters() if id(each) not in trunk]
    groups = [{"params": head, "lr": config.head_rate}]
    if tuned:
        groups.append({"params": tuned, "lr": config.trunk_rate})
    if config.optimizer == "adamw":
        optimizer: torch.optim.Optimizer = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
    else:
        optimizer = torch.optim.SGD(groups, momentum=0.9, weight_decay=config.weight_decay)
    factor = (
        partial(warm_cosine, config.epochs * batches)
        if config.schedule == "cosine"
        else partial(stepwise, batches)
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    return Descent(optimizer, schedule, AveragedModel(counter, multi_avg_fn=_averaging(config.smoothing)))


def state_of(counter: Counter, descent: Descent, best: Best, epoch: int) -> dict[str, Any]:
    """All that the next epoch depends on."""
    return {
        "epoch": epoch,
        "counter": counter.state_dict(),
        "optimizer": descent.optimizer.state_dict(),
        "schedule": descent.schedule.state_dict(),
        "smooth": descent.smooth.state_dict(),
        "best": {"least": best.least, "epoch": best.epoch, "weights": best.weights},
    }


def put_back(state: dict[str, Any], counter: Counter, descent: Descent, best: Best) -> None:
    """Make everything as `state_of` found it."""
    counter.load_state_dict(state["counter"])
    descent.optimizer.load_state_dict(state["optimizer"])
    descent.schedule.load_state_dict(state["schedule"])
    descent.smooth.load_state_dict(state["smooth"])
    best.least, best.epoch, best.weights = (state["best"][name] for name in ("least", "epoch", "weights"))


def _averaging(smoothing: float) -> Callable[[list[Tensor], list[Tensor], Tensor], None]:
    """A moving average that begins short: in the first steps there is little to remember."""

    def average(kept: list[Tensor], now: list[Tensor], steps: Tensor) -> None:
        done = float(steps)
        with torch.no_grad():
            torch._foreach_lerp_(kept, now, 1 - min(smoothing, (1 + done) / (10 + done)))

    return average
