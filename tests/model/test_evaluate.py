"""The evaluation as a whole: what is counted, what is left out, and what stands in the report."""

import csv
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from bincount.artifact import SHIPPED, Artifact
from bincount.commands.evaluate import evaluate
from bincount.data.dataset import DataMissing
from bincount.data.prepare import Plan
from bincount.data.synthetic import bins
from bincount.evaluation.contenders import Contender, PredictionsUnusable, read_predictions
from bincount.evaluation.evaluate import Counting, Named, Settings, evaluated, redrawn, report_of
from bincount.evaluation.figures import finite, table_of
from bincount.evaluation.material import Labels, open_material
from bincount.evaluation.report import FIGURES, PAGE, page, write
from bincount.evaluation.summary import text
from tests.model.builders import FakePredictor, a_photo
from tests.model.data_builders import a_pack, a_record, a_zip, prepared


class ByBrightness(FakePredictor):
    """Counts 0 to 3 by how bright a photo is."""

    def predict(self, photos):
        return (0.6 * np.eye(4)[(photos.mean(axis=(1, 2, 3)) // 64).astype(int)] + 0.1).astype(np.float32)


CARD = Artifact("fake", "1", 3, 1.0, (0.25,) * 4)
BRIGHT = Counting("bright", ByBrightness(), CARD)
QUICK = Settings(resamples=100, seed=1)
FAKE = Counting("fake", FakePredictor(), CARD)


def a_listing(folder, rows, columns=("id", "path", "count", "group", "split")):
    """A CSV of photos whose pixels say what FakePredictor counts; a count of "?" writes no photo."""
    folder.mkdir(exist_ok=True)
    listed = []
    for number, (seen, count, group, split) in enumerate(rows):
        name = f"{number:05d}.jpg"
        (folder / name).write_bytes(b"no photo" if seen == "?" else a_photo(seen))
        cells = {"id": f"{number:05d}", "path": name, "count": count, "group": group, "split": split}
        listed.append([cells[column] for column in columns])
    path = folder / "photos.csv"
    with path.open("w", newline="") as lines:
        csv.writer(lines).writerows([columns, *listed])
    return path


def some_rows(n=24):
    """Counted right, but for every fourth, which is one too many."""
    return [((k % 3) + (k % 4 == 0), k % 3, f"g{k // 2}", "val" if k < n // 2 else "train") for k in range(n)]


def predictions(path, rows):
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "count", "expected_value", *(f"p{k}" for k in range(len(rows[0]) - 1))])
        writer.writerows([name, int(np.argmax(row)), 0.0, *row] for name, *row in rows)
    return path


def run(*arguments):
    return CliRunner().invoke(evaluate, [str(each) for each in arguments])


def test_counters_and_baselines_stand_in_one_table(tmp_path):
    material = open_material(a_listing(tmp_path, some_rows()), "val")

    table = evaluated(material, [FAKE], [], QUICK)

    assert ["fake", "constant (label frequencies)", "neighbours' labels, no pixels"] == [
        row["name"] for row in table["rows"]
    ]
    assert 0.75 == table["rows"][0]["moderate"]["figures"]["accuracy"]["value"]
    assert (12, 6, 0.0) == (
        table["data"]["photos"],
        table["data"]["groups"],
        table["data"]["bins_shared_with_training"],
    )


def test_unreadable_and_unlabelled_photos_are_counted_and_left_out_of_every_row(tmp_path):
    rows = [*some_rows(), ("?", 1, "x", "val"), (1, "", "y", "val"), (0, 0, "z", "val")]
    listing = a_listing(tmp_path, rows)
    file = predictions(tmp_path / "p.csv", [(f"{k:05d}", 1.0, 0.0) for k in range(27)])

    table = evaluated(open_material(listing, "val"), [FAKE], [Named("file", file)], QUICK)

    assert [13] * 4 == [row["photos"] for row in table["rows"]]
    skipped = table["data"]["skipped"]
    assert (1, 1) == (skipped["unlabelled"], skipped["unreadable"])
    assert ["00024.jpg"] == [name.split("/")[-1] for name in skipped["named"]]


def test_photos_in_none_of_a_files_rows_are_counted_and_its_row_is_not_compared(tmp_path):
    file = predictions(tmp_path / "p.csv", [(f"{k:05d}", 0.5, 0.25, 0.25, 0.0) for k in range(9)])

    table = evaluated(
        open_material(a_listing(tmp_path, some_rows()), "val"), [FAKE], [Named("file", file)], QUICK
    )

    row = table["rows"][1]
    assert (9, 3) == (row["photos"], row["without_prediction"])
    assert row["moderate"]["versus_first"] is None


def test_differences_are_taken_on_the_same_resampled_bins(tmp_path):
    listing = a_listing(tmp_path, some_rows())

    rows = evaluated(open_material(listing, "val"), [FAKE, FAKE], [], QUICK)["rows"]

    assert {"value": 0.0, "low": 0.0, "high": 0.0} == rows[1]["all"]["versus_first"]["nll"]
    assert 0 > rows[2]["all"]["versus_first"]["accuracy"]["value"]


@pytest.mark.parametrize(
    ("k", "compared"), [(10, (True, True)), (5, (True, False)), (4, (False, False))], ids=str
)
def test_only_rows_of_one_task_are_compared(k, compared):
    labels = Labels.of([("a", 0, "g"), ("b", 3, "h")])
    first, other = (Contender("it", "predictions", np.full((2, n), 1 / n)) for n in (11, k + 1))

    row = table_of([first, other], labels, resamples=10, seed=0)[1]

    assert compared == tuple(row[task]["versus_first"] is not None for task in ("moderate", "all"))


def test_nothing_is_compared_with_a_first_row_that_lacks_photos(tmp_path):
    labels = Labels.of([("a", 0, "g"), ("b", 3, "h")])
    whole, half = np.full((2, 4), 0.25), np.array([[0.25] * 4, [np.nan] * 4])
    contenders = [Contender("it", "predictions", rows) for rows in (half, whole, whole)]

    rows = table_of(contenders, labels, resamples=10, seed=0)

    assert [None] * 3 == [row["all"]["versus_first"] for row in rows]


def test_an_artefact_without_levels_has_them_fitted_on_other_bins(tmp_path):
    material = open_material(a_listing(tmp_path, some_rows()), "val")

    fitted = evaluated(material, [FAKE], [], QUICK)["rows"][0]["conformal"]

    assert [(0.1, None), (0.05, None)] == [(each["alpha"], each["level"]) for each in fitted]
    assert all(0 <= each["coverage"] <= 1 <= each["mean_size"] <= 4 for each in fitted)


def test_the_levels_of_an_artefact_make_its_sets():
    labels = Labels.of([("a", 0, "g"), ("b", 3, "h")])
    rows = np.array([[0.6, 0.3, 0.1, 0.0]] * 2)

    (row,) = table_of([Contender("it", "counter", rows, {0.2: 0.9})], labels, resamples=10, seed=0)

    assert [{"alpha": 0.2, "level": 0.9, "coverage": 0.5, "mean_size": 2.0, "single": 0.0}] == row[
        "conformal"
    ]


def test_the_levels_come_from_the_artefacts_card(tmp_path):
    material = open_material(a_listing(tmp_path, some_rows()), "val")
    counting = Counting("fake", FakePredictor(), replace(CARD, conformal={"0.3": 0.8}))

    fitted = evaluated(material, [counting], [], QUICK)["rows"][0]["conformal"]

    assert [(0.3, 0.8)] == [(each["alpha"], each["level"]) for each in fitted]


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
        evaluated(material, [Counting("it", ByBrightness(), card)], [], QUICK),
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


def test_the_summary_names_the_rows_that_lack_photos(tmp_path):
    file = predictions(tmp_path / "p.csv", [(f"{k:05d}", 0.5, 0.25, 0.25, 0.0) for k in range(9)])
    material = open_material(a_listing(tmp_path, some_rows()), "val")

    lines = text({"grouped": evaluated(material, [FAKE], [Named("file", file)], QUICK), "random": None})

    assert "file: 3 photos are missing in its file" in lines


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


def test_what_is_not_a_number_is_null_in_json():
    assert {"a": [None, 1.0], "b": {"c": None}} == finite(
        {"a": [float("nan"), 1.0], "b": {"c": float("inf")}}
    )


def test_the_report_is_one_page_and_one_file_of_figures(tmp_path):
    material = open_material(a_listing(tmp_path, some_rows()), "val")
    beside = evaluated(redrawn(material, 0), [], [], QUICK)
    report = report_of(
        evaluated(material, [FAKE], [], QUICK), beside, QUICK, {"command": "<c>", "revision": "r"}
    )

    write(tmp_path / "out", report)

    text = (tmp_path / "out" / PAGE).read_text()
    assert report == json.loads((tmp_path / "out" / FIGURES).read_text())
    assert "fake" in text
    assert "&lt;c&gt;" in text
    assert "Beside it: a random split" in text
    assert not re.search(r"(src|href)=|url\(|@import|<script", text)


def test_the_page_warns_of_what_flatters(tmp_path):
    rows = [(seen, count, "one bin", split) for seen, count, _, split in some_rows()]
    listing = a_listing(tmp_path, rows)

    warned, all_of_them = (
        page(
            report_of(
                evaluated(open_material(listing, split), [FAKE], [], QUICK),
                None,
                QUICK,
                {"command": "", "revision": ""},
            )
        )
        for split in ("val", "all")
    )

    assert "does not keep bins together" in warned
    assert "those that counters are trained on" in all_of_them


def test_the_command_measures_the_shipped_counter(tmp_path):
    folder = tmp_path / "drawn"
    folder.mkdir()
    lines = ["id,path,count"]
    for each in bins(12, seed=3):
        (folder / f"{each.id}.jpg").write_bytes(each.jpeg)
        lines.append(f"{each.id},{each.id}.jpg,{each.count}")
    (folder / "photos.csv").write_text("\n".join(lines) + "\n")

    result = run(
        folder / "photos.csv",
        "--artifact",
        f"ours={SHIPPED}",
        "--out",
        tmp_path / "out",
        "--resamples",
        100,
        "--json",
    )

    assert 0 == result.exit_code, result.output
    answer = json.loads(result.output)
    assert ["ours", "constant (label frequencies of ours)"] == [
        row["name"] for row in answer["grouped"]["rows"]
    ]
    assert 12 == json.loads((tmp_path / "out" / FIGURES).read_text())["grouped"]["data"]["photos"]


def test_the_command_names_what_is_missing(tmp_path):
    listing = a_listing(tmp_path, some_rows())

    no_data = run(tmp_path, "--out", tmp_path / "out")
    no_artifact = run(listing, "--out", tmp_path / "out", "--artifact", tmp_path)
    no_random = run(listing, "--out", tmp_path / "out", "--random-artifact", tmp_path)

    assert (1, 1, 2) == (no_data.exit_code, no_artifact.exit_code, no_random.exit_code)
    assert "bincount prepare" in no_data.output
    assert "bincount train" in no_artifact.output
    assert "--random" in no_random.output
    assert not (tmp_path / "out").exists()


def test_a_set_of_photos_none_of_which_can_be_read_has_no_figures(tmp_path):
    listing = a_listing(tmp_path, [("?", 1, "g", "val")] * 2)

    with pytest.raises(ValueError, match="none of the 2 photos"):
        evaluated(open_material(listing, "val"), [FAKE], [], QUICK)
