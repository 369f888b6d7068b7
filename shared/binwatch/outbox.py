"""The outbox in the table's stream: which of its records are alerts to publish."""

from collections.abc import Iterator, Mapping
from typing import Any

PREFIX = "outbox/"


def alert_texts(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The sequence number and JSON text of every alert that the event's stream records put into the outbox.

    Other rows, updates and deletions (DynamoDB deletes old rows of the outbox) are nobody's alert.
    """
    for record in event.get("Records") or []:
        change = record.get("dynamodb") or {}
        key = change.get("Keys", {}).get("pk", {}).get("S", "")
        if record.get("eventName") == "INSERT" and key.startswith(PREFIX):
            yield change["SequenceNumber"], change.get("NewImage", {}).get("alert", {}).get("S", "")
