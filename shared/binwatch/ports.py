"""What binwatch needs of the world, named for the need; adapters/ and tests/fakes.py provide it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from binwatch.alerts import Alert
from binwatch.bins import Bin
from binwatch.errors import BinwatchError
from binwatch.events import ObjectCreated
from binwatch.keys import BinId
from binwatch.looks import Look
from binwatch.prediction import Counted, Model


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

    def quarantine(self, item: Quarantined) -> None:
        """Keep something for an operator; the same item again changes nothing."""

    def looks(self) -> Iterator[Look]:
        """All stored looks, photos in quarantine included, in no order."""

    def quarantined(self) -> Iterator[Quarantined]:
        """All that is in quarantine, in no order."""


class Alerts(Protocol):
    """Tells operations staff."""

    def publish(self, alert: Alert) -> None:
        """Send one alert; Transient if it may work later."""
