"""What a person sees while things happen: steps with their times, bars, and errors with their remedies."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from binwatch_local.errors import OneMachineError, StepFailed

PLAIN_EVERY_S = 5.0  # how often a log without a terminal hears of progress

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show a step while it runs, and how long it took."""
    began = time.monotonic()
    mark = Text("✘ ", "bold red")
    try:
        with err.status(Text(f"{title} …")):
            yield
        mark = Text("✔ ", "green")
    finally:
        err.print(Text.assemble(mark, title, (f"  {time.monotonic() - began:.1f} s", "dim")))


def complain(error: OneMachineError) -> None:
    """Print an error with its remedy, and what the program behind it said last."""
    err.print(Text.assemble(("Error: ", "bold red"), error.what))
    if isinstance(error, StepFailed):
        for line in error.last_lines.splitlines():
            err.print(Text(f"  │ {line}", "dim"))
        err.print(Text(f"  log: {error.log}", "dim"))
    err.print(Text.assemble(("Remedy: ", "bold"), error.remedy))


class Bars:
    """Progress bars on a terminal; a line now and then where there is none."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<9}"), BarColumn(40), MofNCompleteColumn())
        self._bars = Progress(
            *columns, TextColumn("[dim]{task.fields[note]}"), TimeElapsedColumn(), console=err
        )
        self._tasks: dict[str, TaskID] = {}
        self._told = 0.0

    def __enter__(self) -> "Bars":
        if err.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if err.is_terminal:
            self._bars.stop()
        else:
            self._tell(0.0)

    def show(self, name: str, done: int, total: int | None, note: str = "") -> None:
        """Set a bar; the first mention makes it."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total, note=note)
        self._bars.update(self._tasks[name], completed=done, total=total, note=note)
        self._tell(PLAIN_EVERY_S)

    def _tell(self, every_s: float) -> None:
        if err.is_terminal or not self._tasks or time.monotonic() - self._told < every_s:
            return
        self._told = time.monotonic()
        tasks = (
            f"{task.description} {task.completed:.0f}/{task.total or '?'} {task.fields['note']}"
            for task in self._bars.tasks
        )
        err.print(Text("  ".join(tasks)))
