"""The outbox in the table's stream: which of its records are messages to publish, and what they say."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from binwatch import incident_messages, requests
from binwatch.alerts import Alert, MalformedAlert
from binwatch.incident_messages import IncidentMessage
from binwatch.requests import AuditRequest, RelookRequest

PREFIX = "outbox/"

type Message = Alert | IncidentMessage | RelookRequest | AuditRequest


def message_texts(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The sequence number and JSON text of every message that the event's stream records put into the outbox.

    Other rows, updates and deletions (DynamoDB deletes old rows of the outbox) are nobody's message.
    """
    for record in event.get("Records") or []:
        change = record.get("dynamodb") or {}
        key = change.get("Keys", {}).get("pk", {}).get("S", "")
        if record.get("eventName") == "INSERT" and key.startswith(PREFIX):
            yield change["SequenceNumber"], change.get("NewImage", {}).get("alert", {}).get("S", "")


def message_of(text: str) -> Message:
    """A message as its schema says that it is one.

    Raises:
        MalformedAlert: it is no alert, incident or request that this code knows.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedAlert("not an alert: the text is no JSON") from error
    match values.get("schema") if isinstance(values, dict) else None:
        case incident_messages.SCHEMA:
            return IncidentMessage.from_json(text)
        case requests.RELOOK:
            return RelookRequest.from_json(text)
        case requests.AUDIT:
            return AuditRequest.from_json(text)
    return Alert.from_json(text)
