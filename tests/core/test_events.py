"""What S3's notifications say."""

import json

import pytest

from binwatch.errors import MalformedMessage
from binwatch.events import parse_message
from tests.builders import an_upload


def a_notification(key="bin-images/1.jpg", event="ObjectCreated:Put", **item):
    fields = {"key": key, "size": 4, "eTag": "e", "sequencer": "0A"} | item
    record = {"eventSource": "aws:s3", "eventName": event, "eventTime": "2026-11-20T22:10:05.123Z"}
    return json.dumps({"Records": [record | {"s3": {"bucket": {"name": "uploads"}, "object": fields}}]})


@pytest.mark.parametrize(
    ("encoded", "key"),
    {
        "bin-images/a+b.jpg": "bin-images/a b.jpg",
        "bin-images/a%2Bb.jpg": "bin-images/a+b.jpg",
        "bin-images/50%2525.jpg": "bin-images/50%25.jpg",
        "bin-images/%C3%BC%F0%9F%98%80.jpg": "bin-images/ü😀.jpg",
    }.items(),
)
def test_a_key_is_decoded_exactly_once(encoded, key):
    (upload,) = parse_message(a_notification(encoded))

    assert key == upload.key


def test_the_test_event_announces_nothing():
    assert () == parse_message('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "uploads"}')


def test_deletions_announce_nothing():
    assert () == parse_message(a_notification(event="ObjectRemoved:Delete"))


def test_the_version_of_an_unversioned_bucket_is_none():
    (upload,) = parse_message(a_notification(versionId="null"))

    assert upload.version_id is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "7",
        "{}",
        '{"Records": 7}',
        '{"Records": [{}]}',
        '{"Records": [{"eventSource": "aws:dynamodb", "eventName": "INSERT"}]}',
        '{"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {}}]}',
        a_notification(key="%FF%FE.jpg"),
        a_notification(key="\ud800.jpg"),
        a_notification().replace('"size": 4', '"size": 1e999'),
        "[" * 100_000,
    ],
)
def test_whatever_is_no_notification_is_refused(body):
    with pytest.raises(MalformedMessage):
        parse_message(body)


def test_two_announcements_of_one_upload_share_its_id():
    assert an_upload(version_id="v1", sequencer="0A").id == an_upload(version_id="v1", sequencer="0B").id
    assert an_upload(sequencer="0A").id == an_upload(sequencer="0A").id


def test_two_uploads_of_one_key_differ_in_id():
    assert an_upload(version_id="v1").id != an_upload(version_id="v2").id
    assert an_upload(sequencer="0A").id != an_upload(sequencer="0B").id
    assert an_upload(bucket="one").id != an_upload(bucket="two").id


def test_sequencers_of_different_length_compare_as_if_padded_with_zeros():
    assert an_upload(sequencer="0a1").order < an_upload(sequencer="0A11").order
    assert an_upload(sequencer="0A").order == an_upload(sequencer="0A00").order
