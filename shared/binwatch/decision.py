"""The decision: do the count and the expected quantity most likely differ, and is that worth a visit?

    P(c | evidence, e) is proportional to L(c) P(c | e)       Bayes' theorem: beliefs.py, discrepancies.py
    r = P(c != e | evidence, e)                               the one score of every policy
    odds = r / (1 - r) : pi / (1 - pi)                        how far the evidence speaks against the record

`Cost` alerts when a visit costs less than the miss that it prevents, `Exact` is the naive rule, kept as the
baseline; the rules of a bounded workload are in triage.py. Before a person is asked, Wald's bounds on the
odds ask for another look (Wald, Sequential tests of statistical hypotheses, 1945).
"""

from dataclasses import dataclass
from enum import StrEnum
from math import fsum, inf
from typing import Protocol

from binwatch.beliefs import Belief
from binwatch.discrepancies import BY_DEFAULT, ImpossiblePolicy, Prior
from binwatch.prediction import Counted

NAIVE = "exact"  # the rule that goes by the newest photo alone, and whose probability is no posterior


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
    """A verdict and what is behind it.

    Args:
        verdict: what to do.
        mismatch_probability: r.
        direction: of a MISMATCH.
        most_likely: the most likely quantity of a bin whose record is wrong, in items.
        amiss: the expected number of items amiss, sum of P(c) |c - e|.
    """

    verdict: Verdict
    mismatch_probability: float
    direction: Direction | None = None
    most_likely: int | None = None
    amiss: float | None = None


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of a bin once its record is weighed in.

    Args:
        expected: what the record says, in items.
        counts: P(count | evidence, record) for every count from 0 up.
    """

    expected: int
    counts: tuple[float, ...]

    @property
    def shortage(self) -> float:
        """The probability that the bin holds less than its record says."""
        return fsum(self.counts[: self.expected])

    @property
    def overage(self) -> float:
        """The probability that the bin holds more than its record says."""
        return fsum(self.counts[self.expected + 1 :])

    @property
    def mismatch(self) -> float:
        """r: the probability that the record is wrong."""
        return min(1.0, self.shortage + self.overage)

    @property
    def direction(self) -> Direction:
        """What the record, if wrong, most likely hides."""
        return Direction.SHORTAGE if self.shortage >= self.overage else Direction.OVERAGE

    @property
    def most_likely(self) -> int:
        """The most likely quantity if the record is wrong, on the side that `direction` names."""
        short = self.direction is Direction.SHORTAGE and self.expected > 0
        others = range(self.expected) if short else range(self.expected + 1, len(self.counts))
        return max(others, key=self.counts.__getitem__)

    @property
    def amiss(self) -> float:
        """The expected number of items amiss."""
        return fsum(p * abs(count - self.expected) for count, p in enumerate(self.counts))

    def judged(self, verdict: Verdict) -> Judgement:
        """This posterior with what follows from it."""
        direction = self.direction if verdict is Verdict.MISMATCH else None
        return Judgement(verdict, self.mismatch, direction, self.most_likely, self.amiss)


def assess(belief: Belief, expected: int, prior: Prior) -> Posterior:
    """Weigh a record with the belief of its bin, by Bayes' theorem.

    Counts beyond the belief's last class share its likelihood, because the counter does not tell them apart.

    Args:
        belief: without the record.
        expected: in items, not negative; it may lie beyond what the counter can tell.
        prior: how records go wrong.
    """
    last = len(belief.likelihood) - 1
    weights = prior.given(expected, belief.usual, len(belief.likelihood))
    joint = [belief.likelihood[min(count, last)] * weight for count, weight in enumerate(weights)]
    total = fsum(joint)
    return Posterior(expected, tuple(each / total for each in joint))


@dataclass(frozen=True, slots=True)
class Wald:
    """How far evidence must speak against a record before a person is asked, and for it to be done with.

    Args:
        alpha: the probability of a visit to a bin whose record is right.
        beta: the probability that a wrong record passes.

    Raises:
        ImpossiblePolicy: bounds that are none.
    """

    alpha: float = 0.05
    beta: float = 0.1

    def __post_init__(self) -> None:
        if not (0 < self.alpha < 0.5 and 0 < self.beta < 0.5):
            raise ImpossiblePolicy(f"alpha and beta must lie within 0 to 0.5, not {self.alpha}, {self.beta}")

    def against(self, posterior: Posterior, rate: float) -> bool:
        """Whether the odds reach A = (1 - beta) / alpha."""
        return _odds(posterior, rate) * self.alpha >= 1 - self.beta

    def settled(self, posterior: Posterior, rate: float) -> bool:
        """Whether the odds are down to B = beta / (1 - alpha)."""
        return _odds(posterior, rate) * (1 - self.alpha) <= self.beta


BOUNDS = Wald()


def _odds(posterior: Posterior, rate: float) -> float:
    r = posterior.mismatch
    return inf if r >= 1 else r / (1 - r) * (1 - rate) / rate


class Policy(Protocol):
    """A rule that compares what is known of a bin with its expected quantity."""

    @property
    def name(self) -> str:
        """How settings, looks and alerts call the rule."""

    @property
    def prior(self) -> Prior:
        """How records go wrong, as the rule takes it."""

    def judge(self, counted: Counted, belief: Belief, expected: int) -> Judgement:
        """Compare with the expected quantity (items, not negative).

        Args:
            counted: the look to judge.
            belief: all that is known of its bin, this look included.
            expected: what the record says.
        """


@dataclass(frozen=True, slots=True)
class Exact:
    """The naive rule: any difference from the look's most likely count is a mismatch."""

    prior: Prior = BY_DEFAULT
    name: str = NAIVE

    def judge(self, counted: Counted, belief: Belief, expected: int) -> Judgement:
        """Compare the most likely count with the expected one, both capped at "K or more"."""
        capped = min(expected, len(counted.probabilities) - 1)
        predicted = counted.probabilities.index(max(counted.probabilities))
        r = 1 - counted.probabilities[capped]
        amiss = fsum(p * abs(count - capped) for count, p in enumerate(counted.probabilities))
        if predicted == capped:
            return Judgement(Verdict.MATCH, r, None, None, amiss)
        direction = Direction.SHORTAGE if predicted < capped else Direction.OVERAGE
        return Judgement(Verdict.MISMATCH, r, direction, predicted, amiss)


