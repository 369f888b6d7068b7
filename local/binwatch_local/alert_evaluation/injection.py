"""Records made wrong on purpose: whole bins, by the law of discrepancies, never by quantities drawn at will.

A bin's discrepancy is a movement that nobody booked: it stays when the record moves on, so that all looks
at the bin see a record that is off by the same. A quantity drawn uniformly would be far from any usual one,
and a rule could find it without a photo.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binwatch.discrepancies import Law
from binwatch_local.alert_evaluation.bins import Bins


@dataclass(frozen=True, slots=True)
class Injected:
    """The records of n photos, some of them wrong."""

    expected: NDArray[np.int64]  # what the record says, in items
    wrong: NDArray[np.bool_]


def inject(bins: Bins, rate: float, law: Law, rng: np.random.Generator) -> Injected:
    """Make the records of a share of the bins wrong: e' = e + delta, delta by the law given that e' >= 0.

    Args:
        bins: the photos.
        rate: pi, the share of bins; what is left of a whole number of bins decides by chance on one more.
        law: how far they are off; only its movements, not its share of anything.
        rng: chooses bins and sizes.
    """
    sizes, chances = (np.array(each) for each in zip(*sorted(law.chances.items()), strict=True))
    least = bins.fewest
    able = [number for number, count in enumerate(least) if count + sizes.max() >= 0]
    wanted = int(rate * len(able) + rng.random())
    expected, wrong = bins.counts.copy(), np.zeros(len(bins), bool)
    for number in rng.choice(able, wanted, replace=False):
        possible = sizes + least[number] >= 0
        delta = rng.choice(sizes[possible], p=chances[possible] / chances[possible].sum())
        looks = list(bins.chains[number])
        expected[looks] += delta
        wrong[looks] = True
    return Injected(expected, wrong)


def without_a_photo(counts: NDArray[np.int64], expected: NDArray[np.int64], law: Law) -> NDArray[np.float64]:
    """How much likelier each record is among wrong ones than among right ones, by its quantity alone.

    Whoever orders records by this looks at no photo. What it finds is the shortcut that the injection leaves.

    Args:
        counts: of right records, n; how often each is recorded is taken from them, one more being added.
        expected: of the records to be told, m.
        law: by how much wrong records are off.
    """
    reach = max(map(abs, law.chances))
    highest = int(max(counts.max(), expected.max())) + reach
    usual = np.bincount(counts, minlength=highest + 1) + 1.0
    wrong = np.zeros(highest + 1)
    for count in range(highest + 1):
        possible = {items: p for items, p in law.chances.items() if 0 <= count + items <= highest}
        for items, p in possible.items():
            wrong[count + items] += usual[count] * p / sum(possible.values())
    return np.asarray((wrong / usual)[expected])
