"""What binwatch needs of the world, named for the need; adapters/ and tests/fakes.py provide it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from binwatch.bins import Bin
from binwatch.errors import BinwatchError
from binwatch.events import ObjectCreated
from binwatch.incidents import Incident, Watch
from binwatch.keys import BinId
from binwatch.looks import Look
from binwatch.muting import Muting
from binwatch.outbox import Message
from binwatch.prediction import Counted, Model
from binwatch.signs import Group
from binwatch.silences import Silence
from binwatch.timers import Timer


@dataclass(frozen=True, slots=True)
class Object:
    """An uploaded object's bytes and its user metadata (x-amz-meta-…, without the prefix)."""

    body: bytes
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as the endpoint takes it."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Count:
    """A photo's P(count) and who counted it."""

    counted: Counted
    model: Model


@dataclass(frozen=True, slots=True)
class Wanted:
    """The part of a bin that is needed: these looks and these photos' records, and always the newest look.

    With `to_judge_again`, also the looks that wait for any record, and their records. With `recorded`, also
    all looks of the photos whose record is new.
    """

    bin: BinId
    looks: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    to_judge_again: bool = False
    recorded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Something that belongs to no bin, or that no bin can use, kept for an operator with its reason."""

    id: str
    at: str
    kind: str  # "photo", "record", "object" or "message"
    code: str
    detail: str
    bucket: str | None = None
    key: str | None = None
    version_id: str | None = None
    excerpt: str | None = None


class Objects(Protocol):
    """Reads uploads."""

    def read_all(self, uploads: Sequence[ObjectCreated]) -> Sequence[Object | BinwatchError]:
        """One answer for each upload, in order: exactly the version that was announced, or why not."""


class Counter(Protocol):
    """Counts photos."""

    def count_all(self, photos: Sequence[Photo]) -> Sequence[Count | BinwatchError]:
        """One answer for each photo, in order."""


class Ledger(Protocol):
    """Keeps bins."""

    def load(self, wanted: Sequence[Wanted]) -> Mapping[BinId, Bin]:
        """The wanted bins, empty ones where nothing is known."""

    def save(self, before: Bin, after: Bin) -> None:
        """Write what changed, all of it or nothing; Conflict if the bin is no longer as it was before."""

    def bin_of(self, alert_id: str) -> BinId | None:
        """The bin that an alert is about; None if there is no such alert."""

    def quarantine(self, item: Quarantined) -> None:
        """Keep something for an operator; the same item again changes nothing."""

    def looks(self) -> Iterator[Look]:
        """All stored looks, photos in quarantine included, in no order."""

    def quarantined(self) -> Iterator[Quarantined]:
        """All that is in quarantine, in no order."""


class Alerts(Protocol):
    """Tells operations staff."""

    def publish(self, message: Message) -> None:
        """Send one message; Transient if it may work later."""


@dataclass(frozen=True, slots=True)
class KeptWatch:
    """A watch as it was read; `version` tells whether another writer was quicker (None: there was none)."""

    watch: Watch
    version: int | None = None


class Noticeboard(Protocol):
    """Keeps what concerns many bins of a site at once."""

    def muting(self, site: str, now: str) -> Muting:
        """What mutes alerts of a site now."""

    def watch(self, group: Group) -> KeptWatch:
        """The watch over a group, an empty one where nothing is known."""

    def turn(self, before: KeptWatch, after: Watch, announced: Sequence[Incident]) -> None:
        """Write a watch and what is to be sent of it, or nothing; Conflict if it is no longer as before."""

    def silence(self, silence: Silence) -> None:
        """Keep a silence, in place of the one of its name."""


class Timers(Protocol):
    """Wakes whoever has to be looked at again."""

    def set(self, timers: Sequence[Timer]) -> None:
        """Set them; one that is set already stays."""

    def due(self, now: str, most: int) -> Sequence[Timer]:
        """Those that have gone off, oldest first; where there are more than `most`, perhaps not all."""

    def at(self, moment: str, site: str) -> Sequence[Timer]:
        """The timers of a site's alerts that go off at exactly that moment."""

    def forget(self, timer: Timer) -> None:
        """Delete one; one that is gone stays so."""
