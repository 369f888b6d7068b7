"""Counts the AWS calls that count_bins makes a photo: `python benchmarks/aws_calls.py [--json]`.

Full batches of the uploads queue, against AWS in memory: ten photos, ten records, or five of each.
"""

import argparse
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.client import BaseClient
from moto import mock_aws

from binwatch.prediction import Counted, Model, to_json

REGION = "us-east-1"
PHOTO = b"\xff\xd8\xff"
CONTEXT = SimpleNamespace(
    function_name="count_bins", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="1"
)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "TABLE_NAME": "binwatch",
    "ENDPOINT_NAME": "counter",
    "UPLOADS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/uploads",
    "DECISION_POLICY": "exact",
}


@contextmanager
def calls_counted() -> Iterator[Counter[str]]:
    """Count every call of any client; the endpoint's are answered here, because moto takes no photos."""
    counted: Counter[str] = Counter()
    original = BaseClient._make_api_call

    def count(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        counted[operation] += 1
        if operation != "InvokeEndpoint":
            return original(self, operation, arguments)
        photos = max(1, arguments["Body"].count(b"Content-Disposition"))
        row = Counted((0.0, 0.0, 1.0, 0.0))
        return {"Body": SimpleNamespace(read=lambda: to_json(Model("m", "1"), [row] * photos))}

    BaseClient._make_api_call = count  # type: ignore[method-assign]
    try:
        yield counted
    finally:
        BaseClient._make_api_call = original  # type: ignore[method-assign]


def make_cloud() -> None:
    """The bucket and the table."""
    boto3.client("s3").create_bucket(Bucket="uploads")
    boto3.client("dynamodb").create_table(
        TableName="binwatch",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )


def upload(key: str, body: bytes) -> dict[str, Any]:
    """Put an object and return the queue message that announces it."""
    boto3.client("s3").put_object(Bucket="uploads", Key=key, Body=body)
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-20T22:10:05.123Z",
        "s3": {"bucket": {"name": "uploads"}, "object": {"key": key, "size": len(body), "sequencer": "0A"}},
    }
    return {
        "messageId": key,
        "receiptHandle": key,
        "eventSource": "aws:sqs",
        "attributes": {"SentTimestamp": "0", "ApproximateReceiveCount": "1"},
        "body": json.dumps({"Records": [record]}),
    }


def uploads_of(photos: int) -> list[dict[str, Any]]:
    """A fleet's uploads: every photo and, beside it, its record."""
    record = json.dumps({"EXPECTED_QUANTITY": 2}).encode()
    return [
        upload(key, body)
        for each in range(photos)
        for key, body in ((f"bin-images/{each}.jpg", PHOTO), (f"metadata/{each}.json", record))
    ]


def calls_a_photo(messages: Sequence[dict[str, Any]], photos: int) -> dict[str, float]:
    """What the function calls for these messages in batches of ten, by operation, divided by the photos."""
    from functions.count_bins.app import handler  # after the environment is set

    with calls_counted() as counted, redirect_stdout(StringIO()):  # the metrics are of no interest here
        for start in range(0, len(messages), 10):
            handler({"Records": messages[start : start + 10]}, CONTEXT)
    return {name: count / photos for name, count in sorted(counted.items())}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    with mock_aws():
        make_cloud()
        messages = uploads_of(asked.photos)
        random.Random(0).shuffle(messages)  # noqa: S311 - an order of arrival
        found = calls_a_photo(messages, asked.photos)
    found["all"] = sum(found.values())
    if asked.json:
        print(json.dumps(found))
        return
    for name, count in found.items():
        print(f"{name:<20} {count:5.2f} a photo")


if __name__ == "__main__":
    main()
