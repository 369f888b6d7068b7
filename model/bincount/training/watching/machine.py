"""Rules about the machine: time and memory that the run wastes."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import nn

from bincount.training.observers import Step
from bincount.training.watching.gpu import utilisation
from bincount.training.watching.rule import Rule


@dataclass(slots=True, frozen=True)
class IdleLimits:
    """When a GPU earns too little of its price."""

    every: int = 10  # steps between two readings: the driver itself averages over up to a second
    readings: int = 20
    busy: float = 0.5  # under it the same machine could train twice as fast


class LowGpuUtilization(Rule):
    """The GPU waits more than it works."""

    name: ClassVar[str] = "low_gpu_utilization"

    def __init__(
        self, busy_share: Callable[[], float | None] = utilisation, limits: IdleLimits | None = None
    ) -> None:
        """``busy_share`` reads 0 to 1, or None where there is no GPU to read."""
        self._busy_share = busy_share
        self._limits = limits or IdleLimits()
        self._read: list[float] = []

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Read now and then; judge when enough was read."""
        if step.number % self._limits.every:
            return
        share = self._busy_share()
        if share is None:
            return
        self._read.append(share)
        if len(self._read) < self._limits.readings:
            return
        mean, self._read = float(np.mean(self._read)), []
        self.complaint = None
        if mean < self._limits.busy:
            self.complaint = (
                f"the GPU is busy {mean:.0%} of the time: raise the batch size, keep the photos on the GPU, "
                "use bf16 and channels_last, compile; `--profile` shows what it waits for"
            )


@dataclass(slots=True, frozen=True)
class LeakLimits:
    """When memory grows without end."""

    window: int = 50  # steps whose lowest figure counts: tides within a step are no growth
    windows: int = 4  # in a row, each higher than the one before
    growth: float = 0.05  # over all of them; caches that fill up once grow by less


class GpuMemoryIncrease(Rule):
    """Memory is kept from step to step, until there is none left."""

    name: ClassVar[str] = "gpu_memory_increase"

    def __init__(self, limits: LeakLimits | None = None) -> None:
        self._limits = limits or LeakLimits()
        self._window: list[int] = []
        self._floors: list[int] = []

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Compare the lowest figures of the last windows."""
        if step.gpu_memory is None:
            return
        self._window.append(step.gpu_memory)
        if len(self._window) < self._limits.window:
            return
        self._floors = [*self._floors, min(self._window)][-self._limits.windows - 1 :]
        self._window = []
        first, last = self._floors[0], self._floors[-1]
        rising = all(low < high for low, high in zip(self._floors, self._floors[1:], strict=False))
        enough = len(self._floors) > self._limits.windows and last > first * (1 + self._limits.growth)
        self.complaint = None
        if rising and enough:
            steps = self._limits.window * self._limits.windows
            self.complaint = (
                f"allocated GPU memory grew from {first / 2**20:.0f} to {last / 2**20:.0f} MiB in {steps} "
                "steps: keep `loss.item()` and not `loss`, detach what is kept, do not collect outputs"
            )


@dataclass(slots=True, frozen=True)
class LoaderLimits:
    """When reading photos holds up learning."""

    window: int = 50  # steps; the first batches, which warm caches, are few among them
    share: float = 0.33  # of the time; above it a perfect loader would make training half as fast again


class DataLoaderBottleneck(Rule):
    """Training waits for photos."""

    name: ClassVar[str] = "data_loader_bottleneck"

    def __init__(self, limits: LoaderLimits | None = None) -> None:
        self._limits = limits or LoaderLimits()
        self._seconds: dict[str, float] = defaultdict(float)
        self._steps = 0

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Add up where the time goes; judge once a window."""
        for phase, seconds in step.seconds.items():
            self._seconds[phase] += seconds
        self._steps += 1
        if self._steps < self._limits.window:
            return
        loading, total = self._seconds["load"], sum(self._seconds.values())
        self._seconds, self._steps = defaultdict(float), 0
        self.complaint = None
        if loading > self._limits.share * total:
            self.complaint = (
                f"{loading / total:.0%} of the time goes into loading photos: prepare them as shards "
                "(`bincount prepare`), keep them on the GPU, or load in more processes"
            )
