"""Several ways to do the same, timed by turns: what disturbs the machine disturbs all of them alike.

A ratio is formed within each round, from turns that were taken seconds apart, and only then summarised.
"""

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from bincount.commands.progress import tracking

type Lap = Mapping[str, float]
"""Seconds a photo, by part of the work."""
type Turn = Callable[[], Lap]


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle, the least and the most of some figures."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Self:
        """Summarise: at least one figure."""
        return cls(statistics.median(figures), min(figures), max(figures))

    def __str__(self) -> str:
        """Such as ``12.3 (11.9-12.8)``."""
        digits = 0 if self.median >= 100 else 1 if self.median >= 10 else 2
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}-{self.most:.{digits}f})"


def by_turns(ways: Mapping[str, Turn], rounds: int, what: str) -> dict[str, list[Lap]]:
    """Let every way take one turn a round, in another order each round; a first round is not counted.

    Args:
        ways: by name.
        rounds: that count.
        what: is measured, for the progress bar.
    """
    orders = random.Random(0)  # noqa: S311 (an order of turns)
    laps: dict[str, list[Lap]] = {name: [] for name in ways}
    turns = [(number, name) for number in range(rounds + 1) for name in orders.sample(list(ways), len(ways))]
    with tracking() as track:
        for number, name in track(turns, what, len(turns)):
            lap = ways[name]()
            if number:
                laps[name].append(lap)
    return laps


def rate(laps: Sequence[Lap]) -> Spread:
    """Photos a second, all parts together."""
    return Spread.of([1 / sum(lap.values()) for lap in laps])


def milliseconds(laps: Sequence[Lap], part: str) -> float:
    """Of one part, a photo; the middle of the rounds."""
    return 1000 * statistics.median(lap[part] for lap in laps)


def times_as_fast(laps: Sequence[Lap], reference: Sequence[Lap]) -> Spread:
    """How many times as many photos a second as the reference did in the same round."""
    pairs = zip(laps, reference, strict=True)
    return Spread.of([sum(theirs.values()) / sum(ours.values()) for ours, theirs in pairs])


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns, the first two aligned left as names, the others right as figures."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
