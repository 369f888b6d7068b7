"""Timers: what has to be looked at again, and when. A sweep takes the due ones, oldest first.

A timer says only whom to wake. Whether anything is due then, the one who is woken knows: a timer that goes
off twice, late, or after its reason is gone does no harm, so none has to be deleted in time.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SHARDS = 4  # partitions: a sweep asks each


class Kind(StrEnum):
    """Who is woken."""

    ALERT = "alert"  # a bin's case: holds, reminders, changes and the ends of silences
    INCIDENT = "incident"  # a group of bins that has been amiss for too long


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """When to wake whom. `subject` is a bin's or a group's name."""

    due_at: str
    kind: Kind
    subject: str

    @property
    def shard(self) -> int:
        """The partition that keeps it, the same for all timers of a subject."""
        digest = hashlib.sha256(f"{self.kind}\n{self.subject}".encode()).digest()
        return int.from_bytes(digest[:4]) % SHARDS

    @property
    def key(self) -> str:
        """Its name within its partition, which sorts by due time."""
        return f"{self.due_at}#{self.kind}#{self.subject}"


@dataclass(frozen=True, slots=True)
class Rewinding:
    """What a change of one subject's due time means for its timer: one goes, one comes, or nothing."""

    gone: Timer | None
    new: Timer | None


def rewound(kind: Kind, subject: str, before: str | None, after: str | None) -> Rewinding:
    """The rows to write beside a subject whose due time was `before` and is `after`."""
    if before == after:
        return Rewinding(None, None)
    return Rewinding(
        Timer(before, kind, subject) if before else None, Timer(after, kind, subject) if after else None
    )


def due(timers: Iterable[Timer], now: str, limit: int = 100) -> list[Timer]:
    """Whom a sweep wakes now, in order: each subject once, however many of its timers have gone off."""
    first: dict[tuple[Kind, str], Timer] = {}
    for timer in sorted(timers):
        if timer.due_at <= now:
            first.setdefault((timer.kind, timer.subject), timer)
    return list(first.values())[:limit]
