"""Trees of files that photos are read from: a folder, or a zip that is never unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol

S3 = "s3://"  # what the address of a bucket begins with
LARGEST = 64 * 1024 * 1024  # bytes: no photo or record is so large, and a zip can promise anything


class SourceUnusable(Exception):
    """Nothing can be read from where the photos were said to be."""


class FileUnreadable(Exception):
    """One file of a source cannot be read; the others may be."""


class Files(Protocol):
    """A tree of files. Reading is safe from several threads."""

    def names(self) -> Iterator[str]:
        """Every file's path from the root, with forward slashes."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def read(self, name: str) -> bytes:
        """A file's bytes; FileUnreadable when they cannot be had."""
        ...

    def path(self, name: str) -> str:
        """Where the file is, for people and manifests."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A tree of files on disk."""

    root: Path

    def names(self) -> Iterator[str]:
        """Every file's path from the root; hidden folders are left out."""
        for folder, folders, files in self.root.walk():
            folders[:] = [each for each in folders if not each.startswith(".")]
            inside = folder.relative_to(self.root)
            yield from ((inside / file).as_posix() for file in files)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.root / name).is_file()

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            FileUnreadable: it cannot be read, or is too large.
        """
        path = self.root / name
        try:
            _check_size(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise FileUnreadable(error.strerror or str(error)) from error

    def path(self, name: str) -> str:
        """Where the file is."""
        return str(self.root / name)


@dataclass(frozen=True, slots=True)
class Zip:
    """A tree of files in a zip."""

    archive: zipfile.ZipFile
    _names: frozenset[str] = field(repr=False)
    # zipfile skips an entry's header by a seek relative to where the last reader left off, so that two
    # readers at once find good photos damaged.
    _reading: Lock = field(default_factory=Lock, repr=False, compare=False)

    @classmethod
    def open(cls, path: Path) -> "Zip":
        """The zip at a path.

        Raises:
            SourceUnusable: it is no zip, it is cut short, or it is locked with a password.
        """
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            message = f"{path} is no whole zip ({error}): fetch it again, or unpack it and give the folder"
            raise SourceUnusable(message) from error
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise SourceUnusable(f"{path} is locked with a password: unpack it and give the folder")
        return cls(archive, frozenset(archive.namelist()))

    def names(self) -> Iterator[str]:
        """Every file's path in the zip."""
        return (entry.filename for entry in self.archive.infolist() if not entry.is_dir())

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._names

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            FileUnreadable: the entry is absent, damaged, locked or too large.
        """
        if not self.has(name):
            raise FileUnreadable(f"{name} is not in {self.archive.filename}")
        _check_size(self.archive.getinfo(name).file_size)
        try:
            with self._reading:
                return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError) as error:
            # RuntimeError: locked with a password, or (NotImplementedError) packed in an unknown way.
            raise FileUnreadable(str(error)) from error

    def path(self, name: str) -> str:
        """Where the file is: the zip, a mark, and the place in it."""
        return f"{self.archive.filename}!{name}"


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise FileUnreadable(f"{size:,} bytes: no photo or record is so large")
