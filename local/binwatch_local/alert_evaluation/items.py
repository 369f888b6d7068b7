"""Do the record's items help: how many different ones it lists, how large and how heavy one is on average?

A wrong record must list what such a record would list, or the items tell the answer: were only the quantity
changed and the volume of all units kept, their quotient would be off by just the discrepancy. So nothing is
made up here. A wrong record is that of a neighbouring look at the same bin, with all that it lists, as if the
movement between the two had never been booked. Of every such pair of looks come four cases, each photo with
each record: what is in a record alone, or in a photo alone, is as frequent among the wrong as among the
right. The row "the record alone" checks that.

Two things may help. A photo of large items is counted with the belief that such bins hold few; so the label
prior that is divided out may be that of bins whose items are as large (found on the training split). And the
evidence may be worth more or less for small items or many different ones: a logistic regression on the log
odds of the blind posterior and on what the record lists, fitted on other bins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.data.manifest import Row, read_manifest
from binwatch.beliefs import Belief, likelihood_of
from binwatch.decision import assess
from binwatch.discrepancies import Prior
from binwatch.prediction import Model
from binwatch_local.alert_evaluation.bins import Bins
from binwatch_local.alert_evaluation.logistic import cross_fitted
from binwatch_local.alert_evaluation.scores import Flags, Scores, Steps

PRIOR = Prior(0.02)
SIZES = 5  # classes of the volume of an item, each with as many training photos
BLIND, SIZED = "blind posterior", "prior of the items' size"
ALONE, REFITTED = "the record alone (a check)", "blind, refitted"
LISTING = "blind and what the record lists"
COLUMNS = ["PR-AUC", "top 0.5 %", "top 1 %", "FPR 1 %", "gained", "from", "to"]
_PSEUDO = 50.0  # photos with which each class starts, spread like all photos
_RESAMPLES = 200

type Table = NDArray[np.float64]


class NoItems(ValueError):
    """The data do not say what records list."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the record of each of n photos lists; not a number where it does not say."""

    items: Table  # different ones
    volume: Table  # of one item on average, cubic inches
    weight: Table  # of one item on average, pounds

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Listed":
        """From the rows of a manifest, which hold sums over all units."""
        counts = np.array([row.count or np.nan for row in rows], float)
        items, volume, weight = (
            np.array([getattr(row, name) for row in rows], float) for name in ("items", "volume", "weight")
        )
        return cls(items, volume / counts, weight / counts)


@dataclass(frozen=True, slots=True)
class Cases:
    """Photos, each with a record: its own or that of a neighbouring look."""

    photo: NDArray[np.int64]
    record: NDArray[np.int64]

    @property
    def wrong(self) -> Flags:
        """Which records are of another look."""
        return np.asarray(self.photo != self.record)


def cases_of(bins: Bins) -> Cases:
    """Four of every two neighbouring looks at one bin between which the count changed."""
    pairs = [
        (before, after)
        for chain in bins.chains
        for before, after in pairwise(chain)
        if bins.counts[before] != bins.counts[after]
    ]
    if not pairs:
        raise NoItems("no bin was looked at twice, so that there is no other record of it")
    one, other = np.array(pairs).T
    return Cases(np.concatenate([one, other, one, other]), np.concatenate([one, other, other, one]))


def compared(bins: Bins, manifest: Path) -> dict[str, Any]:
    """The blind posterior beside those that know what the record lists.

    Raises:
        NoItems: the data do not say it, or no bin was looked at twice.
        ManifestError: the manifest cannot be read.
        OSError: there is none.
    """
    rows = {row.id: row for row in read_manifest(manifest)}
    listed = Listed.of([rows[each] for each in bins.labels.ids])
    training = [row for row in rows.values() if row.split == "train" and row.count]
    if not training or np.isnan(listed.volume).all():
        raise NoItems("the manifest does not say what records list, or has no training split")
    cases = cases_of(bins)
    scores = _scores(bins, cases, listed, UsualBySize.fit(training, bins.last))
    gains = {
        name: _gain(score, scores[BLIND], cases.wrong, bins.labels.groups[cases.photo])
        for name, score in scores.items()
    }
    return {
        "columns": COLUMNS,
        "rows": [
            {"score": name, "figures": [*_figures(score, cases.wrong), *gains[name]]}
            for name, score in scores.items()
        ],
        "wins": any(gains[name][1] > 0 for name in (SIZED, LISTING)),
        "says": (
            f"{len(cases.photo)} cases of {len(cases.photo) // 4} pairs of looks: each photo with the record "
            "of its own look and with that of the other, weighed so that 2 % of the records are wrong. "
            "Gained: PR-AUC over the blind posterior, with the middle 95 % of resampled bins."
        ),
    }


