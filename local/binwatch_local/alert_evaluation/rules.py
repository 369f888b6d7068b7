"""The rules that are compared: which bins each sends people to, and for which it wants another look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binwatch.decision import BOUNDS, Cost, Exact, Judgement, Policy, Verdict, Wald
from binwatch.discrepancies import Law, Prior
from binwatch.policy_book import PolicyBook, Rules
from binwatch.triage import Capacity, rank
from binwatch_local.alert_evaluation.bins import Bins
from binwatch_local.alert_evaluation.injection import Injected, without_a_photo
from binwatch_local.alert_evaluation.looking import Believer, Looks
from binwatch_local.alert_evaluation.scores import FALSE_ALARM_RATES, SHARES, Flags, Scores
from binwatch_local.alert_evaluation.thresholds import cross_fitted, exceeded

NAIVE, DEFAULT = "naive", "cost (default)"
OFF_BY = (2, 3)
POSTERIOR, DISTANCE, DOUBT = "posterior r", "|counted - e|", "1 - P(e | photo)"
NO_PHOTO = "e alone, no photo"


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


class Answers:
    """What one policy says of n bins while their records are right; it is asked again only of wrong ones.

    Args:
        judge: the policy.
        looks: at each bin.
        right: what right records expect.
    """

    def __init__(self, judge: Judge, looks: Sequence[Looks], right: NDArray[np.int64]) -> None:
        self.policy = judge.policy
        self._judge, self._looks = judge, looks
        self.right = [judge(each, quantity) for each, quantity in zip(looks, right.tolist(), strict=True)]

    def given(self, records: Injected) -> list[Judgement]:
        """What it says of them with these records."""
        told = list(self.right)
        for place in np.flatnonzero(records.wrong).tolist():
            told[place] = self._judge(self._looks[place], int(records.expected[place]))
        return told


@dataclass(frozen=True, slots=True)
class Contest:
    """The policies of one rate of discrepancies.

    Args:
        bins: the photos.
        rate: pi, which the rules are told.
        law: by how much wrong records are off, which they are not told.
        naive: the rule `exact`.
        cost: the default rule.
        own: rules of a policy book, by name; they believe in their own pi.
    """

    bins: Bins
    rate: float
    law: Law
    naive: Judge
    cost: Judge
    own: Mapping[str, Judge]

    @classmethod
    def of(cls, bins: Bins, rate: float, law: Law, believer: Believer, own: Mapping[str, Judge]) -> "Contest":
        """The built-in rules with their default settings but for the rate."""
        prior = Prior(rate)
        naive, cost = (Judge(bins, believer, policy) for policy in (Exact(prior), Cost(prior)))
        return cls(bins, rate, law, naive, cost, own)


class Round:
    """All rules on the same looks, records being made wrong again and again.

    Args:
        contest: the rules.
        looks: at each bin.
    """

    def __init__(self, contest: Contest, looks: Sequence[Looks]) -> None:
        bins = contest.bins
        self._bins, self._rate, self._law = bins, contest.rate, contest.law
        self._naive = Answers(contest.naive, [Looks(each.newest) for each in looks], bins.counts)
        self._cost = Answers(contest.cost, looks, bins.counts)
        self._own = {name: Answers(judge, looks, bins.counts) for name, judge in contest.own.items()}
        right = _mismatch(self._cost.right)
        self._limits = {
            target: cross_fitted(bins.counts, right, bins.folds, target) for target in FALSE_ALARM_RATES
        }

    def play(self, records: Injected) -> tuple[dict[str, Flagged], dict[str, Scores]]:
        """What every rule says, and in which order people would go by each score, by their names."""
        naive, judgements = self._naive.given(records), self._cost.given(records)
        distance = np.abs(self._bins.predicted - np.minimum(records.expected, self._bins.last))
        posterior = _mismatch(judgements)
        none = np.zeros(len(distance), bool)
        rules = {NAIVE: by_verdict(naive)}
        rules |= {f"off by {least} or more": Flagged(distance >= least, none) for least in OFF_BY}
        rules[DEFAULT] = by_verdict(judgements)
        rules |= self._by_false_alarms(posterior, records)
        for share in SHARES:
            visits = max(1, round(share * len(self._bins)))
            rules[capacity_name(share)] = by_rank(judgements, visits)
        rules |= {name: _own(answers.policy, answers.given(records)) for name, answers in self._own.items()}
        return rules, {
            POSTERIOR: posterior,
            DISTANCE: distance.astype(float),
            DOUBT: _mismatch(naive),
            NO_PHOTO: without_a_photo(self._bins.counts, records.expected, self._law),
        }

    def _by_false_alarms(self, score: Scores, records: Injected) -> dict[str, Flagged]:
        """`binwatch.triage.FalseAlarms` for every stated rate."""
        surely = against(score, self._rate)
        found = {}
        for target, limits in self._limits.items():
            beyond = exceeded(score, records.expected, self._bins.folds, limits)
            found[f"far {100 * target:g} %"] = Flagged(beyond & surely, beyond ^ surely)
        return found


def _own(policy: Policy, judgements: Sequence[Judgement]) -> Flagged:
    """A rule of a policy book; that of a bounded number of visits takes all bins for one shift."""
    return by_rank(judgements, policy.visits) if isinstance(policy, Capacity) else by_verdict(judgements)


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
