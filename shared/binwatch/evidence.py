"""The evidence about a bin's count: what was seen, moved, compared and counted by hand, and when.

It is kept in the bin's state row as one JSON text, newest last, and bounded:

    {"schema": 2, "items": [["seen", at, id, recorded, [L0, ..., LK]], ["moved", at, id, by],
                            ["recorded", at, id, quantity, moved], ["count", at, id, quantity],
                            ["changed", at, id, before, after, [L-6, ..., L+6]]],
     "begin": [at, id]}

"begin" is there once something was forgotten: what is older is no evidence any more, nor is what comes late
from then; but for the statement before it, with which the next one is compared. Schema 1 had no "recorded".

Looks, movements and counts leave the same evidence in any order, however many they are. So do statements of
the record as long as none is overtaken by `MOST_RECORDED` later ones: of what is older than so many, repeats
are left out, and a statement that would belong between them changes nothing any more.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, isfinite
from typing import Any

from binwatch.errors import BeliefUnreadable

SCHEMA = 2
READABLE = (1, SCHEMA)
MOST = 16  # looks and comparisons that a bin keeps: weeks of them, and a row of a few kilobytes…
MOST_BOOKED = 48  # …and movements and cycle counts, which the looks stand on
MOST_RECORDED = 48  # statements of the standing record, repeats and all: so many may overtake a late one…
MOST_OLDER = 16  # …and, of those before, changes of the record
MOST_CHANGED = 6  # a pair of photos tells a larger change as one of so many items

type Likelihood = tuple[float, ...]
"""How well each count explains what is known; the greatest is 1, the last entry is of "that many or more"."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo. `recorded` is the quantity that the photo's own record expects, where it has one."""

    at: float
    id: str
    likelihood: Likelihood
    recorded: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A known stock movement: `by` items were put in, or taken out if negative."""

    at: float
    id: str
    by: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The standing record stated a quantity, in which a known movement by `moved` items is included."""

    at: float
    id: str
    quantity: int
    moved: int = 0


