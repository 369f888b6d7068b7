"""Lists that people bring: which photos to take, and what count each of them shows.

Ids are strings: ``523`` and ``00523`` are two photos.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bincount.data.manifest import SPLITS, Split


class ListError(ValueError):
    """The file is no such list."""


_IDS = "one id a line, a CSV with a column id, or Udacity's file_list.json"
_LABELS = "a CSV with the columns id and count"


@dataclass(frozen=True, slots=True)
class Label:
    """What a list says of one photo; None: nothing."""

    count: int | None = None
    split: Split | None = None
    group: str | None = None


def read_ids(path: Path) -> list[str]:
    """The ids of a list, each once, in its order.

    Two kinds are read: Udacity's ``file_list.json``, ``{"1": ["data/metadata/100313.json", ...], ...}``, and
    text with one id a line, or CSV with a column ``id`` (else its first column). An id may be a file's name.

    Raises:
        ListError: the file holds no ids.
    """
    text = _text(path, _IDS)
    found = _json_ids(path, text) if text.lstrip().startswith(("{", "[")) else _line_ids(text)
    ids = list(dict.fromkeys(found))
    if not ids:
        raise ListError(f"{path} lists no ids: it takes {_IDS}")
    return ids


def read_labels(path: Path) -> dict[str, Label]:
    """What a CSV with columns ``id`` and ``count``, and perhaps ``split`` and ``group``, says of each photo.

    Raises:
        ListError: it has no such columns, or a line of it cannot be read; names the line.
    """
    lines = csv.DictReader(_text(path, _LABELS).splitlines())
    if not {"id", "count"} <= set(lines.fieldnames or ()):
        raise ListError(f"{path} needs the columns id and count")
    labels: dict[str, Label] = {}
    for cells in lines:
        try:
            labels[cells["id"].strip()] = _label(cells)
        except (ValueError, AttributeError) as error:
            raise ListError(f"{path}, line {lines.line_num}: {error}") from error
    return labels


def stem(name: str) -> str:
    """The id that a file's name carries."""
    return PurePosixPath(name.strip()).stem


def _text(path: Path, wanted: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(f"{path} is no text in UTF-8: it takes {wanted}") from error
    except OSError as error:
        raise ListError(f"{path} cannot be read: {error.strerror}") from error


def _json_ids(path: Path, text: str) -> Iterator[str]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ListError(f"{path} is no JSON: {error}") from error
    lists = content.values() if isinstance(content, dict) else [content]
    for names in lists:
        if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
            raise ListError(f"{path} is no list of names, nor lists of them by count")
        yield from map(stem, names)


def _line_ids(text: str) -> Iterator[str]:
    rows = [row for row in csv.reader(text.splitlines()) if row and row[0].strip()]
    if not rows:
        return
    column = rows[0].index("id") if "id" in rows[0] else 0
    start = 1 if "id" in rows[0] else 0
    yield from (stem(row[column]) for row in rows[start:] if len(row) > column)


def _label(cells: dict[str, str]) -> Label:
    count, split = (cells["count"] or "").strip(), cells.get("split") or None
    if count and not count.isdecimal():
        raise ValueError(f"{count!r} is no count")
    known = next((each for each in SPLITS if each == split), None)
    if split is not None and known is None:
        raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
    return Label(int(count) if count else None, known, cells.get("group") or None)
