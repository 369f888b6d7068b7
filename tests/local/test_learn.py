"""`binwatch learn` from files: answers in, a better book and labels out."""

import json
import re

import pytest
from click.testing import CliRunner

from bincount.cli import main as bincount
from bincount.data.id_lists import read_labels
from bincount.data.manifest import read_manifest
from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook
from binwatch_local.answers_file import COLUMNS, FileAnswers
from binwatch_local.cli import cli
from binwatch_local.errors import AnswersRefused
from tests.local.builders import a_jpeg, a_record

HEADER = ",".join(COLUMNS)
# An audit of 60 bins, 3 of them wrong, and two alerts: one right, one false, of another bin's photo.
AUDIT = [
    f"berlin-1,B-{number},b{number},5,{4 if number < 3 else 5},,2026-11-20,yes,0 0 0 0 .1 .9"
    for number in range(60)
]
ALERTS = [
    "berlin-1,A-1,a1,5,3,,2026-11-20T03:00:00+01:00,,",
    "berlin-1,A-2,a2,5,,other_bin,2026-11-21,no,",
]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "answers.csv").write_text("\n".join([HEADER, *AUDIT, *ALERTS]))
    (tmp_path / "book.json").write_text('{"discrepancy_rate": 0.02}')
    return tmp_path


def learn(files, *arguments, answers="answers.csv"):
    sources = ["--answers", str(files / answers), "--book", str(files / "book.json")]
    return CliRunner().invoke(cli, ["learn", *sources, *arguments])


def refused(path, text):
    path.write_text(text)
    with pytest.raises(AnswersRefused) as caught:
        FileAnswers(path).since("")
    return caught.value.what


def test_before_and_after_are_told(files):
    told = json.loads(learn(files, "--json").stdout)

    (site,) = told["sites"]
    assert (62, "2026-11-21T00:00:00.000Z") == (told["answers"], told["newest"])
    assert {"bins": 60, "answered": 60, "wrong": 3} == site["others"]
    assert 0.02 == pytest.approx(site["discrepancy_rate"]["before"]["mean"])
    assert 5 / 160 == pytest.approx(site["discrepancy_rate"]["after"]["mean"])
    assert site["law"]["after"]["-1"] > site["law"]["before"]["-1"]
    assert 1 == told["temperature"]["before"] != told["temperature"]["after"]


def test_people_see_it_in_a_table(files):
    shown = learn(files).output

    assert "0.0200 ± 0.0139" in shown
    assert "0.0312 ± 0.0137" in shown
    assert "--since 2026-11-21T00:00:00.000Z" in shown


def test_the_book_is_written_and_nothing_is_applied(files):
    after = files / "new" / "after.json"

    result = learn(files, "--write", str(after))

    rules = PolicyBook.parse(after.read_text()).rules_for(BinId("berlin-1", "A"))
    assert 0.0312 == rules.policy.prior.rate
    assert '{"discrepancy_rate": 0.02}' == (files / "book.json").read_text()
    assert f"binwatch policies set {after}" in result.output.replace("\n", "")


def test_only_newer_answers_teach(files):
    told = json.loads(learn(files, "--since", "2026-11-20T12:00", "--json").stdout)

    assert (1, {"bins": 0, "answered": 0, "wrong": 0}) == (told["answers"], told["sites"][0]["others"])


def test_without_answers_nothing_is_learnt(files):
    assert "nothing to learn" in learn(files, "--since", "2027-01-01").output


def test_labels_are_what_people_counted_on_photos_that_show_it(files):
    hidden = "berlin-1,A-3,a3,5,,hidden,2026-11-21,no,"
    miscounted = "berlin-1,A-4,a4,5,,miscounted,2026-11-21,no,"
    (files / "answers.csv").write_text("\n".join([HEADER, *AUDIT, *ALERTS, hidden, miscounted]))
    labels = files / "labels.csv"

    learn(files, "--labels", str(labels))

    read = read_labels(labels)
    assert 62 == len(read)
    assert (3, "berlin-1/A-1") == (read["a1"].count, read["a1"].group)
    assert 5 == read["a4"].count
    assert {"a2", "a3"}.isdisjoint(read)


