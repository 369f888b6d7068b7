"""The photos in a request's body: one image, or multipart/form-data with one photo a part, order kept."""

from dataclasses import dataclass, field
from http import HTTPStatus

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

SINGLE = frozenset(
    {"image/jpeg", "image/jpg", "image/png", "image/webp", "application/x-image", "application/octet-stream"}
)
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may carry; SageMaker's own limit is six mebibytes."""

    body_bytes: int = 6_291_456
    photos: int = 64


class BodyError(Exception):
    """A request that cannot be answered with predictions; names its HTTP status and, for programs, a code."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def body_too_large(limits: Limits) -> BodyError:
    """The refusal of a body over the limit."""
    message = f"the body is over {limits.body_bytes:,} bytes: send fewer or smaller photos"
    return BodyError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", message)


def photos_in(body: bytes, content_type: str, limits: Limits) -> tuple[bytes, ...]:
    """Split a body into photos; none is decoded yet.

    Raises:
        BodyError: the body or its type is not one that this endpoint takes.
    """
    if len(body) > limits.body_bytes:
        raise body_too_large(limits)
    kind, options = parse_options_header(content_type)
    match kind.decode("latin-1").lower():
        case single if single in SINGLE:
            return (body,)
        case multipart if multipart == MULTIPART:
            return _parts(body, options.get(b"boundary", b""), limits)
        case other:
            message = f"content type {other!r}: send image/jpeg, image/png, image/webp or {MULTIPART}"
            raise BodyError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)


@dataclass(slots=True)
class _Parts:
    """What the parser's events add up to."""

    limit: int
    photos: list[bytearray] = field(default_factory=list)
    ended: bool = False

    def begin(self) -> None:
        if len(self.photos) == self.limit:
            message = f"more than {self.limit} photos in one request: send them in several"
            raise BodyError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many_photos", message)
        self.photos.append(bytearray())

    def add(self, data: bytes, start: int, end: int) -> None:
        self.photos[-1] += data[start:end]

    def end(self) -> None:
        self.ended = True


def _parts(body: bytes, boundary: bytes, limits: Limits) -> tuple[bytes, ...]:
    """The content of every part, whatever its field is called."""
    if not boundary:
        raise _malformed("the content type names no boundary")
    parts = _Parts(limits.photos)
    try:
        parser = MultipartParser(
            boundary, {"on_part_begin": parts.begin, "on_part_data": parts.add, "on_end": parts.end}
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise _malformed(f"the multipart body cannot be read: {error}") from error
    if not parts.ended:
        raise _malformed("the multipart body ends before its last boundary")
    if not parts.photos:
        raise BodyError(HTTPStatus.UNPROCESSABLE_ENTITY, "no_photos", "the multipart body holds no photo")
    return tuple(bytes(photo) for photo in parts.photos)


def _malformed(message: str) -> BodyError:
    return BodyError(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed_body", message)
