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
    least = [int(bins.counts[list(chain)].min()) for chain in bins.chains]
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
