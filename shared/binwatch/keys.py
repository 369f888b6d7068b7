"""Object keys: which bin a photo or a record belongs to, in either of the two layouts.

ABID    bin-images/<id>.jpg     metadata/<id>.json     (site "default", bin <id>)
fleet   sites/<site>/bins/<bin>/<captured_at>[_<camera>].<jpg|jpeg|png|webp>
…the same stem.json     sites/<site>/bins/<bin>/expected.json
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from binwatch.errors import KeyOutsideLayouts

ABID_SITE = "default"
MAX_SEGMENT_BYTES = 256  # a stem becomes part of a sort key, of which DynamoDB takes 1,024 bytes

_LINE_BREAKING = {"Cc", "Zl", "Zp"}  # Unicode categories: in an e-mail they could pass for lines of ours
_ABID_PHOTO = re.compile(r"bin-images/(?P<id>[^/]+)\.(?i:jpg)")
_ABID_SIDECAR = re.compile(r"metadata/(?P<id>[^/]+)\.json")
_FLEET = re.compile(r"sites/(?P<site>[^/]+)/bins/(?P<bin>[^/]+)/(?P<name>[^/]+)")
_CAPTURED_AT = r"(?P<captured_at>\d{8}T\d{6}\.\d{3}Z)"
_FLEET_NAME = re.compile(rf"(?P<stem>{_CAPTURED_AT}(?:_[^/]+?)?)\.(?P<extension>(?i:jpe?g|png|webp)|json)")


@dataclass(frozen=True, slots=True)
class BinId:
    """One bin of one site."""

    site: str
    bin: str

    def __str__(self) -> str:
        return f"{self.site}/{self.bin}"

    @classmethod
    def parse(cls, text: str) -> "BinId":
        """What `str` gave."""
        site, _, name = text.partition("/")
        return cls(site, name)


@dataclass(frozen=True, slots=True)
class PhotoAt:
    """Where a photo lies in S3."""

    bucket: str
    key: str
    version_id: str | None


@dataclass(frozen=True, slots=True)
class PhotoKey:
    """A photo of a bin; `captured_at` (ISO 8601, UTC, milliseconds) is known in the fleet layout only."""

    bin: BinId
    stem: str
    captured_at: str | None = None


@dataclass(frozen=True, slots=True)
class SidecarKey:
    """The record of one photo: the same stem, ending in .json."""

    bin: BinId
    stem: str


@dataclass(frozen=True, slots=True)
class StandingKey:
    """The bin's standing record, which holds until it is replaced."""

    bin: BinId


def can_be_named(name: str) -> bool:
    """Whether a site or a bin can be called so: whether a key that `parse_key` takes can hold the name."""
    if "/" in name or not 0 < len(name.encode(errors="surrogatepass")) <= MAX_SEGMENT_BYTES:
        return False
    return not any(unicodedata.category(each) in (*_LINE_BREAKING, "Cs") for each in name)


def parse_key(key: str) -> PhotoKey | SidecarKey | StandingKey:
    """Tell what an object key names.

    Raises:
        KeyOutsideLayouts: the key follows neither layout, or a part of it is longer than we can store.
    """
    if any(len(segment.encode()) > MAX_SEGMENT_BYTES for segment in key.split("/")):
        raise KeyOutsideLayouts("key_too_long", f"a part of the key exceeds {MAX_SEGMENT_BYTES} bytes")
    if any(unicodedata.category(each) in _LINE_BREAKING for each in key):
        raise KeyOutsideLayouts("control_characters", "the key holds control characters or line breaks")
    if found := _ABID_PHOTO.fullmatch(key):
        return PhotoKey(BinId(ABID_SITE, found["id"]), found["id"])
    if found := _ABID_SIDECAR.fullmatch(key):
        return SidecarKey(BinId(ABID_SITE, found["id"]), found["id"])
    found = _FLEET.fullmatch(key)
    named = _parse_fleet_name(BinId(found["site"], found["bin"]), found["name"]) if found else None
    if named:
        return named
    raise KeyOutsideLayouts("key_outside_layouts", f"{key!r} follows neither the ABID nor the fleet layout")


def camera_of(stem: str) -> str | None:
    """The camera that a fleet photo's name tells of."""
    found = re.fullmatch(rf"{_CAPTURED_AT}_(?P<camera>.+)", stem)
    return found["camera"] if found else None


def _parse_fleet_name(bin_id: BinId, name: str) -> PhotoKey | SidecarKey | StandingKey | None:
    if name == "expected.json":
        return StandingKey(bin_id)
    found = _FLEET_NAME.fullmatch(name)
    if not found:
        return None
    captured_at = _iso(found["captured_at"])
    if found["extension"] == "json":
        return SidecarKey(bin_id, found["stem"])
    return PhotoKey(bin_id, found["stem"], captured_at)


def _iso(captured_at: str) -> str:
    """`20261120T221005.123Z` as `2026-11-20T22:10:05.123Z`."""
    try:
        moment = datetime.strptime(captured_at, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise KeyOutsideLayouts("impossible_time", f"{captured_at} is no moment in time") from error
    return iso(moment)


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 text in UTC with milliseconds: `2026-11-20T22:10:05.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    """ISO 8601 text as Unix seconds; without a time zone it is UTC.

    Raises:
        ValueError: the text is no moment in time.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
