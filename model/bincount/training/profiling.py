"""`--profile`: a trace of a few steps for a trace viewer, and a report on all of them for a person."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bincount.training.clock import PHASES, Clock
from bincount.training.observers import Observer, Step
from bincount.training.profile_report import REST, Gpu, Operator, Report, write_report
from bincount.training.watching.gpu import utilisation

TRACE = "trace.json.gz"  # chrome://tracing and Perfetto open it as it is
_OPERATORS = 15
_READ_EVERY = 10
_COLD = 2  # steps in which memory is first asked for, and in which the logs start


@dataclass(frozen=True, slots=True)
class Window:
    """Which steps are traced: few, for a step of a large network is megabytes of trace."""

    wait: int = 5
    warmup: int = 2  # the tracer is on but forgets: its own start is slow
    active: int = 4

    def disturbs(self, step: int) -> bool:
        """Whether tracing slows this step (from 1) down; the trace is written in the one after the last."""
        return self.wait < step <= self.wait + self.warmup + self.active + 1


class Profiler(Observer):
    """Traces a few steps of a run and adds up all others.

    The loop must time its phases with this ``clock``: it waits for the GPU after each, which an unprofiled
    run does not.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock | None = None,
        window: Window | None = None,
        busy_share: Callable[[], float | None] = utilisation,
    ) -> None:
        on_gpu = torch.cuda.is_available()
        self.clock = clock or Clock(settle=torch.cuda.synchronize if on_gpu else None)
        self._folder = folder
        self._window = window or Window()
        self._busy_share = busy_share
        self._busy: list[float] = []
        self._memory = 0
        self._device = "cpu"
        self._times = _Times()
        self._operators: tuple[Operator, ...] = ()
        self._traced = False
        self._steps = 0
        self._tracer = self._new_tracer(on_gpu)

    def begins(self, net: nn.Module, label_counts: NDArray[np.int64]) -> None:
        """Start the tracer."""
        self._device = str(next(net.parameters()).device)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._tracer.start()

    def stepped(self, step: Step, net: nn.Module) -> None:
        """Add the step up, and move the tracer on."""
        self._steps += 1
        warm = self._steps > _COLD and not self._window.disturbs(self._steps)
        self._times.add(step, self.clock.now(), warm)
        self._memory = max(self._memory, step.gpu_memory or 0)
        if self._steps % _READ_EVERY == 0:
            share = self._busy_share()
            self._busy += [] if share is None else [share]
        self._tracer.step()

    def ends(self) -> None:
        """Stop the tracer, which may write the trace now, and write the report."""
        self._tracer.stop()
        if self._steps:
            write_report(self._report(), self._folder)

    def _new_tracer(self, on_gpu: bool) -> Any:  # noqa: ANN401 (torch has no types here)
        kinds = torch.profiler.ProfilerActivity
        when = self._window
        return torch.profiler.profile(
            activities=[kinds.CPU, kinds.CUDA] if on_gpu else [kinds.CPU],
            schedule=torch.profiler.schedule(
                wait=when.wait, warmup=when.warmup, active=when.active, repeat=1
            ),
            on_trace_ready=self._keep,
        )

    def _keep(self, tracer: Any) -> None:  # noqa: ANN401
        """Take the trace: the operators for the report, all of it for the viewer."""
        self._operators = _own_times(tracer.key_averages())
        if not self._operators:
            return
        half = self._folder / f".half-{TRACE}"
        try:
            tracer.export_chrome_trace(str(half))
            half.replace(self._folder / TRACE)
        finally:
            half.unlink(missing_ok=True)
        self._traced = True

    def _report(self) -> Report:
        gpu = None
        if self._device != "cpu":
            busy = float(np.mean(self._busy)) if self._busy else None
            gpu = Gpu(torch.cuda.get_device_name(self._device), busy, self._memory)
        return Report(
            device=self._device,
            steps=self._times.steps,
            photos_per_second=self._times.photos_per_second(),
            seconds=self._times.means(),
            operators=self._operators,
            gpu=gpu,
            trace=TRACE if self._traced else None,
        )


class _Times:
    """The seconds of the steps that nothing disturbed; of all steps while there is no such step."""

    def __init__(self) -> None:
        self.steps = 0
        self._photos = 0
        self._seconds: dict[str, float] = defaultdict(float)
        self._last: tuple[int, float] | None = None  # epoch, and when its last step was told of
        self._warm = False

    def add(self, step: Step, now: float, warm: bool) -> None:
        """Add one step, told of at ``now``; time that no phase accounts for is the rest."""
        if warm and not self._warm:
            self.steps, self._photos, self._seconds = 0, 0, defaultdict(float)
        if warm or not self._warm:
            self._warm = warm
            for phase, seconds in step.seconds.items():
                self._seconds[phase] += seconds
            if self._last is not None and self._last[0] == step.epoch:  # between epochs lies the validation
                self._seconds[REST] += max(0.0, now - self._last[1] - sum(step.seconds.values()))
            self.steps += 1
            self._photos += step.photos
        self._last = (step.epoch, now)

    def means(self) -> dict[str, float]:
        """Seconds a step, by phase."""
        phases = {**dict.fromkeys((*PHASES, REST), 0.0), **self._seconds}
        return {phase: seconds / max(1, self.steps) for phase, seconds in phases.items()}

    def photos_per_second(self) -> float:
        """Photos learnt from in a second of training, validation left out."""
        return self._photos / max(1e-9, sum(self._seconds.values()))


def _own_times(averages: Any) -> tuple[Operator, ...]:  # noqa: ANN401
    """The operators that took longest by themselves: on the GPU where one took part, else on the CPU."""
    events = [each for each in averages if each.key not in PHASES and not each.key.startswith("ProfilerStep")]
    on_gpu = any(each.self_device_time_total for each in events)
    own = {
        each.key: (each.count, each.self_device_time_total if on_gpu else each.self_cpu_time_total)
        for each in events
    }
    total = sum(microseconds for _, microseconds in own.values()) or 1
    longest = sorted(own.items(), key=lambda item: item[1][1], reverse=True)[:_OPERATORS]
    return tuple(
        Operator(name, calls, microseconds / 1000, microseconds / total)
        for name, (calls, microseconds) in longest
        if microseconds
    )
