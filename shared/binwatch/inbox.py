"""Queue messages in, outcomes out: which messages are done, and which the queue must deliver again."""

from collections.abc import Sequence
from dataclasses import dataclass

from binwatch.errors import MalformedMessage, Transient
from binwatch.events import ObjectCreated, parse_message
from binwatch.monitor import Monitor, Outcome
from binwatch.ports import Ledger, Quarantined

EXCERPT = 512  # characters of a malformed message that its quarantined row shows


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the queue delivered it, for the `received`th time."""

    id: str
    body: str
    sent_at: str
    receipt: str = ""
    received: int = 1


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a batch."""

    outcomes: tuple[Outcome, ...]
    malformed: tuple[tuple[Message, MalformedMessage], ...]
    to_retry: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Hands the uploads of all messages to the monitor at once; a bad message never fails its neighbours."""

    monitor: Monitor
    ledger: Ledger

    def handle(self, messages: Sequence[Message]) -> Handled:
        """Handle a batch; a message is to retry if any of its uploads is.

        Raises:
            Transient: the table is out of reach, so that nothing of the batch is done.
        """
        uploads: dict[str, tuple[ObjectCreated, ...]] = {}
        malformed: list[tuple[Message, MalformedMessage]] = []
        not_stored: set[str] = set()
        for message in messages:
            try:
                uploads[message.id] = parse_message(message.body)
            except MalformedMessage as error:
                malformed.append((message, error))
                try:
                    self.ledger.quarantine(_quarantined(message, error))
                except Transient:
                    not_stored.add(message.id)
        outcomes = self.monitor.watch([upload for each in uploads.values() for upload in each])
        to_retry = [
            message
            for message in messages
            if message.id in not_stored
            or any(outcomes[upload.id].to_retry for upload in uploads.get(message.id, ()))
        ]
        return Handled(tuple(outcomes.values()), tuple(malformed), tuple(to_retry))


def _quarantined(message: Message, error: MalformedMessage) -> Quarantined:
    return Quarantined(
        id=message.id,
        at=message.sent_at,
        kind="message",
        code=error.code,
        detail=error.detail,
        excerpt=message.body[:EXCERPT],
    )
