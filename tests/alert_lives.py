"""Assessments by the minute, and a desk that runs alerts as functions do: cases, groups, timers, a clock."""

from dataclasses import dataclass, field

from binwatch.alerts import Alert, Severity
from binwatch.assessments import Assessment, Exhibit
from binwatch.commands import Assessed, Woken
from binwatch.decision import Direction, Verdict
from binwatch.episodes import Case, Circumstances, Entry, Mute, Patience
from binwatch.groupings import Grouping
from binwatch.incidents import Incident, Watch, add_sign, inhibiting, wake
from binwatch.keys import BinId, PhotoAt
from binwatch.moments import later
from binwatch.records import Source
from binwatch.signs import Group, Sign, groups_of
from binwatch.silences import Silence, muting
from binwatch.timers import Kind, Timer, due
from binwatch.transitions import step

BIN = BinId("berlin-1", "A-07")
THREE_AT_NIGHT = "2026-11-20T03:00:00.000Z"


def minute(number):
    return later(THREE_AT_NIGHT, 60 * number)


def an_assessment(at, counted=3, expected=5, **changed):
    """What a look at that minute says: a mismatch, if the two differ."""
    verdict = Verdict.MATCH if counted == expected else Verdict.MISMATCH
    direction = Direction.SHORTAGE if counted < expected else Direction.OVERAGE
    values = {
        "bin": BIN,
        "verdict": verdict,
        "direction": direction if verdict is Verdict.MISMATCH else None,
        "severity": Severity.MEDIUM,
        "expected": expected,
        "counted": counted,
        "mismatch_probability": 0.8 if verdict is Verdict.MISMATCH else 0.01,
        "look_id": f"look-{at}",
        "seen_at": minute(at),
        "order": minute(at),
        "revision": 1,
        "decided_at": minute(at),
        "exhibit": Exhibit(
            PhotoAt("uploads", f"{at}.jpg", None),
            (0.1, 0.1, 0.1, 0.6, 0.1),
            Source.STANDING,
            minute(at),
            "fake:1",
            "cost",
        ),
    }
    return Assessment(**values | changed)


@dataclass
class Desk:
    """Everything around the pure core, in memory."""

    rules: Patience = field(default_factory=Patience)
    grouping: Grouping = field(default_factory=lambda: Grouping(aisle_parts=0))
    silences: list[Silence] = field(default_factory=list)
    cases: dict[BinId, Case] = field(default_factory=dict)
    watches: dict[Group, Watch] = field(default_factory=dict)
    timers: set[Timer] = field(default_factory=set)
    sent: list[Alert | Incident] = field(default_factory=list)
    audit: list[Entry] = field(default_factory=list)
    cameras: dict[tuple[BinId, str], str | None] = field(default_factory=dict)
    now: int = 0

    def episode(self, bin_=BIN):
        return self.cases[bin_].episode

    def see(self, at, *, arrives=None, camera=None, **assessment):
        """A look captured at that minute is assessed when it arrives."""
        self.until(max(self.now, at if arrives is None else arrives))
        seen = an_assessment(at, **assessment)
        sign = Sign(seen.bin, seen.verdict, seen.look_id, seen.seen_at, camera)
        self.cameras[seen.bin, seen.look_id] = camera
        for group in groups_of(sign, self.grouping):
            watch = self.watches.get(group, Watch(group))
            others = [each for each in self.watches.values() if each.group != group]
            elsewhere = [each.incident for each in others if each.incident]
            self._turn(add_sign(watch, sign, self.grouping, minute(self.now), elsewhere))
        self._step(seen.bin, Assessed(seen))

    def person(self, who, command, revision=None, bin_=BIN, at=None, **fields):
        """A person answers what they see at their desk: the newest revision, if no other is given."""
        self.until(self.now if at is None else at)
        episode = self.episode(bin_)
        seen = episode.revision if revision is None else revision
        self._step(bin_, command(episode.id, seen, **fields), who)

    def until(self, at):
        """Let the minutes pass, and the sweep run in each."""
        while self.now < at:
            self.now += 1
            self.sweep()

    def sweep(self):
        for timer in due(self.timers, minute(self.now)):
            self.timers.discard(timer)
            if timer.kind is Kind.ALERT:
                self._step(BinId(*timer.subject.split("/")), Woken())
            else:
                watch = next(each for each in self.watches.values() if str(each.group) == timer.subject)
                self._turn(wake(watch, self.grouping, minute(self.now)))

    def messages(self, bin_=BIN):
        """What staff heard of a bin: event by event."""
        return [each.event for each in self.sent if isinstance(each, Alert) and each.bin == bin_.bin]

    def incidents(self):
        return [each for each in self.sent if isinstance(each, Incident)]

    def _step(self, bin_, command, who="binwatch"):
        before = self.cases.get(bin_, Case())
        mute = self._mute(bin_, command, before)
        done = step(before, command, Circumstances(minute(self.now), who, "", mute, self.rules))
        self.cases[bin_] = done.case
        self.audit += [done.entry] if done.entry else []
        self.sent += [done.message] if done.message else []
        if done.case.episode and done.case.episode.wake_at:
            self.timers.add(Timer(done.case.episode.wake_at, Kind.ALERT, str(bin_)))

    def _mute(self, bin_, command, case) -> Mute | None:
        about = (
            command.assessment if isinstance(command, Assessed) else case.episode and case.episode.assessment
        )
        if about is None:
            return None
        camera = self.cameras.get((bin_, about.look_id))
        sign = Sign(bin_, about.verdict, about.look_id, about.seen_at, camera)
        now = minute(self.now)
        return inhibiting(self.watches.values(), sign, now) or muting(self.silences, about, now)

    def _turn(self, turn):
        before = self.watches.get(turn.watch.group, Watch(turn.watch.group))
        self.watches[turn.watch.group] = turn.watch
        joined = (turn.watch.hit - before.hit) & self.cases.keys()
        self.timers |= {Timer(minute(self.now + 1), Kind.ALERT, str(bin_)) for bin_ in joined}
        self.sent += [turn.announced] if turn.announced else []
        if turn.watch.wake_at:
            self.timers.add(Timer(turn.watch.wake_at, Kind.INCIDENT, str(turn.watch.group)))
        asleep = turn.released.planned_end if turn.released else ""
        for timer in [each for each in self.timers if each.due_at == asleep]:
            self._step(BinId.parse(timer.subject), Woken())
