"""The decision: do the counted and the expected quantity most likely differ?

`Exact` is the naive rule: the most likely count is not the expected one. `Posterior` weighs what the photo
says against how rarely records are wrong, and asks for a visit only when that is worth its cost:

    L(c)      = P(c | photo) / P_train(c)                      what the photo alone says
    P(c | e)  = (1 - pi) [c = e] + pi ((1 - a) D(c - e) + a B(c))    what the record says before the photo
    P(c | photo, e) is proportional to L(c) P(c | e)           Bayes' theorem
    r         = P(c != e | photo, e)
    MISMATCH if r > C_false_alarm / (C_false_alarm + C_missed)  the visit costs less than the miss it prevents
    UNSURE   if r > C_look / (C_look + C_missed)                another photo does

pi, the share of wrong records, and the costs are settings. D is measured on pairs of photos of one bin,
before and after a stow or a pick, in the Amazon Bin Image Dataset: a wrong record is a movement that nobody
booked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Protocol

from binwatch.prediction import Counted, Model

# Of 246 pairs of neighbouring photos of one bin, how many differed by so many items.
DISCREPANCIES = {-5: 1, -4: 5, -3: 5, -2: 18, -1: 117, 1: 50, 2: 31, 3: 13, 4: 5, 5: 1}
# a: the share of wrong records that are off by anything, as if they were of another bin. Assumed: it keeps
# a record far from what the photo shows from passing as right because no such movement was ever measured.
ANY_DISCREPANCY = 0.2
RAREST_LABEL = 1e-6  # a label that training never saw must not be divided by zero


class Verdict(StrEnum):
    """What is known of a photo's bin."""

    MATCH = "MATCH"
    MISMATCH = "MISMATCH"
    UNSURE = "UNSURE"  # another look is wanted
    WAITING = "WAITING"  # no expected quantity yet
    UNREADABLE = "UNREADABLE"


class Direction(StrEnum):
    """Whether the bin holds less or more than its record says."""

    SHORTAGE = "shortage"
    OVERAGE = "overage"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the probability of a mismatch behind it, and the direction of a MISMATCH."""

    verdict: Verdict
    mismatch_probability: float
    direction: Direction | None = None


class Policy(Protocol):
    """A rule that compares a count with an expected quantity."""

    @property
    def name(self) -> str:
        """How settings, looks and alerts call the rule."""

    def judge(self, counted: Counted, model: Model, expected: int) -> Judgement:
        """Compare one photo's P(count) with the expected quantity (items, not negative)."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The naive rule, kept as the baseline: any difference from the most likely count is a mismatch."""

    name: str = "exact"

    def judge(self, counted: Counted, model: Model, expected: int) -> Judgement:
        """Compare the most likely count with the expected one, both capped at "K or more"."""
        capped = min(expected, len(counted.probabilities) - 1)
        probability = 1 - counted.probabilities[capped]
        predicted = counted.probabilities.index(max(counted.probabilities))
        if predicted == capped:
            return Judgement(Verdict.MATCH, probability)
        direction = Direction.SHORTAGE if predicted < capped else Direction.OVERAGE
        return Judgement(Verdict.MISMATCH, probability, direction)


@dataclass(frozen=True, slots=True)
class Posterior:
    """The decision under a base rate; `discrepancy_rate` is pi, the costs share one unit of your choice."""

    discrepancy_rate: float = 0.02
    cost_false_alarm: float = 1.0
    cost_missed: float = 4.0
    cost_look: float = 0.25
    name: str = "posterior"

    def __post_init__(self) -> None:
        if not 0 < self.discrepancy_rate < 1:
            raise ValueError(f"the discrepancy rate must lie between 0 and 1, not {self.discrepancy_rate}")
        if not (0 < self.cost_look <= self.cost_false_alarm < inf and 0 < self.cost_missed < inf):
            raise ValueError("costs must be positive, and a look must not cost more than a false alarm")

    def judge(self, counted: Counted, model: Model, expected: int) -> Judgement:
        """Compare the probability of a mismatch with what a visit and another look cost."""
        belief = posterior(counted, model, expected, self.discrepancy_rate)
        shortage = sum(belief[:expected])
        overage = sum(belief[expected + 1 :])
        probability = min(1.0, shortage + overage)
        if probability > self._threshold(self.cost_false_alarm):
            direction = Direction.SHORTAGE if shortage >= overage else Direction.OVERAGE
            return Judgement(Verdict.MISMATCH, probability, direction)
        if probability > self._threshold(self.cost_look):
            return Judgement(Verdict.UNSURE, probability)
        return Judgement(Verdict.MATCH, probability)

    def _threshold(self, cost: float) -> float:
        return cost / (cost + self.cost_missed)


def posterior(counted: Counted, model: Model, expected: int, rate: float) -> list[float]:
    """P(count | photo, expected) for every count from 0 up; the list ends where counts become impossible.

    Counts of K and more share one likelihood, because the counter does not tell them apart.
    """
    last = len(counted.probabilities) - 1
    bins = model.label_prior or (1 / (last + 1),) * (last + 1)
    likelihood = [p / max(q, RAREST_LABEL) for p, q in zip(counted.probabilities, bins, strict=True)]
    prior = _prior(expected, bins, rate)
    joint = [likelihood[min(count, last)] * weight for count, weight in enumerate(prior)]
    total = sum(joint)
    return [each / total for each in joint]


def _prior(expected: int, bins: Sequence[float], rate: float) -> list[float]:
    """P(count | expected) = (1 - pi) [c = e] + pi ((1 - a) D(c - e) + a B(c)), for counts from 0 up."""
    last = len(bins) - 1
    highest = max(last, expected + max(DISCREPANCIES))
    beyond = highest - last + 1  # counts that share the last class
    anything = [*bins[:last], *[bins[last] / beyond] * beyond]
    other = max(1 - anything[expected], RAREST_LABEL)
    moved = {expected + delta: weight for delta, weight in DISCREPANCIES.items() if expected + delta >= 0}
    total = sum(moved.values())
    law = [
        (1 - ANY_DISCREPANCY) * moved.get(count, 0) / total + ANY_DISCREPANCY * each / other
        for count, each in enumerate(anything)
    ]
    return [1 - rate if count == expected else rate * each for count, each in enumerate(law)]
