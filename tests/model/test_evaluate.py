"""The evaluation as a whole: what is counted, what is left out, and what stands in the report."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from bincount.artifact import SHIPPED
from bincount.commands.evaluate import evaluate
from bincount.data.synthetic import bins
from bincount.evaluation.contenders import Contender
from bincount.evaluation.evaluate import Counting, Named, evaluated, redrawn, report_of
from bincount.evaluation.figures import finite, table_of
from bincount.evaluation.material import Labels, open_material
from bincount.evaluation.report import FIGURES, PAGE, page, write
from bincount.evaluation.summary import text
from tests.model.builders import FakePredictor
from tests.model.evaluation_builders import CARD, FAKE, QUICK, a_listing, predictions, some_rows


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


def test_the_summary_names_the_rows_that_lack_photos(tmp_path):
    file = predictions(tmp_path / "p.csv", [(f"{k:05d}", 0.5, 0.25, 0.25, 0.0) for k in range(9)])
    material = open_material(a_listing(tmp_path, some_rows()), "val")

    lines = text({"grouped": evaluated(material, [FAKE], [Named("file", file)], QUICK), "random": None})

    assert "file: 3 photos are missing in its file" in lines


def test_the_summary_tells_every_name_whole_and_figures_stand_below_their_heading(tmp_path):
    material = open_material(a_listing(tmp_path, some_rows()), "val")
    name = "a counter whose folder has a name of more than thirty letters"
    measured = evaluated(material, [replace(FAKE, name=name)], [], QUICK)

    lines = text({"grouped": measured, "random": None}).splitlines()

    table = lines[lines.index("") + 1 :]
    assert 2 == sum(line.startswith(f"{name} ") for line in table)
    assert 1 == len({len(line) for line in table if line})


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
