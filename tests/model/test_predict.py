"""Offline scoring: which photos are taken, what the CSV says, and what becomes of unreadable ones."""

import csv
import io
import struct
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest

from bincount.data.files import FileUnreadable, SourceUnusable, Zip
from bincount.scoring.csv_file import header, line, new_file
from bincount.scoring.score_file import Tally, score_to_csv
from bincount.scoring.sources import DuplicateId, check_ids, find
from tests.model.builders import FakePredictor, a_photo
from tests.model.data_builders import a_zip
from tests.model.predictions import folder_of, rows_of, run

PHOTOS = {"523.jpg": a_photo(2), "deep/00523.jpeg": a_photo(1), "a.png": a_photo(3, format="PNG")}


NO_PHOTOS = {
    "labels.csv": b"id,count\n",
    "__MACOSX/._523.jpg": b"\0\5",
    "._523.jpg": b"\0\5",
    "523.json": b"{}",
}


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_only_photos_are_taken_at_any_depth(kind, tmp_path):
    files = PHOTOS | NO_PHOTOS
    source = folder_of(tmp_path / "in", files) if kind == "folder" else a_zip(tmp_path / "in.zip", files)

    found = find([str(source)])

    assert ["523", "a", "00523"] == [photo.id for photo in found]


def test_counts_and_errors_do_not_go_into_one_file(tmp_path):
    photos = folder_of(tmp_path / "in", {"523.jpg": a_photo(2)})
    same = tmp_path / "in" / ".." / "out.csv"

    result = run(photos, "--out", tmp_path / "out.csv", "--errors", same)

    assert 2 == result.exit_code
    assert "--out and --errors" in result.output
    assert not same.exists()


def test_sources_may_be_mixed(tmp_path):
    single = folder_of(tmp_path, {"photo.bin": a_photo(1)}) / "photo.bin"
    archive = a_zip(tmp_path / "in.zip", {"x.jpg": a_photo(2)})

    out = tmp_path / "out.csv"
    score_to_csv(FakePredictor(), find([str(archive), str(single)]), out)

    assert [("x", "2"), ("photo", "1")] == [(row["id"], row["count"]) for row in rows_of(out)]


def test_a_line_holds_the_likeliest_count_the_mean_and_the_distribution(tmp_path):
    out = tmp_path / "new" / "out.csv"

    score_to_csv(FakePredictor(), find([str(folder_of(tmp_path / "in", {"523.jpg": a_photo(2)}))]), out)

    (row,) = rows_of(out)
    assert ["id", "count", "expected_value", "p0", "p1", "p2", "p3"] == list(row)
    assert ("523", "2") == (row["id"], row["count"])
    assert (1.8, 0.1, 0.1, 0.7, 0.1) == pytest.approx(tuple(float(cell) for cell in list(row.values())[2:]))


def test_a_row_read_back_sums_to_one():
    row = np.random.default_rng(0).dirichlet(np.full(11, 0.1))

    cells = [float(cell) for cell in line("1", row, {})[3:]]

    assert 1.0 == pytest.approx(sum(cells), abs=1e-8)
    assert cells == pytest.approx(row.tolist(), rel=1e-8)


def test_the_bounds_of_sets_stand_before_the_distribution():
    row, levels = np.array([0.1, 0.2, 0.4, 0.25, 0.05]), {0.1: 0.86, 0.05: 0.96}

    cells = dict(zip(header(5, levels), line("1", row, levels), strict=True))

    assert ["expected_value", "low90", "high90", "low95", "high95", "p0"] == list(cells)[2:8]
    assert ("1", "3", "0", "3") == tuple(cells[name] for name in ("low90", "high90", "low95", "high95"))


def test_photos_are_counted_in_batches_and_keep_their_order(tmp_path):
    counts = [number % 4 for number in range(50)]
    files = {f"{number:03d}.jpg": a_photo(count) for number, count in enumerate(counts)}
    predictor, out = FakePredictor(), tmp_path / "out.csv"

    tally = score_to_csv(predictor, find([str(a_zip(tmp_path / "in.zip", files))]), out, batch=8)

    assert Tally(50, 0) == tally
    assert [8] * 6 + [2] == predictor.batches
    assert [str(count) for count in counts] == [row["count"] for row in rows_of(out)]


def test_thousands_of_photos_of_many_zips_are_scored_in_one_go(tmp_path):
    good = [a_photo(count, size=(224, 224)) for count in range(4)]
    archives = []
    for start in range(0, 2000, 500):
        photos = {f"{n:05d}.jpg": good[n % 4] for n in range(start, start + 500)}
        photos[f"{start + 7:05d}.jpg"] = b"no photo"
        archives.append(str(a_zip(tmp_path / f"{start}.zip", photos)))

    tally = score_to_csv(FakePredictor(), find(archives), tmp_path / "out.csv", batch=64)

    assert Tally(1996, 4) == tally
    assert [(f"{n:05d}", str(n % 4)) for n in range(2000) if n % 500 != 7] == [
        (row["id"], row["count"]) for row in rows_of(tmp_path / "out.csv")
    ]


