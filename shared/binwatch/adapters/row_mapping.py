"""Bins as rows and rows as bins."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace

from binwatch.adapters.rows import (
    AuditRow,
    ChangeMap,
    LookRow,
    OutboxRow,
    QuarantineRow,
    RecordRow,
    Row,
    StateRow,
)
from binwatch.adapters.stored_values import Tell, from_text, readable, to_text
from binwatch.asking import NO_DOUBT, Doubt, Draw
from binwatch.bins import Bin
from binwatch.decision import Direction, Verdict
from binwatch.errors import BeliefUnreadable, RowUnreadable
from binwatch.evidence import Evidence
from binwatch.keys import BinId
from binwatch.looks import Look
from binwatch.outbox import PREFIX, Message
from binwatch.ports import Quarantined
from binwatch.records import Record, Source

DOUBT, DRAW = 1, 1  # the schemas of what is stored as text
OUTBOX_DAYS = 7  # longer than a stream keeps its records; for a person who looks why an alert went out
LONGEST_TEXT = 1024  # characters of what a stranger sent: a row holds 400 kB at most
_SHARED = tuple(each.name for each in fields(Look) if each.name not in ("id", "bin", "count"))


def pk(bin_id: BinId) -> str:
    """A bin's partition; neither a site nor a bin can hold a slash."""
    return f"bin/{bin_id.site}/{bin_id.bin}"


def bin_id_of(row: Row) -> BinId:
    """The bin in whose partition a row stands."""
    return BinId.parse(row.pk.partition("/")[2])


def look_row(look: Look) -> LookRow:
    """A look of a bin as its row."""
    if look.bin is None:
        raise ValueError(f"look {look.id} belongs to no bin")
    values = {name: getattr(look, name) for name in _SHARED}
    values |= {name: list(values[name]) for name in ("probabilities", "label_prior")}
    return LookRow(pk(look.bin), f"look/{look.id}", counted=look.count, **values)


def look_of(row: LookRow) -> Look:
    """A row as the look it keeps; RowUnreadable if it cannot be read."""
    values = {each: getattr(row, each) for each in _SHARED}
    try:
        values |= {
            "verdict": Verdict(row.verdict),
            "direction": Direction(row.direction) if row.direction else None,
            "expected_source": Source(row.expected_source) if row.expected_source else None,
        }
    except ValueError as error:
        raise row.unreadable(error) from error
    return Look(
        **values
        | {
            "id": row.sk.removeprefix("look/"),
            "bin": bin_id_of(row),
            "count": row.counted,
            "probabilities": tuple(row.probabilities or ()),
            "label_prior": tuple(row.label_prior or ()),
        }
    )


def state_row(bin_: Bin) -> StateRow:
    """The row that every writer of the bin competes for."""
    return StateRow(
        pk(bin_.id),
        "state",
        revision=bin_.revision + 1,
        newest=bin_.newest,
        newest_order=bin_.newest_order or None,
        waiting=list(bin_.waiting),
        evidence=bin_.evidence.to_json() if bin_.evidence.items else None,
        doubt=to_text(bin_.doubt, DOUBT) if bin_.doubt != NO_DOUBT else None,
        draw=to_text(bin_.draw, DRAW) if bin_.draw else None,
    )


def bin_of(bin_id: BinId, state: StateRow | None, rows: Iterable[Row], tell: Tell) -> Bin:
    """A bin as its state and the rows at hand tell it; of looks that cannot be read `tell` hears."""
    rows = list(rows)
    looks = readable((row for row in rows if isinstance(row, LookRow)), look_of, tell)
    records = {row.sk: Record(int(row.quantity), row.order) for row in rows if isinstance(row, RecordRow)}
    standing = records.pop("standing", None)
    bin_ = Bin(
        bin_id,
        looks={look.id: look for look in looks},
        sidecars={sk.removeprefix("sidecar/"): record for sk, record in records.items()},
        standing=standing,
    )
    if state is None:
        return bin_
    evidence, fault = _evidence_of(state)
    return replace(
        bin_,
        revision=int(state.revision),
        newest=state.newest,
        newest_order=state.newest_order or "",
        waiting=tuple(str(each) for each in state.waiting),
        evidence=evidence,
        evidence_fault=fault,
        doubt=doubt_of(state),
        draw=draw_of(state),
    )


