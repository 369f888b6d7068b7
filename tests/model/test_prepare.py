"""From photos wherever they are to a data set: whole or not at all, and nothing silently left out."""

import json
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest
from click.testing import CliRunner

from bincount.commands.prepare import prepare as command
from bincount.data.dataset import fingerprint, load
from bincount.data.files import SourceUnusable
from bincount.data.id_lists import Label
from bincount.data.manifest import read_manifest
from bincount.data.prepare import NoPhotos, Plan, prepare
from bincount.data.selection import Wanted
from bincount.data.sources import Source, open_source
from bincount.data.splits import Shares
from bincount.data.synthetic import bins
from bincount.photos import read_photo
from tests.model.builders import a_real_looking_photo
from tests.model.data_builders import (
    a_distinct_photo,
    a_folder,
    a_pack,
    a_record,
    a_zip,
    an_abid_tree,
    prepared,
)

ALL_IN_TRAIN = Shares(1, 0, 0)
PHOTO = a_distinct_photo(0)
RECORDS = {"7": a_record(B1=1), "00007": a_record(B2=2), "8": a_record(B1=3), "900": a_record(count=4)}


def rows(folder):
    return {row.id: row for row in read_manifest(folder / "manifest.csv")}


def test_a_folder_of_photos_and_records_becomes_a_data_set(tmp_path):
    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS))

    found = rows(tmp_path / "data")
    assert {"7": 1, "00007": 2, "8": 3, "900": 4} == {each: row.count for each, row in found.items()}
    assert found["7"].group == found["8"].group != found["00007"].group
    assert 4 == report["photos"] == sum(each["photos"] for each in report["splits"].values())


def test_abids_own_layout_is_read(tmp_path):
    prepared(tmp_path / "data", an_abid_tree(tmp_path / "abid", RECORDS))

    assert {"7": 1, "00007": 2, "8": 3, "900": 4} == {
        i: row.count for i, row in rows(tmp_path / "data").items()
    }


def test_zips_are_read_without_being_unpacked(tmp_path):
    photo, record = a_distinct_photo(0), json.dumps(a_record(B1=2))
    first = a_zip(tmp_path / "a.zip", {"x/1.jpg": photo, "x/1.json": record, "__MACOSX/x/._1.jpg": b"?"})
    second = a_zip(tmp_path / "b.zip", {"bin-images/2.jpg": photo, "metadata/2.json": record})

    report = prepared(tmp_path / "data", first, second)

    assert {"1": 2, "2": 2} == {each: row.count for each, row in rows(tmp_path / "data").items()}
    assert [["1", "2"]] == report["duplicates"]["listed"]


def test_a_data_pack_keeps_its_splits_groups_and_counts(tmp_path):
    pack = a_pack(tmp_path / "pack", [("1", 9, "val", 3), ("2", 8, "test", 3)], {"1": a_record(B1=1, B2=1)})

    report = prepared(tmp_path / "data", pack)

    found = rows(tmp_path / "data")
    assert [("3", "val", 9, 2.0)] == [(row.group, row.split, row.count, row.items) for row in [found["1"]]]
    assert "given" == report["split_by"]
    assert 1 == report["groups"]["in_several_splits"]


def test_a_list_of_counts_overrules_the_records(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)

    prepared(tmp_path / "data", folder, labels={"7": Label(5), "900": Label(None)})

    assert (5, 4) == (rows(tmp_path / "data")["7"].count, rows(tmp_path / "data")["900"].count)


def test_a_list_of_ids_selects_and_names_what_is_missing(tmp_path):
    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS), ids=["7", "07", "900"])

    assert {"7", "900"} == rows(tmp_path / "data").keys()
    assert ["07"] == report["missing"]["listed"]


def test_corrupt_photos_are_left_out_and_told_with_their_reason(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)
    whole = a_real_looking_photo()
    for name, data in {
        "b1": b"",
        "b2": b"GIF89a",
        "b3": whole[:5000],
        "b4": whole[:400] + b"\xff\xd9",
    }.items():
        (folder / f"{name}.jpg").write_bytes(data)
    (folder / "b5.jpg").symlink_to(folder / "nowhere.jpg")

    report = prepared(tmp_path / "data", folder)

    assert RECORDS.keys() == rows(tmp_path / "data").keys()
    found = {each["id"]: each["code"] for each in report["corrupt"]["listed"]}
    kinds = {
        "b1": "empty",
        "b2": "unsupported_format",
        "b3": "truncated",
        "b4": "corrupt",
        "b5": "unreadable",
    }
    assert kinds == found
    assert any("5 photos cannot be decoded" in each for each in report["warnings"])


def test_a_damaged_entry_of_a_zip_does_not_spoil_the_others(tmp_path):
    path = a_zip(tmp_path / "a.zip", {"1.jpg": a_distinct_photo(1), "2.jpg": a_distinct_photo(2)})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)

    report = prepared(tmp_path / "data", path)

    assert ["2"] == list(rows(tmp_path / "data"))
    assert "unreadable" == report["corrupt"]["listed"][0]["code"]


