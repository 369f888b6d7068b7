"""Bins whose distributions are made by hand."""

import csv

import numpy as np

from bincount.evaluation.material import Labels
from binwatch.prediction import Counted, Model
from binwatch_local.alert_evaluation.bins import Bins

LAST = 8  # the last class is "8 or more"
EVEN = (1 / (LAST + 1),) * (LAST + 1)
COUNTER = Model("by-hand", "1", EVEN)


def sure_of(count):
    """A distribution that leaves no doubt."""
    return tuple(float(each == min(count, LAST)) for each in range(LAST + 1))


def rather_sure_of(count):
    """A distribution that leaves some."""
    return tuple(0.92 if each == min(count, LAST) else 0.01 for each in range(LAST + 1))


def labels_of(chains):
    """Each chain holds the counts of one bin's looks, in order; bins are far from each other."""
    rows = [
        (str(100 * number + place), count, f"bin {number}")
        for number, chain in enumerate(chains)
        for place, count in enumerate(chain)
    ]
    return Labels.of(rows)


def bins_of(chains, says=sure_of):
    """Bins of which a counter says what `says` makes of the recorded count."""
    labels = labels_of(chains)
    return Bins(labels, tuple(Counted(says(count)) for count in labels.counts.tolist()), COUNTER)


def many_bins(number=300, says=sure_of, seed=0):
    """Bins of 1 to 6 items; every third was looked at twice, an item having been taken out in between."""
    counts = np.random.default_rng(seed).integers(1, 7, number).tolist()
    return bins_of(
        [[count, count - 1] if place % 3 == 0 else [count] for place, count in enumerate(counts)], says
    )


def written(bins, folder):
    """Bins as a labelled CSV and a CSV of predictions of its photos."""
    with (folder / "photos.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("id", "path", "count", "group"))
        for id_, count, group in zip(bins.labels.ids, bins.counts, bins.labels.groups, strict=True):
            lines.writerow((id_, f"{id_}.jpg", count, group))
    with (folder / "predictions.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("id", "count", "expected_value", *(f"p{n}" for n in range(LAST + 1))))
        for id_, each in zip(bins.labels.ids, bins.counted, strict=True):
            lines.writerow((id_, 0, 0, *each.probabilities))
