"""From the bytes that a robot sent to the pixels that the counter sees, or a reason why not.

Every photo takes this path, in training as in serving: the right way up, RGB, squashed to 224 x 224.
The format is what the bytes are, never what the name or the content type says.
"""

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

SIDE = 224
PIXEL_LIMIT = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
# What undoes each orientation that EXIF can name.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow warns of a bomb at a limit of its own, above ours. Set once: catch_warnings is not for threads.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

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
    if _format(data) is None:
        raise UnsupportedFormat(f"the {len(data):,} bytes are no JPEG, PNG or WebP")
    try:
        return _pixels(data)
    except (PhotoError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPixels(f"the photo has more than {PIXEL_LIMIT:,} pixels") from error
    except Exception as error:  # decoders raise anything on hostile bytes
        if _ends_early(data):
            raise TruncatedPhoto(f"the photo ends early, after {len(data):,} bytes") from error
        raise CorruptPhoto(f"the photo cannot be decoded: {error}") from error


def _pixels(data: bytes) -> Pixels:
    """The photo as the counter sees it; its size is checked before a pixel is decoded."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = image.size
    if width * height > PIXEL_LIMIT:
        raise TooManyPixels(f"the photo has {width} x {height} pixels, the limit is {PIXEL_LIMIT:,}")
    # A large JPEG is decoded at a half, a quarter or an eighth: never below four times what is needed.
    image.draft(None, (4 * SIDE, 4 * SIDE))
    image.load()
    turn = _turn(image)
    upright = image if turn is None else image.transpose(turn)
    squashed = _rgb(upright).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(squashed, dtype=np.uint8)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What brings a loaded photo the right way up, if its EXIF is readable and says so.

    Pillow's own exif_transpose also writes the EXIF again, and fails where a camera's is odd.
    """
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (odd EXIF raises anything, and the photo can be counted without)
        return None


def _rgb(image: Image.Image) -> Image.Image:
    """The image in RGB; what is transparent shows white, as on a page."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if image.mode.startswith("I"):  # 16 bits a pixel: a plain conversion would clip all but the darkest
        grey = np.asarray(image, dtype=np.uint32) >> 8
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def _format(data: bytes) -> str | None:
    """Which of the three the first bytes promise."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else None


def _ends_early(data: bytes) -> bool:
    """Whether the format's end mark is missing (a WebP states its length instead)."""
    match _format(data):
        case "JPEG":
            return not data.rstrip(b"\x00").endswith(b"\xff\xd9")
        case "PNG":
            return b"IEND" not in data[-64:]
        case _:
            return len(data) < int.from_bytes(data[4:8], "little") + 8
