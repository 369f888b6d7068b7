"""Alerts: what operations staff receive when a bin and its record most likely differ."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from binwatch.decision import Direction, Verdict
from binwatch.keys import PhotoAt
from binwatch.records import Source

SCHEMA = "binwatch.alert/1"


class MalformedAlert(ValueError):
    """A text that is no alert of this schema."""


class Severity(StrEnum):
    """How soon somebody should look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for the least."""
        return list(Severity).index(self)


class State(StrEnum):
    """Where an alert stands."""

    HELD = "held"  # nobody was told: it may be over before its hold window is
    LAPSED = "lapsed"  # it was
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


class Event(StrEnum):
    """What a message about an alert says."""

    OPENED = "opened"
    CHANGED = "changed"
    RESOLVED = "resolved"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Alert:
    """One message about one episode of one bin; `id` and `revision` tell duplicates apart.

    What follows `policy` came later; messages without it are read as if they said that the alert opened.
    """

    id: str
    revision: int
    event: str  # one of Event
    site: str
    bin: str
    verdict: Verdict
    direction: Direction
    severity: Severity
    expected: int
    counted: int
    mismatch_probability: float
    probabilities: tuple[float, ...]
    photo: PhotoAt
    expected_source: Source
    captured_at: str
    decided_at: str
    model: str
    policy: str
    state: State = State.OPEN
    opened_at: str | None = None
    changed_at: str | None = None  # when this revision came about
    who: str | None = None  # made it so: a person, or None where binwatch itself did
    why: str | None = None  # what changed, the answer or the look that ended it
    counted_by_hand: int | None = None  # in answer to the alert, else before it…
    reminder: int = 0  # the number of this one
    link: str | None = None
    photo_count: int | None = None  # items, as the photo alone was counted
    photos: int | None = None  # on how many `counted` rests, beside the count by hand
    counted_by_hand_at: str | None = None  # …and when
    correct_to: int | None = None  # items that the record must say, where the count by hand settles it

    @property
    def attributes(self) -> dict[str, str]:
        """What SNS subscriptions can filter on."""
        return {
            "site": self.site,
            "bin": self.bin,
            "direction": self.direction,
            "severity": self.severity,
            "verdict": self.verdict,
            "event": self.event,
        }

    def to_json(self) -> str:
        """The alert as its versioned JSON text (docs/alert.schema.json)."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Alert":
        """Read an alert's JSON text.

        Raises:
            MalformedAlert: the text is none, or of a schema that this code does not know.
        """
        try:
            given = values_of(cls, text, SCHEMA)
            given["photo"] = PhotoAt(**given["photo"])
            given["probabilities"] = tuple(float(each) for each in given["probabilities"])
            return cls(**given | {name: kind(given[name]) for name, kind in _KINDS.items() if name in given})
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise MalformedAlert(f"not an alert: {error!r}") from error


def values_of(kind: type[Any], text: str, schema: str) -> dict[str, Any]:
    """What a message's JSON text says of the fields of its kind; a later writer may say more.

    Raises:
        MalformedAlert: it is of another schema.
        ValueError, TypeError, KeyError, AttributeError: it is no JSON object with a schema.
    """
    values: dict[str, Any] = json.loads(text)
    found = values.pop("schema")
    if found != schema:
        raise MalformedAlert(f"the schema is {found!r}, not {schema!r}")
    known = {each.name for each in fields(kind)}
    return {name: value for name, value in values.items() if name in known}


def severity_of(loss: float) -> Severity:
    """By the expected loss, sum of P(c) |c - e| times what an item costs: two items are urgent.

    A mere suspicion of one is not.
    """
    if loss >= 2:
        return Severity.HIGH
    return Severity.MEDIUM if loss >= 0.75 else Severity.LOW


_KINDS: dict[str, Callable[[Any], Any]] = {
    "revision": int,
    "event": Event,
    "state": State,
    "reminder": int,
    "verdict": Verdict,
    "direction": Direction,
    "severity": Severity,
    "expected": int,
    "counted": int,
    "mismatch_probability": float,
    "expected_source": Source,
}
