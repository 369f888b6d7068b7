"""What everything else reads: a prepared data set, mapped into memory."""

import pickle

import numpy as np
import pytest

from bincount.data.dataset import (
    CARD,
    DataMissing,
    Photos,
    fingerprint,
    joined,
    load,
    synthetic_photos,
)
from bincount.data.shards import ShardWriter
from bincount.photos import read_photo
from tests.model.data_builders import a_distinct_photo, a_folder, a_pack, a_record, prepared

ROWS = [("523", 2, "train", 0), ("00523", 7, "val", 1), ("00524", 12, "train", 2), ("00525", "", "train", 3)]


@pytest.fixture
def folder(tmp_path):
    pack = a_pack(tmp_path / "pack", ROWS, {"523": a_record(B1=1, B2=1)})
    prepared(tmp_path / "data", pack)
    return tmp_path / "data"


def test_a_split_is_its_labelled_photos_and_no_others(folder):
    train, val = load(folder, "train"), load(folder, "val")

    assert (("523", "00524"), ("00523",)) == (train.ids, val.ids)
    assert ([2, 12], [7]) == (train.counts.tolist(), val.counts.tolist())
    assert (2, 224, 224, 3) == train.pixels.shape
    assert ["0", "2"] == train.groups.tolist()


def test_ids_are_strings_so_padding_tells_photos_apart(folder):
    padded, unpadded = load(folder, "val"), load(folder, "train", limit=1)

    assert np.array_equal(read_photo(a_distinct_photo(1)), padded.pixels[0])
    assert np.array_equal(read_photo(a_distinct_photo(0)), unpadded.pixels[0])


def test_counts_beyond_the_last_class_share_it(folder):
    assert [2, 10] == load(folder, "train").labels(11).tolist()


def test_what_the_record_does_not_say_is_no_number(folder):
    train = load(folder, "train")

    assert [2.0] == train.items[~np.isnan(train.items)].tolist()
    assert [16.0] == train.volume[~np.isnan(train.volume)].tolist()
    assert [1.0] == train.weight[~np.isnan(train.weight)].tolist()


def test_photos_of_several_shards_come_in_the_order_asked_for(tmp_path):
    photos = in_small_shards(tmp_path, 7)

    assert [6, 0, 3, 3] == photos.pixels[np.array([6, 0, 3, 3])][:, 0, 0, 0].tolist()
    assert [2, 3, 4] == photos.pixels[2:5][:, 0, 0, 0].tolist()
    assert [1, 5] == photos.pixels[np.arange(7) % 4 == 1][:, 0, 0, 0].tolist()
    assert 4 == photos.pixels[4][0, 0, 0]
    assert list(range(7)) == np.asarray(photos.pixels)[:, 0, 0, 0].tolist()


def test_a_selection_stays_on_disk_and_takes_everything_along(tmp_path):
    photos = in_small_shards(tmp_path, 7)

    some = photos.take(np.array([5, 1])).take(np.array([1]))

    assert (("1",), [10], ["g1"]) == (some.ids, some.counts.tolist(), some.groups.tolist())
    assert isinstance(some.pixels, type(photos.pixels))
    assert 1 == some.pixels[:][0, 0, 0, 0]


def test_workers_get_paths_and_not_pixels(tmp_path):
    photos = in_small_shards(tmp_path, 7)

    sent = pickle.dumps(photos)

    assert 10_000 > len(sent)
    assert np.array_equal(photos.pixels[:], pickle.loads(sent).pixels[:])


def test_two_sets_joined_are_one_and_what_was_on_disk_stays_there(folder):
    train, drawn = load(folder, "train"), synthetic_photos(2, seed=1)

    both = joined(train, drawn)

    assert 4 == len(both) == len(set(both.groups.tolist()))
    assert (4, 224, 224, 3) == both.pixels.shape
    assert np.array_equal(np.concatenate([train.pixels[:], drawn.pixels])[::-1], both.pixels[::-1])
    assert drawn.pixels.nbytes < len(pickle.dumps(both.pixels)) < drawn.pixels.nbytes + 10_000


def test_a_folder_without_a_data_set_says_how_to_make_one(tmp_path):
    with pytest.raises(DataMissing, match="bincount prepare SOURCE --out"):
        load(tmp_path / "nowhere", "train")


def test_a_split_without_labelled_photos_is_refused(folder):
    with pytest.raises(DataMissing, match="no labelled photo in test"):
        load(folder, "test")
    with pytest.raises(DataMissing, match="no split 'dev'"):
        load(folder, "dev")


@pytest.mark.parametrize("lost", ["photos-00000.npy", CARD, "manifest.csv"])
def test_half_a_data_set_is_refused(folder, lost):
    (folder / lost).unlink()

    with pytest.raises(DataMissing, match="bincount prepare"):
        load(folder, "train")


@pytest.mark.parametrize("name", ["photos-00000.npy", CARD, "manifest.csv"])
def test_a_damaged_data_set_is_refused(folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(DataMissing, match="bincount prepare"):
        load(folder, "train")


def test_the_fingerprint_changes_with_the_data_and_only_with_it(tmp_path):
    records = {"1": a_record(B1=1), "2": a_record(B2=2)}
    prepared(tmp_path / "a", a_folder(tmp_path / "first", records))
    prepared(tmp_path / "b", a_folder(tmp_path / "again", records))
    prepared(tmp_path / "c", a_folder(tmp_path / "count", {**records, "2": a_record(B2=3)}))
    prepared(tmp_path / "d", a_folder(tmp_path / "pixels", records, lambda n: a_distinct_photo(n + 5)))

    prints = [fingerprint(tmp_path / each) for each in "abcd"]

    assert prints[0] == prints[1]
    assert 3 == len(set(prints))


def in_small_shards(folder, n):
    """A data set of n photos, three a shard; every pixel of photo i is i."""
    writer = ShardWriter(folder, photos_a_shard=3)
    places = [writer.append(np.full((224, 224, 3), i, np.uint8)) for i in range(n)]
    writer.close()
    rows = "".join(f"{i},{i * 10},g{i},train,{s},{r},,,\n" for i, (s, r) in enumerate(places))
    (folder / "manifest.csv").write_text("id,count,group,split,shard,row,items,volume,weight\n" + rows)
    (folder / CARD).write_text(f'{{"schema": "bincount.dataset/1", "fingerprint": "f", "photos": {n}}}')
    photos = load(folder, "train")
    assert isinstance(photos, Photos)
    return photos
