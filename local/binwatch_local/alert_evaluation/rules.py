"""The rules that are compared: which bins each sends people to, and for which it wants another look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from binwatch.decision import BOUNDS, Cost, Exact, Judgement, Policy, Verdict, Wald
from binwatch.discrepancies import Prior
from binwatch.policy_book import PolicyBook, Rules
from binwatch.triage import Capacity, rank
from binwatch_local.alert_evaluation.bins import Bins
from binwatch_local.alert_evaluation.injection import Injected
from binwatch_local.alert_evaluation.looking import Believer, Looks
from binwatch_local.alert_evaluation.scores import FALSE_ALARM_RATES, SHARES, Flags, Scores
from binwatch_local.alert_evaluation.thresholds import cross_fitted, exceeded

NAIVE, DEFAULT = "naive", "cost (default)"
OFF_BY = (2, 3)
POSTERIOR, DISTANCE, DOUBT = "posterior r", "|counted - e|", "1 - P(e | photo)"


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a rule says of n bins."""

    alerted: Flags
    unsure: Flags


class Judge:
    """One policy; what it says of the same looks and the same record is worked out once.

    Args:
        bins: the photos.
        believer: what looks say.
        policy: the rule.
    """

    def __init__(self, bins: Bins, believer: Believer, policy: Policy) -> None:
        self._bins, self._believer, self.policy = bins, believer, policy
        self._known: dict[tuple[Looks, int], Judgement] = {}

    def __call__(self, looks: Looks, expected: int) -> Judgement:
        """What the policy says of a bin."""
        key = looks, expected
        if key not in self._known:
            counted = self._bins.counted[looks.newest]
            self._known[key] = self.policy.judge(counted, self._believer(looks, expected), expected)
        return self._known[key]

    def all(self, looks: Sequence[Looks], expected: Sequence[int]) -> list[Judgement]:
        """What it says of n bins."""
        return [self(each, quantity) for each, quantity in zip(looks, expected, strict=True)]


def by_verdict(judgements: Sequence[Judgement]) -> Flagged:
    """A policy that decides bin by bin."""
    return Flagged(*(_with(judgements, verdict) for verdict in (Verdict.MISMATCH, Verdict.UNSURE)))


def by_rank(judgements: Sequence[Judgement], visits: int) -> Flagged:
    """A policy that sends people to the most likely discrepancies."""
    names = [f"{place:09}" for place in range(len(judgements))]
    chosen = np.zeros(len(judgements), bool)
    chosen[[int(name) for name, _ in rank(zip(names, judgements, strict=True), visits)]] = True
    return Flagged(chosen, np.zeros(len(judgements), bool))


def _with(judgements: Sequence[Judgement], verdict: Verdict) -> Flags:
    return np.array([each.verdict is verdict for each in judgements], bool)


def against(score: Scores, rate: float, wald: Wald = BOUNDS) -> Flags:
    """Where the odds reach Wald's upper bound, as `binwatch.decision.Wald.against` has it of one bin."""
    odds = score * (1 - rate)
    return np.asarray(odds * wald.alpha >= (1 - wald.beta) * rate * (1 - score))


@dataclass(frozen=True)
class Contest:
    """All rules for one rate of discrepancies.

    Args:
        bins: the photos.
        rate: pi, which the rules are told.
        naive: the rule `exact`.
        cost: the default rule.
        own: rules of a policy book, by name; they believe in their own pi.
    """

    bins: Bins
    rate: float
    naive: Judge
    cost: Judge
    own: Mapping[str, Judge]

    @classmethod
    def of(cls, bins: Bins, rate: float, believer: Believer, own: Mapping[str, Judge]) -> "Contest":
        """The built-in rules with their default settings but for the rate."""
        prior = Prior(rate)
        naive, cost = (Judge(bins, believer, policy) for policy in (Exact(prior), Cost(prior)))
        return cls(bins, rate, naive, cost, own)

    def flagged(self, looks: Sequence[Looks], records: Injected) -> Iterator[tuple[str, Flagged]]:
        """What every rule says, by its name."""
        expected = records.expected.tolist()
        none = np.zeros(len(self.bins), bool)
        yield NAIVE, by_verdict(self.naive.all([Looks(each.newest) for each in looks], expected))
        for least in OFF_BY:
            yield f"off by {least} or more", Flagged(self.distance(records) >= least, none)
        judgements = self.cost.all(looks, expected)
        yield DEFAULT, by_verdict(judgements)
        score = _mismatch(judgements)
        surely = against(score, self.rate)
        right = _mismatch(self.cost.all(looks, self.bins.counts.tolist()))
        for target in FALSE_ALARM_RATES:
            limits = cross_fitted(self.bins.counts, right, self.bins.folds, target)
            beyond = exceeded(score, records.expected, self.bins.folds, limits)
            yield f"far {100 * target:g} %", Flagged(beyond & surely, beyond ^ surely)
        for share in SHARES:
            visits = max(1, round(share * len(self.bins)))
            yield capacity_name(share), by_rank(judgements, visits)
        for name, judge in self.own.items():
            told = judge.all(looks, expected)
            policy = judge.policy
            yield name, by_rank(told, policy.visits) if isinstance(policy, Capacity) else by_verdict(told)

    def scores(self, looks: Sequence[Looks], records: Injected) -> Iterator[tuple[str, Scores]]:
        """In which order people would go, by the name of the score."""
        expected = records.expected.tolist()
        yield POSTERIOR, _mismatch(self.cost.all(looks, expected))
        yield DISTANCE, self.distance(records).astype(float)
        yield DOUBT, _mismatch(self.naive.all([Looks(each.newest) for each in looks], expected))

    def distance(self, records: Injected) -> Scores:
        """How many items the most likely count of the newest photo and the record differ by."""
        return np.abs(self.bins.predicted - np.minimum(records.expected, self.bins.last)).astype(float)


def capacity_name(share: float) -> str:
    """What the rule of a bounded number of visits is called."""
    return f"capacity {100 * share:g} %"


def rules_in(book: PolicyBook) -> dict[str, Rules]:
    """Every set of rules of a policy book, by where it holds."""
    found = {"book": book.rules}
    for name, site in book.sites.items():
        found[f"book, {name}"] = site.rules
        found |= {f"book, {name}/{zone}": rules for zone, rules in site.zones}
    return found


def own_judges(bins: Bins, book: PolicyBook | None) -> dict[str, Judge]:
    """A judge for every set of rules of a policy book."""
    rules = {} if book is None else rules_in(book)
    return {name: Judge(bins, Believer(bins, each.memory), each.policy) for name, each in rules.items()}


def _mismatch(judgements: Sequence[Judgement]) -> Scores:
    return np.array([each.mismatch_probability for each in judgements])
