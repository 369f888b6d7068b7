"""The other forms of a data set: folders per count, and a list of paths."""

import csv

import pytest

from bincount.data.dataset import DataMissing, load
from bincount.data.prepare import Plan
from bincount.data.splits import Shares
from tests.model.data_builders import a_distinct_photo, a_folder, a_record, a_zip, prepared

RECORDS = {"7": a_record(B1=1), "00007": a_record(B2=2), "8": None}


@pytest.fixture
def photos(tmp_path):
    return a_folder(tmp_path / "photos", RECORDS)


def listed(folder):
    with (folder / "manifest.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_folders_hold_the_photos_own_bytes_by_split_and_count(tmp_path, photos):
    prepared(tmp_path / "data", photos, plan=Plan("folders", Shares(1, 0, 0)))

    found = {str(path.relative_to(tmp_path / "data")) for path in (tmp_path / "data").rglob("*.jpg")}
    assert {"train/1/7.jpg", "train/2/00007.jpg", "train/unlabelled/8.jpg"} == found
    assert a_distinct_photo(0) == (tmp_path / "data/train/1/7.jpg").read_bytes()
    assert found == {row["path"] for row in listed(tmp_path / "data")}


def test_a_manifest_points_to_photos_that_stay_where_they_are(tmp_path, photos):
    archive = a_zip(tmp_path / "a.zip", {"in/9.jpg": a_distinct_photo(9)})

    prepared(tmp_path / "data", photos, archive, plan=Plan("manifest"))

    paths = {row["id"]: row["path"] for row in listed(tmp_path / "data")}
    assert str(photos / "7.jpg") == paths["7"]
    assert f"{archive}!in/9.jpg" == paths["9"]
    assert [] == list((tmp_path / "data").rglob("*.jpg"))


@pytest.mark.parametrize("form", ["folders", "manifest"])
def test_only_shards_are_taken_for_a_prepared_data_set(tmp_path, photos, form):
    prepared(tmp_path / "data", photos, plan=Plan(form))

    with pytest.raises(DataMissing, match="no prepared data set"):
        load(tmp_path / "data", "train")
