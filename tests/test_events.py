"""The sample events are what AWS sends, and their README tells of all of them."""

import hashlib
import json
import re

import jsonschema
import pytest

from binwatch.alerts import Alert
from binwatch.events import parse_message
from binwatch.photos import MAX_PHOTO_BYTES
from tests.sample_events import FOLDER, NAMES, keys, records, s3_records

QUEUED = [name for name in NAMES if any(each["eventSource"] == "aws:sqs" for each in records(name))]
ALERT_SCHEMA = json.loads((FOLDER.parent / "docs/alert.schema.json").read_text())


def test_the_readme_tells_of_every_event():
    assert NAMES == sorted(re.findall(r"^\| `(\w+)` ", (FOLDER / "README.md").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", QUEUED)
def test_a_message_is_signed_as_the_queue_signs_it(name):
    for record in records(name):
        assert hashlib.md5(record["body"].encode()).hexdigest() == record["md5OfBody"]


@pytest.mark.parametrize("name", [name for name in QUEUED if name.startswith("s3_")])
def test_a_message_of_s3_announces_its_objects(name):
    announced = [upload.key for record in records(name) for upload in parse_message(record["body"])]

    assert keys(name) == announced


def test_a_key_that_needs_encoding_has_one_of_each_kind():
    (key,) = keys("s3_put_fleet_in_sqs")
    (record,) = s3_records("s3_put_fleet_in_sqs")

    assert all(each in key for each in (" ", "+", "%", "ü", "📦"))
    assert record["s3"]["object"]["key"].isascii()


def test_a_duplicate_is_two_messages_about_one_upload():
    first, second = records("s3_duplicate_in_sqs")

    assert first["messageId"] != second["messageId"]
    assert parse_message(first["body"])[0].id == parse_message(second["body"])[0].id


def test_too_large_and_empty_are_what_they_say():
    (large,), (empty,) = s3_records("s3_too_large_in_sqs"), s3_records("s3_zero_byte_in_sqs")

    assert large["s3"]["object"]["size"] > MAX_PHOTO_BYTES
    assert 0 == empty["s3"]["object"]["size"]


def test_the_outbox_carries_an_alert_of_the_published_schema():
    (record,) = records("stream_outbox_insert")
    text = record["dynamodb"]["NewImage"]["alert"]["S"]

    jsonschema.validate(json.loads(text), ALERT_SCHEMA)
    assert json.loads(text).items() <= json.loads(Alert.from_json(text).to_json()).items()
