"""Values for tests that show only what matters to them."""

import json

from binwatch.events import ObjectCreated

JPEG = b"\xff\xd8\xff"


def a_photo(count):
    """Bytes that pass for a JPEG and that the fake counter counts as so many items."""
    return JPEG + bytes([count])


def a_record(quantity):
    return json.dumps({"EXPECTED_QUANTITY": quantity}).encode()


def an_upload(
    key="bin-images/00075.jpg",
    sequencer="0A",
    version_id=None,
    size=4,
    bucket="uploads",
    created_at="2026-11-20T22:10:05.123Z",
):
    return ObjectCreated(bucket, key, version_id, sequencer, "etag", size, created_at)
