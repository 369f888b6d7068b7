"""The data report: for programs and for people."""

import json

from bincount.data.prepare import Plan
from bincount.data.report import page
from tests.model.data_builders import a_folder, a_record, prepared

RECORDS = {"1": a_record(A=1), "2": a_record(A=2), "3": a_record(count=9, B=2), "50": None, "51": None}


def test_the_report_lies_beside_the_data_in_both_forms(tmp_path):
    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS))

    assert report == json.loads((tmp_path / "data/report.json").read_text())
    assert page(report) == (tmp_path / "data/report.html").read_text()


def test_every_photo_is_in_the_histogram_of_its_split_or_without_a_count(tmp_path):
    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS))

    counted = sum(sum(each["counts"].values()) for each in report["splits"].values())
    assert (5, 3, 2) == (report["photos"], counted, report["unlabelled"])
    assert {"1": 3, "2": 1} == report["groups"]["by_size"]
    assert [{"id": "3", "recorded": 9, "summed": 2}] == report["sum_differs"]["listed"]


def test_the_sizes_are_those_before_squashing(tmp_path):
    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS))

    assert [[40, 30, 5]] == report["sizes"]["most_common"]


def test_photos_whose_bin_nobody_knows_are_warned_of_unless_blocks_keep_them_together(tmp_path):
    folder = a_folder(tmp_path / "photos", RECORDS)

    plain = prepared(tmp_path / "a", folder)
    blocks = prepared(tmp_path / "b", folder, plan=Plan(blocks=50))

    assert any("--blocks 50" in each for each in plain["warnings"])
    assert not any("--blocks 50" in each for each in blocks["warnings"])


def test_a_random_split_is_warned_of(tmp_path):
    report = prepared(tmp_path / "data", a_folder(tmp_path / "photos", RECORDS), plan=Plan(split_by="random"))

    assert "Split at random" in report["warnings"][0]


def test_what_a_record_says_never_becomes_markup(tmp_path):
    folder = a_folder(tmp_path / "photos", {"1": a_record(A=1)})
    (folder / "<b>.jpg").write_bytes(b"no photo")

    report = prepared(tmp_path / "data", folder)

    assert "<b>.jpg" in report["corrupt"]["listed"][0]["where"]
    assert "<b>.jpg" not in page(report)
