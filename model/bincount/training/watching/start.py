"""The rule about the first steps: a network that starts badly seldom recovers, and shows it at once."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bincount.training.observers import Step
from bincount.training.watching.norms import idle
from bincount.training.watching.rule import Rule


@dataclass(slots=True, frozen=True)
class StartLimits:
    """What a good start looks like."""

    steps: int = 10  # a layer that starts at zero on purpose has moved by then
    loss: float = 2.0  # times ln(classes), which a network without an opinion has
    dead: float = 0.5  # share of a tensor's units that no photo has moved yet
    alike: float = 1e-6  # how little the units of a tensor differ, against their size


class PoorWeightInitialization(Rule):
    """The weights start too large, all alike, or where no gradient comes through."""

    name: ClassVar[str] = "poor_weight_initialization"

    def __init__(self, limits: StartLimits | None = None) -> None:
        self._limits = limits or StartLimits()
        self._ignorance = math.inf
        self._moved: dict[str, Tensor] = {}  # of each tensor: which of its units have had a gradient
        self._loss: str | None = None

    def begins(self, net: nn.Module, label_counts: NDArray[np.int64]) -> None:
        """Note what a network that knows nothing should lose."""
        self._ignorance = math.log(max(2, len(label_counts)))

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Watch the first steps, then judge the units; the judgement stays."""
        if step.number > self._limits.steps:
            return
        if step.number == 1 and step.loss > self._limits.loss * self._ignorance:
            self._loss = f"the first loss is {step.loss:.3g}, and knowing nothing costs {self._ignorance:.3g}"
        for name, parameter in net.named_parameters():
            if parameter.grad is None:
                continue
            moved = parameter.grad.reshape(len(parameter) if parameter.dim() else 1, -1).abs().amax(dim=1) > 0
            self._moved[name] = self._moved[name] | moved if name in self._moved else moved
        odd = self._loss
        if step.number == self._limits.steps:
            unused = idle(net, {name for name, moved in self._moved.items() if not moved.any()})
            odd = self._loss or self._dead(net, unused) or self._alike(net, unused)
        self.complaint = f"{odd}: use He or Xavier weights, or those of a trained trunk" if odd else None

    def _dead(self, net: nn.Module, unused: Collection[str]) -> str | None:
        """A unit whose weights get no gradient from any photo is switched off for all of them."""
        for name, _, _ in _units(net, unused):
            dead = 1 - self._moved[name].float().mean().item()
            if dead > self._limits.dead:
                return (
                    f"{dead:.0%} of the units of {name} answer to no photo after {self._limits.steps} steps"
                )
        return None

    def _alike(self, net: nn.Module, unused: Collection[str]) -> str | None:
        """Units that are equal and get equal gradients stay equal: together they are one unit."""
        for name, gradients, weights in _units(net, unused):
            if all(_spread(rows) <= self._limits.alike for rows in (weights, gradients)):
                return f"all {len(weights)} units of {name} are equal and stay so"
        return None


def _units(net: nn.Module, unused: Collection[str]) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Gradients and weights of each tensor of several units that learns: units x inputs."""
    for name, weights in net.named_parameters():
        several = weights.dim() > 1 and len(weights) > 1
        if weights.grad is not None and several and name not in unused:
            yield name, weights.grad.flatten(1), weights.detach().flatten(1)


def _spread(rows: Tensor) -> float:
    """How much the rows differ from their mean, against their size; 0 when all are zero."""
    rows = rows.float()
    apart = torch.linalg.vector_norm(rows - rows.mean(dim=0))
    return float(apart / torch.linalg.vector_norm(rows).clamp_min(1e-30))
