"""Where photos come from when they are asked for, and when they are not."""

import gzip
import json
import zipfile

import boto3
import pytest
from moto import mock_aws

from binwatch_local import sources
from binwatch_local.errors import SourceUnusable
from binwatch_local.files import LARGEST, Folder, Zip
from binwatch_local.photos import RECORDS_FILE, parse_records
from tests.local.builders import a_jpeg, a_record

NOBODY = print


def keys(photos):
    return [capture.photo_key for capture in photos.captures]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "my photos"
    path.mkdir()
    (path / "7.jpg").write_bytes(a_jpeg())
    (path / "7.json").write_bytes(a_record(3))
    return path


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "native.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("7.jpg", a_jpeg())
        file.writestr("Fächer 🧺.jpg", a_jpeg())
    return path


def test_a_folder_is_a_source(folder):
    found = sources.find(str(folder), None, 0, NOBODY)

    assert keys(found.photos) == ["bin-images/7.jpg"]
    assert found.photos.read(found.photos.captures[0]) == a_jpeg()


def test_a_zip_is_a_source(archive):
    found = sources.find(str(archive), None, 0, NOBODY)

    assert keys(found.photos) == ["bin-images/7.jpg", "bin-images/Fächer 🧺.jpg"]
    assert found.photos.read(found.photos.captures[1]) == a_jpeg()


def test_records_may_lie_beside_the_zip(archive):
    packed = gzip.compress(json.dumps({"id": "7", "EXPECTED_QUANTITY": 3}).encode())
    (archive.parent / "metadata.jsonl.gz").write_bytes(packed)

    capture = sources.find(str(archive), 1, 0, NOBODY).photos.captures[0]

    assert json.loads(capture.record) == {"EXPECTED_QUANTITY": 3}


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceUnusable, match="There is no folder or zip"):
        sources.find(str(tmp_path / "nothing"), None, 0, NOBODY)


def test_a_file_that_is_no_zip_is_named(tmp_path):
    (tmp_path / "photos.zip").write_text("no zip")

    with pytest.raises(SourceUnusable, match="is no zip"):
        sources.find(str(tmp_path / "photos.zip"), None, 0, NOBODY)


def test_a_folder_without_photos_is_named(tmp_path):
    with pytest.raises(SourceUnusable, match="holds no photo"):
        sources.find(str(tmp_path), None, 0, NOBODY)


def test_the_data_folder_comes_first_when_nothing_is_asked_for(archive, tmp_path):
    data = tmp_path / "data"
    (data / "abid").mkdir(parents=True)
    archive.rename(data / "abid" / "native.zip")

    found = sources.default(1, 0, NOBODY, {"BINWATCH_DATA": str(data)})

    assert keys(found.photos) == ["bin-images/7.jpg"]
    assert "real bin photos" in found.description


def test_drawn_bins_have_records_that_are_right():
    photos = sources.drawn(3, seed=0).photos

    assert len(photos.captures) == 3
    assert all(json.loads(capture.record)["EXPECTED_QUANTITY"] >= 0 for capture in photos.captures)


@pytest.fixture
def bucket():
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="public", ACL="public-read")
        yield lambda key, body: client.put_object(Bucket="public", Key=key, Body=body, ACL="public-read")


def test_a_public_bucket_is_a_source_with_its_records(bucket, tmp_path):
    for number in (1, 2, 3):
        bucket(f"bin-images/{number}.jpg", a_jpeg())
        bucket(f"metadata/{number}.json", a_record(number))

    photos = sources.from_bucket("s3://public/bin-images/", 2, NOBODY, tmp_path).photos

    assert keys(photos) == ["bin-images/1.jpg", "bin-images/2.jpg"]
    assert [json.loads(capture.record)["EXPECTED_QUANTITY"] for capture in photos.captures] == [1, 2]


def test_a_photo_without_a_record_in_the_bucket_comes_alone(bucket, tmp_path):
    bucket("bin-images/1.jpg", a_jpeg())

    (capture,) = sources.from_bucket("s3://public/bin-images/", 1, NOBODY, tmp_path).photos.captures

    assert capture.record is None


def test_a_bucket_that_does_not_exist_is_named(bucket):
    with pytest.raises(SourceUnusable, match="The bucket nowhere does not answer"):
        sources.find("s3://nowhere/", 1, 0, NOBODY)


def test_a_damaged_entry_of_a_zip_is_named(tmp_path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"0123456789")
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"9876543210"))

    with pytest.raises(SourceUnusable, match=r"a\.jpg"):
        Zip.open(path).read("a.jpg")


def test_an_entry_that_would_fill_the_memory_is_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", bytes(LARGEST + 1))

    with pytest.raises(SourceUnusable, match=r"a\.jpg"):
        Zip.open(path).read("a.jpg")


def test_a_link_that_leads_nowhere_is_named(tmp_path):
    (tmp_path / "a.jpg").symlink_to(tmp_path / "nowhere.jpg")

    with pytest.raises(SourceUnusable, match=r"a\.jpg"):
        Folder(tmp_path).read("a.jpg")


@pytest.mark.parametrize("text", [b"no JSON", b"{}", b"7"])
def test_packed_records_that_cannot_be_read_are_named(text):
    with pytest.raises(SourceUnusable, match=RECORDS_FILE):
        parse_records(gzip.compress(text))


def test_records_that_are_not_packed_are_named():
    with pytest.raises(SourceUnusable, match=RECORDS_FILE):
        parse_records(b"no gzip")
