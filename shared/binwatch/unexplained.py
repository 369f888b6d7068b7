"""Changes of a bin's standing record that state no movement: picks that nobody marked, or corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from binwatch.evidence import Changed, CycleCount, Evidence, Item, Moved, Recorded, Seen


@dataclass(frozen=True, slots=True)
class Unexplained:
    """The record changed by so many items, and did not say why."""

    at: float
    id: str
    by: int


Step = Seen | Moved | Unexplained | CycleCount | Changed


def steps_of(items: Sequence[Item]) -> list[Step]:
    """Evidence, in the order of time, with what changed the record in place of what the record stated.

    A statement is compared with the one before it, so it does not matter in which order they came. One that
    states a movement and no new quantity explains what an earlier one had shown already, or repeats it.
    """
    steps: list[Step] = []
    known: int | None = None
    for item in items:
        if not isinstance(item, Recorded):
            steps.append(item)
        elif item.moved and item.quantity == known:
            steps = _explained(steps, item.moved)
        else:
            by = 0 if known is None else item.quantity - item.moved - known
            steps += [Unexplained(item.at, item.id, by)] if by else []
            known = item.quantity
    return steps


def _explained(steps: list[Step], moved: int) -> list[Step]:
    """The steps without the newest unexplained change by so many items."""
    for place in reversed(range(len(steps))):
        step = steps[place]
        if isinstance(step, Unexplained) and step.by == moved:
            return steps[:place] + steps[place + 1 :]
    return steps


def counted_after(evidence: Evidence, at: float) -> CycleCount | None:
    """The first count by a person after a time, carried back to it over the movements in between.

    None without one, and where the record changed in between and does not say whether anything was moved.
    """
    moved = 0
    for step in steps_of(evidence.items):
        match step:
            case Unexplained(at=then) if then > at:
                return None
            case Moved(at=then, by=by) if then > at:
                moved += by
            case CycleCount(at=then, quantity=quantity) if then > at:
                return CycleCount(at, step.id, max(quantity - moved, 0))
    return None
