"""The alerts that have arrived: read from a queue subscribed to the topic, and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from binwatch.alerts import Alert, MalformedAlert
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
class Inbox:
    """What was received so far, and what waits in the queue."""

    home: Home
    queue: str

    def kept(self) -> list[Received]:
        """Every message received so far, oldest first."""
        return [Received.from_json(value) for value in read_json_lines(self.home.alerts_file)]

    def receive(self, wait_s: int = 0) -> Iterator[Received]:
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
                if received:
                    append_json(self.home.alerts_file, received.to_json())
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                if received:
                    yield received
            wait_s = 0


def _parse(message: "MessageTypeDef") -> Received | None:
    """A message as the alert that it carries; what else somebody published to the topic is none of ours."""
    try:
        alert = Alert.from_json(message["Body"])
    except MalformedAlert:
        return None
    return Received(alert, int(message["Attributes"]["SentTimestamp"]) / 1000, message["MessageId"])
