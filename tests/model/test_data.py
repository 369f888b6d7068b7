"""Which photos the counter learns from."""

import io
import zipfile

import numpy as np
import pytest

from bincount.data.abid_slice import DataMissing, fingerprint, joined, load_photos, synthetic_photos
from tests.model.builders import a_photo

LABELS = "id,count,split,group,form,has_json\n523,2,train,0,f,1\n00523,7,val,1,f,1\n00524,12,train,2,f,0\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "labels.csv").write_text(LABELS)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, name in enumerate(("523", "00523", "00524")):
            archive.writestr(f"{name}.jpg", a_photo(number))
    (tmp_path / "images-224-0.zip").write_bytes(buffer.getvalue())
    return tmp_path


def test_a_split_is_its_photos_and_no_others(folder):
    train, val = load_photos(folder, "train"), load_photos(folder, "val")

    assert (("523", "00524"), ("00523",)) == (train.ids, val.ids)
    assert ([2, 12], [7]) == (train.counts.tolist(), val.counts.tolist())
    assert (2, 224, 224, 3) == train.pixels.shape


def test_ids_are_strings_so_padding_tells_photos_apart(folder):
    padded, unpadded = load_photos(folder, "val"), load_photos(folder, "train", limit=1)

    assert not np.array_equal(padded.pixels, unpadded.pixels)


def test_counts_beyond_the_last_class_share_it(folder):
    assert [2, 10] == load_photos(folder, "train").labels(11).tolist()


def test_missing_photos_are_named(folder):
    (folder / "images-224-0.zip").unlink()

    with pytest.raises(DataMissing, match=r"2 photos .* 00524"):
        load_photos(folder, "train")


def test_a_missing_data_set_says_how_to_point_to_it(tmp_path):
    with pytest.raises(DataMissing, match="BINWATCH_DATA"):
        load_photos(tmp_path, "train")


def test_the_fingerprint_changes_with_the_data_and_only_with_it():
    first, again, other = synthetic_photos(2, 1), synthetic_photos(2, 1), synthetic_photos(2, 2)

    assert fingerprint(first) == fingerprint(again)
    assert fingerprint(first) != fingerprint(other)
    assert fingerprint(first) != fingerprint(joined(first, other))
