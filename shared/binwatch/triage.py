"""The rules of a bounded workload: a stated rate of false alarms, or a stated number of visits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from binwatch.beliefs import Belief
from binwatch.decision import BOUNDS, Judgement, Verdict, Wald, assess
from binwatch.discrepancies import BY_DEFAULT, ImpossiblePolicy, Prior
from binwatch.prediction import Counted


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """The rule of a stated false-alarm rate: r is higher than in nearly all bins whose record is right.

    Args:
        thresholds: of r, for an expected quantity of 0, 1, ..., and, last, that many or more; see
            `conformal_threshold`.
        prior: the one that the thresholds were found with.
        wald: how strong evidence must be before a person is asked.

    Raises:
        ImpossiblePolicy: no thresholds, or some that are no probabilities.
    """

    thresholds: tuple[float, ...]
    prior: Prior = BY_DEFAULT
    wald: Wald = BOUNDS
    name: str = "far"

    def __post_init__(self) -> None:
        if not self.thresholds or not all(0 <= each <= 1 for each in self.thresholds):
            raise ImpossiblePolicy("far must be given a threshold from 0 to 1 for every expected quantity")

    def judge(self, counted: Counted, belief: Belief, expected: int) -> Judgement:
        """Compare the probability of a mismatch with that of bins whose record is right."""
        found = assess(belief, expected, self.prior)
        against = self.wald.against(found, self.prior.rate)
        beyond = found.mismatch > self.thresholds[min(expected, len(self.thresholds) - 1)]
        if beyond and against:
            return found.judged(Verdict.MISMATCH)
        return found.judged(Verdict.UNSURE if beyond or against else Verdict.MATCH)


@dataclass(frozen=True, slots=True)
class Capacity:
    """The rule of a bounded number of visits: opens nothing by itself; visits.py lists bins by rank.

    Args:
        visits: how many bins people can count in a shift.
        prior: how records go wrong.
        wald: how strong evidence must be before another look is wanted.

    Raises:
        ImpossiblePolicy: no visits at all.
    """

    visits: int = 50
    prior: Prior = BY_DEFAULT
    wald: Wald = BOUNDS
    name: str = "capacity"

    def __post_init__(self) -> None:
        if self.visits < 1:
            raise ImpossiblePolicy(f"people must be able to visit a bin in a shift, not {self.visits}")

    def judge(self, counted: Counted, belief: Belief, expected: int) -> Judgement:
        """Say how likely a mismatch is; ask for a look where the evidence speaks against the record."""
        found = assess(belief, expected, self.prior)
        against = self.wald.against(found, self.prior.rate)
        return found.judged(Verdict.UNSURE if against else Verdict.MATCH)


def rank(candidates: Iterable[tuple[str, Judgement]], visits: int) -> list[tuple[str, Judgement]]:
    """The bins to visit: most likely mismatch first; of equals, more items amiss; then by name."""

    def place(candidate: tuple[str, Judgement]) -> tuple[float, float, str]:
        name, judgement = candidate
        return urgency(judgement.mismatch_probability, judgement.amiss or 0.0, name)

    return sorted(candidates, key=place)[:visits]


def urgency(mismatch_probability: float, amiss: float, name: str) -> tuple[float, float, str]:
    """What bins to visit are sorted by, the most urgent first.

    Args:
        mismatch_probability: r.
        amiss: the items expected to be amiss.
        name: the bin's, so that there is one order.
    """
    return -mismatch_probability, -amiss, name


def conformal_threshold(right: Sequence[float], rate: float) -> float:
    """The r that at most a share `rate` of bins with right records exceed: a split conformal quantile.

    The ceil((n + 1)(1 - rate))-th smallest of n scores is exceeded by a new one of the same kind with a
    probability of at most `rate` (Vovk et al., Algorithmic Learning in a Random World, 2005). Found for one
    expected quantity at a time, the promise holds for each. Too few scores promise nothing: then 1.

    Args:
        right: r of validation bins whose record is right.
        rate: the false-alarm rate, between 0 and 1.

    Raises:
        ImpossiblePolicy: a rate that is none.
    """
    if not 0 < rate < 1:
        raise ImpossiblePolicy(f"the false-alarm rate must lie between 0 and 1, not {rate}")
    place = ceil((len(right) + 1) * (1 - rate) - 1e-9)
    return 1.0 if place > len(right) else sorted(right)[place - 1]
