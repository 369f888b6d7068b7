"""A message that failed for circumstances comes back later each time."""

import boto3
import pytest

from binwatch.adapters.sqs_retries import FIRST_PAUSE, LONGEST_PAUSE, SqsRetries, pause
from binwatch.errors import Unavailable


@pytest.mark.parametrize(
    ("received", "chance", "seconds"),
    [(1, 0.0, FIRST_PAUSE / 2), (1, 1.0, FIRST_PAUSE), (2, 1.0, 2 * FIRST_PAUSE), (3, 1.0, 4 * FIRST_PAUSE)],
)
def test_the_pause_doubles_and_varies_by_half(received, chance, seconds):
    assert seconds == pause(received, chance)


@pytest.mark.parametrize("received", [-1, 0, 9, 30, 10**6])
def test_the_pause_is_bounded(received):
    assert FIRST_PAUSE <= pause(received, 1.0) <= LONGEST_PAUSE


def test_a_delayed_message_cannot_be_received_before_its_pause_is_over():
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="uploads", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    for each in range(12):
        sqs.send_message(QueueUrl=url, MessageBody=str(each))
    handles = [
        message["ReceiptHandle"]
        for _ in range(2)
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60)[
            "Messages"
        ]
    ]

    SqsRetries(sqs, url).delay(dict.fromkeys(handles, 3))

    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    counted = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    assert "12" == counted["Attributes"]["ApproximateNumberOfMessagesNotVisible"]


def test_a_queue_that_does_not_answer_is_transient():
    with pytest.raises(Unavailable):
        SqsRetries(boto3.client("sqs"), "https://sqs.eu-central-1.amazonaws.com/1/none").delay({"handle": 1})
