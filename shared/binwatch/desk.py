"""The desk: where people answer alerts and set silences, and where timers wake what they muted."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from binwatch.alerts import Severity
from binwatch.bins import Bin
from binwatch.commands import Answering, Woken
from binwatch.decision import Direction
from binwatch.episodes import SYSTEM
from binwatch.errors import MalformedCommand, UnknownAlert
from binwatch.handling import Occasion, count_drawn, count_visited, obey
from binwatch.keys import BinId
from binwatch.moments import later
from binwatch.policy_book import Rules
from binwatch.ports import Ledger, Noticeboard, Timers, Wanted
from binwatch.races import run_again
from binwatch.silences import LONGEST_S, Silence

EVER = "0"  # before every moment: no silence is over yet
ATTEMPTS = 4  # a bin that others change more often than that is tried again later


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose alerts a silence mutes: a site's bins, by prefix, direction and severity (see `Silence`)."""

    site: str
    bin_prefix: str = ""
    direction: Direction | None = None
    sent_from: Severity | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Obeys persons and timers, one transaction each; a race that is lost is run again."""

    ledger: Ledger
    noticeboard: Noticeboard
    timers: Timers
    rules_for: Callable[[BinId], Rules]
    now: Callable[[], str]

    def answer(self, command: Answering, who: str, why: str = "") -> Bin:
        """The bin after a person's answer.

        Args:
            command: names the alert and the revision that the person saw.
            who: that person.
            why: in their words.

        Raises:
            UnknownAlert: no bin has such an alert.
            RevisionConflict: others changed it since; `since` says what they did.
            IllegalTransition: its state does not allow the answer.
            MalformedCommand: nobody answers.
            Transient: the table is out of reach, or others never cease to write there.
        """
        bin_id = self._bin_of(command.alert_id)
        return self._change(bin_id, lambda bin_, on: obey(bin_, command, on), who, why)

    def audit(self, bin_id: BinId, counted: int, who: str, note: str = "") -> Bin:
        """The bin after a person counted it because the audit sample drew it.

        Args:
            bin_id: which.
            counted: items, by hand.
            who: counted them.
            note: in their words.

        Raises:
            UnknownAlert: the sample did not draw it, or somebody else has counted it since.
            MalformedCommand: nobody counted, or what no bin holds.
            Transient: the table is out of reach, or others never cease to write there.
        """
        return self._change(bin_id, lambda bin_, on: count_drawn(bin_, counted, on, note), who)

    def count(self, bin_id: BinId, counted: int, who: str) -> Bin:
        """The bin after a person counted it of their own accord.

        Args:
            bin_id: which.
            counted: items, by hand.
            who: counted them.

        Raises:
            UnknownAlert: nothing was ever seen of the bin.
            IllegalTransition: an alert about it waits for the answer.
            MalformedCommand: nobody counted, or what no bin holds.
            Transient: the table is out of reach, or others never cease to write there.
        """
        return self._change(bin_id, lambda bin_, on: count_visited(bin_, counted, on), who)

    def wake(self, bin_id: BinId) -> Bin:
        """The bin after its timer went off: whatever is due by now is done, once."""
        return self._change(bin_id, lambda bin_, on: obey(bin_, Woken(), on))

    def look_up(self, alert_id: str) -> Bin:
        """The bin that an alert is about, with its case.

        Raises:
            UnknownAlert: no bin has such an alert.
        """
        bin_ = self._load(self._bin_of(alert_id))
        if bin_.case.episode is None:
            fault = bin_.case_fault or "its case is gone"
            raise UnknownAlert("unknown_alert", f"bin {bin_.id} keeps alert {alert_id} no longer: {fault}")
        return bin_

    def silence(self, scope: Scope, lasts_s: float, who: str, why: str) -> Silence:
        """A silence from now on.

        Raises:
            MalformedCommand: it is too long, or lacks who or why.
        """
        if not 0 <= lasts_s <= LONGEST_S:  # what is no number neither
            raise MalformedCommand(
                "silence_too_long", f"a silence lasts 0 to {LONGEST_S} seconds, not {lasts_s:g}"
            )
        now = self.now()
        name = f"{scope}\n{now}\n{who}\n{why}"
        silence = Silence(
            id=hashlib.sha256(name.encode()).hexdigest()[:12],
            site=scope.site,
            who=who,
            why=why,
            begins_at=now,
            ends_at=later(now, lasts_s),
            bin_prefix=scope.bin_prefix,
            direction=scope.direction,
            sent_from=scope.sent_from,
        )
        self.noticeboard.silence(silence)
        return silence

    def silences(self, site: str) -> Sequence[Silence]:
        """The silences of a site that have not ended."""
        return self.noticeboard.muting(site, self.now()).silences

    def end_silence(self, site: str, silence_id: str, who: str) -> Silence:
        """A silence ended before its time; the alerts that it muted are woken by the next sweep.

        They wait for its end, so their timers tell which they are. What is set now does no harm if another
        silence still mutes them. It is ended first: whom a sweep woke before, it would mute again. Whoever is
        interrupted ends it again, which wakes them again and changes nothing else.

        Raises:
            UnknownAlert: there is no such silence, or it is over by itself.
            MalformedCommand: nobody ends it.
        """
        if not who.strip():
            raise MalformedCommand("who_missing", "a silence is ended by somebody with a name")
        now = self.now()
        found = [each for each in self.noticeboard.muting(site, EVER).silences if each.id == silence_id]
        if not found or (found[0].ends_at <= now and found[0].ended_by is None):
            raise UnknownAlert("unknown_silence", f"no silence {silence_id} is in force at {site}")
        ended = found[0].ended(now, who)
        self.noticeboard.silence(ended)
        waiting = self.timers.at(ended.planned_end or ended.ends_at, site)
        self.timers.set([replace(each, due_at=ended.ends_at) for each in waiting])
        return ended

    def _change(
        self, bin_id: BinId, change: Callable[[Bin, Occasion], Bin], who: str = SYSTEM, why: str = ""
    ) -> Bin:
        def attempt() -> Bin:
            before = self._load(bin_id)
            now = self.now()
            muting = self.noticeboard.muting(bin_id.site, now)
            after = change(before, Occasion(now, self.rules_for(bin_id), muting, who, why))
            if after is not before:
                self.ledger.save(before, after)
            return after

        return run_again(attempt, ATTEMPTS, f"bin {bin_id}")

    def _bin_of(self, alert_id: str) -> BinId:
        bin_id = self.ledger.bin_of(alert_id)
        if bin_id is None:
            raise UnknownAlert("unknown_alert", f"no bin has an alert {alert_id}")
        return bin_id

    def _load(self, bin_id: BinId) -> Bin:
        return self.ledger.load([Wanted(bin_id, to_judge_again=True)])[bin_id]