def test_photos_that_cannot_be_counted_are_listed_and_the_others_counted(tmp_path):
    source = folder_of(
        tmp_path / "in", {"a.jpg": a_photo(1), "b.jpg": b"no photo", "c.jpg": b"", "d.jpg": a_photo(2)}
    )
    out, errors = tmp_path / "out.csv", tmp_path / "errors.csv"

    tally = score_to_csv(FakePredictor(), find([str(source)]), out, errors)

    assert Tally(2, 2) == tally
    assert ["a", "d"] == [row["id"] for row in rows_of(out)]
    assert [(str(source / "b.jpg"), "unsupported_format"), (str(source / "c.jpg"), "empty")] == [
        (row["photo"], row["code"]) for row in rows_of(errors)
    ]


def test_a_damaged_entry_of_a_zip_is_one_unreadable_photo(tmp_path):
    path = a_zip(tmp_path / "in.zip", {"a.jpg": a_photo(1), "b.jpg": a_photo(2)})
    data = path.read_bytes()
    path.write_bytes(data.replace(a_photo(1)[-40:], bytes(40), 1))
    errors = tmp_path / "errors.csv"

    tally = score_to_csv(FakePredictor(), find([str(path)]), tmp_path / "out.csv", errors)

    assert Tally(1, 1) == tally
    assert "unreadable" == rows_of(errors)[0]["code"]


@pytest.mark.parametrize("bad", ["absent", "locked"])
def test_an_entry_that_is_absent_or_locked_is_one_unreadable_file(bad, tmp_path):
    files = Zip.open(a_zip(tmp_path / "in.zip", {"locked": a_photo(1)}))
    files.archive.getinfo("locked").flag_bits |= 1

    with pytest.raises(FileUnreadable, match=bad):
        files.read(bad)


def test_many_readers_find_no_good_photo_of_a_zip_damaged(tmp_path):
    path, often = tmp_path / "in.zip", sys.getswitchinterval()
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(300):
            entry = zipfile.ZipInfo(f"{number}.jpg")
            entry.extra = struct.pack("<HHI", 0x9999, 4, number)  # as zip programs write for their dates
            archive.writestr(entry, bytes(20_000))
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as readers:
            sizes = list(readers.map(lambda photo: len(photo.data()), find([str(path)]) * 3))
    finally:
        sys.setswitchinterval(often)

    assert [20_000] * 900 == sizes


def test_two_photos_with_one_id_are_refused_by_name(tmp_path):
    found = find([str(folder_of(tmp_path / "in", {"1/523.jpg": a_photo(1), "2/523.png": a_photo(2)}))])

    with pytest.raises(DuplicateId, match=r"1/523.jpg.*2/523.png"):
        check_ids(found)


@pytest.mark.parametrize("name", ["empty", "broken.zip", "missing"])
def test_a_source_without_photos_is_refused_by_name(name, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK, or so")

    with pytest.raises(SourceUnusable, match=name):
        find([str(tmp_path / name)])


def test_a_file_that_is_not_finished_does_not_appear(tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("what was there")

    with suppress(KeyboardInterrupt), new_file(out) as file:
        file.write("half")
        raise KeyboardInterrupt

    assert "what was there" == out.read_text()
    assert [out] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a folder", "o" * 300])
def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(name, tmp_path):
    (tmp_path / "a folder").mkdir()

    with pytest.raises(OSError) as raised, new_file(tmp_path / name):  # noqa: PT011 (the name is looked at)
        pass

    assert str(tmp_path / name) == raised.value.filename
    assert [tmp_path / "a folder"] == list(tmp_path.iterdir())


def test_the_photos_under_a_prefix_are_read_from_the_bucket(tmp_path):
    moto = pytest.importorskip("moto", reason="moto is not installed")
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
    with moto.mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="photos")
        for name, data in {
            "in/1.jpg": a_photo(1),
            "in/2.jpg": a_photo(2),
            "in/2.json": b"{}",
            "out/3.jpg": b"",
        }.items():
            client.put_object(Bucket="photos", Key=name, Body=data)
        found = find(["s3://photos/in/"])
        client.delete_object(Bucket="photos", Key="in/2.jpg")

        tally = score_to_csv(FakePredictor(), found, tmp_path / "out.csv", tmp_path / "errors.csv")

        with pytest.raises(SourceUnusable, match="no-sign-request"):
            find(["s3://no-such-bucket/in/"])
    assert ["s3://photos/in/1.jpg", "s3://photos/in/2.jpg"] == [str(photo) for photo in found]
    assert Tally(1, 1) == tally


def test_ids_are_strings_in_the_file(tmp_path):
    buffer = io.StringIO()
    csv.writer(buffer).writerow(line('00523, "odd"', np.array([1.0]), {}))

    assert '00523, "odd"' == next(csv.reader(io.StringIO(buffer.getvalue())))[0]