def doubt_of(state: StateRow) -> Doubt:
    """Whether the bin waits for another look; where that cannot be read, robots may be asked once more."""
    try:
        return from_text(Doubt, state.doubt, DOUBT) if state.doubt else NO_DOUBT
    except RowUnreadable:
        return NO_DOUBT


def draw_of(state: StateRow) -> Draw | None:
    """The bin's newest draw; one that cannot be read is none, and the bin may be drawn once more."""
    try:
        return from_text(Draw, state.draw, DRAW) if state.draw else None
    except RowUnreadable:
        return None


def _evidence_of(state: StateRow) -> tuple[Evidence, str | None]:
    """The evidence that a state keeps; a row from before there was any keeps none.

    What cannot be read is no reason to stop: the looks are all kept in their own rows, and the newest stands
    alone until there is new evidence.
    """
    try:
        return (Evidence.from_json(state.evidence) if state.evidence else Evidence()), None
    except BeliefUnreadable as error:
        return Evidence(), str(error)


def changed_rows(before: Bin, after: Bin) -> Iterator[Row]:
    """The rows that tell the two apart, other than the state and what is new in the looks."""
    partition = pk(after.id)
    for stem, record in after.sidecars.items():
        if record != before.sidecars.get(stem):
            yield RecordRow(partition, f"sidecar/{stem}", quantity=record.quantity, order=record.order)
    if after.standing and after.standing != before.standing:
        yield RecordRow(partition, "standing", quantity=after.standing.quantity, order=after.standing.order)
    if after.audit:
        changes = [ChangeMap(**asdict(change)) for change in after.audit]  # type: ignore[no-untyped-call]
        yield AuditRow(partition, f"audit/{after.revision + 1:012}", changes=changes)


def outbox_row(message: Message) -> OutboxRow:
    """A message as the row from which it is published."""
    expires_at = int(time.time()) + OUTBOX_DAYS * 86_400
    key = f"{PREFIX}{message.id}"
    return OutboxRow(key, f"{message.revision:06}", alert=message.to_json(), expires_at=expires_at)


def quarantine_row(item: Quarantined) -> QuarantineRow:
    """An item of the quarantine as its row; days keep a flood of them out of one partition."""
    return QuarantineRow(
        f"quarantine/{item.at[:10]}",
        item.id,
        at=item.at,
        item=item.kind,
        code=item.code,
        detail=item.detail[:LONGEST_TEXT],
        bucket=item.bucket,
        key=item.key[:LONGEST_TEXT] if item.key else None,
        version_id=item.version_id,
        excerpt=item.excerpt,
        verdict=Verdict.UNREADABLE if item.kind == "photo" else None,
    )


def quarantined_of(row: QuarantineRow) -> Quarantined:
    """A row as the item it keeps."""
    return Quarantined(
        id=row.sk,
        at=row.at,
        kind=row.item,
        code=row.code,
        detail=row.detail,
        bucket=row.bucket,
        key=row.key,
        version_id=row.version_id,
        excerpt=row.excerpt,
    )


def look_in_quarantine(row: QuarantineRow) -> Look:
    """A photo whose key names no bin, as the unreadable look that it is to an operator."""
    return Look(
        id=row.sk,
        bucket=row.bucket or "",
        key=row.key or "",
        version_id=row.version_id,
        bin=None,
        stem="",
        order="",
        captured_at=row.at,
        uploaded_at=row.at,
        stored_at=row.at,
        decided_at=row.at,
        verdict=Verdict.UNREADABLE,
        reason=f"{row.code}: {row.detail}",
    )
