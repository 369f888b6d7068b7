"""Rules about the gradients and weights, looked at every so many steps: a look costs a pass over them."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import nn

from bincount.training.observers import Step
from bincount.training.watching.norms import Norms, idle, norms
from bincount.training.watching.rule import Rule

_TINY = 1e-30


@dataclass(slots=True, frozen=True)
class VanishingLimits:
    """When gradients no longer reach the layers."""

    every: int = 50
    ratio: float = 1e-6  # gradient to weight; times a rate of 0.1 it moves float32 by its last digit or less
    share: float = 0.25  # of the weight tensors: one unused layer is not the disease
    looks: int = 3  # in a row
    learnt: float = 0.01  # a loss under it leaves nothing to learn, and no gradient is right


class VanishingGradient(Rule):
    """Gradients die on their way down: the layers near the photo stop learning."""

    name: ClassVar[str] = "vanishing_gradient"

    def __init__(self, limits: VanishingLimits | None = None) -> None:
        self._limits = limits or VanishingLimits()
        self._looks = 0

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Count the tensors whose gradient is next to nothing."""
        if step.number % self._limits.every:
            return
        seen = norms(net)
        unused = idle(net, {name for name, norm in zip(seen.names, seen.gradients, strict=True) if norm == 0})
        dying = [name for name in self._dying(seen) if name not in unused]
        used = [name for name in seen.names if name not in unused]
        matrices = sum(matrix for name, matrix in zip(seen.names, seen.matrices, strict=True) if name in used)
        share = len(dying) / max(1, int(matrices))
        vanishing = share >= self._limits.share and step.loss > self._limits.learnt
        self._looks = self._looks + 1 if vanishing else 0
        self.complaint = None
        if self._looks >= self._limits.looks:
            self.complaint = (
                f"{share:.0%} of the weight tensors ({dying[0]} first) have gradients under "
                f"{self._limits.ratio:g} of their weights: use ReLU or GELU with normalisation and skip "
                "connections, initialise anew, or freeze these layers and save their cost"
            )

    def _dying(self, seen: Norms) -> list[str]:
        small = seen.matrices & (seen.gradients < self._limits.ratio * seen.weights + _TINY)
        return [name for name, dies in zip(seen.names, small, strict=True) if dies]


@dataclass(slots=True, frozen=True)
class ExplodingLimits:
    """When figures grow past sense."""

    every: int = 50
    gradient: float = 1e3  # norm of all gradients; healthy ones are under 50, and the loop clips them to 1
    weight: float = 100.0  # root mean square of one tensor; healthy ones are under 2
    loss: float = 10.0  # times the first one: worse than no idea


class ExplodingTensor(Rule):
    """Loss, gradients or weights run away, or are no numbers any more."""

    name: ClassVar[str] = "exploding_tensor"

    def __init__(self, limits: ExplodingLimits | None = None) -> None:
        self._limits = limits or ExplodingLimits()
        self._first_loss: float | None = None
        self._of_loss: str | None = None
        self._of_tensors: str | None = None

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Look at the loss, which costs nothing, and now and then, or when it is odd, at the tensors."""
        self._of_loss = self._odd_loss(step)
        if step.number % self._limits.every == 0 or (self._of_loss and not self.complaint):
            self._of_tensors = self._odd_tensors(norms(net))
        odd = self._of_loss or self._of_tensors
        self.complaint = (
            f"{odd}: lower the rate, warm up longer, clip gradients, look for broken photos" if odd else None
        )

    def _odd_loss(self, step: Step) -> str | None:
        if not math.isfinite(step.loss):
            return f"the loss is {step.loss}"
        if self._first_loss is None:
            self._first_loss = step.loss
        grown = step.loss > self._limits.loss * max(self._first_loss, 1.0)
        return f"the loss grew from {self._first_loss:.3g} to {step.loss:.3g}" if grown else None

    def _odd_tensors(self, seen: Norms) -> str | None:
        for kind, lengths in (("gradient", seen.gradients), ("weights", seen.weights)):
            broken = ~np.isfinite(lengths)
            if broken.any():
                return f"the {kind} of {seen.names[broken.argmax()]} is not finite"
        total = float(np.sqrt((seen.gradients**2).sum()))
        if total > self._limits.gradient:
            return f"the gradients' norm is {total:.3g}, most of it in {seen.names[seen.gradients.argmax()]}"
        spread = seen.weights / np.sqrt(np.maximum(seen.sizes, 1))
        if len(spread) and spread.max() > self._limits.weight:
            return f"the weights of {seen.names[spread.argmax()]} are around {spread.max():.3g}"
        return None
