"""What keeps a bin's alerts from being sent: the incident of an aisle or a camera, or a silence."""

from dataclasses import dataclass

from binwatch.assessments import Assessment
from binwatch.episodes import Mute
from binwatch.incidents import Watch, inhibiting
from binwatch.keys import camera_of
from binwatch.signs import Sign
from binwatch.silences import Silence
from binwatch.silences import muting as silenced


@dataclass(frozen=True, slots=True)
class Muting:
    """The incidents of a site whose bins are not released yet, and its silences."""

    incidents: tuple[Watch, ...] = ()
    silences: tuple[Silence, ...] = ()

    def of(self, seen: Assessment, now: str) -> Mute | None:
        """What mutes an alert about this assessment now; an incident, whose end nobody knows, comes first."""
        stem, _, _ = seen.look_id.rpartition("/")
        sign = Sign(seen.bin, seen.verdict, seen.look_id, seen.seen_at, camera_of(stem))
        return inhibiting(self.incidents, sign, now) or silenced(self.silences, seen, now)


NOTHING = Muting()