@dataclass(frozen=True, slots=True)
class Cost:
    """The rule of least expected cost; the costs share one unit of your choice.

    MISMATCH if r > C_false_alarm / (C_false_alarm + C_missed), UNSURE if r > C_look / (C_look + C_missed) or
    while Wald's bounds ask for another look.

    Raises:
        ImpossiblePolicy: costs with which nothing can be weighed.
    """

    prior: Prior = BY_DEFAULT
    cost_false_alarm: float = 1.0
    cost_missed: float = 4.0
    cost_look: float = 0.25
    wald: Wald = BOUNDS
    name: str = "cost"

    def __post_init__(self) -> None:
        if not (0 < self.cost_look <= self.cost_false_alarm < inf and 0 < self.cost_missed < inf):
            raise ImpossiblePolicy("costs must be positive, and a look must not cost more than a false alarm")

    def judge(self, counted: Counted, belief: Belief, expected: int) -> Judgement:
        """Compare the probability of a mismatch with what a visit and another look cost."""
        found = assess(belief, expected, self.prior)
        worth_a_visit = found.mismatch > self._threshold(self.cost_false_alarm)
        if worth_a_visit and self.wald.against(found, self.prior.rate):
            return found.judged(Verdict.MISMATCH)
        worth_a_look = found.mismatch > self._threshold(self.cost_look)
        if worth_a_look and not self.wald.settled(found, self.prior.rate):
            return found.judged(Verdict.UNSURE)
        return found.judged(Verdict.MATCH)

    def _threshold(self, cost: float) -> float:
        return cost / (cost + self.cost_missed)
