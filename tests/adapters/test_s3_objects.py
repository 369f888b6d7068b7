"""Uploads are read from S3 by version; what is gone is permanent, what is down is not."""

import boto3
import pytest
from botocore.config import Config

from binwatch.adapters.s3_objects import S3Objects
from binwatch.errors import Permanent, Unavailable
from binwatch.ports import Object
from tests.adapters.conftest import REGION
from tests.builders import an_upload


@pytest.fixture
def s3(aws):
    client = boto3.client("s3")
    client.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_bucket_versioning(Bucket="uploads", VersioningConfiguration={"Status": "Enabled"})
    return client


def test_objects_come_in_the_order_in_which_they_are_asked_for(s3):
    for name in "abcdefghijkl":
        s3.put_object(Bucket="uploads", Key=name, Body=name.encode())

    found = S3Objects(s3).read_all([an_upload(name) for name in "lkjihgfedcba"])

    assert [each.encode() for each in "lkjihgfedcba"] == [each.body for each in found]


def test_the_announced_version_and_its_metadata_are_read(s3):
    first = s3.put_object(Bucket="uploads", Key="a", Body=b"1", Metadata={"expected-quantity": "3"})
    s3.put_object(Bucket="uploads", Key="a", Body=b"2")

    found = S3Objects(s3).read_all([an_upload("a", version_id=first["VersionId"])])

    assert [Object(b"1", {"expected-quantity": "3"})] == found


def test_a_deleted_object_is_permanent_and_its_neighbour_is_read(s3):
    version = s3.put_object(Bucket="uploads", Key="a", Body=b"1")["VersionId"]
    s3.delete_object(Bucket="uploads", Key="a", VersionId=version)
    s3.put_object(Bucket="uploads", Key="b", Body=b"2")

    gone, never, kept = S3Objects(s3).read_all(
        [an_upload("a", version_id=version), an_upload("c"), an_upload("b")]
    )

    assert isinstance(gone, Permanent)
    assert isinstance(never, Permanent)
    assert b"2" == kept.body


def test_a_service_that_cannot_be_reached_is_transient():
    nowhere = boto3.client(
        "s3", endpoint_url="http://127.0.0.1:1", config=Config(retries={"total_max_attempts": 1})
    )

    (found,) = S3Objects(nowhere).read_all([an_upload("a")])

    assert isinstance(found, Unavailable)
