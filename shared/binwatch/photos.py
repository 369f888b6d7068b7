"""What a photo must be before it is worth a request: cheap checks on its bytes. The endpoint decodes it."""

from binwatch.errors import UnreadablePhoto

MAX_PHOTO_BYTES = 6_291_456  # the largest request body that a SageMaker endpoint takes

# How a photo is named, and the format that its bytes must then have.
FORMATS = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".webp": "webp"}


def check_size(size: int) -> None:
    """Refuse, before it is downloaded, a photo of so many bytes that cannot be counted.

    Raises:
        UnreadablePhoto: no bytes at all, or more than the endpoint takes.
    """
    if size == 0:
        raise UnreadablePhoto("empty", "the file has no bytes")
    if size > MAX_PHOTO_BYTES:
        raise UnreadablePhoto("too_large", f"the file has {size} bytes, the endpoint takes {MAX_PHOTO_BYTES}")


def check_format(key: str, body: bytes) -> str:
    """Return the photo's media type, `image/jpeg`, `image/png` or `image/webp`.

    Raises:
        UnreadablePhoto: none of these formats, or not the one that its name claims.
    """
    found = _sniff(body)
    if found is None:
        raise UnreadablePhoto("not_a_photo", "the bytes are neither JPEG nor PNG nor WebP")
    named = FORMATS["." + key.rsplit(".", 1)[-1].lower()]
    if found != named:
        raise UnreadablePhoto("format_mismatch", f"the name says {named}, the bytes are {found}")
    return f"image/{found}"


def _sniff(body: bytes) -> str | None:
    if body.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "webp"
    return None