@dataclass(frozen=True, slots=True)
class UsualBySize:
    """How often bins hold 0, 1, ..., K or more, by the size of their items.

    Args:
        whole: of all bins.
        edges: volumes between the classes.
        by_size: of each class.
    """

    whole: tuple[float, ...]
    edges: Table
    by_size: tuple[tuple[float, ...], ...]

    @classmethod
    def fit(cls, rows: Sequence[Row], last: int) -> "UsualBySize":
        """Count training photos; each class starts from some that are spread like all."""
        volume = Listed.of(rows).volume
        classes = np.minimum(np.array([row.count or 0 for row in rows]), last)
        known = ~np.isnan(volume)
        edges = np.quantile(volume[known], np.arange(1, SIZES) / SIZES)
        size = np.searchsorted(edges, volume)
        whole = _shares(np.bincount(classes, minlength=last + 1) + 1.0)
        found = (np.bincount(classes[known & (size == each)], minlength=last + 1) for each in range(SIZES))
        return cls(whole, edges, tuple(_shares(each + _PSEUDO * np.array(whole)) for each in found))

    def __call__(self, volume: float) -> tuple[float, ...]:
        """That of bins whose items are as large; of all bins where the size is not known."""
        return self.whole if np.isnan(volume) else self.by_size[int(np.searchsorted(self.edges, volume))]


def _shares(weights: NDArray[np.floating]) -> tuple[float, ...]:
    return tuple((weights / weights.sum()).tolist())


def _scores(bins: Bins, cases: Cases, listed: Listed, usual: UsualBySize) -> dict[str, Scores]:
    """The log odds of a wrong record for every case, by who says them."""
    blind = _log_odds(bins, cases, [bins.usual] * len(cases.photo))
    sized = _log_odds(bins, cases, [usual(listed.volume[record]) for record in cases.record])
    record = np.column_stack(
        [
            bins.counts[cases.record],
            listed.items[cases.record],
            np.log(listed.volume[cases.record]),
            np.log(listed.weight[cases.record]),
        ]
    )
    both = np.column_stack([blind, sized - blind, record, record * blind[:, None]])
    folds = bins.folds[cases.photo]
    return {
        BLIND: blind,
        SIZED: sized,
        ALONE: cross_fitted(record, cases.wrong, folds),
        REFITTED: cross_fitted(blind[:, None], cases.wrong, folds),
        LISTING: cross_fitted(both, cases.wrong, folds),
    }


def _log_odds(bins: Bins, cases: Cases, usual: Sequence[tuple[float, ...]]) -> Scores:
    """Of r by one look, with the label prior that each case divides out."""
    odds = []
    for photo, record, prior in zip(cases.photo, cases.record, usual, strict=True):
        model = Model(bins.model.name, bins.model.version, prior)
        belief = Belief(likelihood_of(bins.counted[photo], model), bins.usual)
        r = assess(belief, int(bins.counts[record]), PRIOR).mismatch
        odds.append(np.log(r / (1 - r)))
    return np.array(odds)


def _figures(score: Scores, wrong: Flags, weight: Table | None = None) -> list[float]:
    """PR-AUC, precision in the first 0.5 % and 1 %, recall at 1 % false alarms; 2 % are wrong."""
    times = np.ones(len(wrong)) if weight is None else weight
    rate = np.where(wrong, PRIOR.rate / times[wrong].sum(), (1 - PRIOR.rate) / times[~wrong].sum())
    steps = Steps.of(score, wrong, times * rate * len(wrong))
    return [
        steps.average_precision(),
        *(steps.precision_at(share) for share in (0.005, 0.01)),
        steps.recall_at(0.01),
    ]


def _gain(score: Scores, blind: Scores, wrong: Flags, groups: NDArray[np.str_]) -> tuple[float, float, float]:
    """What PR-AUC gains over the blind posterior, and the middle 95 % of that over resampled bins."""
    _, member_of = np.unique(groups, return_inverse=True)
    number = int(member_of.max()) + 1
    rng = np.random.default_rng(0)
    again = []
    for _ in range(_RESAMPLES):
        times = rng.multinomial(number, np.full(number, 1 / number))[member_of].astype(float)
        again.append(_figures(score, wrong, times)[0] - _figures(blind, wrong, times)[0])
    low, high = np.quantile(again, (0.025, 0.975))
    return _figures(score, wrong)[0] - _figures(blind, wrong)[0], float(low), float(high)
