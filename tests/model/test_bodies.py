"""How photos lie in the body of a request."""

import pytest

from bincount.bodies import BodyError, Limits, photos_in

FORM = "multipart/form-data; boundary=cut"
LIMITS = Limits(body_bytes=1000, photos=3)


def a_form(*contents, end=b"--cut--\r\n"):
    head = b'--cut\r\nContent-Disposition: form-data; name="photos"\r\n\r\n'
    return b"".join(head + content + b"\r\n" for content in contents) + end


def test_an_image_is_one_photo():
    assert (b"photo",) == photos_in(b"photo", "image/jpeg", LIMITS)


@pytest.mark.parametrize("kind", ["image/png", "image/webp", "application/x-image", "IMAGE/JPEG; q=1"])
def test_the_bytes_decide_and_not_the_content_type(kind):
    assert (b"photo",) == photos_in(b"photo", kind, LIMITS)


def test_every_part_of_a_form_is_one_photo_in_order_and_byte_for_byte():
    photos = (b"one\r\n", b"\x00\xff--cut", b"")

    assert photos == photos_in(a_form(*photos), FORM, LIMITS)


REFUSED = {
    "no content type": (b"photo", "", 415, "unsupported_media_type"),
    "another type": (b"{}", "application/json", 415, "unsupported_media_type"),
    "too large": (bytes(1001), "image/jpeg", 413, "body_too_large"),
    "too many photos": (a_form(b"1", b"2", b"3", b"4"), FORM, 413, "too_many_photos"),
    "a form without photos": (a_form(), FORM, 422, "no_photos"),
    "no boundary": (a_form(b"1"), "multipart/form-data", 422, "malformed_body"),
    "another boundary": (a_form(b"1"), "multipart/form-data; boundary=other", 422, "malformed_body"),
    "a form cut off": (a_form(b"1", end=b""), FORM, 422, "malformed_body"),
    "no form at all": (b"photo", FORM, 422, "malformed_body"),
}


@pytest.mark.parametrize(("body", "kind", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_split_into_photos_is_refused_with_status_and_code(body, kind, status, code):
    with pytest.raises(BodyError) as refused:
        photos_in(body, kind, LIMITS)

    assert (status, code) == (refused.value.status, refused.value.code)
