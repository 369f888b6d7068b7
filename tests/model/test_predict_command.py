"""`bincount predict` as a person runs it."""

from dataclasses import replace

import numpy as np
import pytest

from bincount.artifact import ONNX, SHIPPED, Artifact
from bincount.data.synthetic import bins
from bincount.predictor import OnnxPredictor
from bincount.scoring.sources import find
from tests.model.builders import a_photo
from tests.model.predictions import folder_of, rows_of, run


def test_the_command_writes_what_the_served_counter_says(tmp_path):
    drawn = list(bins(3, seed=4))
    source = folder_of(tmp_path / "in", {f"{each.id}.jpg": each.jpeg for each in drawn})
    out = tmp_path / "out.csv"

    result = run(source, "--out", out, "--json")

    assert 0 == result.exit_code, result.output
    assert f'"out": "{out}", "counted": 3, "unreadable": 0' in result.output
    from_file = np.array([[float(row[f"p{k}"]) for k in range(11)] for row in rows_of(out)])
    pixels = np.stack([photo.pixels() for photo in find([str(source)])])
    assert 1e-6 > np.abs(OnnxPredictor().predict(pixels) - from_file).max()


def test_the_command_names_a_bad_photo_and_exits_with_one(tmp_path):
    source = folder_of(tmp_path / "in", {"a.jpg": b"no photo", "b.jpg": a_photo(1, size=(64, 64))})

    result = run(source, "--out", tmp_path / "out.csv", "--errors", tmp_path / "errors.csv")

    assert 1 == result.exit_code
    assert f"1 could not be counted:\n  {source / 'a.jpg'}: " in result.stdout
    assert "1 photos in" in result.stdout
    assert ["b"] == [row["id"] for row in rows_of(tmp_path / "out.csv")]


def test_the_summary_names_some_of_many_bad_photos_and_where_the_others_are(tmp_path):
    source = folder_of(tmp_path / "in", {f"{n:02d}.jpg": b"no photo" for n in range(30)})

    result = run(source, "--out", tmp_path / "out.csv", "--errors", tmp_path / "errors.csv")

    assert 20 == result.stdout.count(".jpg: ")
    assert f"and 10 more; all of them are in {tmp_path / 'errors.csv'}" in result.stdout


@pytest.mark.parametrize("levels", [{}, {"0.1": 0.9}], ids=["without levels", "with levels"])
def test_the_command_gives_the_sets_that_the_counter_brings(levels, tmp_path):
    counter = folder_of(tmp_path / "counter", {ONNX: (SHIPPED / ONNX).read_bytes()})
    replace(Artifact.load(SHIPPED), conformal=levels).save(counter)
    source = folder_of(tmp_path / "in", {"a.jpg": a_photo(1)})

    result = run(source, "--out", tmp_path / "out.csv", "--sets", "--artifact", counter)

    if levels:
        (row,) = rows_of(tmp_path / "out.csv")
        assert int(row["low90"]) <= int(row["count"]) <= int(row["high90"])
    else:
        assert 1 == result.exit_code
        assert "bincount export" in result.output
        assert not (tmp_path / "out.csv").exists()


def test_the_command_prints_a_folder_when_no_file_is_asked_for(tmp_path):
    source = folder_of(tmp_path, {"a.jpg": a_photo(1), "b.jpg": a_photo(2)})

    result = run(source)

    assert 0 == result.exit_code
    assert [f"{source}/a.jpg", f"{source}/b.jpg"] == [
        each.split(": ")[0] for each in result.output.splitlines()
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "does not exist"),
        ([], "Missing argument"),
        ([".", "--errors", "e.csv"], "--out"),
        ([".", "--sets"], "--out"),
    ],
)
def test_a_wrong_call_is_told_apart_from_a_failure(arguments, said):
    result = run(*arguments)

    assert 2 == result.exit_code
    assert said in result.output
