"""Looks, uploads and alerts of a run that never happened, and files that look like a source of photos."""

import io
import json

from PIL import Image

from binwatch.alerts import Alert, Severity
from binwatch.decision import Direction, Verdict
from binwatch.keys import PhotoAt, parse_key
from binwatch.looks import Look
from binwatch_local.feeder import Sent
from binwatch_local.files import Memory
from binwatch_local.inbox import Received
from binwatch_local.photos import Photos, arrange

NOON = "2026-11-20T12:00:00.000Z"
NOON_S = 1795176000.0  # the same moment in seconds since 1970
DISTRIBUTION = (0.05, 0.1, 0.15, 0.6, 0.1)


def a_jpeg(size=(80, 60), colour=(200, 160, 90)):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


def a_record(quantity):
    return json.dumps({"BIN_FCSKU_DATA": {}, "EXPECTED_QUANTITY": quantity}).encode()


def a_source(contents):
    """Photos out of names and bytes."""
    return arrange(Memory(contents))


def bins(quantities):
    """A source of bins 0, 1, 2, … whose records expect these quantities."""
    contents = {}
    for number, quantity in enumerate(quantities):
        contents[f"{number:03d}.jpg"] = a_jpeg()
        contents[f"{number:03d}.json"] = a_record(quantity)
    return a_source(contents)


def no_photos():
    return Photos((), (), Memory({}))


def a_look(key="bin-images/1.jpg", verdict=Verdict.MATCH, stored_at=NOON, **changed):
    parsed = parse_key(key)
    defaults = {
        "id": f"{parsed.stem}/0",
        "bucket": "uploads",
        "key": key,
        "version_id": "v1",
        "bin": parsed.bin,
        "stem": parsed.stem,
        "order": "1",
        "captured_at": NOON,
        "uploaded_at": NOON,
        "decided_at": stored_at,
        "stored_at": stored_at,
        "verdict": verdict,
        "count": 3,
        "probabilities": DISTRIBUTION,
        "model": "counter:1",
        "expected": 3,
        "mismatch_probability": 0.02,
    }
    return Look(**defaults | changed)


def a_mismatch(key, alert_id, **changed):
    return a_look(
        key, Verdict.MISMATCH, alert_id=alert_id, direction=Direction.SHORTAGE, expected=4, **changed
    )


def an_unreadable(key, reason):
    return a_look(
        key,
        Verdict.UNREADABLE,
        reason=reason,
        count=None,
        probabilities=(),
        expected=None,
        mismatch_probability=None,
    )


def a_sent(key="bin-images/1.jpg", at=NOON_S - 1):
    return Sent(key, "v1", at)


def a_received(key="bin-images/1.jpg", alert_id="a1", sent_at=NOON_S + 1, message_id="m1"):
    alert = Alert(
        id=alert_id,
        revision=1,
        event="opened",
        site="default",
        bin=parse_key(key).bin.bin,
        verdict=Verdict.MISMATCH,
        direction=Direction.SHORTAGE,
        severity=Severity.MEDIUM,
        expected=4,
        counted=3,
        mismatch_probability=0.83,
        probabilities=DISTRIBUTION,
        photo=PhotoAt("uploads", key, "v1"),
        expected_source="sidecar",
        captured_at=NOON,
        decided_at=NOON,
        model="counter:1",
        policy="posterior",
    )
    return Received(alert, sent_at, message_id)
