"""A data set appears whole or not at all, and is replaced only by a whole one."""

import pytest

from bincount.data.building import NotBuilt
from bincount.data.dataset import DataMissing, fingerprint, load
from bincount.data.prepare import Plan, prepare
from bincount.data.sources import silently
from tests.model.data_builders import (
    a_folder,
    a_record,
    prepared,
    wanted,
)

RECORDS = {"7": a_record(B1=1), "00007": a_record(B2=2), "8": a_record(B1=3), "900": a_record(count=4)}


def test_an_interrupted_prepare_leaves_nothing_and_starts_again(tmp_path):
    asked = wanted(a_folder(tmp_path / "photos", RECORDS))

    with pytest.raises(KeyboardInterrupt):
        prepare(asked, tmp_path / "data", Plan(), track=interrupted_after(2))
    assert ["photos"] == [each.name for each in tmp_path.iterdir()]

    assert 4 == prepare(asked, tmp_path / "data", Plan())["photos"]


def test_what_a_killed_prepare_left_is_swept_away(tmp_path):
    left = tmp_path / ".data.unfinished"
    left.mkdir()
    (left / "photos-00007.npy").write_bytes(b"half")
    (left / "train").mkdir()

    prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS))

    assert not left.exists()
    assert not (tmp_path / "data" / "photos-00007.npy").exists()


def test_a_data_set_is_replaced_only_on_demand_and_only_by_a_whole_one(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)
    prepared(tmp_path / "data", folder)
    before = fingerprint(tmp_path / "data")

    with pytest.raises(NotBuilt, match="--force replaces it"):
        prepared(tmp_path / "data", folder)
    with pytest.raises(KeyboardInterrupt):
        prepare(wanted(folder), tmp_path / "data", Plan(replace=True), track=interrupted_after(2))
    assert before == fingerprint(tmp_path / "data")

    prepared(tmp_path / "data", folder, plan=Plan(replace=True), limit=2)
    assert before != fingerprint(tmp_path / "data")
    assert ["data", "photos"] == sorted(each.name for each in tmp_path.iterdir())


def test_a_folder_that_holds_something_else_is_never_replaced(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)

    with pytest.raises(NotBuilt, match="holds something else"):
        prepared(folder, folder, plan=Plan(replace=True))

    assert 8 == len(list(folder.iterdir()))


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path):
    asked = wanted(a_folder(tmp_path / "photos", RECORDS))

    with pytest.raises(NotBuilt, match=f"no room left on the disk of {tmp_path / 'data'}"):
        prepare(asked, tmp_path / "data", Plan(), track=with_a_full_disk(tmp_path))

    assert ["photos"] == [each.name for each in tmp_path.iterdir()]
    with pytest.raises(DataMissing):
        load(tmp_path / "data", "train")


def interrupted_after(n):
    """A progress bar at which somebody presses Ctrl-C."""

    def track(things, what, total):
        for place, each in enumerate(things):
            if what.startswith("Decoding") and place == n:
                raise KeyboardInterrupt
            yield each

    return track


def with_a_full_disk(folder):
    """A progress bar that, before the first photo is written, points its shard to a device that is full."""

    def track(things, what, total):
        if what.startswith("Decoding"):
            (folder / ".data.unfinished" / "photos-00000.npy").symlink_to("/dev/full")
        return silently(things, what, total)

    return track
