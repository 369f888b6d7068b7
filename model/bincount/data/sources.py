"""The photos that a source lists, each with what is known of it before a pixel is looked at.

A source is a folder or a zip: photos with their records beside them (``523.jpg``, ``523.json``), ABID's own
``bin-images/`` and ``metadata/``, or a data pack (``labels.csv``, ``images-*.zip``, ``metadata.jsonl.gz``).
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from bincount.data.files import Files, FileUnreadable, Folder, SourceUnusable, Zip
from bincount.data.id_lists import Label, ListError, read_labels
from bincount.data.records import Record, RecordError, parse_record, record_of

PHOTOS = (".jpg", ".jpeg", ".png", ".webp")
_PACK = "images-*.zip"
_NOTHING = Label()

type Track = Callable[[Iterable[Any], str, int | None], Iterable[Any]]
"""Passes things on while it shows how far they are: things, what is done with them, how many there are."""


def is_photo(name: str) -> bool:
    """Whether a file's path ends like a photo's, and it is none of the shadows that macOS puts in zips."""
    path = PurePosixPath(name)
    shown = not path.name.startswith(".") and "__MACOSX" not in path.parts
    return shown and path.suffix.lower() in PHOTOS


def silently(things: Iterable[Any], _what: str, _total: int | None) -> Iterable[Any]:
    """Shows nothing."""
    return things


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in a source, and what its source says of it."""

    id: str
    files: Files
    name: str
    record: Record | None = None
    label: Label = _NOTHING
    bad_record: str = ""  # why there is a record and it could not be read

    @property
    def path(self) -> str:
        """Where it is."""
        return self.files.path(self.name)

    @property
    def count(self) -> int | None:
        """The count of the list, else of the record."""
        return (
            self.label.count if self.label.count is not None else self.record.count if self.record else None
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where photos are, and what is known of them all in one file."""

    files: tuple[Files, ...]
    labels: Mapping[str, Label]
    records: Mapping[str, Record]
    only: frozenset[str] | None = None  # of all that is there, None: everything

    def photos(self) -> Iterator[tuple[str, Files, str]]:
        """Id, tree and name of every photo."""
        for files in self.files:
            for name in files.names():
                identifier = PurePosixPath(name).stem
                if is_photo(name) and (self.only is None or identifier in self.only):
                    yield identifier, files, name

    def photo(self, identifier: str, files: Files, name: str) -> Photo:
        """A photo with what is known of it."""
        label = self.labels.get(identifier, _NOTHING)
        if identifier in self.records:
            return Photo(identifier, files, name, self.records[identifier], label)
        record = next((each for each in _record_names(name) if files.has(each)), None)
        if record is None:
            return Photo(identifier, files, name, None, label)
        try:
            return Photo(identifier, files, name, parse_record(files.read(record)), label)
        except (RecordError, FileUnreadable) as error:
            return Photo(identifier, files, name, None, label, str(error))


def open_source(path: Path) -> Source:
    """Look at a folder or a zip.

    Raises:
        SourceUnusable: it is neither, or its own list cannot be read.
    """
    if path.is_file():
        return Source((Zip.open(path),), {}, {})
    if not path.is_dir():
        raise SourceUnusable(f"{path} is no folder and no zip: give one, or s3://bucket")
    if not (path / "labels.csv").is_file():
        return Source((Folder(path),), {}, {})
    try:
        labels = read_labels(path / "labels.csv")
    except ListError as error:
        raise SourceUnusable(str(error)) from error
    zips = tuple(Zip.open(each) for each in sorted(path.glob(_PACK)))
    return Source(zips or (Folder(path),), labels, _records(path / "metadata.jsonl.gz"))


def _record_names(photo: str) -> tuple[str, str]:
    """Where a photo's record may be: beside it, or where ABID keeps them."""
    path = PurePosixPath(photo)
    beside = path.with_suffix(".json")
    return beside.as_posix(), (path.parent.parent / "metadata" / beside.name).as_posix()


def _records(path: Path) -> dict[str, Record]:
    """The records of a data pack: one JSON a line, with its id. What cannot be read is left out."""
    if not path.is_file():
        return {}
    records = {}
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                content = json.loads(line)
                records[str(content["id"])] = record_of(content)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise SourceUnusable(f"{path}, record {len(records) + 1}: {error!r}") from error
    return records
