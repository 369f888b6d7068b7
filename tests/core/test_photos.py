"""The cheap checks on a photo."""

import pytest

from binwatch.errors import UnreadablePhoto
from binwatch.photos import MAX_PHOTO_BYTES, check_format, check_size

PNG = b"\x89PNG\r\n\x1a\n...."
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (MAX_PHOTO_BYTES + 1, "too_large")])
def test_an_impossible_size_is_refused(size, code):
    with pytest.raises(UnreadablePhoto) as refused:
        check_size(size)

    assert code == refused.value.code


def test_any_size_up_to_what_the_endpoint_takes_is_fine():
    check_size(1)
    check_size(MAX_PHOTO_BYTES)


@pytest.mark.parametrize(
    ("key", "body", "media_type"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.JPEG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.png", PNG, "image/png"),
        ("a.webp", WEBP, "image/webp"),
    ],
)
def test_a_photo_is_what_its_name_says(key, body, media_type):
    assert media_type == check_format(key, body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (PNG, "format_mismatch"),
        (WEBP, "format_mismatch"),
        (b"Dear all,", "not_a_photo"),
        (b"", "not_a_photo"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(body, code):
    with pytest.raises(UnreadablePhoto) as refused:
        check_format("a.jpg", body)

    assert code == refused.value.code
