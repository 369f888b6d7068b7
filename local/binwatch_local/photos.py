"""Photos and their records, under the object keys that a robot would give them."""

import gzip
import json
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from binwatch.keys import ABID_SITE
from binwatch.photos import FORMATS
from binwatch_local.errors import SourceUnusable
from binwatch_local.files import Files

NO_CAPTURE_TIME = "20000101T000000.000Z"  # for photos whose names tell none, where the layout asks for one
RECORDS_FILE = "metadata.jsonl.gz"  # one record a line with its `id`, as ABID is often repacked


@dataclass(frozen=True, slots=True)
class Capture:
    """One photo as a robot uploads it, with the record that goes with it, if there is one.

    Args:
        photo_key: the object key of the photo.
        photo_name: where the photo's bytes lie in the source.
        record_key: the object key of the record.
        record: the record's bytes, as they will be sent.
    """

    photo_key: str
    photo_name: str
    record_key: str
    record: bytes | None = None


@dataclass(frozen=True, slots=True)
class Photos:
    """What a source holds.

    Args:
        captures: every photo, in the order of the names.
        standing: standing records of bins, as (object key, name).
        files: where the bytes are.
        notes: what is unusual about the source, a sentence each.
    """

    captures: tuple[Capture, ...]
    standing: tuple[tuple[str, str], ...]
    files: Files
    notes: tuple[str, ...] = ()

    def read(self, capture: Capture) -> bytes:
        """The bytes of one photo."""
        return self.files.read(capture.photo_name)

    def first(self, limit: int | None) -> "Photos":
        """No more photos than the limit."""
        return replace(self, captures=self.captures[:limit])


def parse_records(packed: bytes) -> dict[str, bytes]:
    """The records of a `metadata.jsonl.gz` by id, each as the robot would send it, without the id.

    Raises:
        SourceUnusable: it is no such file.
    """
    try:
        lines = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
        return {str(line.pop("id")): json.dumps(line, ensure_ascii=False).encode() for line in lines}
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        remedy = "Each line is a record with its id; mend the file or take it away."
        raise SourceUnusable(f"A {RECORDS_FILE} cannot be read ({error!r}).", remedy) from error


def arrange(files: Files, elsewhere: dict[str, bytes] | None = None) -> Photos:
    """Give every photo and record of a tree its object key.

    A path under `sites/<site>/bins/` keeps its name from there on (fleet layout); any other photo goes out in
    ABID's layout under its own file name. Its record lies beside it, in `metadata/` beside its folder, or
    elsewhere, by id.
    """
    names = sorted(name for name in files.names() if not _is_hidden(name))
    records = {_stem_path(name): name for name in names if _suffix(name) == ".json"}
    packed = {
        photo_id: record
        for name in names
        if PurePosixPath(name).name == RECORDS_FILE
        for photo_id, record in parse_records(files.read(name)).items()
    }
    elsewhere = {**(elsewhere or {}), **packed}
    captures: dict[str, Capture] = {}
    for name in (name for name in names if _suffix(name) in FORMATS and _is_utf8(name)):
        capture = _capture(name, captures)
        beside = next((records[path] for path in _record_paths(name) if path in records), None)
        record = files.read(beside) if beside else elsewhere.get(PurePosixPath(name).stem)
        captures[capture.photo_key] = replace(capture, record=record)
    standing = [(key, name) for name in names if (key := _fleet_key(name)) and key.endswith("/expected.json")]
    return Photos(tuple(captures.values()), tuple(standing), files, _notes(names, captures))


def _capture(name: str, taken: dict[str, Capture]) -> Capture:
    """A photo's keys: its fleet key as it is, else one under the file's own name."""
    suffix = PurePosixPath(name).suffix
    if fleet_key := _fleet_key(name):
        return Capture(fleet_key, name, f"{fleet_key.removesuffix(suffix)}.json")
    photo_id = stem = PurePosixPath(name).stem
    again = 1
    while (photo_key := _own_key(photo_id, suffix)) in taken:
        again += 1
        photo_id = f"{stem}~{again}"
    if photo_key.startswith("sites/"):
        return Capture(photo_key, name, f"{photo_key.removesuffix(suffix)}.json")
    return Capture(photo_key, name, f"metadata/{photo_id}.json")


def _own_key(photo_id: str, suffix: str) -> str:
    """A photo's key under its own name: in ABID's layout, or the fleet's for formats that ABID's lacks."""
    match suffix.lower():
        case ".jpg":
            return f"bin-images/{photo_id}{suffix}"
        case ".jpeg":
            return f"bin-images/{photo_id}.jpg"
        case _:
            return f"sites/{ABID_SITE}/bins/{photo_id}/{NO_CAPTURE_TIME}{suffix}"


def _fleet_key(name: str) -> str | None:
    """The part of a path from `sites/<site>/bins/<bin>/` on."""
    parts = PurePosixPath(name).parts
    return "/".join(parts[-5:]) if len(parts) >= 5 and (parts[-5], parts[-3]) == ("sites", "bins") else None


def _record_paths(name: str) -> tuple[PurePosixPath, ...]:
    """Where a photo's record may lie, without its extension."""
    path = _stem_path(name)
    return path, path.parent.parent / "metadata" / path.name, path.parent / "metadata" / path.name


def _stem_path(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    return path.parent / path.stem


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _is_utf8(name: str) -> bool:
    """Whether the name can be an object key; a file system may hold names that are no text."""
    return not any("\ud800" <= character <= "\udfff" for character in name)  # how Python holds stray bytes


def _notes(names: list[str], captures: dict[str, Capture]) -> tuple[str, ...]:
    photos = sum(_suffix(name) in FORMATS for name in names)
    others = sum(_suffix(name) not in {*FORMATS, ".json", ".gz"} for name in names)
    renamed = [
        capture.photo_key for capture in captures.values() if "~" in capture.photo_key and _renamed(capture)
    ]
    bare = sum(capture.record is None for capture in captures.values())
    notes = {
        f"{photos - len(captures)} photos have names that are no UTF-8 text: left out": photos
        - len(captures),
        f"{others} files are neither photos nor records: left out": others,
        f"{len(renamed)} photos have the name of another: sent as {', '.join(renamed[:3])}…": len(renamed),
        f"{bare} photos have no record of their own": bare,
    }
    return tuple(note for note, number in notes.items() if number)


def _renamed(capture: Capture) -> bool:
    return (
        PurePosixPath(capture.photo_name).stem not in PurePosixPath(capture.photo_key.replace(".", "/")).parts
    )
