"""Commands: what can happen to an alert. Assessments and timers give two of them, people the others.

A person's command names the alert and the revision that its author saw.
"""

from dataclasses import dataclass
from enum import StrEnum

from binwatch.assessments import Assessment
from binwatch.errors import MalformedCommand
from binwatch.records import MAX_QUANTITY

LONGEST_NAME = 200  # characters
LONGEST_NOTE = 1_000


class Reason(StrEnum):
    """Why an alert was a false alarm."""

    MISCOUNTED = "miscounted"  # the photo shows what the record says
    HIDDEN = "hidden"  # the photo cannot show all items
    IN_MOTION = "in_motion"  # stock was moving, record and bin were both right in their time
    OTHER_BIN = "other_bin"  # the photo shows another bin
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Assessed:
    """The bin was assessed anew: another look, a corrected record, a movement."""

    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Woken:
    """A timer went off, or what muted the alert ended: whatever is due by now is done, once."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody looks after it."""

    alert_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Resolve:
    """Somebody counted the bin by hand: `counted` items."""

    alert_id: str
    revision: int
    counted: int
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.counted <= MAX_QUANTITY:
            raise MalformedCommand(
                "quantity_impossible", f"counted is {self.counted}; a bin holds 0 to {MAX_QUANTITY} items"
            )
        _check_note(self.note)


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """Somebody looked: the record is right."""

    alert_id: str
    revision: int
    reason: Reason
    note: str = ""

    def __post_init__(self) -> None:
        _check_note(self.note)


@dataclass(frozen=True, slots=True)
class Reopen:
    """Somebody takes back the end of the alert."""

    alert_id: str
    revision: int


Answering = Acknowledge | Resolve | FalseAlarm | Reopen
Command = Assessed | Woken | Answering


def _check_note(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise MalformedCommand("note_too_long", f"the note has {len(note)} characters, {LONGEST_NOTE} fit")
