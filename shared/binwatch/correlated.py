"""What looks that err alike are worth together.

Two looks at one bin repeat each other's mistakes: the same item hides another in both. n looks between
which nothing was moved, and which say the same, are worth n / (1 + (n - 1) rho) of one. In general look i
has, where one count is weighed against another, the exponent

    w_i / (1 + sum over j != i of rho_ij w_j min(1, |x_j| / |x_i|)),

w being its weight by age and x the log ratio of the two counts. So a look that says nothing takes nothing
from the others, and one more look that speaks for the record gives it no less than it takes from what spoke
for it before (for rho up to .3, and but for ten-thousandths where that was overwhelming anyway).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, fsum, log

from binwatch.evidence import Likelihood, Moved, Seen
from binwatch.unexplained import Step, Unexplained

type Between = Callable[[int, int], float]
"""Of one look and another, by their places."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A look among others.

    Args:
        id: its.
        likelihood: of the counts of then.
        run: of looks between which nothing was moved.
        era: of looks between which the record did not change without stating a movement.
        if_moved: what was moved since, if every such change was a movement too…
        if_corrected: …and if each was a correction.
    """

    id: str
    likelihood: Likelihood
    run: int
    era: int
    if_moved: int
    if_corrected: int

    def ratio(self, count: int, other: int) -> float:
        """Log L(count) - log L(other), two counts of now, if every change was a movement."""
        return log(self._of(count - self.if_moved)) - log(self._of(other - self.if_moved))

    def doubtful_ratio(self, count: int, other: int, unstated: float) -> float:
        """The same if a share `unstated` of them were: what a later look can have repeated of it."""

        def mixed(now: int) -> float:
            moved, corrected = self._of(now - self.if_moved), self._of(now - self.if_corrected)
            return unstated * moved + (1 - unstated) * corrected

        return log(mixed(count)) - log(mixed(other))

    def _of(self, then: int) -> float:
        return self.likelihood[min(max(then, 0), len(self.likelihood) - 1)]


def told_apart(
    items: Sequence[Step],
    weights: Mapping[str, float],
    rhos: tuple[float, float],
    unstated: float,
    expected: int | None,
) -> dict[str, Likelihood]:
    """What each look, by its id, adds to what the others tell.

    Counts are weighed against the record's; without one, against the one that is likeliest by all looks.

    Args:
        items: evidence in the order of time, looks and movements among it.
        weights: by age, of every item.
        rhos: of two looks between which nothing was moved, and of others.
        unstated: the share of movements among the record's changes that state none.
        expected: what the record says now.
    """
    looks = _looks(items)
    by_age = [weights[look.id] for look in looks]
    if len(looks) == 1:
        return {looks[0].id: tuple(each ** by_age[0] for each in looks[0].likelihood)}
    other = _likeliest(looks) if expected is None else expected

    def alike(one: int, another: int) -> float:
        return rhos[0] if looks[one].run == looks[another].run else rhos[1]

    in_doubt = looks[0].era != looks[-1].era if looks else False

    @cache
    def powers(count: int) -> list[float]:
        sure = [look.ratio(count, other) for look in looks]
        doubtful = [look.doubtful_ratio(count, other, unstated) for look in looks] if in_doubt else sure

        def heard(one: int, another: int) -> float:
            return (doubtful if looks[another].era < looks[one].era else sure)[another]

        return exponents(heard, by_age, alike)

    told = {}
    for place, look in enumerate(looks):
        counts = [then + look.if_moved for then in range(len(look.likelihood))]
        logs = [powers(count)[place] * look.ratio(count, other) for count in counts]
        told[look.id] = tuple(exp(each - max(logs)) for each in logs)
    return told


def _looks(items: Sequence[Step]) -> list[_Look]:
    looks, run, era = [], 0, 0
    if_corrected = sum(item.by for item in items if isinstance(item, Moved))
    if_moved = sum(item.by for item in items if isinstance(item, Moved | Unexplained))
    for item in items:
        if isinstance(item, Moved | Unexplained):
            if_moved -= item.by
            if_corrected -= item.by if isinstance(item, Moved) else 0
            era += isinstance(item, Unexplained)
            run += 1
        elif isinstance(item, Seen):
            looks.append(_Look(item.id, item.likelihood, run, era, if_moved, if_corrected))
    return looks


def _likeliest(looks: Sequence[_Look]) -> int:
    most = max((len(look.likelihood) + look.if_moved for look in looks), default=1)
    return max(range(max(most, 1)), key=lambda count: fsum(look.ratio(count, 0) for look in looks))


def exponents(heard: Between, weights: Sequence[float], alike: Between) -> list[float]:
    """How much each look counts where one count is weighed against another.

    Args:
        heard: by one look of another, or of itself: log L(count) - log L(other).
        weights: by age, 0 to 1.
        alike: how alike two looks err.
    """
    looks = range(len(weights))
    return [
        weights[one]
        / (
            1
            + fsum(
                alike(one, other) * weights[other] * _repeats(heard(one, other), heard(one, one))
                for other in looks
                if other != one
            )
        )
        for one in looks
    ]


def _repeats(ratio: float, other: float) -> float:
    """How much of what one look says another can have said already."""
    return 1.0 if abs(ratio) >= abs(other) else abs(ratio / other)
