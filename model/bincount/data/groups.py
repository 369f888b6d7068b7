"""Which photos show one bin. They must share a split, or a counter is examined on what it has learnt.

Photos n and n + 1 are very often one bin before and after a pick or a stow: of neighbouring ids 41 % share
an item, 4 % of those two apart, and hardly any farther apart. A table of the neighbours' counts, without a
pixel, is right on 39 % of the published random split. So a group is a connected component of near ids that
share an item.
"""

from collections import deque
from collections.abc import Iterable, Sequence

WINDOW = 2  # the largest distance of ids at which sharing an item means being the same bin


class Components:
    """Sets that merge when two of their members prove to belong together (union by smallest member)."""

    def __init__(self, n: int) -> None:
        self._parents = list(range(n))

    def join(self, first: int, second: int) -> None:
        """Merge the sets of two members."""
        a, b = self.find(first), self.find(second)
        self._parents[max(a, b)] = min(a, b)

    def find(self, member: int) -> int:
        """The smallest member of the same set."""
        parents = self._parents
        while parents[member] != member:
            parents[member] = parents[parents[member]]
            member = parents[member]
        return member


def number(identifier: str) -> int | None:
    """The place of a photo in the order in which photos were taken, if its id says."""
    return int(identifier) if identifier.isascii() and identifier.isdecimal() else None


def in_order(ids: Iterable[str]) -> list[str]:
    """Ids as numbers go, ``9`` before ``10``; those that are no numbers come last."""
    return sorted(ids, key=lambda each: (number(each) is None, number(each) or 0, each))


def same_bin(
    photos: Sequence[tuple[str, Sequence[str]]], window: int = WINDOW, blocks: int | None = None
) -> list[int]:
    """The group of every photo, named by the position of its first member.

    Args:
        photos: id and ASINs of each, ``in_order``.
        window: how far apart two ids may be that share an item.
        blocks: also keep every so many consecutive ids together: for photos whose items are not known.
    """
    components = Components(len(photos))
    near: deque[tuple[int, int, frozenset[str]]] = deque()  # position, number, ASINs of the last few
    first_of_block: dict[int, int] = {}
    for position, (identifier, asins) in enumerate(photos):
        place = number(identifier)
        if place is None:
            continue
        while near and place - near[0][1] > window:
            near.popleft()
        for other, _, theirs in near:
            if not theirs.isdisjoint(asins):
                components.join(other, position)
        near.append((position, place, frozenset(asins)))
        if blocks:
            components.join(first_of_block.setdefault(place // blocks, position), position)
    return [components.find(position) for position in range(len(photos))]
