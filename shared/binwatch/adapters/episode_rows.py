"""Rows of the alerts' life, beside those of the ledger (rows.py) in the same table.

pk                          sk
bin/<site>/<bin>            case | trail/<alert id>/<revision>
silence/<site>              <silence id>
watch/<site>                <aisle or camera>/<name>
timer/<shard>               <due at>#<kind>#<subject>

A case is written in its bin's transaction, whose condition on the bin's revision guards it; so are its line
of the trail and its timer. A watch has a version of its own, since looks at many bins write it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute

from binwatch.adapters.row_mapping import pk
from binwatch.adapters.rows import Row
from binwatch.adapters.stored_values import from_text, to_text
from binwatch.episodes import Case, Entry, Step
from binwatch.incidents import Group, Watch
from binwatch.keys import BinId
from binwatch.moments import later
from binwatch.silences import Silence
from binwatch.timers import SHARDS, Kind, Rewinding, Timer, rewound

CASE, ENTRY, SILENCE, WATCH = 1, 1, 1, 1  # the schemas of what is stored as text
KEPT_S = 90 * 86_400  # how long after its end a silence is kept, for whoever asks why nothing was sent


class CaseRow(Row, discriminator="case"):
    """A bin's case; what a list of alerts filters by stands apart."""

    case = UnicodeAttribute()
    alert_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    severity = UnicodeAttribute(null=True)


class TrailRow(Row, discriminator="trail"):
    """One transition of an alert."""

    at = UnicodeAttribute()
    who = UnicodeAttribute()
    what = UnicodeAttribute()
    entry = UnicodeAttribute()


class SilenceRow(Row, discriminator="silence"):
    """A silence; the table's time to live takes it long after its end."""

    ends_at = UnicodeAttribute()
    silence = UnicodeAttribute()
    expires_at = NumberAttribute()


class WatchRow(Row, discriminator="watch"):
    """An aisle or a camera: its newest signs and its incident."""

    watch = UnicodeAttribute()
    version = VersionAttribute()


class TimerRow(Row, discriminator="timer"):
    """Whom to wake when."""

    due_at = UnicodeAttribute()
    timer_kind = UnicodeAttribute()
    subject = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Writes:
    """What one transaction puts and deletes."""

    put: tuple[Row, ...] = ()
    delete: tuple[Row, ...] = ()


def step_rows(bin_: BinId, before: Case, step: Step) -> Writes:
    """What a step changes: the case, its trail, its timer. Its message belongs in the outbox beside."""
    if step.case == before:
        return Writes()
    rewinding = rewound(Kind.ALERT, str(bin_), _wake_at(before), _wake_at(step.case))
    trail = (trail_row(bin_, step.entry),) if step.entry else ()
    timers = _timer_rows(rewinding)
    return Writes((case_row(bin_, step.case), *trail, *timers.put), timers.delete)


def case_row(bin_: BinId, case: Case) -> CaseRow:
    """A bin's case as its row."""
    episode = case.episode
    return CaseRow(
        pk(bin_),
        "case",
        case=to_text(case, CASE),
        alert_id=episode.id if episode else None,
        state=episode.state if episode else None,
        severity=episode.assessment.severity if episode else None,
    )


def case_of(row: CaseRow) -> Case:
    """A row as the case it keeps; RowUnreadable if it cannot be read."""
    return from_text(Case, row.case, CASE)


def trail_row(bin_: BinId, entry: Entry) -> TrailRow:
    """A line of the audit trail as its row; the same line again is the same row."""
    key = f"trail/{entry.alert_id}/{entry.revision:06}"
    return TrailRow(pk(bin_), key, at=entry.at, who=entry.who, what=entry.what, entry=to_text(entry, ENTRY))


def entry_of(row: TrailRow) -> Entry:
    """A row as the line it keeps; RowUnreadable if it cannot be read."""
    return from_text(Entry, row.entry, ENTRY)


def silence_row(silence: Silence, epoch: int) -> SilenceRow:
    """A silence as its row. `epoch`: now, in seconds since 1970, for the time to live."""
    text = to_text(silence, SILENCE)
    key = f"silence/{silence.site}"
    return SilenceRow(key, silence.id, ends_at=silence.ends_at, silence=text, expires_at=epoch + KEPT_S)


def silences_of(site: str, now: str) -> Iterator[Silence]:
    """The silences of a site that have not ended."""
    for row in SilenceRow.query(
        f"silence/{site}", filter_condition=SilenceRow.ends_at > now, consistent_read=True
    ):
        yield from_text(Silence, row.silence, SILENCE)


def watch_row(watch: Watch, known: WatchRow | None) -> WatchRow:
    """A watch as its row; of two writers that read the same one, the second's save or transaction fails."""
    row = known or WatchRow(*watch_key(watch.group))
    row.watch = to_text(watch, WATCH)
    return row


def watch_of(row: WatchRow) -> Watch:
    """A row as the watch it keeps; RowUnreadable if it cannot be read."""
    return from_text(Watch, row.watch, WATCH)


def watch_key(group: Group) -> tuple[str, str]:
    """Where a group's watch stands."""
    return f"watch/{group.site}", f"{group.kind}/{group.name}"


def watch_timers(before: Watch, after: Watch) -> Writes:
    """The timer of a group's incident, as it changes with the watch."""
    return _timer_rows(rewound(Kind.INCIDENT, str(after.group), before.wake_at, after.wake_at))


def timer_row(timer: Timer) -> TimerRow:
    """A timer as its row."""
    key = f"timer/{timer.shard}"
    return TimerRow(key, timer.key, due_at=timer.due_at, timer_kind=timer.kind, subject=timer.subject)


def due_timers(now: str, limit: int = 100) -> list[Timer]:
    """The timers that have gone off, oldest first, at most so many of each partition."""
    end = later(now, 0.001)  # a key begins with its due time, and what is due now is due
    found = [
        Timer(row.due_at, Kind(row.timer_kind), row.subject)
        for shard in range(SHARDS)
        for row in TimerRow.query(f"timer/{shard}", TimerRow.sk < end, limit=limit, consistent_read=True)
    ]
    return sorted(found)


def _wake_at(case: Case) -> str | None:
    return case.episode.wake_at if case.episode else None


def _timer_rows(rewinding: Rewinding) -> Writes:
    return Writes(
        (timer_row(rewinding.new),) if rewinding.new else (),
        (timer_row(rewinding.gone),) if rewinding.gone else (),
    )
