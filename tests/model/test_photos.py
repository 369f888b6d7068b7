"""What becomes of the bytes that a robot sends."""

import io
import struct

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngInfo

from bincount.photos import CorruptPhoto, PhotoError, read_photo
from tests.model.builders import a_bomb, a_photo, a_real_looking_photo, an_exif

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")

PHOTO = a_real_looking_photo()
PNG = a_photo(format="PNG")
WEBP = a_photo(format="WEBP")

RATIONAL, TEXT, SIGNED = 5, 2, 9
MAKER, RESOLUTION, DETAILS = 0x010F, 0x011A, 0x8769
# What cameras and editors write into EXIF, and what Pillow reads and then cannot write again.
ODD_EXIF = {
    "a maker that is a number": (MAKER, RATIONAL, 1, 8),
    "a resolution that is a text": (RESOLUTION, TEXT, 12, 8),
    "a number without its value": (0x0100, SIGNED, 0, 0),
    "a block beyond the end": (DETAILS, 4, 1, 4_000_000_000),
}

BAD = {
    "zero bytes": (b"", "empty"),
    "half a JPEG": (PHOTO[: len(PHOTO) // 2], "truncated"),
    "a JPEG without its last bytes": (PHOTO[:-20], "truncated"),
    "three bytes of a JPEG": (PHOTO[:3], "truncated"),
    "half a PNG": (PNG[: len(PNG) // 2], "truncated"),
    "half a WebP": (WEBP[: len(WEBP) // 2], "truncated"),
    "a text": (b"this is no photo", "unsupported_format"),
    "a GIF": (a_photo(format="GIF"), "unsupported_format"),
    "a TIFF": (a_photo(format="TIFF"), "unsupported_format"),
    "a PNG with a broken checksum": (PNG[:40] + b"\x00\x00\x00\x00" + PNG[44:], "corrupt"),
    "a bomb": (a_bomb(), "too_many_pixels"),
    "a bomb that Pillow itself refuses": (a_bomb(15_000, 15_000), "too_many_pixels"),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
def test_a_bad_photo_is_refused_with_its_reason(data, code):
    with pytest.raises(PhotoError) as refused:
        read_photo(data)

    assert code == refused.value.code


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_every_format_becomes_the_same_shape(format, mode):
    pixels = read_photo(a_photo(format=format, mode=mode))

    assert ((224, 224, 3), np.uint8) == (pixels.shape, pixels.dtype)


@pytest.mark.parametrize(
    ("format", "mode"),
    [("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("WEBP", "RGBA")],
)
def test_every_colour_mode_is_brought_to_rgb(format, mode):
    assert (224, 224, 3) == read_photo(a_photo(format=format, mode=mode)).shape


def test_sixteen_bits_a_pixel_are_scaled_and_not_clipped():
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), 0x8000, dtype=np.uint16)).save(buffer, "PNG")

    assert 0x80 == read_photo(buffer.getvalue())[0, 0, 0]


def test_what_is_transparent_shows_white():
    buffer = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(buffer, "PNG")

    assert 255 == read_photo(buffer.getvalue()).min()


def test_a_photo_is_turned_the_way_its_exif_says():
    left_is_white = Image.new("RGB", (100, 50))
    left_is_white.paste((255, 255, 255), (0, 0, 50, 50))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise: left comes to the top
    buffer = io.BytesIO()
    left_is_white.save(buffer, "PNG", exif=exif)

    pixels = read_photo(buffer.getvalue())

    assert (255, 0) == (pixels[0].min(), pixels[-1].max())


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("field", ODD_EXIF.values(), ids=ODD_EXIF)
def test_odd_exif_costs_nobody_a_photo(field):
    left_is_white = Image.new("RGB", (128, 64))
    left_is_white.paste((255, 255, 255), (0, 0, 64, 64))

    pixels = read_photo(_jpeg(left_is_white, exif=an_exif(field, orientation=6)))

    assert pixels[0].min() > 250
    assert pixels[-1].max() < 5


def test_exif_that_cannot_be_read_leaves_the_photo_as_it_is():
    text = PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n4\nno hexadecimal digits")

    assert (224, 224, 3) == read_photo(a_photo(format="PNG", pnginfo=text)).shape


@pytest.mark.parametrize("raised", [TypeError, AttributeError, KeyError, struct.error, RecursionError])
def test_whatever_a_decoder_raises_is_a_corrupt_photo(monkeypatch, raised):
    monkeypatch.setattr(JpegImageFile, "load", _raising(raised))

    with pytest.raises(CorruptPhoto):
        read_photo(PHOTO)


def test_a_machine_without_memory_is_not_blamed_on_the_photo(monkeypatch):
    monkeypatch.setattr(JpegImageFile, "load", _raising(MemoryError))

    with pytest.raises(MemoryError):
        read_photo(PHOTO)


def test_a_large_jpeg_looks_the_same_as_a_small_one():
    gradient = Image.linear_gradient("L").convert("RGB")

    small, large = (read_photo(_jpeg(gradient.resize(size))) for size in ((448, 448), (4000, 4000)))

    assert 2 >= np.abs(small.astype(int) - large.astype(int)).max()


def _jpeg(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


def _raising(error):
    def load(image):
        raise error

    return load
