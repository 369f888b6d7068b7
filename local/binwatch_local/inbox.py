"""The alerts and incidents that have arrived: read from a queue subscribed to the topic, and kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from binwatch.alerts import Alert, MalformedAlert
from binwatch.incident_messages import IncidentMessage
from binwatch.keys import camera_of
from binwatch.looks import Look
from binwatch.outbox import message_of
from binwatch.signs import Sign
from binwatch_local.home import Home, append_json, read_json_lines

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BATCH = 10  # the most messages that SQS hands out at once


@dataclass(frozen=True, slots=True)
class Received:
    """One message from the topic.

    Args:
        alert: what it says.
        sent_at: when SNS put it into the queue, in seconds since 1970.
        message_id: the message itself; an alert that was sent twice came in two messages.
    """

    alert: Alert
    sent_at: float
    message_id: str

    def to_json(self) -> dict[str, Any]:
        """The message for a state file."""
        return {"message_id": self.message_id, "sent_at": self.sent_at, "alert": self.alert.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Received":
        """What `to_json` gave."""
        return cls(Alert.from_json(value["alert"]), value["sent_at"], value["message_id"])


@dataclass(frozen=True, slots=True)
class ReceivedIncident:
    """One message from the topic that tells of many bins at once; fields as of `Received`."""

    incident: IncidentMessage
    sent_at: float
    message_id: str

    def to_json(self) -> dict[str, Any]:
        """The message for a state file."""
        return {"message_id": self.message_id, "sent_at": self.sent_at, "incident": self.incident.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ReceivedIncident":
        """What `to_json` gave."""
        return cls(IncidentMessage.from_json(value["incident"]), value["sent_at"], value["message_id"])


@dataclass(frozen=True, slots=True)
class Inbox:
    """What was received so far, and what waits in the queue."""

    home: Home
    queue: str

    def kept(self) -> list[Received]:
        """Every alert received so far, oldest first."""
        return [Received.from_json(value) for value in read_json_lines(self.home.alerts_file)]

    def incidents(self) -> list[ReceivedIncident]:
        """Every incident received so far, oldest first."""
        return [ReceivedIncident.from_json(value) for value in read_json_lines(self.home.incidents_file)]

    def receive(self, wait_s: int = 0) -> Iterator[Received | ReceivedIncident]:
        """Take what waits in the queue; each message is kept on disk before it is deleted from the queue."""
        sqs = boto3.client("sqs")
        while messages := sqs.receive_message(
            QueueUrl=self.queue,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=wait_s,
            AttributeNames=["SentTimestamp"],
        ).get("Messages"):
            for message in messages:
                received = _parse(message)
                if isinstance(received, Received):
                    append_json(self.home.alerts_file, received.to_json())
                elif received:
                    append_json(self.home.incidents_file, received.to_json())
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                if received:
                    yield received
            wait_s = 0


def instead_of_alert(look: Look, incidents: Iterable[IncidentMessage]) -> bool:
    """Whether an incident was told in place of the alert of a look's bin."""
    if look.bin is None:
        return False
    sign = Sign(look.bin, look.verdict, look.id, look.captured_at, camera_of(look.stem))
    return any(each.explains(sign) for each in incidents)


def _parse(message: "MessageTypeDef") -> Received | ReceivedIncident | None:
    """A message as the alert or incident that it carries; what else somebody published is none of ours."""
    try:
        told = message_of(message["Body"])
    except MalformedAlert:
        return None
    sent_at = int(message["Attributes"]["SentTimestamp"]) / 1000
    if isinstance(told, IncidentMessage):
        return ReceivedIncident(told, sent_at, message["MessageId"])
    if isinstance(told, Alert):
        return Received(told, sent_at, message["MessageId"])
    return None  # what is asked of robots and auditors is no news for staff