def test_photos_without_a_count_are_kept_and_never_learnt_from(tmp_path):
    folder = a_folder(tmp_path / "photos", {"1": a_record(B1=1), "2": None, "3": a_record(B2=1)})
    (folder / "3.json").write_text("{")

    report = prepared(tmp_path / "data", folder, plan=Plan(shares=ALL_IN_TRAIN))

    assert ("1",) == load(tmp_path / "data", "train").ids
    assert (2, 1) == (report["unlabelled"], report["without_record"])
    assert ["3"] == [each["id"] for each in report["unreadable_records"]["listed"]]


def test_equal_photos_in_several_splits_are_told(tmp_path):
    folder = a_folder(tmp_path / "photos", {str(n * 100): a_record(B1=1) for n in range(40)}, lambda n: PHOTO)

    report = prepared(tmp_path / "data", folder)

    assert {"sets": 1, "photos": 40, "in_several_splits": 1} == {
        key: report["duplicates"][key] for key in ("sets", "photos", "in_several_splits")
    }


def test_the_first_of_two_photos_with_one_id_is_kept(tmp_path):
    first = a_folder(tmp_path / "a", {"1": a_record(B1=1)})
    second = a_folder(tmp_path / "b", {"1": a_record(B1=2), "2": a_record(B1=1)})

    report = prepared(tmp_path / "data", first, second)

    assert 1 == rows(tmp_path / "data")["1"].count
    assert ["1"] == report["repeated_ids"]["listed"]


@pytest.mark.parametrize("workers", [1, 3])
def test_pixels_lie_where_the_manifest_says(tmp_path, workers):
    folder = a_folder(tmp_path / "photos", {str(n): a_record(count=n) for n in range(30)})

    prepared(tmp_path / "data", folder, plan=Plan(shares=ALL_IN_TRAIN, workers=workers))

    train = load(tmp_path / "data", "train")
    for place in (0, 9, 10, 29):
        assert np.array_equal(read_photo(a_distinct_photo(int(train.ids[place]))), train.pixels[place])


def test_the_same_photos_make_the_same_data_set(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)

    prepared(tmp_path / "a", folder, plan=Plan(workers=1))
    prepared(tmp_path / "b", folder, plan=Plan(workers=8))

    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_a_drawn_bin_is_its_own_group(tmp_path):
    records = {each.id: a_record(count=each.count) for each in bins(3)}

    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", records))

    assert 3 == report["groups"]["groups"]


def test_nothing_to_prepare_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    bad = a_zip(tmp_path / "bad.zip", {"1.jpg": b"no photo"})

    with pytest.raises(NoPhotos, match="no photo in here"):
        prepared(tmp_path / "data", tmp_path / "empty")
    with pytest.raises(NoPhotos, match=r"bad.zip!1.jpg: the 8 bytes are no JPEG"):
        prepared(tmp_path / "data", bad)
    assert ["bad.zip", "empty"] == sorted(each.name for each in tmp_path.iterdir())


def test_a_broken_zip_is_named_with_a_remedy(tmp_path):
    path = a_zip(tmp_path / "a.zip", {"1.jpg": PHOTO})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(SourceUnusable, match=r"a.zip is no whole zip .*fetch it again"):
        open_source(path)


def test_the_command_tells_a_program_what_it_made(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)

    done = CliRunner().invoke(
        command, [str(folder), "--out", str(tmp_path / "data"), "--split", "1/0/0", "--json"]
    )

    assert 0 == done.exit_code
    told = json.loads(done.stdout)
    assert (4, 4, 0) == (told["photos"], told["splits"]["train"]["photos"], told["corrupt"])


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["nowhere", "--out", "x"], 1, "nowhere is no folder and no zip"),
        ([".", "--out", "x"], 1, "no photo in ."),
        ([".", "--out", "x", "--split", "1/2"], 2, "80/10/10"),
        ([".", "--out", "x", "--ids", "nowhere.txt"], 1, "nowhere.txt cannot be read"),
        (["."], 2, "--out"),
    ],
)
def test_the_command_refuses_with_a_line_and_an_exit_code(tmp_path, monkeypatch, arguments, code, why):
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(command, arguments)

    assert code == done.exit_code
    assert why in done.output
    assert "Traceback" not in done.output


@dataclass(frozen=True)
class Endless:
    """A tree of photos that are made when they are read."""

    photos: int

    def names(self):
        return (f"{number}.jpg" for number in range(self.photos))

    def has(self, name):
        return False

    def read(self, name):
        return PHOTO

    def path(self, name):
        return name


def test_memory_grows_with_rows_and_not_with_photos(tmp_path):
    few, many = (peak(tmp_path / str(photos), photos) for photos in (40, 160))

    assert 120 * 10_000 > many - few  # bytes; 120 photos take 18 million


def peak(out, photos):
    tracemalloc.start()
    prepare(Wanted([Source((Endless(photos),), {}, {})], "here"), out, Plan(workers=1))
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest
