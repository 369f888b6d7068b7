"""The two loops: one epoch of training, and the logits of a set of photos. No files, no options."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

_EVALUATED_AT_ONCE = 128


class NonFiniteLoss(Exception):
    """The loss became infinite or no number; going on would only spoil the weights."""


@dataclass(frozen=True, slots=True)
class Descent:
    """What every step moves: the weights, their rate, their moving average."""

    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    smooth: AveragedModel


def device() -> torch.device:
    """The GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train_one_epoch(
    counter: nn.Module,
    batches: Iterator[tuple[Tensor, Tensor]],
    loss_of: Callable[[Tensor, Tensor], Tensor],
    descent: Descent,
) -> float:
    """Train on every batch once; returns the mean loss."""
    counter.train()
    losses: list[float] = []
    for pixels, labels in batches:
        with torch.autocast(pixels.device.type, dtype=torch.bfloat16):
            logits = counter(pixels)
        loss = loss_of(logits.float(), labels)
        if not math.isfinite(loss.item()):
            raise NonFiniteLoss(f"loss {loss.item()} in batch {len(losses)}: lower the learning rate")
        descent.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(counter.parameters(), 1.0)
        descent.optimizer.step()
        descent.schedule.step()
        descent.smooth.update_parameters(counter)
        losses.append(loss.item())
    return float(np.mean(losses))


def logits_of(counter: nn.Module, pixels: NDArray[np.uint8], *, exact: bool = True) -> NDArray[np.float32]:
    """The logits of every photo, in order; in bfloat16 (thrice as fast) where they need not be exact."""
    counter.eval()
    where = next(counter.parameters()).device
    with torch.inference_mode(), torch.autocast(where.type, dtype=torch.bfloat16, enabled=not exact):
        parts = torch.from_numpy(pixels).split(_EVALUATED_AT_ONCE)
        return np.concatenate([counter(part.to(where)).float().cpu().numpy() for part in parts])


def soft_labels(classes: int, softness: float, reach: float) -> Tensor:
    """One row a label: most of it on the label, the rest on its neighbours, nearer ones first."""
    distance = (torch.arange(classes)[:, None] - torch.arange(classes)[None, :]).abs().float()
    near = torch.exp(-distance / reach).fill_diagonal_(0)
    return (1 - softness) * torch.eye(classes) + softness * near / near.sum(dim=1, keepdim=True)


def soft_cross_entropy(targets: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """Cross entropy against the rows of ``targets``, chosen by label."""

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        return -(targets[labels] * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()

    return loss


def warm_cosine(steps: int) -> Callable[[int], float]:
    """The learning rate's factor at each step: up over the first tenth, then down to zero along a cosine."""
    warm = max(1, steps // 10)

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1, steps - warm))))

    return factor
