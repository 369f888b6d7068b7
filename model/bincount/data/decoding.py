"""Photos from bytes to pixels, several at a time and in order; never more than a handful in memory."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image

from bincount.data.ahead import ahead
from bincount.data.files import FileUnreadable
from bincount.data.sources import Photo
from bincount.photos import FORMATS, PhotoError, Pixels, read_photo

_AHEAD = 8  # photos a worker may be ahead of the one that is asked for


@dataclass(frozen=True, slots=True)
class Decoded:
    """A photo that can be looked at."""

    photo: Photo
    data: bytes
    pixels: Pixels
    size: tuple[int, int]  # width and height before it was squashed
    digest: int  # of the pixels: equal photos have equal ones


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A photo that cannot, and why."""

    photo: Photo
    code: str
    message: str


def decoded(photos: Iterable[Photo], workers: int) -> Iterator[Decoded | Undecodable]:
    """Decode every photo, in order. Threads do: Pillow lets go of the interpreter while it decodes."""
    return ahead(decode, photos, workers, window=workers * _AHEAD)


def decode(photo: Photo) -> Decoded | Undecodable:
    """Decode one photo, or say why not."""
    try:
        data = photo.files.read(photo.name)
        pixels = read_photo(data)
    except FileUnreadable as error:
        return Undecodable(photo, "unreadable", str(error))
    except PhotoError as error:
        return Undecodable(photo, error.code, str(error))
    digest = hashlib.blake2b(pixels, digest_size=8).digest()
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        size = image.size
    return Decoded(photo, data, pixels, size, int.from_bytes(digest))
