"""How records go wrong: how rarely, and by how much. What a record says of a count before any photo does.

    P(c | e) = (1 - pi) [c = e] + pi ((1 - a) D(c - e) + a B(c))

e is the expected quantity, c the count, pi the share of wrong records. D is the law of discrepancies: a wrong
record is a movement that nobody booked, so D is measured on pairs of photos of one bin, before and after a
stow or a pick, in the Amazon Bin Image Dataset. B is how often bins hold c at all, and a the share of wrong
records that are off by anything, as if they were of another bin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum

from binwatch.records import MAX_QUANTITY

# Of 246 pairs of neighbouring photos of one bin, how many differed by so many items.
DISCREPANCIES = {-5: 1, -4: 5, -3: 5, -2: 18, -1: 117, 1: 50, 2: 31, 3: 13, 4: 5, 5: 1}
# a. Assumed: it keeps a record far from what the photo shows from passing as right because no such movement
# was ever measured.
ANY_DISCREPANCY = 0.2
WIDEST = 100  # items that a movement of a law may be; what is off by more, B explains
WEIGHTS = (1e-9, 1e9)  # of a law: no share of their sum vanishes, and no sum of them overflows
LONGEST_KEPT = 256  # counts; a thousand longer lists would fill a function's memory: they are made anew
RAREST = 1e-6  # a probability that is divided by is never less


class ImpossiblePolicy(ValueError):
    """A rate, a cost, a law or a bound with which nothing can be decided."""


@dataclass(frozen=True, slots=True)
class Law:
    """By how many items wrong records are off: D and a. It may differ from site to site and zone to zone.

    Args:
        weights: (items more than expected, weight), each number of items once; any unit.
        anything: a, the share of wrong records that are off by anything.

    Raises:
        ImpossiblePolicy: no weight, one of 0 items or of more than 100, twice the same, or outside `WEIGHTS`.
    """

    weights: tuple[tuple[int, float], ...] = tuple(DISCREPANCIES.items())
    anything: float = ANY_DISCREPANCY

    def __post_init__(self) -> None:
        if not 0 <= self.anything <= 1:
            raise ImpossiblePolicy(f"the share that is off by anything must be 0 to 1, not {self.anything}")
        if not self.weights or len(dict(self.weights)) < len(self.weights):
            raise ImpossiblePolicy("a law of discrepancies must name at least one, and each once")
        for items, weight in self.weights:
            if not (0 < abs(items) <= WIDEST and WEIGHTS[0] <= weight <= WEIGHTS[1]):
                raise ImpossiblePolicy(
                    f"a law must give 1 to {WIDEST} items a weight from {WEIGHTS[0]:g} to {WEIGHTS[1]:g}, "
                    f"not {items}: {weight}"
                )

    @classmethod
    def of(cls, weights: Mapping[int, float], anything: float = ANY_DISCREPANCY) -> "Law":
        """The law of these weights; by {-1: 2, 1: 1} an item is missing twice as often as left over."""
        return cls(tuple(sorted(weights.items())), anything)

    @property
    def chances(self) -> dict[int, float]:
        """D: items more than expected -> probability."""
        total = fsum(weight for _, weight in self.weights)
        return {items: weight / total for items, weight in self.weights}


MEASURED = Law()


@dataclass(frozen=True, slots=True)
class Prior:
    """What a record says of its bin before any photo does.

    Args:
        rate: pi, the share of records that are wrong.
        law: by how much they are.
        most: the most items that a bin can hold, where that is known.

    Raises:
        ImpossiblePolicy: a rate that leaves nothing to decide.
    """

    rate: float = 0.02
    law: Law = MEASURED
    most: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise ImpossiblePolicy(f"the discrepancy rate must lie between 0 and 1, not {self.rate}")
        if self.most is not None and not 1 <= self.most <= MAX_QUANTITY:
            raise ImpossiblePolicy(f"a bin must be able to hold 1 to {MAX_QUANTITY} items, not {self.most}")

    def given(self, expected: int, usual: tuple[float, ...], classes: int = 0) -> tuple[float, ...]:
        """P(count | expected) for every count from 0 up; the list ends where counts become impossible.

        Args:
            expected: in items, not negative.
            usual: B, for 0, 1, ..., K-1 and, last, "K or more".
            classes: a length that the list has at least, unless `most` forbids it.
        """
        highest = max(
            len(usual) - 1, classes - 1, expected + max(0, *(items for items, _ in self.law.weights))
        )
        if self.most is not None:
            highest = max(expected, self.most)
        chances = _remembered if highest < LONGEST_KEPT else _given
        return chances(self, expected, usual, highest)


BY_DEFAULT = Prior()


def _given(prior: Prior, expected: int, usual: tuple[float, ...], highest: int) -> tuple[float, ...]:
    law = prior.law.chances
    moved = {items: each for items, each in law.items() if 0 <= expected + items <= highest}
    wrong = [0.0] * (highest + 1)
    share = prior.law.anything if moved else 1.0  # where no movement is possible, anything is
    total = fsum(moved.values())
    for items, each in moved.items():
        wrong[expected + items] += (1 - share) * each / total
    if share:
        anything = _spread(usual, highest)
        other = max(fsum(anything) - anything[expected], RAREST)
        for count, each in enumerate(anything):
            wrong[count] += share * each / other
    return tuple(1 - prior.rate if count == expected else prior.rate * p for count, p in enumerate(wrong))


# Few quantities and one counter make up nearly all that is asked.
_remembered = lru_cache(maxsize=1024)(_given)


def _spread(usual: Sequence[float], highest: int) -> list[float]:
    """B over single counts: those of "K or more" share its weight evenly."""
    last = len(usual) - 1
    beyond = highest - last + 1
    if beyond < 1:
        return list(usual[: highest + 1])
    return [*usual[:last], *[usual[last] / beyond] * beyond]
