"""What an evaluation is run on: prepared sets, listings and predictions, and which of them are refused."""

import re
from dataclasses import replace

import pytest

from bincount.data.dataset import DataMissing
from bincount.data.prepare import Plan
from bincount.evaluation.contenders import PredictionsUnusable, read_predictions
from bincount.evaluation.evaluate import Counting, evaluated, redrawn, report_of
from bincount.evaluation.material import Labels, open_material
from bincount.evaluation.report import page
from bincount.evaluation.summary import text
from tests.model.builders import a_photo
from tests.model.data_builders import a_pack, a_record, a_zip, prepared
from tests.model.evaluation_builders import BRIGHT, CARD, FAKE, QUICK, a_listing, some_rows


def test_a_prepared_data_set_says_what_it_holds(tmp_path):
    rows = [(f"{k:05d}", k % 4, "val" if k < 6 else "train", f"g{k // 2}") for k in range(20)]
    prepared(tmp_path / "out", a_pack(tmp_path / "in", rows, {}))

    table = evaluated(open_material(tmp_path / "out", "val"), [BRIGHT], [], QUICK)

    assert (6, 3, "val") == (table["data"]["photos"], table["data"]["groups"], table["data"]["split"])
    assert re.fullmatch("[0-9a-f]{16}", table["data"]["fingerprint"])
    assert 20 == evaluated(open_material(tmp_path / "out", "all"), [BRIGHT], [], QUICK)["data"]["photos"]


@pytest.mark.parametrize(
    ("made_by", "strange"),
    [
        (lambda here: {"data": "another"}, ["another"]),
        (lambda here: {"members": [{"data": here}, {"data": "another"}]}, ["another"]),
        (lambda here: {"members": [{"data": here}, {"data": here}]}, []),
        (lambda here: {"data": here}, []),
        (lambda here: {}, []),
    ],
)
def test_a_counter_that_learnt_from_another_set_is_noted_in_terminal_page_and_figures(
    made_by, strange, tmp_path
):
    rows = [(f"{k:05d}", k % 4, "val" if k < 6 else "train", f"g{k // 2}") for k in range(20)]
    prepared(tmp_path / "out", a_pack(tmp_path / "in", rows, {}))
    material = open_material(tmp_path / "out", "val")
    card = replace(CARD, made_by=made_by(material.fingerprint))

    report = report_of(
        evaluated(material, [Counting("it", BRIGHT.predictor, card)], [], QUICK),
        None,
        QUICK,
        {"command": "", "revision": ""},
    )

    notes = [f"it learnt from data of another fingerprint ({each})" for each in strange]
    assert notes == [each.split(":")[0] for each in report["grouped"]["data"]["notes"]]
    assert all(each in page(report) and each in text(report) for each in notes)


def test_a_row_whose_photo_is_not_in_its_zip_is_one_unreadable_photo(tmp_path):
    a_zip(tmp_path / "in.zip", {"a.jpg": a_photo(1)})
    listing = tmp_path / "photos.csv"
    listing.write_text("id,path,count\na,in.zip!a.jpg,1\nb,in.zip!b.jpg,1\n")

    table = evaluated(open_material(listing, "val"), [FAKE], [], QUICK)

    assert (1, 1) == (table["data"]["photos"], table["data"]["skipped"]["unreadable"])


def test_a_manifest_that_prepare_wrote_is_read_with_its_zips(tmp_path):
    rows = [(f"{k:05d}", k % 4, "val" if k < 6 else "train", f"g{k // 2}") for k in range(20)]
    pack = a_pack(tmp_path / "in", rows, {"00001": a_record(1)})
    prepared(tmp_path / "list", pack, plan=Plan(workers=2, form="manifest"))
    prepared(tmp_path / "shards", pack)

    listed, sharded = (
        evaluated(open_material(tmp_path / form, "val"), [BRIGHT], [], QUICK)["rows"]
        for form in ("list", "shards")
    )

    assert listed == sharded


def test_a_csv_without_splits_is_evaluated_whole_against_the_counters_own_prior(tmp_path):
    listing = a_listing(tmp_path, some_rows(), columns=("id", "path", "count"))
    material = open_material(listing, "val")

    table = evaluated(material, [FAKE], [], QUICK)

    assert ("all", 24, 24) == (table["data"]["split"], table["data"]["photos"], table["data"]["groups"])
    assert ["fake", "constant (label frequencies of fake)"] == [row["name"] for row in table["rows"]]
    assert redrawn(material, seed=0) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,count\n1,2\n", "no column path"),
        ("id,path,count\n1,a.jpg,two\n", "line 2: 'two'"),
        ("id,path,count\n1,a.jpg,-1\n", "line 2: '-1'"),
        ("id,path,count\n1,a.jpg,2\n1,b.jpg,2\n", "1 2 times"),
        ("id,path,count\n", "no photo"),
        ("id,path,count\n1,a.jpg,9999999\n", "line 2: '9999999'"),
        ("id,path,count\n1,a.jpg\n", "line 2 has more or fewer"),
        ("id,path,count\n1,a,b.jpg,2\n", "line 2 has more or fewer"),
        ("id,path,count\n1,a.jpg,\n", "no labelled photo"),
        ("id,path,count,split\n1,a.jpg,2,test\n", "no labelled photo in val: there are some in test"),
    ],
    ids=[
        "columns",
        "count",
        "negative",
        "twice",
        "empty",
        "huge",
        "short",
        "long",
        "unlabelled",
        "other split",
    ],
)
def test_a_csv_that_is_not_what_it_should_be_is_refused(text, said, tmp_path):
    (tmp_path / "photos.csv").write_text(text)

    with pytest.raises(DataMissing, match=said):
        open_material(tmp_path / "photos.csv", "val")


def test_a_listing_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "photos.csv").write_bytes(b"id,path,count\n\xff\xfe")

    with pytest.raises(DataMissing, match="no CSV in UTF-8"):
        open_material(tmp_path / "photos.csv", "val")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,p0\n1,1\n", "columns"),
        ("id,p0,p2\n1,1,0\n", "columns"),
        ("id,p0,p1\n1,0.5,0.6\n", "line 2: .* 1.1000"),
        ("id,p0,p1\n1,nan,1\n", "line 2"),
        ("id,p0,p1\n1,0.5,0.5\n1,0.5,0.5\n", "line 3: the photo 1 comes twice"),
        ("id,p0,p1\n1,half,0.5\n", "line 2"),
        ("id,p0,p1\n01,0.5,0.5\n", "none of the photos"),
    ],
    ids=["too few", "gap", "sum", "nan", "twice", "text", "other photos"],
)
def test_a_file_of_predictions_that_is_not_what_it_should_be_is_refused(text, said, tmp_path):
    (tmp_path / "p.csv").write_text(text)

    with pytest.raises(PredictionsUnusable, match=said):
        read_predictions(tmp_path / "p.csv", Labels.of([("1", 0, "g")]))
