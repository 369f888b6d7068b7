"""The thresholds of the rule `far` for a policy book, fitted on photos whose records are right."""

from math import ceil

import numpy as np

from binwatch.decision import Cost
from binwatch.policy_book import Rules
from binwatch_local.alert_evaluation.bins import Bins
from binwatch_local.alert_evaluation.looking import Believer, Looks
from binwatch_local.alert_evaluation.rules import Judge
from binwatch_local.alert_evaluation.thresholds import thresholds

PARTS = 1_000_000  # of 1, in which a threshold is told; a book has room for few digits


def fitted(bins: Bins, rules: Rules, rate: float) -> tuple[float, ...]:
    """Of r at a single look, for an expected quantity of 0, 1, ..., and, last, that many or more.

    Rounded up, so that the promised rate is kept; equal ones at the end are said once.

    Args:
        bins: photos that the counter has not learnt from, their records right.
        rules: how r is worked out, whatever their policy: the prior and the memory.
        rate: the false-alarm rate, between 0 and 1.
    """
    judge = Judge(bins, Believer(bins, rules.memory), Cost(rules.policy.prior))
    expected = bins.counts.tolist()
    right = [judge(Looks(photo), quantity).mismatch_probability for photo, quantity in enumerate(expected)]
    found = [_rounded_up(each) for each in thresholds(bins.counts, np.array(right), rate)]
    while len(found) > 1 and found[-1] == found[-2]:
        found.pop()
    return tuple(found)


def _rounded_up(threshold: float) -> float:
    return min(1.0, ceil(threshold * PARTS) / PARTS)