def test_labels_overrule_records_when_photos_are_prepared(files):
    photos = files / "photos"
    photos.mkdir()
    for name in ("a1", "b0", "b5"):
        (photos / f"{name}.jpg").write_bytes(a_jpeg())
        (photos / f"{name}.json").write_bytes(a_record(5))
    learn(files, "--labels", str(files / "labels.csv"))

    out = files / "prepared"
    prepare = ["prepare", str(photos), "--out", str(out), "--labels", str(files / "labels.csv")]
    done = CliRunner().invoke(bincount, prepare)

    assert 0 == done.exit_code, done.output
    assert {"a1": 3, "b0": 4, "b5": 5} == {
        each.id: each.count for each in read_manifest(out / "manifest.csv")
    }


def test_json_says_how_many_bins_a_site_has(files):
    answer = {
        "site": "berlin-1",
        "bin": "A-1",
        "photo": "a1",
        "expected": 5,
        "counted": 3,
        "at": "2026-11-20",
    }
    sites = {"berlin-1": {"bins": 1000, "alerted": 4}}
    (files / "answers.json").write_text(json.dumps({"sites": sites, "answers": [answer]}))

    (site,) = json.loads(learn(files, "--json", answers="answers.json").stdout)["sites"]

    assert {"bins": 4, "answered": 1, "wrong": 1} == site["alerted"]
    assert {"bins": 996, "answered": 0, "wrong": 0} == site["others"]


@pytest.mark.parametrize(
    ("sites", "known"), [({}, False), ({"berlin-1": {"bins": 9, "alerted": 0}}, True)], ids=str
)
def test_no_alerted_bin_and_an_unknown_number_of_them_are_told_apart(files, sites, known):
    answer = {"site": "berlin-1", "bin": "A-1", "photo": "a1", "expected": 5, "counted": 5}
    answers = [{**answer, "at": "2026-11-20", "drawn": True}]
    (files / "answers.json").write_text(json.dumps({"sites": sites, "answers": answers}))

    shown = re.sub("[^a-z]+", " ", learn(files, answers="answers.json").output)

    assert (known, not known) == ("alerted no bin" in shown, "alerted how many bins is not known" in shown)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("berlin-1,B-1,b,many,4,,2026-11-20,,", "expected cannot be 'many'"),
        ("berlin-1,B-1,b,5,-4,,2026-11-20,,", "counted cannot be '-4'"),
        ("berlin-1,B-1,b,5,,,2026-11-20,,", "say what was counted, or the reason"),
        ("berlin-1,B-1,b,5,,tired,2026-11-20,,", "reason cannot be 'tired'"),
        ("berlin-1,B-1,b,5,4,,yesterday,,", "at cannot be 'yesterday'"),
        ("berlin-1,B-1,b,5,4,,2026-11-20,perhaps,", "drawn cannot be 'perhaps'"),
        ("berlin-1,B-1,b,5,4,,2026-11-20,,.5 .2", "probabilities cannot be"),
        (",B-1,b,5,4,,2026-11-20,,", "site cannot be None"),
        ("x/y,B-1,b,5,4,,2026-11-20,,", "site cannot be 'x/y'"),
    ],
)
def test_a_line_that_is_no_answer_is_named(tmp_path, line, why):
    path = tmp_path / "answers.csv"

    assert f"{path}: line 3: {why}" in refused(path, "\n".join([HEADER, ALERTS[0], line]))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the header lacks at, bin, expected, photo, site"),
        ("{", "no JSON"),
        ("{}", "$.answers must be a list"),
        ('{"answers": [3]}', "$.answers[0] must be an object"),
        ('{"answers": [{"sight": "x"}]}', "$.answers[0]: there is no sight"),
        ('{"answers": [], "sites": {"b": {"bins": 1, "alerted": 2}}}', "$.sites.b: 2 of 1"),
        ('{"answers": [], "sites": {"b": {"bins": 1.5, "alerted": 0}}}', "$.sites.b: bins cannot be 1.5"),
        ('{"answers": [], "sites": {"b": 3}}', "$.sites.b must be an object"),
    ],
)
def test_a_file_that_is_no_list_of_answers_is_named(tmp_path, text, why):
    assert why in refused(tmp_path / "answers", text)


def test_a_moment_that_is_none_is_wrong_usage(files):
    assert 2 == learn(files, "--since", "yesterday").exit_code
