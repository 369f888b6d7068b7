"""From uploads to findings: reads the objects, checks them cheaply, has the photos counted together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from binwatch.beliefs import likelihood_of
from binwatch.decision import Verdict
from binwatch.errors import BinwatchError, MalformedRecord, NotADistribution, Permanent
from binwatch.events import ObjectCreated
from binwatch.evidence import Moved, Recorded
from binwatch.keys import PhotoKey, SidecarKey, StandingKey, seconds
from binwatch.looks import Look, look_id
from binwatch.photos import check_format, check_size
from binwatch.ports import Count, Counter, Object, Objects, Photo
from binwatch.records import (
    MAX_RECORD_BYTES,
    QUANTITY_HEADER,
    Record,
    Source,
    Statement,
    parse_header,
    parse_record,
)

# Robots may upload after a shift, or a weekend without network. Evidence that is older counts for less than
# half by default; a clock that is so wrong tells nothing of when a photo was taken.
LONGEST_DELAY_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Arrival:
    """An upload whose key names its bin."""

    upload: ObjectCreated
    key: PhotoKey | SidecarKey | StandingKey


@dataclass(frozen=True, slots=True)
class _Uncounted:
    """A photo that has passed the cheap checks, and the look it will become."""

    look: Look
    photo: Photo


Finding = Look | Record | BinwatchError


@dataclass(frozen=True, slots=True)
class Examiner:
    """Tells what each upload is: a look, a record, or the error that keeps it from being one."""

    objects: Objects
    counter: Counter

    def examine(self, arrivals: Sequence[Arrival], now: str) -> list[Finding]:
        """One finding for each arrival, in order. A bad upload never fails its neighbours."""
        objects = self._read(arrivals)
        found = [_inspect(arrival, each, now) for arrival, each in zip(arrivals, objects, strict=True)]
        return self._count(found)

    def _read(self, arrivals: Sequence[Arrival]) -> list[Object | BinwatchError]:
        """Read what is neither empty nor too large."""
        refusals = [_refusal(arrival) for arrival in arrivals]
        wanted = [each.upload for each, refusal in zip(arrivals, refusals, strict=True) if not refusal]
        objects = iter(self.objects.read_all(wanted))
        return [refusal or next(objects) for refusal in refusals]

    def _count(self, found: Sequence[_Uncounted | Finding]) -> list[Finding]:
        """Replace the uncounted photos, counted in as few requests as possible, by looks."""
        counts = iter(self.counter.count_all([each.photo for each in found if isinstance(each, _Uncounted)]))
        return [_counted(each.look, next(counts)) if isinstance(each, _Uncounted) else each for each in found]


def _refusal(arrival: Arrival) -> Permanent | None:
    """Why an object need not even be downloaded."""
    size = arrival.upload.size
    if not isinstance(arrival.key, PhotoKey):
        return MalformedRecord("record_too_large", f"{size} bytes") if size > MAX_RECORD_BYTES else None
    try:
        check_size(size)
    except Permanent as refusal:
        return refusal
    return None


def _inspect(arrival: Arrival, found: Object | BinwatchError, now: str) -> _Uncounted | Finding:
    """What an object is before it is counted."""
    if not isinstance(arrival.key, PhotoKey):
        return _read_record(arrival.upload, found)
    look = _new_look(arrival.upload, arrival.key, now)
    if isinstance(found, Object):
        try:
            photo = Photo(check_format(look.key, found.body), found.body)
        except Permanent as refusal:
            return _unreadable(look, refusal)
        return _Uncounted(_with_header(look, found.metadata.get(QUANTITY_HEADER)), photo)
    return _unreadable(look, found) if isinstance(found, Permanent) else found


def _read_record(upload: ObjectCreated, found: Object | BinwatchError) -> Record | BinwatchError:
    if isinstance(found, BinwatchError):
        return found
    try:
        stated = parse_record(found.body)
    except MalformedRecord as error:
        return error
    id_ = f"record {upload.order} {upload.id}"  # of two in one millisecond the later one sorts last
    said = Recorded(seconds(upload.created_at), id_, stated.quantity, stated.movement)
    return Record(stated.quantity, upload.order, _moved(upload, stated), said)


def _moved(upload: ObjectCreated, stated: Statement) -> Moved | None:
    """The movement that a record includes; as with photos, a clock that runs ahead is not believed.

    A record that is exported again, with the movement that it was last changed by, tells of the same one.
    """
    if not stated.movement:
        return None
    uploaded_at = seconds(upload.created_at)
    if stated.moved_at is None:
        return Moved(uploaded_at, upload.id, stated.movement)
    id_ = f"moved {stated.moved_at:.3f} by {stated.movement} to {stated.quantity}"
    return Moved(min(stated.moved_at, uploaded_at), id_, stated.movement)


def _new_look(upload: ObjectCreated, key: PhotoKey, now: str) -> Look:
    return Look(
        id=look_id(key.stem, upload),
        bucket=upload.bucket,
        key=upload.key,
        version_id=upload.version_id,
        bin=key.bin,
        stem=key.stem,
        order=f"{_captured(upload, key) if key.captured_at else ''} {upload.order}",
        captured_at=_captured(upload, key),
        uploaded_at=upload.created_at,
        stored_at=now,
        decided_at=now,
        reason=_clock_fault(upload, key),
    )


def _captured(upload: ObjectCreated, key: PhotoKey) -> str:
    """When the photo was taken, by the robot's clock as far as it can be right.

    One that runs ahead must not make a photo newer than all that follow. One that runs far behind, as after
    an empty battery, would make it evidence too old to count.
    """
    if key.captured_at is None or _clock_fault(upload, key):
        return upload.created_at
    return min(key.captured_at, upload.created_at)


def _clock_fault(upload: ObjectCreated, key: PhotoKey) -> str | None:
    """What an operator is told of a clock that runs so far behind that nobody believes it."""
    if key.captured_at is None:
        return None
    behind = seconds(upload.created_at) - seconds(key.captured_at)
    if behind <= LONGEST_DELAY_S:
        return None
    return f"clock_behind: by its name it was taken {behind / 86_400:.0f} days before its upload"


def _with_header(look: Look, header: str | None) -> Look:
    """The look with the quantity that the photo itself brings; a malformed one is named and not used."""
    if header is None:
        return look
    try:
        return replace(look, expected=parse_header(header), expected_source=Source.PHOTO)
    except MalformedRecord as error:
        return replace(look, reason=f"{look.reason}; {error}" if look.reason else str(error))


def _counted(look: Look, count: Count | BinwatchError) -> Look | BinwatchError:
    if isinstance(count, Permanent):
        return _unreadable(look, count)
    if isinstance(count, BinwatchError):
        return count
    try:
        likelihood_of(count.counted, count.model)
    except NotADistribution as error:
        return _unreadable(look, error)
    return replace(
        look,
        count=count.counted.count,
        probabilities=count.counted.probabilities,
        label_prior=count.model.label_prior,
        model=str(count.model),
    )


def _unreadable(look: Look, reason: Permanent) -> Look:
    return replace(look, verdict=Verdict.UNREADABLE, reason=str(reason))
