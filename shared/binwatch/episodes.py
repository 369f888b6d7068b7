"""Episodes: from a bin's first mismatch until it agrees with its record again, or a person has answered.

A bin has one `Case`, and in it one episode at a time, so it never has two open alerts. The values are here;
what happens to them is in transitions.py. docs/alert_life.md draws the states.
"""

from dataclasses import dataclass, field

from binwatch.alerts import Alert, State
from binwatch.assessments import Assessment
from binwatch.errors import MalformedCommand

ENDED = (State.LAPSED, State.RESOLVED, State.FALSE_ALARM)
SYSTEM = "binwatch"  # who acts where no person does
HISTORY = 12  # the newest lines of the audit trail that travel with the episode; the ledger keeps all
MOST_DOUBLINGS = 4  # of the hold window of a bin that flaps
LEAST_HOLD_S = 60  # that is doubled where the hold window is shorter, or none


@dataclass(frozen=True, slots=True)
class Patience:
    """How patient alerts are. All times in seconds.

    Args:
        hold_s: a mismatch must last so long before anybody is told; 0: tell at once, unless
            it flaps.
        rejoin_s: a mismatch so soon after its alert ended by itself continues that alert.
        changed_every_s: changes of an alert are told at most so often.
        reminder_s: the first reminder of an unacknowledged alert of high severity; each wait is twice the
            one before…
        longest_reminder_s: …up to this.
        answer_s: a mismatch that repeats what a person has answered is no news for so long: the record
            takes time to be corrected.
    """

    hold_s: float = 300
    rejoin_s: float = 3_600
    changed_every_s: float = 1_800
    reminder_s: float = 900
    longest_reminder_s: float = 14_400
    answer_s: float = 86_400

    def __post_init__(self) -> None:
        least = {"reminder_s": 60.0, "longest_reminder_s": self.reminder_s}
        for name in self.__slots__:
            value = getattr(self, name)
            if not least.get(name, 0) <= value <= 30 * 86_400:
                raise MalformedCommand(
                    "rule_out_of_range",
                    f"{name} is {value}; it must lie between {least.get(name, 0):g} and 2592000 seconds",
                )


@dataclass(frozen=True, slots=True)
class Entry:
    """One transition, as the audit trail keeps it.

    `matters` marks what somebody who answers must have seen: that the alert's state or gist changed, and
    not merely that a message went out.
    """

    alert_id: str
    revision: int
    at: str
    who: str
    what: str
    why: str
    before: State | None
    after: State
    sent: str | None
    matters: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person found at the bin: so many items, or why the alert was none."""

    counted: int | None = None
    reason: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert, from its first mismatch on.

    Args:
        id: stable over all its revisions.
        state: where it stands.
        revision: rises by one with every transition.
        assessment: the newest MISMATCH.
        held_until: when a HELD one opens.
        opened_at: when it first opened.
        openings: how often it has.
        told: the assessment in the last message, while receivers believe that the alert is open; else None.
        told_at: when that message went out.
        reminders: how many were sent since it opened.
        remind_at: when the next one is due.
        acknowledged_by: who looks after it.
        ended_at: when it ended…
        ended_by: …and by whom.
        answer: what that person found.
        wake_at: when something will be due, if nothing happens before; the one timer of the episode.
        history: the newest lines of its audit trail, oldest first.
    """

    id: str
    state: State
    revision: int
    assessment: Assessment
    held_until: str | None = None
    opened_at: str | None = None
    openings: int = 0
    told: Assessment | None = None
    told_at: str | None = None
    reminders: int = 0
    remind_at: str | None = None
    acknowledged_by: str | None = None
    ended_at: str | None = None
    ended_by: str | None = None
    answer: Answer | None = None
    wake_at: str | None = None
    history: tuple[Entry, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is open or acknowledged."""
        return self.state in (State.OPEN, State.ACKNOWLEDGED)

    @property
    def hand_count(self) -> int | None:
        """Items that a person found: in answer to the alert, else by the newest count known by then."""
        return self.answer.counted if self.answer else self.assessment.exhibit.hand_count

    @property
    def hand_counted_at(self) -> str | None:
        """When that was."""
        if self.answer:
            return None if self.answer.counted is None else self.ended_at
        return self.assessment.exhibit.hand_counted_at

    @property
    def correct_to(self) -> int | None:
        """What the record must say by that count; None: nobody knows, or the record says so already."""
        if self.state not in ENDED:
            return self.assessment.exhibit.correct_to
        return self.hand_count if self.answer and self.hand_count != self.assessment.expected else None


@dataclass(frozen=True, slots=True)
class Case:
    """A bin's alerts: the newest episode, how many there were, and the newest assessment heard of."""

    episode: Episode | None = None
    episodes: int = 0
    heard: tuple[str, int] = ("", 0)


NO_CASE = Case()


@dataclass(frozen=True, slots=True)
class Mute:
    """Why an alert is not to be sent now, and when to look again, unless somebody wakes it before.

    Args:
        by: the silence or the incident.
        until: when to look again.
        by_incident: an incident speaks for the bin; a silence only keeps quiet.
    """

    by: str
    until: str
    by_incident: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When a command is obeyed, who gave it and why, what mutes the bin's alerts then, and their patience."""

    now: str
    who: str = SYSTEM
    why: str = ""
    mute: Mute | None = None
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Step:
    """A case after a command. Without `entry` there was no transition, and then there is no message."""

    case: Case
    entry: Entry | None = None
    message: Alert | None = None
