"""Trees of files that photos are read from: a folder, or a zip that is never unpacked."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from binwatch_local.errors import SourceUnusable

LARGEST = 64 * 1024 * 1024  # bytes: ten times what the endpoint takes, and no bomb


class Files(Protocol):
    """A tree of files."""

    def names(self) -> Iterable[str]:
        """Every file's path from the root, with forward slashes."""
        ...

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A tree of files on disk."""

    root: Path

    def names(self) -> Iterator[str]:
        """Every file's path from the root."""
        for folder, _, files in self.root.walk():
            yield from ((folder / file).relative_to(self.root).as_posix() for file in files)

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            SourceUnusable: it cannot be read, or is too large.
        """
        path = self.root / name
        try:
            _check_size(path.stat().st_size, str(path))
            return path.read_bytes()
        except OSError as error:
            raise _damaged(str(path), error) from error


@dataclass(frozen=True, slots=True)
class Zip:
    """A tree of files in a zip."""

    archive: zipfile.ZipFile

    @classmethod
    def open(cls, path: Path) -> "Zip":
        """The zip at a path.

        Raises:
            SourceUnusable: it is no zip, or it is locked with a password.
        """
        try:
            archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise SourceUnusable(f"{path} is no zip ({error}).", "Give a folder or a whole zip.") from error
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise SourceUnusable(f"{path} is locked with a password.", "Unpack it and give the folder.")
        return cls(archive)

    def names(self) -> Iterator[str]:
        """Every file's path in the zip."""
        return (entry.filename for entry in self.archive.infolist() if not entry.is_dir())

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            SourceUnusable: the entry is damaged, or is too large.
        """
        entry = f"{name} in {self.archive.filename}"
        _check_size(self.archive.getinfo(name).file_size, entry)
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
            raise _damaged(entry, error) from error


@dataclass(frozen=True, slots=True)
class Memory:
    """A tree of files that were just made, such as drawn bins."""

    contents: dict[str, bytes]

    def names(self) -> Iterator[str]:
        """Every file's path."""
        return iter(self.contents)

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        return self.contents[name]


def _check_size(size: int, what: str) -> None:
    if size > LARGEST:
        raise SourceUnusable(f"{what} has {size:,} bytes: no photo or record is so large.", "Leave it out.")


def _damaged(what: str, error: Exception) -> SourceUnusable:
    return SourceUnusable(f"{what} cannot be read ({error}).", "Mend it or leave it out.")
