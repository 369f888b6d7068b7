"""Trees of files that photos are read from: a folder, or a zip that is never unpacked."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from binwatch_local.errors import SourceUnusable


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
        """A file's bytes."""
        return (self.root / name).read_bytes()


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
        """A file's bytes."""
        return self.archive.read(name)


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
