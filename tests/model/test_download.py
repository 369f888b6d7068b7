"""Photos from a bucket: checked, kept, tried again, and never half."""

import hashlib
import json

import pytest

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed: requirements/model.txt")
moto = pytest.importorskip("moto", reason="moto is not installed: requirements/model.txt")

from botocore.exceptions import ClientError, ResponseStreamingError  # noqa: E402

from bincount.data.bucket import Bucket, mirror  # noqa: E402
from bincount.data.download import GIVES_UP_AFTER, Download, Object  # noqa: E402
from bincount.data.files import SourceUnusable  # noqa: E402
from bincount.data.gathering import Gathering, gather  # noqa: E402
from bincount.data.prepare import Plan, prepare  # noqa: E402
from bincount.data.sources import silently  # noqa: E402
from tests.model.data_builders import a_distinct_photo, a_record  # noqa: E402

PUBLIC = {"ACL": "public-read"}
ABID = Bucket.parse("s3://aft-vbi-pds")


@pytest.fixture
def bucket(monkeypatch):
    """ABID's bucket with three photos, one of them without a record."""
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with moto.mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_bucket(Bucket=ABID.name)
        for place, identifier in enumerate(("00001", "00002", "1")):
            client.put_object(
                Bucket=ABID.name, Key=f"bin-images/{identifier}.jpg", Body=a_distinct_photo(place), **PUBLIC
            )
        for identifier in ("00001", "1"):
            record = json.dumps(a_record(A1=2)).encode()
            client.put_object(Bucket=ABID.name, Key=f"metadata/{identifier}.json", Body=record, **PUBLIC)
        yield client


def mirrored(cache, ids=None, limit=None, bucket=ABID):
    return mirror(bucket, cache, ids, limit, 4, silently)


def test_a_bucket_becomes_a_data_set(bucket, tmp_path):
    asked = Gathering(("s3://aft-vbi-pds",), None, None, None, tmp_path / "cache", 4)

    report = prepare(gather(asked, silently), tmp_path / "data", Plan())

    assert (3, 1, 1) == (report["photos"], report["without_record"], report["unlabelled"])
    assert {"fetched": 5, "kept": 0, "missing": 1} == {
        key: report["download"][key] for key in ("fetched", "kept", "missing")
    }
    assert ["metadata/00002.json"] == report["download"]["absent"]


def test_what_came_once_is_not_fetched_again(bucket, tmp_path):
    mirrored(tmp_path)
    (tmp_path / "aft-vbi-pds/bin-images/1.jpg").unlink()
    (tmp_path / "aft-vbi-pds/bin-images/00001.jpg").write_bytes(b"cut")  # by hand: its size is not the listed

    again = mirrored(tmp_path)

    assert {"fetched": 2, "kept": 3, "missing": 1} == dict(again.fates)
    assert a_distinct_photo(0) == (tmp_path / "aft-vbi-pds/bin-images/00001.jpg").read_bytes()


def test_a_list_of_ids_fetches_those_and_tells_what_is_absent(bucket, tmp_path):
    found = mirrored(tmp_path, ids=["1", "77"])

    assert {"fetched": 2, "missing": 2} == dict(found.fates)
    assert ["bin-images/77.jpg", "metadata/77.json"] == list(found.absent)
    assert {"1", "77"} == found.ids


def test_an_id_that_would_leave_the_cache_is_not_fetched(bucket, tmp_path):
    found = mirrored(tmp_path / "cache", ids=["../../../1", "1"])

    assert {"missing": 2, "fetched": 2} == dict(found.fates)
    assert ["cache"] == [each.name for each in tmp_path.iterdir()]


def test_a_limit_takes_the_first_photos_with_their_records(bucket, tmp_path):
    assert {"00001"} == mirrored(tmp_path, limit=1).ids


