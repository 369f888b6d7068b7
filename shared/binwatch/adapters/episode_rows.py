"""Rows of the alerts' life, beside those of the ledger (rows.py) in the same table.

pk                          sk
bin/<site>/<bin>            case | trail/<alert id>/<revision>
silence/<site>              <silence id>
watch/<site>                <aisle or camera>/<name>
incident/<site>             <aisle or camera>/<name>
timer/<shard>               <due at>#<kind>#<subject>

A case is written in its bin's transaction, whose condition on the bin's revision guards it; so are its trail,
its timer and its messages. A watch has a version of its own, since looks at many bins write it. Its incident
also stands in a row apart until the bins are released: whoever asks what mutes a bin reads no watches.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.expressions.condition import Condition

from binwatch.adapters.row_mapping import outbox_row, pk
from binwatch.adapters.rows import AlertBinRow, AlertRow, Row, StateRow
from binwatch.adapters.stored_values import Tell, from_text, nobody, readable, to_text
from binwatch.alerts import Alert, MalformedAlert
from binwatch.bins import Bin
from binwatch.episodes import Case, Entry
from binwatch.errors import RowUnreadable
from binwatch.incident_messages import IncidentMessage
from binwatch.incidents import Incident, Watch
from binwatch.keys import BinId
from binwatch.signs import Group
from binwatch.silences import Silence
from binwatch.timers import SHARDS, Kind, Rewinding, Timer, rewound
from binwatch.upgrade import case_of as case_of_old

CASE, ENTRY, SILENCE, WATCH, INCIDENT = 1, 1, 1, 1, 1  # the schemas of what is stored as text
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


class IncidentRow(Row, discriminator="incident"):
    """An incident whose bins are not released yet."""

    incident = UnicodeAttribute()


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


def life_rows(before: Bin, after: Bin) -> Writes:
    """What a change of a bin's alerts writes: the case, its trail, its timer, its messages."""
    rewinding = rewound(Kind.ALERT, str(after.id), _wake_at(before.case), _wake_at(after.case))
    timers = _timer_rows(rewinding)
    case = (case_row(after.id, after.case),) if after.case != Case() else ()
    trail = (trail_row(after.id, each) for each in after.entries)
    alerts = (AlertBinRow(f"alert/{each}", "bin", bin=str(after.id)) for each in _alert_ids(after.entries))
    outbox = (outbox_row(each) for each in after.messages)
    return Writes((*case, *trail, *alerts, *outbox, *timers.put), timers.delete)


def case_at_hand(state: StateRow | None, rows: Iterable[Row]) -> tuple[Case, str | None]:
    """A bin's case, and why it cannot be read, if so; one from before there were cases is made into one.

    A case that cannot be read stops no look: the bin is given an empty one, its trail keeps what was.
    """
    rows = list(rows)
    try:
        for row in rows:
            if isinstance(row, CaseRow):
                return case_of(row), None
    except RowUnreadable as error:
        return Case(), str(error)
    if state is None or not state.episode:
        return Case(), None
    text = next((str(row.alert) for row in rows if isinstance(row, AlertRow) and row.alert), None)
    try:
        open_alert = Alert.from_json(text) if text and state.open_alert else None
    except MalformedAlert as error:
        return Case(None, int(state.episode)), str(error)
    return case_of_old(int(state.episode), open_alert, state.newest_order or ""), None


def _alert_ids(entries: Iterable[Entry]) -> list[str]:
    return sorted({each.alert_id for each in entries})


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
    """The silences of a site that have not ended; one that cannot be read mutes nothing."""
    for row in SilenceRow.query(
        f"silence/{site}", filter_condition=SilenceRow.ends_at > now, consistent_read=True
    ):
        with suppress(RowUnreadable):
            yield from_text(Silence, row.silence, SILENCE)


def watch_row(watch: Watch, version: int | None) -> WatchRow:
    """A watch as its row; of two writers that read the same version, the second's write fails."""
    row = WatchRow(*watch_key(watch.group), watch=to_text(watch, WATCH))
    if version is not None:
        row.version = version
    return row


def turn_rows(before: Watch, after: Watch, announced: Sequence[Incident]) -> Writes:
    """What a change of a watch writes beside it: its incident, its timer, its messages."""
    timers = watch_timers(before, after)
    outbox = (outbox_row(IncidentMessage.about(each)) for each in announced)
    if after.incident == before.incident:
        return Writes((*outbox, *timers.put), timers.delete)
    key = (f"incident/{after.group.site}", watch_key(after.group)[1])
    if after.incident is None:
        return Writes((*outbox, *timers.put), (IncidentRow(*key), *timers.delete))
    row = IncidentRow(*key, incident=to_text(after.incident, INCIDENT))
    return Writes((row, *outbox, *timers.put), timers.delete)


def incidents_of(site: str) -> Iterator[Incident]:
    """The incidents of a site whose bins are not released yet; one that cannot be read mutes nothing."""
    for row in IncidentRow.query(f"incident/{site}", consistent_read=True):
        with suppress(RowUnreadable):
            yield from_text(Incident, row.incident, INCIDENT)


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


def due_timers(now: str, most: int = 100, tell: Tell = nobody) -> list[Timer]:
    """The timers that have gone off, oldest first, at most so many of each partition."""
    end = f"{now}$"  # "$" follows the "#" after the due time in a key: what is due now is due
    return _timers(TimerRow.sk < end, most, tell)


def timers_at(moment: str, site: str, tell: Tell = nobody) -> list[Timer]:
    """The timers of a site's alerts at exactly that moment."""
    return _timers(TimerRow.sk.startswith(f"{moment}#{Kind.ALERT}#{site}/"), None, tell)


def _timers(which: Condition, most: int | None, tell: Tell) -> list[Timer]:
    """Those that can be read: were others counted, enough of them would hide all timers behind them."""
    found: list[Timer] = []
    for shard in range(SHARDS):
        rows = TimerRow.query(f"timer/{shard}", which, page_size=most, consistent_read=True)
        found += islice(readable(rows, timer_of, tell), most)
    return sorted(found)


def timer_of(row: TimerRow) -> Timer:
    """A row as the timer it keeps; RowUnreadable if it cannot be read."""
    try:
        kind = Kind(row.timer_kind)
        if kind is Kind.INCIDENT:
            Group.parse(row.subject)
    except ValueError as error:
        raise row.unreadable(error) from error
    return Timer(row.due_at, kind, row.subject)


def _wake_at(case: Case) -> str | None:
    return case.episode.wake_at if case.episode else None


def _timer_rows(rewinding: Rewinding) -> Writes:
    return Writes(
        (timer_row(rewinding.new),) if rewinding.new else (),
        (timer_row(rewinding.gone),) if rewinding.gone else (),
    )
