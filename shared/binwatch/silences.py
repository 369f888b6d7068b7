"""Silences: alerts that are recorded and not sent, for a time that ends, by somebody who says why.

At the end of a silence the alerts that it muted are sent if they are still open: each of them wakes then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from binwatch.alerts import Severity
from binwatch.assessments import Assessment
from binwatch.decision import Direction
from binwatch.episodes import Mute
from binwatch.errors import MalformedCommand
from binwatch.moments import seconds_between

LONGEST_S = 14 * 86_400  # a silence that outlives its reason hides the next fault


@dataclass(frozen=True, slots=True)
class Silence:
    """Whose alerts are not to be sent, until when, and why.

    Args:
        id: its name.
        site: of the bins.
        who: set it.
        why: in that person's words.
        begins_at: from this moment on…
        ends_at: …and before this one.
        bin_prefix: of the bins' names; "" for all of the site.
        direction: of the mismatch; None: either.
        sent_from: alerts of this severity and above are sent all the same; None: none is.
        ended_by: who ended it early…
        planned_end: …and when it was to end before: until then the alerts sleep that it muted.
    """

    id: str
    site: str
    who: str
    why: str
    begins_at: str
    ends_at: str
    bin_prefix: str = ""
    direction: Direction | None = None
    sent_from: Severity | None = None
    ended_by: str | None = None
    planned_end: str | None = None

    def __post_init__(self) -> None:
        for name in ("id", "site", "who", "why"):
            if not getattr(self, name).strip():
                raise MalformedCommand("silence_incomplete", f"the silence needs its {name}")
        lasts = seconds_between(self.begins_at, self.ends_at)
        if not 0 <= lasts <= LONGEST_S:
            raise MalformedCommand(
                "silence_too_long", f"silence {self.id} lasts {lasts:g} seconds, not 0 to {LONGEST_S}"
            )

    def mutes(self, seen: Assessment, now: str) -> bool:
        """Whether an alert about this assessment is not to be sent now."""
        return (
            self.begins_at <= now < self.ends_at
            and seen.bin.site == self.site
            and seen.bin.bin.startswith(self.bin_prefix)
            and self.direction in (None, seen.direction)
            and (self.sent_from is None or seen.severity.rank < self.sent_from.rank)
        )

    def ended(self, now: str, who: str) -> "Silence":
        """This silence ended early; one that is over stays as it is. Wake the open alerts that it muted."""
        if now >= self.ends_at:
            return self
        begins_at = min(self.begins_at, now)
        return replace(self, begins_at=begins_at, ends_at=now, ended_by=who, planned_end=self.ends_at)


def muting(silences: Iterable[Silence], seen: Assessment, now: str) -> Mute | None:
    """What mutes an alert about this assessment now: of several silences the one that lasts longest."""
    applying = [each for each in silences if each.mutes(seen, now)]
    if not applying:
        return None
    last = max(applying, key=lambda each: (each.ends_at, each.id))
    return Mute(f"silence {last.id}", last.ends_at)
