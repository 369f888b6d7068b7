"""What is known of a bin after several looks: real ones where there are, and a stated model where not.

Real: photos of the same bin, taken near it in time, with a movement between them that the record states, or
only changes by. They count as looks before the newest, also where they were taken after it: what two photos
and the movement between them tell does not depend on which was first.

Model: another look at an untouched bin errs alike, because the same item hides the same other one. So it
repeats the newest photo's evidence with the probability rho; else it is the evidence of a photo of another
bin with the same recorded count.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from binwatch.beliefs import Belief, Memory, believe
from binwatch.evidence import Evidence, Item, Moved, Recorded, Seen
from binwatch_local.alert_evaluation.bins import Bins

HOUR = 3600.0  # between two looks; nothing is forgotten meanwhile


@dataclass(frozen=True, slots=True)
class Looks:
    """The photos that the looks at one bin are.

    Args:
        newest: the photo whose record is judged.
        real: other photos of the bin, the nearest first.
        drawn: photos whose evidence stands for further looks between which nothing was moved.
        stated: whether the record states movements as such; else it only changes.
    """

    newest: int
    real: tuple[int, ...] = ()
    drawn: tuple[int, ...] = ()
    stated: bool = True


def draw(bins: Bins, looks: int, rho: float, rng: np.random.Generator, *, stated: bool = True) -> list[Looks]:
    """So many looks at the bin of every photo.

    Args:
        bins: the photos.
        looks: how many, the newest included.
        rho: the probability that a look which was not taken repeats the newest.
        rng: chooses those.
        stated: whether records state movements as such.
    """
    groups, classes = bins.labels.groups, bins.labels.classes(bins.last + 1)
    alike = {count: np.flatnonzero(classes == count) for count in np.unique(classes).tolist()}
    real = {place: _nearest(chain, at) for chain in bins.chains for at, place in enumerate(chain)}
    found = []
    for place, count in enumerate(classes.tolist()):
        others = alike[count][groups[alike[count]] != groups[place]]
        taken = real[place][: looks - 1]
        drawn = (
            place if not len(others) or rng.random() < rho else int(rng.choice(others))
            for _ in range(looks - 1 - len(taken))
        )
        found.append(Looks(place, taken, tuple(drawn), stated))
    return found


def _nearest(chain: tuple[int, ...], at: int) -> tuple[int, ...]:
    """The other looks of a chain: the nearest first, of equals the earlier."""
    others = (each for each in range(len(chain)) if each != at)
    return tuple(chain[each] for each in sorted(others, key=lambda each: (abs(each - at), each)))


def evidence_of(looks: Looks, bins: Bins) -> Evidence:
    """What the bin's state row would hold.

    The records of the looks move along with the stock, so that none contradicts another: they are left out.
    """
    items: list[Item] = []

    def add(photo: int) -> None:
        at = len(items) * HOUR
        items.append(Seen(at, f"look {len(items)}", bins.likelihoods[photo]))

    def record(photo: int) -> None:  # only how it changes matters here, so that the true count will do
        at = len(items) * HOUR
        items.append(Recorded(at, f"record {len(items)}", int(bins.counts[photo])))

    chain = (*reversed(looks.real), looks.newest)
    if not looks.stated:
        record(chain[0])
    for before, after in pairwise(chain):
        add(before)
        by = int(bins.counts[after] - bins.counts[before])
        if by and looks.stated:
            items.append(Moved(len(items) * HOUR, f"movement {len(items)}", by))
        elif by:
            record(after)
    for photo in (*looks.drawn, looks.newest):
        add(photo)
    return Evidence(tuple(items))


class Believer:
    """Beliefs of bins; what the same looks say is worked out once.

    Beside a record, because a movement between two looks may be what made it wrong.

    Args:
        bins: the photos.
        memory: how evidence adds up.
    """

    def __init__(self, bins: Bins, memory: Memory) -> None:
        self._bins, self._memory = bins, memory
        self._known: dict[tuple[Looks, int | None], Belief] = {}

    def __call__(self, looks: Looks, expected: int) -> Belief:
        """What these looks say of the bin's count beside a record that expects so many items."""
        key = looks, expected if looks.real else None  # without a movement the record says nothing
        if key not in self._known:
            likelihood = believe(evidence_of(looks, self._bins), self._memory, expected)
            self._known[key] = Belief(likelihood, self._bins.usual)
        return self._known[key]
