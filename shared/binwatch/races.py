"""Races for a row of the table: whoever loses one reads again, and runs again."""

from collections.abc import Callable
from contextlib import suppress

from binwatch.errors import Conflict


def run_again[T](attempt: Callable[[], T], attempts: int, what: str) -> T:
    """What an attempt returns, as soon as no other writer was quicker.

    Args:
        attempt: reads and writes; raises Conflict when what it read has changed since.
        attempts: at most.
        what: is written, for the error.

    Raises:
        Conflict: others were quicker every time.
    """
    for _ in range(attempts):
        with suppress(Conflict):
            return attempt()
    raise Conflict(f"{what} changed {attempts} times while we wrote")
