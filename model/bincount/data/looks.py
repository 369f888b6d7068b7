"""Which photos are looks at one bin, one after the other."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bincount.data.groups import WINDOW, number


class Grouped(Protocol):
    """Photos of which it is known which may show one bin; their pixels are not needed."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Of every photo."""

    @property
    def groups(self) -> NDArray[np.str_]:
        """Of every photo; those of one group may show one bin."""

    def __len__(self) -> int: ...


def repeated_looks(photos: Grouped, window: int = WINDOW) -> list[NDArray[np.int64]]:
    """The positions of looks at one bin, in the order in which they were taken.

    A group may be wider than that, for caution: only photos of it whose ids are near are taken for looks.
    """
    _, where = np.unique(photos.groups, return_inverse=True)
    places = np.array([_place(identifier) for identifier in photos.ids])
    order = np.lexsort((places, where))
    apart = (np.diff(where[order]) != 0) | ~(np.diff(places[order]) <= window)
    return [part for part in np.split(order, np.flatnonzero(apart) + 1) if len(part) > 1]


def next_looks(photos: Grouped) -> NDArray[np.int64]:
    """For every photo the position of the next look at its bin; -1 where there is none."""
    following = np.full(len(photos), -1, np.int64)
    for looks in repeated_looks(photos):
        following[looks[:-1]] = looks[1:]
    return following


def following_looks(photos: Grouped) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The positions of all looks that are followed by another at their bin, and of those that follow."""
    following = next_looks(photos)
    first = np.flatnonzero(following >= 0)
    return first, following[first]


def _place(identifier: str) -> float:
    """The place of a photo in the order in which photos were taken; NaN where its id does not say."""
    place = number(identifier)
    return np.nan if place is None else float(place)
