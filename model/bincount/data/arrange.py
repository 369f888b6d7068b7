"""The three forms of a prepared data set: shards to train on, folders per count, or a list of paths."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Protocol

from bincount.artifact import write_atomically
from bincount.data.dataset import CARD, SCHEMA
from bincount.data.decoding import Decoded
from bincount.data.manifest import COLUMNS, MANIFEST, Row, manifest_text
from bincount.data.shards import PHOTOS_A_SHARD, ShardWriter
from bincount.photos import SIDE

type Form = Literal["shards", "folders", "manifest"]


class Arrangement(Protocol):
    """Takes the photos one by one."""

    def add(self, photo: Decoded, row: Row) -> Row:
        """Keep a photo; returns its row, with its place."""
        ...

    def finish(self, rows: Sequence[Row], card: Mapping[str, Any]) -> None:
        """Write what is said of all of them."""
        ...


class Shards:
    """uint8 arrays to map into memory, ``manifest.csv``, and ``dataset.json`` last."""

    def __init__(self, folder: Path, photos_a_shard: int = PHOTOS_A_SHARD) -> None:
        self._folder, self._writer = folder, ShardWriter(folder, photos_a_shard)

    def add(self, photo: Decoded, row: Row) -> Row:
        """Append its pixels."""
        shard, place = self._writer.append(photo.pixels)
        return replace(row, shard=shard, row=place)

    def finish(self, rows: Sequence[Row], card: Mapping[str, Any]) -> None:
        """Close the shards, write the manifest, then the card."""
        self._writer.close()
        manifest = manifest_text(rows)
        write_atomically(self._folder / MANIFEST, manifest.encode())
        fingerprint = self._writer.fingerprint(manifest)
        whole = {"schema": SCHEMA, "fingerprint": fingerprint, "photos": len(rows), "side": SIDE, **card}
        write_atomically(
            self._folder / CARD, (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()
        )


class Listing:
    """A CSV of paths; the photos stay where they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: list[str] = []

    def add(self, photo: Decoded, row: Row) -> Row:
        """Note its path."""
        self._paths.append(photo.photo.path)
        return row

    def finish(self, rows: Sequence[Row], card: Mapping[str, Any]) -> None:
        """Write ``manifest.csv`` with a path where a prepared data set has shard and row."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow((*COLUMNS[:4], "path", *COLUMNS[6:]))
        for row, path in zip(rows, self._paths, strict=True):
            cells = row.cells()
            writer.writerow((*cells[:4], path, *cells[6:]))
        write_atomically(self._folder / MANIFEST, text.getvalue().encode())


class Folders(Listing):
    """``train/3/00523.jpg``: the photos' own bytes in one folder per split and count, and their list."""

    def add(self, photo: Decoded, row: Row) -> Row:
        """Copy it."""
        count = "unlabelled" if row.count is None else str(row.count)
        name = PurePosixPath(photo.photo.name)
        place = PurePosixPath(row.split, count, row.id + name.suffix.lower())
        path = self._folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo.data)
        self._paths.append(str(place))
        return row


def arrangement(form: Form, folder: Path) -> Arrangement:
    """The form that was asked for."""
    match form:
        case "shards":
            return Shards(folder)
        case "folders":
            return Folders(folder)
        case "manifest":
            return Listing(folder)