def test_photos_beside_their_records_are_fetched_from_a_prefix(bucket, tmp_path):
    for name, body in {"a.jpg": a_distinct_photo(5), "a.json": b"{}", "b.txt": b"?"}.items():
        bucket.put_object(Bucket=ABID.name, Key=f"own/{name}", Body=body, **PUBLIC)

    found = mirrored(tmp_path, bucket=Bucket.parse("s3://aft-vbi-pds/own"))

    assert {"fetched": 2} == dict(found.fates)
    assert b"{}" == (tmp_path / "aft-vbi-pds/own/a.json").read_bytes()


def test_a_bucket_that_gives_nothing_away_is_told_from_one_with_gaps(bucket, tmp_path):
    with pytest.raises(SourceUnusable, match=r"holds none of the 4 objects asked for \(.*NoSuchKey"):
        mirrored(tmp_path, ids=["77", "78"])


def test_a_bucket_that_is_not_there_is_named(bucket, tmp_path):
    with pytest.raises(SourceUnusable, match="the bucket no-such-bucket does not answer"):
        mirrored(tmp_path, bucket=Bucket.parse("s3://no-such-bucket"))
    with pytest.raises(SourceUnusable, match="names no bucket"):
        Bucket.parse("s3://")


class Body:
    """A body that may break off, or come changed."""

    def __init__(self, data, breaks=False):
        self.data, self.breaks = data, breaks

    def iter_chunks(self, _size):
        yield self.data[: len(self.data) // 2]
        if self.breaks:
            raise ResponseStreamingError(error="the line went dead")
        yield self.data[len(self.data) // 2 :]


class Client:
    """An S3 that answers with these bodies, one after another; the last one for ever."""

    def __init__(self, *bodies, etag=None):
        self.bodies, self.etag, self.asked = list(bodies), etag, 0

    def get_object(self, Bucket, Key):  # noqa: N803
        self.asked += 1
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        if isinstance(body, Exception):
            raise body
        etag = self.etag or f'"{hashlib.md5(b"whole").hexdigest()}"'
        return {"Body": body, "ContentLength": 5, "ETag": etag}


WHOLE = Body(b"whole")


def fetched(client, folder):
    outcome = Download(client, "b", folder, first_pause=0).one(Object("x.jpg"))
    return outcome.fate, sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("first", [Body(b"whole", breaks=True), Body(b"whol"), Body(b"wrong")])
def test_what_came_damaged_is_fetched_again(tmp_path, first):
    client = Client(first, WHOLE)

    assert ("fetched", ["x.jpg"]) == fetched(client, tmp_path)
    assert 2 == client.asked
    assert b"whole" == (tmp_path / "x.jpg").read_bytes()


@pytest.mark.parametrize("always", [Body(b"whole", breaks=True), Body(b"whol"), Body(b"wrong")])
def test_what_always_comes_damaged_leaves_no_file(tmp_path, always):
    assert ("failed", []) == fetched(Client(always), tmp_path)


def test_an_etag_of_an_upload_in_parts_is_no_checksum(tmp_path):
    etag = f'"{hashlib.md5(b"other").hexdigest()}-2"'

    assert ("fetched", ["x.jpg"]) == fetched(Client(WHOLE, etag=etag), tmp_path)


@pytest.mark.parametrize(
    ("code", "fate"), [("NoSuchKey", "missing"), ("AccessDenied", "missing"), ("500", "failed")]
)
def test_absent_is_not_failed(tmp_path, code, fate):
    refusal = ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")

    assert (fate, []) == fetched(Client(refusal), tmp_path)


def test_a_bucket_of_which_nothing_comes_is_given_up(tmp_path):
    client = Client(ClientError({"Error": {"Code": "500", "Message": "no"}}, "GetObject"))
    objects = (Object(f"{number}.jpg") for number in range(100_000))

    outcomes = list(Download(client, "b", tmp_path, first_pause=0).all(objects, 2))

    assert GIVES_UP_AFTER == len(outcomes)
    assert client.asked < 2 * GIVES_UP_AFTER
