"""What is evaluated: photos with what a counter says of them, and which of them show one bin."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bincount.calibration import folds_of
from bincount.data.looks import Grouped, repeated_looks
from bincount.evaluation.material import Labels
from binwatch.beliefs import likelihood_of, usual_of
from binwatch.discrepancies import WIDEST, Law
from binwatch.evidence import Likelihood
from binwatch.prediction import Counted, Model
from binwatch_local.alert_evaluation.correlation import Correlation, TooFewPairs, correlation

FOLDS = 5


class NoMovements(ValueError):
    """No two photos show one bin before and after a movement: there is no law to be had."""


@dataclass(frozen=True)  # no slots: what follows from the photos is found once
class Bins:
    """Photos, each taken for the newest look at its bin.

    Args:
        labels: ids, recorded counts and groups of n photos.
        counted: what the counter says of each.
        model: the counter.
    """

    labels: Labels
    counted: tuple[Counted, ...]
    model: Model

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def counts(self) -> NDArray[np.int64]:
        """As recorded: n."""
        return self.labels.counts

    @property
    def last(self) -> int:
        """K: the last class of the counter is "K or more"."""
        return len(self.usual) - 1

    @cached_property
    def usual(self) -> tuple[float, ...]:
        """How often bins hold 0, 1, ..., K or more: the counter's label prior."""
        return usual_of(self.model, len(self.counted[0].probabilities))

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The most likely count of each photo by itself: n."""
        return np.array([np.argmax(each.probabilities) for each in self.counted])

    @cached_property
    def likelihoods(self) -> tuple[Likelihood, ...]:
        """What each photo by itself says of its count."""
        return tuple(likelihood_of(each, self.model) for each in self.counted)

    @cached_property
    def chains(self) -> tuple[tuple[int, ...], ...]:
        """The looks at each bin, in the order in which they were taken; most bins have one or two."""
        repeated = [tuple(each.tolist()) for each in repeated_looks(self.labels)]
        alone = set(range(len(self))) - {place for chain in repeated for place in chain}
        return tuple(sorted((*repeated, *((place,) for place in alone))))

    @cached_property
    def fewest(self) -> tuple[int, ...]:
        """The smallest count of the looks at each bin, in the order of `chains`."""
        return tuple(int(self.counts[list(chain)].min()) for chain in self.chains)

    @cached_property
    def folds(self) -> NDArray[np.int64]:
        """A number of 0 to 4 for each photo; photos of one group, thus of one bin, have the same."""
        return folds_of(self.labels.groups, FOLDS, seed=0)

    @cached_property
    def correlation(self) -> Correlation | None:
        """How alike two neighbouring looks at one bin err; None: too few bins were looked at twice."""
        pairs = [pair for chain in self.chains for pair in pairwise(chain)]
        first, second = np.array(pairs, np.int64).reshape(-1, 2).T
        try:
            return correlation(np.array(self.likelihoods), self.counts, (first, second))
        except TooFewPairs:
            return None


def law_of(labels: Labels) -> Law:
    """By how many items the count changed between two looks at one bin.

    Raises:
        NoMovements: nowhere did it.
    """
    moved: Counter[int] = Counter()
    photos: Grouped = labels
    for chain in repeated_looks(photos):
        moved.update(np.diff(labels.counts[chain]).tolist())
    weights = {items: float(times) for items, times in moved.items() if 0 < abs(items) <= WIDEST}
    if not weights:
        raise NoMovements("no two photos show one bin before and after a movement")
    return Law.of(weights)
