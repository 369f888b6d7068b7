"""The two loops: one epoch of training, and the logits of a set of photos. No files, no options."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bincount.data.dataset import PixelStore
from bincount.training.clock import Clock
from bincount.training.config import Precision
from bincount.training.descent import Descent
from bincount.training.feed import Feed
from bincount.training.lesson import Records
from bincount.training.observers import Observer, Step
from bincount.training.order import Order, Share

_EVALUATED_AT_ONCE = 128


class NonFiniteLoss(Exception):
    """The loss became infinite or no number; going on would only spoil the weights."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where a pass gets its batches from, and who watches."""

    order: Order
    feed: Feed
    records: Records
    share: Share
    observers: Sequence[Observer]
    autocast: bool
    clock: Clock = field(default_factory=Clock)


def train_one_epoch(
    lesson: nn.Module, counter: nn.Module, epoch: int, course: Course, descent: Descent
) -> float:
    """Train on every batch once; returns the mean loss of the counts.

    Args:
        lesson: what is called: the ``Lesson``, or that compiled or shared among processes.
        counter: the counter in it.
        epoch: from 1.
        course: photos, their records, observers.
        descent: what moves.

    Raises:
        NonFiniteLoss: the loss is no number any more.
    """
    lesson.train()
    losses: list[float] = []
    where, clock = next(counter.parameters()).device, course.clock
    batches = course.order.batches(epoch)
    first = (epoch - 1) * len(course.order)
    for number, (places, loaded) in enumerate(clock.each("load", _loaded(batches, epoch, course)), start=1):
        with clock.phase("to_device"):
            batch, truth = loaded.to(where), course.records.of(places)
        with clock.phase("forward"), _cast(where, course.autocast):
            low = batch if batch.dtype == torch.float32 else _low(counter, batch)
            loss, counted = lesson(low, truth)
        with clock.phase("backward"):
            descent.optimizer.zero_grad(set_to_none=True)
            loss.backward()
        whole = loss.item()
        losses.append(counted.item())
        step = Step(
            number=first + number,
            epoch=epoch,
            loss=losses[-1] if math.isfinite(whole) else whole,  # it may be another task's part that is none
            rate=descent.schedule.get_last_lr()[0],
            photos=len(places),
            seconds=clock.lap(),
            gpu_memory=torch.cuda.memory_allocated(where) if where.type == "cuda" else None,
        )
        for observer in course.observers:
            observer.stepped(step, counter)
        if not math.isfinite(whole):  # only now: who watches shall see it, and say why
            raise NonFiniteLoss(f"loss {whole} in batch {number} of epoch {epoch}: lower the learning rates")
        with clock.phase("optimizer"):
            nn.utils.clip_grad_norm_(counter.parameters(), 1.0)
            descent.optimizer.step()
            descent.schedule.step()
            descent.smooth.update_parameters(counter)
    return float(np.mean(losses))


def logits_of(counter: nn.Module, pixels: PixelStore, *, autocast: bool = False) -> NDArray[np.float32]:
    """The logits of every photo, in order; in bfloat16 where they need not be exact."""
    counter.eval()
    where = next(counter.parameters()).device
    parts = [slice(start, start + _EVALUATED_AT_ONCE) for start in range(0, len(pixels), _EVALUATED_AT_ONCE)]
    with torch.inference_mode(), _cast(where, autocast):
        return np.concatenate(
            [counter(torch.from_numpy(pixels[part]).to(where)).float().cpu().numpy() for part in parts]
        )


def wants_bfloat16(precision: Precision, where: torch.device) -> bool:
    """Whether to compute in bfloat16: where that is asked for, or is native and so faster.

    A CPU without such instructions takes ten times as long with it.
    """
    if precision != "auto":
        return precision == "bfloat16"
    if where.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


def _loaded(
    batches: Iterator[NDArray[np.int64]], epoch: int, course: Course
) -> Iterator[tuple[NDArray[np.int64], Tensor]]:
    for batch in batches:
        mine = course.share.of(batch)
        yield mine, course.feed.load(mine, epoch)


def _low(counter: nn.Module, pixels: Tensor) -> Tensor:
    with torch.no_grad():
        low: Tensor = counter.low(pixels)
    return low


def _cast(where: torch.device, enabled: bool) -> torch.autocast:
    return torch.autocast(where.type, dtype=torch.bfloat16, enabled=enabled)
