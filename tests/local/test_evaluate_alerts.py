"""`binwatch evaluate-alerts` as a person meets it."""

import json

import pytest
from click.testing import CliRunner

from binwatch_local.cli import cli
from binwatch_local.errors import OneMachineError
from tests.local.counted_bins import many_bins, rather_sure_of, written


@pytest.fixture
def data(tmp_path):
    """A labelled CSV, and a CSV of predictions of its photos."""
    written(many_bins(90, rather_sure_of), tmp_path)
    return tmp_path


def evaluated(data, *more):
    arguments = ["evaluate-alerts", str(data / "photos.csv"), "--predictions", str(data / "predictions.csv")]
    quick = ["--out", str(data / "out"), "--seeds", "2", "--looks", "1,2", "--rates", "0.02,0.05"]
    return CliRunner().invoke(cli, [*arguments, *quick, *more])


def test_it_writes_figures_and_a_page_and_tells_of_both(data):
    result = evaluated(data)

    figures = json.loads((data / "out" / "figures.json").read_text())
    page = (data / "out" / "report.html").read_text()
    assert result.exit_code == 0, result.output
    assert "vs naive" in result.output
    pictures = {"precision-recall.png", "alerts.png", "recall.png"}
    assert {"figures.json", "report.html", *pictures} == {path.name for path in (data / "out").iterdir()}
    assert all((data / "out" / each).read_bytes().startswith(b"\x89PNG") for each in pictures)
    assert [0.02, 0.05] == figures["protocol"]["rates"]
    assert 120 == figures["data"]["photos"]
    assert page.count("<svg") == 3
    assert "//" not in page


def test_it_can_be_told_that_records_do_not_state_movements(data):
    stated, unstated = (
        json.loads(evaluated(data, "--json", *more).output.splitlines()[-1]) for more in ([], ["--unstated"])
    )

    assert [True, False] == [each["protocol"]["movements_stated"] for each in (stated, unstated)]


def test_for_programs_it_prints_the_figures(data):
    figures = json.loads(evaluated(data, "--json").output.splitlines()[-1])

    assert json.loads((data / "out" / "figures.json").read_text()) == figures


def test_the_rules_of_a_book_are_evaluated(data):
    (data / "book.json").write_text('{"policy": "exact"}')

    assert "book" in evaluated(data, "--policies", str(data / "book.json")).output


@pytest.mark.parametrize(
    ("name", "text", "option", "named"),
    [
        ("book.json", '{"policy": "best"}', "--policies", "$.policy"),
        ("book.json", "no JSON", "--policies", "no JSON text"),
        ("other.csv", "id,count\n", "--predictions", "p0..pK"),
        (
            "other.csv",
            "id,count,expected_value,p0,p1\nnobody,0,0,1,0\n",
            "--predictions",
            "none of the photos",
        ),
    ],
)
def test_what_cannot_be_read_is_named(data, name, text, option, named):
    (data / name).write_text(text)

    error = evaluated(data, option, str(data / name)).exception

    assert isinstance(error, OneMachineError)
    assert named in error.what
    assert error.remedy


@pytest.mark.parametrize("option", ["--law=train", "--expected-items"])
def test_what_the_data_do_not_hold_is_named(data, option):
    error = evaluated(data, option).exception

    assert isinstance(error, OneMachineError)
    assert option.removesuffix("=train") in error.remedy


@pytest.mark.parametrize("option", ["--rates=2", "--rates=0", "--looks=0", "--looks=1,two", "--seeds=0"])
def test_numbers_that_cannot_be_are_wrong_usage(data, option):
    assert 2 == evaluated(data, option).exit_code


def test_without_data_there_is_nothing_to_evaluate():
    assert 2 == CliRunner().invoke(cli, ["evaluate-alerts"]).exit_code


def test_a_folder_that_cannot_be_written_is_named(data):
    (data / "taken").write_text("a file")

    error = evaluated(data, "--out", str(data / "taken" / "in")).exception

    assert isinstance(error, OneMachineError)
    assert "taken" in error.what


def test_the_published_counters_figures_need_no_data():
    result = CliRunner().invoke(cli, ["evaluate-alerts", "--published"])

    assert "44.9 / 3.8 / 84.9" in result.output
