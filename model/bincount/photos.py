"""From the bytes that a robot sent to the pixels that the counter sees, or a reason why not.

Every photo takes this path, in training as in serving: the right way up, RGB, squashed to 224 x 224.
The format is what the bytes are, never what the name or the content type says.
"""

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 224
PIXEL_LIMIT = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")

type Pixels = NDArray[np.uint8]
"""One photo, 224 x 224 x 3."""


class PhotoError(Exception):
    """A photo that cannot be counted; ``code`` is for programs, the message for people."""

    code = "corrupt"


class EmptyPhoto(PhotoError):
    """There are no bytes."""

    code = "empty"


class UnsupportedFormat(PhotoError):
    """The bytes are no JPEG, PNG or WebP."""

    code = "unsupported_format"


class TruncatedPhoto(PhotoError):
    """The bytes begin like a photo and end too early."""

    code = "truncated"


class TooManyPixels(PhotoError):
    """The header announces more pixels than are worth decoding."""

    code = "too_many_pixels"


class CorruptPhoto(PhotoError):
    """The bytes contradict their own format."""

    code = "corrupt"


def read_photo(data: bytes) -> Pixels:
    """Decode, check and resize one photo.

    Raises:
        PhotoError: one of its five kinds, when the photo cannot be counted.
    """
    if not data:
        raise EmptyPhoto("the photo is empty (0 bytes)")
    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb at a limit of its own; ours is checked below, before a pixel is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise _unidentified(data) from error
    except Image.DecompressionBombError as error:
        raise TooManyPixels(f"the photo has more than {PIXEL_LIMIT:,} pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise CorruptPhoto(f"the photo's header is damaged: {error}") from error
    return _pixels(image, data)


def _pixels(image: Image.Image, data: bytes) -> Pixels:
    """Decode an opened image."""
    width, height = image.size
    if width * height > PIXEL_LIMIT:
        raise TooManyPixels(f"the photo has {width} x {height} pixels, the limit is {PIXEL_LIMIT:,}")
    # A large JPEG is decoded at a half, a quarter or an eighth: never below four times what is needed.
    image.draft(None, (4 * SIDE, 4 * SIDE))
    try:
        upright = ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if _ends_early(data, image.format):
            raise TruncatedPhoto(f"the photo ends early, after {len(data):,} bytes") from error
        raise CorruptPhoto(f"the photo cannot be decoded: {error}") from error
    squashed = _rgb(upright).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(squashed, dtype=np.uint8)


def _rgb(image: Image.Image) -> Image.Image:
    """The image in RGB; what is transparent shows white, as on a page."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if image.mode.startswith("I"):  # 16 bits a pixel: a plain conversion would clip all but the darkest
        grey = np.asarray(image, dtype=np.uint32) >> 8
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def _unidentified(data: bytes) -> PhotoError:
    """Why Pillow did not know it: a photo cut off within its header, or something else altogether."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return TruncatedPhoto(f"the photo ends within its header, after {len(data):,} bytes")
    return UnsupportedFormat(f"the {len(data):,} bytes are no JPEG, PNG or WebP")


def _ends_early(data: bytes, format_: str | None) -> bool:
    """Whether the format's end mark is missing (a WebP states its length instead)."""
    match format_:
        case "JPEG":
            return not data.rstrip(b"\x00").endswith(b"\xff\xd9")
        case "PNG":
            return b"IEND" not in data[-64:]
        case _:
            return len(data) < int.from_bytes(data[4:8], "little") + 8
