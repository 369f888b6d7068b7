"""S3 notifications: what was uploaded, parsed once at the edge.

S3 delivers each notification at least once and in no order. Two deliveries of one upload share bucket, key,
version and sequencer, which therefore make its identity; the queue's message id does not.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from binwatch.errors import MalformedMessage
from binwatch.keys import seconds

SEQUENCER_DIGITS = 40  # sequencers differ in length; padded on the right with zeros they compare as text


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """One upload. `size` is in bytes, `created_at` is S3's time of the event."""

    bucket: str
    key: str
    version_id: str | None
    sequencer: str
    etag: str
    size: int
    created_at: str

    @property
    def id(self) -> str:
        """32 hex digits that name this upload, however often it is announced."""
        version = self.version_id or self.sequencer or f"{self.etag}@{self.created_at}"
        return hashlib.sha256("\n".join((self.bucket, self.key, version)).encode()).hexdigest()[:32]

    @property
    def order(self) -> str:
        """Later uploads of the same key compare greater."""
        return self.sequencer.upper().ljust(SEQUENCER_DIGITS, "0")


def parse_message(body: str) -> tuple[ObjectCreated, ...]:
    """Read a queue message that S3 sent; its test event announces nothing.

    Raises:
        MalformedMessage: the text is no S3 notification.
    """
    try:
        notification = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("not_json", "the message is no JSON text") from error
    return parse_notification(notification)


def parse_notification(notification: Any) -> tuple[ObjectCreated, ...]:  # noqa: ANN401 - whatever was in the queue
    """Read an S3 notification; events other than uploads are left out.

    Raises:
        MalformedMessage: the value is no S3 notification.
    """
    if not isinstance(notification, Mapping):
        raise MalformedMessage("not_a_notification", "the message is no JSON object")
    if notification.get("Event") == "s3:TestEvent":
        return ()
    try:
        records = [record for record in notification["Records"] if _is_upload(record)]
        return tuple(_parse_record(record) for record in records)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise MalformedMessage(
            "not_a_notification", f"the message is no S3 notification: {error!r}"
        ) from error


def _is_upload(record: Mapping[str, Any]) -> bool:
    if record["eventSource"] != "aws:s3":
        raise ValueError(f"its source is {record['eventSource']!r}")
    return str(record["eventName"]).removeprefix("s3:").startswith("ObjectCreated:")


def _parse_record(record: Mapping[str, Any]) -> ObjectCreated:
    item = record["s3"]["object"]
    version = item.get("versionId")
    key = unquote_plus(str(item["key"]), errors="strict")
    key.encode()  # half a surrogate pair is no text: nothing could store it
    seconds(str(record["eventTime"]))  # what is no time could not be put in order
    return ObjectCreated(
        bucket=str(record["s3"]["bucket"]["name"]),
        key=key,
        # "null" names whatever lies in an unversioned bucket now, so it identifies nothing
        version_id=None if version in (None, "", "null") else str(version),
        sequencer=str(item.get("sequencer") or ""),
        etag=str(item.get("eTag") or ""),
        size=int(item["size"]),
        created_at=str(record["eventTime"]),
    )