@dataclass(frozen=True, slots=True)
class CycleCount:
    """A person counted the bin."""

    at: float
    id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What two photos of the bin, compared, say of the change between them.

    `before` and `after` are the ids of the looks, `likelihood` is of a change by -6 or less, ..., +6 or more:
    P(change | both photos) / P_train(change).
    """

    at: float
    id: str
    before: str
    after: str
    likelihood: Likelihood

    def of(self, by: int) -> float:
        """How well a change by so many items explains the two photos."""
        return self.likelihood[min(max(by, -MOST_CHANGED), MOST_CHANGED) + MOST_CHANGED]


Item = Seen | Moved | Recorded | CycleCount | Changed
type Place = tuple[float, str]
"""Where a piece stands in the order of time: `at` and, among those of one moment, its id."""

EVER: Place = (-inf, "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest evidence about one bin, by its time (Unix seconds), whatever order it came in.

    Args:
        items: in the order of time.
        begin: what is older was forgotten.
    """

    items: tuple[Item, ...] = ()
    begin: Place = EVER

    def __contains__(self, id_: str) -> bool:
        return any(item.id == id_ for item in self.items)

    def add(self, item: Item) -> "Evidence":
        """The evidence with one more piece; one of the same id is replaced, the oldest beyond bounds go."""
        others = [each for each in self.items if each.id != item.id]
        if isinstance(item, Recorded):
            newer = [each for each in others if isinstance(each, Recorded) and _place(each) > _place(item)]
            if len(newer) >= MOST_RECORDED:
                return self
        return _bounded([*others, item], self.begin)

    def without(self, begin: str) -> "Evidence":
        """The evidence but for the pieces whose ids begin so."""
        return replace(self, items=tuple(each for each in self.items if not each.id.startswith(begin)))

    def until(self, at: float, *, moved_since: bool) -> "Evidence":
        """What was known at a time; with `moved_since`, carried on by what the record did afterwards."""
        items = (
            each
            for each in self.items
            if each.at <= at or (moved_since and isinstance(each, Moved | Recorded))
        )
        return replace(self, items=tuple(items))

    def to_json(self) -> str:
        """The evidence as text; see the head of this file."""
        rows = [_row(item) for item in self.items]
        begin = {} if self.begin == EVER else {"begin": (round(self.begin[0], 3), self.begin[1])}
        return json.dumps({"schema": SCHEMA, "items": rows, **begin}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Evidence":
        """Read the text of `to_json`.

        Raises:
            BeliefUnreadable: it was written by a schema that this code does not know, or is damaged.
        """
        try:
            kept = json.loads(text)
            schema = kept["schema"]
            if schema not in READABLE:
                raise BeliefUnreadable(
                    "belief_unreadable", f"its schema is {schema!r}, none of {', '.join(map(str, READABLE))}"
                )
            begin, begin_id = kept.get("begin", EVER)
            rows = kept["items"]
            items = {str(id_): _KINDS[kind](_finite(at), str(id_), rest) for kind, at, id_, *rest in rows}
            evidence = _bounded(items.values(), (float(begin), str(begin_id)))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise BeliefUnreadable("belief_unreadable", f"not a bin's evidence: {error!r}") from error
        return evidence


NO_EVIDENCE = Evidence()


def _bounded(items: Iterable[Item], begin: Place) -> Evidence:
    """The newest of each kind; where a movement or a change of the record must go, so does all before it."""
    items = sorted(items, key=_place)
    booked = [item for item in items if isinstance(item, Moved | CycleCount)]
    stated = _thinned([item for item in items if isinstance(item, Recorded)])
    older = stated[:-MOST_RECORDED]
    if len(booked) > MOST_BOOKED:
        begin = max(begin, _place(booked[-MOST_BOOKED]))
    if len(older) > MOST_OLDER:
        begin = max(begin, _place(older[-MOST_OLDER]))
    known_before = [item for item in stated if _place(item) < begin][-1:]
    looks = [item for item in items if isinstance(item, Seen | Changed) and _place(item) >= begin]
    left = {item.id for item in (*looks[-MOST:], *booked, *stated) if _place(item) >= begin}
    return Evidence((*known_before, *(item for item in items if item.id in left)), begin)


def _thinned(stated: Sequence[Recorded]) -> list[Recorded]:
    """Statements without those that repeat the one before; the newest stay, as one may come late between."""
    older, newest = stated[:-MOST_RECORDED], stated[-MOST_RECORDED:]
    changes = [new for old, new in pairwise(older) if new.quantity != old.quantity or new.moved]
    return [*older[:1], *changes, *newest]


def _place(item: Item) -> Place:
    return item.at, item.id


def _row(item: Item) -> Sequence[Any]:
    match item:
        case Seen(at, id_, likelihood, recorded):
            return ("seen", round(at, 3), id_, recorded, likelihood)
        case Moved(at, id_, by):
            return ("moved", round(at, 3), id_, by)
        case Recorded(at, id_, quantity, moved):
            return ("recorded", round(at, 3), id_, quantity, moved)
        case CycleCount(at, id_, quantity):
            return ("count", round(at, 3), id_, quantity)
        case Changed(at, id_, before, after, likelihood):
            return ("changed", round(at, 3), id_, before, after, likelihood)


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError(f"{number} is no time")
    return float(number)


def _likelihood(values: Sequence[float]) -> Likelihood:
    if len(values) < 2 or not all(0 < each <= 1 for each in values):
        raise ValueError("a likelihood needs two values or more, over 0 and at most 1")
    return tuple(float(each) for each in values)


def _seen(at: float, id_: str, rest: Sequence[Any]) -> Seen:
    recorded, likelihood = rest
    return Seen(at, id_, _likelihood(likelihood), None if recorded is None else int(recorded))


def _changed(at: float, id_: str, rest: Sequence[Any]) -> Changed:
    before, after, values = rest
    likelihood = _likelihood(values)
    if len(likelihood) != 2 * MOST_CHANGED + 1:
        raise ValueError(f"{len(likelihood)} values, a change has {2 * MOST_CHANGED + 1}")
    return Changed(at, id_, str(before), str(after), likelihood)


_KINDS: Mapping[str, Callable[[float, str, Sequence[Any]], Item]] = {
    "seen": _seen,
    "moved": lambda at, id_, rest: Moved(at, id_, int(rest[0])),
    "recorded": lambda at, id_, rest: Recorded(at, id_, int(rest[0]), int(rest[1])),
    "changed": _changed,
    "count": lambda at, id_, rest: CycleCount(at, id_, int(rest[0])),
}
