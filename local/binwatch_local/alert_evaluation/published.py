"""What alerts the best published counter would give, exactly: the reference of the decision's tests.

The counter is that of the CS229 report of 2018 ("Image Inventory Reconciliation with SVM and CNN"), the only
one with a published confusion matrix. It tells one of six counts and not how sure it is. These conventions
reproduce the reference's figures:

- the expected quantity e is as frequent as the true counts of the matrix. The record is right with 1 - pi;
  else the count is e + d, where d follows the law D without its share of anything (a = 0), restricted to
  counts of 0 to 5 and renormalised for each e;
- the counter tells p with the matrix's P(p | count), its rows normalised; the likelihood of a count is that
  column of the matrix, as `binwatch.beliefs.scaled` keeps it;
- n looks are independent (rho = 0), and enumerated: every multiset of n answers with its multinomial weight;
- bins are ranked by r. "The top 1 %" takes the last cell in part; "recall at precision 1/2" takes the longest
  run of whole cells that has it.

Nothing is drawn by chance. The reference's figures for several looks were, and differ by .01 at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from binwatch.beliefs import Belief, Memory, believe, scaled
from binwatch.decision import assess
from binwatch.discrepancies import Law, Prior
from binwatch.evidence import NO_EVIDENCE, Evidence, Seen

CONFUSION = np.array(  # rows: the true count, 0 to 5; columns: the count told
    [
        [924, 12, 2, 0, 2, 0],
        [28, 3445, 472, 86, 21, 9],
        [1, 770, 4907, 1454, 400, 95],
        [0, 232, 1814, 4622, 1842, 424],
        [0, 87, 673, 2355, 3753, 1275],
        [0, 42, 291, 1058, 2422, 2482],
    ]
)
COUNTS = range(len(CONFUSION))
RATES = (0.005, 0.01, 0.02, 0.05)
LOOKS = (1, 2, 3, 5, 8)
HALF = 0.5  # the precision that recall is told at
_TOLD = CONFUSION / CONFUSION.sum(axis=1, keepdims=True)  # P(told | count)
_FREQUENCY = CONFUSION.sum(axis=1) / CONFUSION.sum()
_INDEPENDENT = Memory(correlation=0, correlation_touched=0)
_SLACK = 1e-12  # of a precision that is a quotient of sums


@dataclass(frozen=True, slots=True)
class Alerts:
    """Shares: of bins that give an alert, of alerts that are right, of wrong records that give one."""

    rate: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """What can be seen of a bin, most likely mismatch first.

    Args:
        score: r.
        weight: the share of bins of which just this is seen.
        wrong: the share of bins of which it is seen and whose record is wrong.
    """

    score: NDArray[np.float64]
    weight: NDArray[np.float64]
    wrong: NDArray[np.float64]

    def top(self, share: float) -> Alerts:
        """If so many of all bins are visited, in the order of r."""
        weights = np.concatenate(([0.0], np.cumsum(self.weight)))
        found = float(np.interp(share, weights, np.concatenate(([0.0], np.cumsum(self.wrong)))))
        return self._alerts(share, found)

    def above(self, score: float) -> Alerts:
        """If all bins are visited whose r is greater."""
        chosen = self.score > score
        return self._alerts(float(self.weight[chosen].sum()), float(self.wrong[chosen].sum()))

    def recall_at(self, precision: float) -> float:
        """The most wrong records that can be found with so many of the visits being right."""
        found = np.cumsum(self.wrong)
        right = np.flatnonzero(found / np.cumsum(self.weight) >= precision - _SLACK)
        return float(found[right[-1]] / self.wrong.sum()) if right.size else 0.0

    def _alerts(self, rate: float, found: float) -> Alerts:
        return Alerts(rate, found / rate if rate else 0.0, found / float(self.wrong.sum()))


@dataclass(frozen=True, slots=True)
class OneLook:
    """One row of the table of base rates."""

    rate: float
    naive: Alerts
    off_by_two: Alerts
    off_by_three: Alerts
    top_percent: Alerts
    top_half_percent: Alerts


@dataclass(frozen=True, slots=True)
class SeveralLooks:
    """One column of the table of repeated looks."""

    looks: int
    recall_at_half: float
    top_percent: Alerts
    likely: Alerts  # r > 1/2


def one_look(rates: tuple[float, ...] = RATES) -> list[OneLook]:
    """The table of base rates: naive rules beside the ranking by r."""
    return [
        OneLook(
            rate=rate,
            naive=off_by(1, rate),
            off_by_two=off_by(2, rate),
            off_by_three=off_by(3, rate),
            top_percent=ranking(1, rate).top(0.01),
            top_half_percent=ranking(1, rate).top(0.005),
        )
        for rate in rates
    ]


def several_looks(numbers: tuple[int, ...] = LOOKS, rate: float = 0.02) -> list[SeveralLooks]:
    """The table of repeated looks; eight of them take some seconds."""
    return [
        SeveralLooks(
            each,
            ranking(each, rate).recall_at(HALF),
            ranking(each, rate).top(0.01),
            ranking(each, rate).above(0.5),
        )
        for each in numbers
    ]


def off_by(least: int, rate: float) -> Alerts:
    """The naive rule: an alert if the count told is off by so many items or more."""
    alerts = found = wrong = 0.0
    for expected in COUNTS:
        for count, share in _counts(expected, rate):
            wrong += share * (count != expected)
            for told in COUNTS:
                if abs(told - expected) >= least:
                    alerts += share * _TOLD[count, told]
                    found += share * _TOLD[count, told] * (count != expected)
    return Alerts(alerts, found / alerts, found / wrong)


@cache
def ranking(looks: int, rate: float) -> Ranking:
    """All that so many looks can tell of a bin, ranked by the r that the decision gives it."""
    cells = []
    for answers in combinations_with_replacement(COUNTS, looks):
        likelihood = believe(_evidence(answers), _INDEPENDENT)
        chance = _chance(answers)
        for expected in COUNTS:
            shares = dict(_counts(expected, rate))
            weight = sum(share * chance[count] for count, share in shares.items())
            right = shares[expected] * chance[expected]
            belief = Belief(likelihood, tuple(_FREQUENCY))
            cells.append((assess(belief, expected, _prior(rate)).mismatch, weight, weight - right))
    score, weights, wrong = np.array(cells).T
    order = np.argsort(-score, kind="stable")
    return Ranking(score[order], weights[order], wrong[order])


def _prior(rate: float) -> Prior:
    return Prior(rate, Law(anything=0), most=max(COUNTS))


def _counts(expected: int, rate: float) -> Iterator[tuple[int, float]]:
    """(count, the share of bins that are expected to hold so many and hold that count)."""
    given = _prior(rate).given(expected, tuple(_FREQUENCY))
    return ((count, float(_FREQUENCY[expected]) * given[count]) for count in COUNTS)


def _evidence(answers: tuple[int, ...]) -> Evidence:
    evidence = NO_EVIDENCE
    for place, told in enumerate(answers):
        evidence = evidence.add(Seen(0.0, str(place), scaled(_TOLD[:, told].tolist())))
    return evidence


def _chance(answers: tuple[int, ...]) -> NDArray[np.float64]:
    """P(these answers, in any order | count), for every count: the multinomial law."""
    orders = factorial(len(answers)) // prod(factorial(answers.count(told)) for told in set(answers))
    return np.asarray(orders * _TOLD[:, list(answers)].prod(axis=1))
