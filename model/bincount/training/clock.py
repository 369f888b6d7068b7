"""Where the time of a step goes."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch

type Now = Callable[[], float]
PHASES = ("load", "to_device", "forward", "backward", "optimizer")


class Clock:
    """Adds up the seconds of each phase of a step, and names the phases in a profile.

        for batch in clock.each("load", batches):
            with clock.phase("forward"):
                ...
            seconds = clock.lap()

    A GPU works on after Python went on: ``settle`` waits for it, so that its seconds are booked where they
    are spent. That waiting costs speed; only a profiled run does it.
    """

    def __init__(self, now: Now = time.perf_counter, settle: Callable[[], None] | None = None) -> None:
        self.now = now
        self._settle = settle
        self._seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Book what happens inside under ``name``."""
        begun = self.now()
        try:
            with torch.profiler.record_function(name):
                yield
                if self._settle:
                    self._settle()
        finally:
            self._seconds[name] += self.now() - begun

    def each[T](self, name: str, things: Iterable[T]) -> Iterator[T]:
        """The things, with the time of waiting for each booked under ``name``."""
        source = iter(things)
        while True:
            with self.phase(name):
                thing = next(source, self)  # the clock itself stands for the end: no source yields it
            if thing is self:
                return
            yield thing  # type: ignore[misc]

    def lap(self) -> dict[str, float]:
        """The seconds of each phase since the last lap."""
        taken, self._seconds = dict(self._seconds), defaultdict(float)
        return taken
