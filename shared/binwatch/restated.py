"""Changes of a bin's standing record that state no movement: picks that nobody marked, or corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from binwatch.evidence import Changed, CycleCount, Item, Moved, Recorded, Seen


@dataclass(frozen=True, slots=True)
class Restated:
    """The record changed by so many items, and did not say why."""

    at: float
    id: str
    by: int


Step = Seen | Moved | Restated | CycleCount | Changed


def steps_of(items: Sequence[Item]) -> list[Step]:
    """Evidence, in the order of time, with what changed the record in place of what the record stated.

    A statement is compared with the one before it, so it does not matter in which order they came.
    """
    steps: list[Step] = []
    known: int | None = None
    for item in items:
        if not isinstance(item, Recorded):
            steps.append(item)
            continue
        by = 0 if known is None else item.quantity - item.moved - known
        if by:
            steps.append(Restated(item.at, item.id, by))
        known = item.quantity
    return steps
