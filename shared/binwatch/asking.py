"""What binwatch asks for: another look of robots, where it doubts; a count by hand, where chance says so.

Both are kept with the bin and written in its transaction. A bin's doubt lasts from the first look that is
`UNSURE` to the first that is not, or until a person counts. While it lasts robots are asked, not again within
a pause, and no longer once many looks have not ended it: then photos will not; a person has to (visits.py).
"""

import hashlib
from dataclasses import dataclass, replace

from binwatch.audit_sample import is_drawn
from binwatch.decision import Verdict
from binwatch.episodes import ENDED, Episode
from binwatch.errors import MalformedCommand, UnknownAlert
from binwatch.keys import BinId, PhotoAt
from binwatch.looks import Look
from binwatch.moments import later
from binwatch.policy_book import Rules
from binwatch.records import MAX_QUANTITY


@dataclass(frozen=True, slots=True)
class Doubt:
    """Whether a bin waits for another look.

    Args:
        since: when the present doubt began; None: there is none.
        asked_at: when robots were last asked for a look, in this doubt or before.
        looks: how many have left the bin in the present doubt, the one that began it included.
    """

    since: str | None = None
    asked_at: str | None = None
    looks: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether robots were asked in the present doubt."""
        return self.since is not None and self.asked_at is not None and self.asked_at >= self.since

    def is_beyond(self, looks: int) -> bool:
        """Whether so many looks have left the bin in doubt: robots are no longer asked."""
        return self.since is not None and self.looks >= looks


NO_DOUBT = Doubt()


@dataclass(frozen=True, slots=True)
class Draw:
    """A bin in the audit sample of a day, as it was when a person was asked to count it.

    Args:
        day: of the sample, in UTC: `2026-11-20`.
        asked_at: when it was drawn.
        expected: items, as the record said; then, and once the bin was counted, at the count.
        photo: the newest one, likewise.
        probabilities: P(count) of that photo.
        counted: items, by hand; None until somebody answers.
        answered_at: when.
        who: that person.
        note: in their words.
        alerted: whether an alert about the bin was open between the draw and the count.
    """

    day: str
    asked_at: str
    expected: int
    photo: PhotoAt
    probabilities: tuple[float, ...]
    counted: int | None = None
    answered_at: str | None = None
    who: str | None = None
    note: str = ""
    alerted: bool = False

    def answered(self, counted: int, who: str, note: str, now: str) -> "Draw":
        """The draw with a person's count.

        Args:
            counted: items.
            who: counted them.
            note: in their words.
            now: when.

        Raises:
            MalformedCommand: nobody counted, or what no bin holds.
            UnknownAlert: somebody has counted before; the same answer again changes nothing.
        """
        check_count(counted, who)
        if self.answered_at is None:
            return replace(self, counted=counted, answered_at=now, who=who, note=note)
        if (self.counted, self.who) == (counted, who):
            return self
        raise UnknownAlert("audit_answered", f"{self.who} counted {self.counted} at {self.answered_at}")


def doubted(
    doubt: Doubt, look: Look, rules: Rules, now: str, *, is_new: bool, is_counted: bool = False
) -> Doubt:
    """The doubt after the newest look's verdict; robots are asked if its `asked_at` is another then.

    Args:
        doubt: before.
        look: the newest.
        rules: how long robots are left alone, and after how many looks for good.
        now: when.
        is_new: whether the look was not the newest before; else it was judged again.
        is_counted: whether a person has counted what it shows: no photo tells more.
    """
    if look.verdict is not Verdict.UNSURE or is_counted:
        return replace(doubt, since=None, looks=0)
    looks = doubt.looks + is_new if doubt.since else 1
    doubt = replace(doubt, since=doubt.since or now, looks=looks)
    rested = doubt.asked_at is None or later(doubt.asked_at, 60 * rules.relook_minutes) <= now
    return replace(doubt, asked_at=now) if rested and not doubt.is_beyond(rules.relooks_at_most) else doubt


def check_count(counted: int, who: str) -> None:
    """Refuse a count by nobody, or of what no bin holds, as MalformedCommand."""
    if not who.strip():
        raise MalformedCommand("who_missing", "a bin is counted by somebody with a name")
    if not 0 <= counted <= MAX_QUANTITY:
        raise MalformedCommand(
            "quantity_impossible", f"counted is {counted}; a bin holds 0 to {MAX_QUANTITY} items"
        )


def at_count(draw: Draw, look: Look | None, episode: Episode | None) -> Draw:
    """The draw with what was known when somebody counted: records and stock change, alerts open meanwhile."""
    if episode is not None and episode.opened_at is not None:
        running = episode.state not in ENDED or (episode.ended_at or "") >= draw.asked_at
        draw = replace(draw, alerted=running)
    if look is None or look.expected is None:
        return draw
    return replace(draw, expected=look.expected, photo=look.photo, probabilities=look.probabilities)


def drawn(draw: Draw | None, look: Look, share: float, now: str) -> Draw | None:
    """The bin's draw after its newest look was judged: a new one, if today's audit sample holds the bin."""
    day = now[:10]
    if look.bin is None or look.expected is None or not is_drawn(look.bin, day, share):
        return draw
    if draw and draw.day >= day:
        return draw
    return Draw(day, now, look.expected, look.photo, look.probabilities)


def request_id(kind: str, bin_: BinId, when: str) -> str:
    """What tells a request from others; the same one again has the same."""
    return hashlib.sha256(f"{kind}\n{bin_.site}\n{bin_.bin}\n{when}".encode()).hexdigest()[:20]
