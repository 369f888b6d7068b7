"""Retries with growing pauses: a message that failed for circumstances comes back later each time.

Lambda does not slow down when single messages of a batch fail, so that a struggling endpoint would be
hammered. The message's visibility timeout is the pause.
"""

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from binwatch.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef

FIRST_PAUSE = 4  # seconds
LONGEST_PAUSE = 900
MOST_ENTRIES = 10  # what SQS takes in one request


class SqsRetries:
    """Delays messages of one queue."""

    def __init__(self, client: "SQSClient", queue_url: str, draw: random.Random | None = None) -> None:
        self._client = client
        self._queue_url = queue_url
        self._draw = draw or random.Random()  # noqa: S311 - jitter, not a secret

    def delay(self, received: Mapping[str, int]) -> None:
        """Delay messages by how often they were received (receipt handle to count).

        Raises:
            Unavailable: SQS refuses or is out of reach; the messages then return at the queue's own pace.
        """
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {
                "Id": str(index),
                "ReceiptHandle": handle,
                "VisibilityTimeout": pause(count, self._draw.random()),
            }
            for index, (handle, count) in enumerate(received.items())
        ]
        try:
            for start in range(0, len(entries), MOST_ENTRIES):
                self._client.change_message_visibility_batch(
                    QueueUrl=self._queue_url, Entries=entries[start : start + MOST_ENTRIES]
                )
        except ClientError as error:
            raise Unavailable(f"SQS answered {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Unavailable(f"SQS is out of reach: {type(error).__name__}") from error


def pause(received: int, chance: float) -> int:
    """Seconds until the next try: doubling with each, between half and all of it by chance in [0, 1)."""
    doublings = min(max(received, 1) - 1, 20)
    longest = min(LONGEST_PAUSE, FIRST_PAUSE << doublings)
    return round(longest * (1 + chance) / 2)
