"""Where photos to be scored come from: folders, zips, S3 prefixes, single files, in any mixture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bincount.data.files import S3, Files, Folder, SourceUnusable, Zip
from bincount.data.sources import PHOTOS, is_photo
from bincount.photos import Pixels, read_photo
from bincount.scoring.bucket import Objects


class DuplicateId(Exception):
    """Two photos would share a line's id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A photo that is there, not yet read."""

    files: Files
    name: str

    @property
    def id(self) -> str:
        """The file's name without its ending: ``00523`` is not ``523``."""
        return PurePosixPath(self.name).stem

    def __str__(self) -> str:
        return self.files.path(self.name)

    def pixels(self) -> Pixels:
        """Read and decode.

        Raises:
            FileUnreadable: the bytes cannot be had.
            PhotoError: the bytes are no photo.
            SourceUnusable: the whole source has stopped answering.
        """
        return read_photo(self.data())

    def data(self) -> bytes:
        """The photo's bytes.

        Raises:
            FileUnreadable: they cannot be had.
            SourceUnusable: the whole source has stopped answering.
        """
        return self.files.read(self.name)


def find(sources: Sequence[str], unsigned: bool = False) -> list[Listed]:
    """Every photo of the sources, in their order; within one by name. A file named by itself is one.

    Raises:
        SourceUnusable: a source is not there, cannot be listed, or holds no photo.
    """
    return [photo for source in sources for photo in _listed(source, unsigned)]


def check_ids(photos: Sequence[Listed]) -> None:
    """A line is found by its id, so there may be one a photo.

    Raises:
        DuplicateId: names the first two photos that share one.
    """
    seen: dict[str, Listed] = {}
    for photo in photos:
        if (other := seen.setdefault(photo.id, photo)) is not photo:
            raise DuplicateId(
                f"two photos have the id {photo.id!r}: {other} and {photo}; rename one, or score them apart"
            )


def _listed(source: str, unsigned: bool) -> list[Listed]:
    path = Path(source)
    if source.startswith(S3):
        files: Files = Objects.open(source, unsigned)
    elif path.is_dir():
        files = Folder(path)
    elif path.suffix.lower() == ".zip":
        files = Zip.open(path)
    elif path.is_file():
        return [Listed(Folder(path.parent), path.name)]
    else:
        raise SourceUnusable(f"there is no folder, zip or photo {source} (s3://bucket/prefix works, too)")
    photos = [Listed(files, name) for name in sorted(filter(is_photo, files.names()))]
    if not photos:
        raise SourceUnusable(f"{source} holds no photo ({', '.join(PHOTOS)}): check the path")
    return photos
