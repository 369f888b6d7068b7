"""The figures: of a rule that says where to go, and of a score that says in which order.

Equal scores are taken in random order: every figure is the mean over such orders, so that a rule gains
nothing from how bins happen to be listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

SHARES = (0.005, 0.01, 0.05)  # of all bins that people can visit
FALSE_ALARM_RATES = (0.001, 0.005, 0.01, 0.05)
_LEAST = 1e-12  # bins; those that stand for none come before any other

type Flags = NDArray[np.bool_]
type Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a false alarm, a missed discrepancy and another look cost, in one unit."""

    false_alarm: float = 1.0
    missed: float = 4.0
    look: float = 0.25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule did with n bins."""

    bins: int
    wrong: int
    alerts: int
    found: int  # alerts at bins whose record is wrong
    unsure: int

    @classmethod
    def of(cls, alerted: Flags, unsure: Flags, wrong: Flags) -> Self:
        """From flags of n bins each."""
        sums = (int(each.sum()) for each in (wrong, alerted, alerted & wrong, unsure))
        return cls(len(wrong), *sums)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.bins + other.bins,
            self.wrong + other.wrong,
            self.alerts + other.alerts,
            self.found + other.found,
            self.unsure + other.unsure,
        )

    def figures(self, costs: Costs) -> dict[str, float | None]:
        """By name; None where there is nothing to divide by."""
        false = self.alerts - self.found
        spent = false * costs.false_alarm + (self.wrong - self.found) * costs.missed
        return {
            "alerts_per_1000": 1000 * self.alerts / self.bins,
            "precision": _share(self.found, self.alerts),
            "recall": _share(self.found, self.wrong),
            "false_alarm_rate": _share(false, self.bins - self.wrong),
            "unsure": self.unsure / self.bins,
            "cost_per_1000": 1000 * (spent + self.unsure * costs.look) / self.bins,
        }


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Steps:
    """Bins in the order of a score, the highest first, those of one score as one step; all cumulated."""

    visited: NDArray[np.float64]
    found: NDArray[np.float64]

    @classmethod
    def of(cls, score: Scores, wrong: Flags, weight: NDArray[np.float64] | None = None) -> Self:
        """The steps of n bins, the first before any visit; by its weight a bin stands for several."""
        bins = np.ones(len(score)) if weight is None else weight
        values, step = np.unique(-score, return_inverse=True)
        visited = np.bincount(step, weights=bins, minlength=len(values))
        found = np.bincount(step, weights=bins * wrong, minlength=len(values))
        return cls(np.r_[0.0, visited.cumsum()], np.r_[0.0, found.cumsum()])

    @property
    def missing(self) -> bool:
        """Whether there is nothing to be found, or nothing else."""
        return self.found[-1] in (0, self.visited[-1])

    def average_precision(self) -> float:
        """Area under the precision-recall curve: precision at each step, weighed by its gain of recall."""
        precision = self.found[1:] / np.maximum(self.visited[1:], _LEAST)
        return float((precision * np.diff(self.found)).sum() / self.found[-1])

    def precision_at(self, share: float) -> float:
        """The share of discrepancies among the first bins, at least one."""
        visits = max(1.0, round(share * self.visited[-1]))
        return float(np.interp(visits, self.visited, self.found) / visits)

    def recall_at(self, rate: float) -> float:
        """The share of discrepancies found when so large a share of right records is visited as well."""
        false = (self.visited - self.found) / (self.visited[-1] - self.found[-1])
        recall = self.found / self.found[-1]
        last = int(np.searchsorted(false, rate, side="right")) - 1  # a vertical step is taken whole
        if last == len(false) - 1:
            return 1.0
        part = (rate - false[last]) / (false[last + 1] - false[last])
        return float(recall[last] + part * (recall[last + 1] - recall[last]))

    def curve(self, points: int = 100) -> list[tuple[float, float]]:
        """(recall, precision) where recall first reaches each of so many even steps."""
        recall = self.found[1:] / self.found[-1]
        wanted = np.arange(1, points + 1) / points
        where = np.minimum(np.searchsorted(recall, wanted - 1e-12), len(recall) - 1)
        precision = self.found[1:] / np.maximum(self.visited[1:], _LEAST)
        return [(float(a), float(b)) for a, b in zip(wanted, precision[where], strict=True)]


def ranking_figures(score: Scores, wrong: Flags) -> dict[str, float]:
    """By name: the area under the precision-recall curve, precision at shares, recall at false-alarm rates.

    Args:
        score: of n bins, higher where a discrepancy is more likely.
        wrong: whose record is wrong.
    """
    steps = Steps.of(score, wrong)
    if steps.missing:
        return {}
    shares = {f"precision_at_{share:g}": steps.precision_at(share) for share in SHARES}
    rates = {f"recall_at_{rate:g}": steps.recall_at(rate) for rate in FALSE_ALARM_RATES}
    return {"pr_auc": steps.average_precision(), **shares, **rates}


def spread(values: Sequence[float | None]) -> float | None:
    """The standard deviation over seeds of those that are numbers; None for fewer than two."""
    numbers = [each for each in values if each is not None]
    return float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None
