"""What people answer at a terminal: alerts, silences, incidents, and why an answer is refused."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from binwatch.adapters.ledger_alerts import Kept
from binwatch.wms_export import csv_text
from binwatch_local import aws, desk, stack
from binwatch_local.cli import cli
from binwatch_local.commands import alerts
from binwatch_local.errors import Overtaken, Refused
from tests.alert_floor import Floor


@pytest.fixture
def floor(monkeypatch):
    """A desk in memory, with an alert on it, in place of the stack's."""
    floor = Floor(hold_minutes=0)
    floor.watch(floor.record(3))
    floor.see(0, 2)
    monkeypatch.setattr(desk, "desk", lambda: floor.desk)
    monkeypatch.setattr(desk, "watchkeeper", lambda: floor.watchkeeper)
    return floor


def binwatch(*arguments):
    return CliRunner().invoke(cli, arguments, catch_exceptions=True)


def asked(*arguments):
    result = binwatch(*arguments, "--json")
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


def answer(floor, verb, *more, revision=1, who="Anna"):
    given = [floor.episode().id, "--revision", str(revision), "--who", who]
    return ["alerts", verb, *given, *more]


def test_an_alert_is_taken_resolved_and_reopened(floor):
    taken = asked(*answer(floor, "ack"))
    resolved = asked(*answer(floor, "resolve", "--counted", "2", revision=2))
    reopened = asked(*answer(floor, "reopen", revision=3))

    assert [("acknowledged", 2), ("resolved", 3), ("open", 4)] == [
        (each["state"], each["revision"]) for each in (taken, resolved, reopened)
    ]
    assert reopened == asked("alerts", "show", floor.episode().id)


def test_what_a_person_notes_stands_in_the_trail_after_all_that_follows(floor):
    asked(*answer(floor, "ack", "--note", "on my way"))
    asked(*answer(floor, "resolve", "--counted", "2", "--note", "one behind", revision=2))
    asked(*answer(floor, "reopen", "--note", "wrong bin", revision=3))

    whys = [each.why for each in floor.ledger.trail][1:]

    assert ["Anna looks after it: on my way", "Anna counted 2 by hand: one behind"] == whys[:2]
    assert "reopened by Anna: wrong bin" == whys[2]


def test_a_false_alarm_has_a_reason(floor):
    assert 2 == binwatch(*answer(floor, "false-alarm")).exit_code

    assert "false_alarm" == asked(*answer(floor, "false-alarm", "--reason", "hidden"))["state"]


def test_people_read_what_became_of_the_alert(floor):
    assert "acknowledged, revision 2" in binwatch(*answer(floor, "ack")).output
    assert "Anna: acknowledged" in binwatch("alerts", "show", floor.episode().id).output


def test_an_answer_to_what_others_changed_has_an_exit_code_of_its_own(floor):
    asked(*answer(floor, "ack", who="Ben"))

    refused = binwatch(*answer(floor, "resolve", "--counted", "2")).exception

    assert (Overtaken, 4) == (type(refused), refused.exit_code)
    assert "Ben: acknowledged" in refused.what


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["alerts", "show", "unknown"], "binwatch alerts"),
        (["alerts", "ack", "unknown", "--revision", "1", "--who", "Anna"], "binwatch alerts show"),
        (["silence", "end", "berlin-1", "unknown", "--who", "Anna"], "binwatch silence list"),
        (["incident", "end", "berlin-1", "aisle", "A", "--who", "A", "--why", "x"], "binwatch incident list"),
        (["silence", "add", "berlin-1", "--hours", "1", "--who", "A", "--why", " "], "why"),
    ],
)
def test_what_cannot_be_done_names_its_remedy(floor, arguments, remedy):
    refused = binwatch(*arguments).exception

    assert (Refused, 1) == (type(refused), refused.exit_code)
    assert remedy in refused.remedy


@pytest.mark.parametrize(
    ("verb", "who", "remedy"),
    [
        (["ack"], " ", "--who"),
        (["ack"], "A" * 201, "Shorten"),
        (["resolve", "--counted", "-1"], "Anna", "--counted"),
        (["resolve", "--counted", "2", "--note", "n" * 1001], "Anna", "Shorten the note"),
        (["false-alarm", "--reason", "other", "--note", "n" * 1001], "Anna", "Shorten the note"),
        (["reopen"], "Anna", "binwatch alerts show"),
    ],
    ids=str,
)
def test_an_answer_that_is_refused_is_told_what_to_do_about_that_very_fault(floor, verb, who, remedy):
    refused = binwatch(*answer(floor, *verb, who=who)).exception

    assert (Refused, True) == (type(refused), remedy in refused.remedy)


@pytest.mark.parametrize(
    "arguments",
    [
        ["count", "berlin-1/A-07", "--counted", "2"],
        ["silence", "end", "berlin-1", "s"],
        ["incident", "end", "berlin-1", "aisle", "A", "--why", "x"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_act_of_nobody_is_asked_for_a_name(floor, arguments):
    refused = binwatch(*arguments, "--who", " ").exception

    assert "Give your name with --who." == refused.remedy


def test_a_refusal_names_the_answer_as_people_do(floor):
    asked(*answer(floor, "resolve", "--counted", "2"))

    refused = binwatch(*answer(floor, "false-alarm", "--reason", "other", revision=2)).exception

    assert refused.what.startswith(f"False alarm {floor.episode().id}: it is resolved")


@pytest.mark.parametrize("hours", ["nan", "inf", "0", "337"])
def test_a_silence_lasts_a_number_of_hours(floor, hours):
    refused = binwatch("silence", "add", "berlin-1", "--who", "A", "--why", "x", "--hours", hours)

    assert 2 == refused.exit_code
    assert "Invalid value for '--hours'" in refused.output


def test_a_quantity_that_no_bin_holds_is_refused(floor):
    assert isinstance(binwatch(*answer(floor, "resolve", "--counted", "-1")).exception, Refused)


def test_alerts_are_exported_as_csv(floor, monkeypatch, tmp_path):
    kept = Kept((floor.episode(),), unreadable=1)
    monkeypatch.setattr(alerts, "LedgerAlerts", lambda table: SimpleNamespace(newest=lambda: kept))
    monkeypatch.setattr(stack, "find", lambda home: SimpleNamespace(table="binwatch"))
    monkeypatch.setattr(aws, "link", lambda: None)
    file = tmp_path / "new" / "alerts.csv"

    told = asked("alerts", "export", "--csv", str(file))

    assert {"written": str(file), "alerts": 1, "unreadable": 1} == told
    assert csv_text(kept.episodes).encode() == file.read_bytes()
    assert "1 stored alerts cannot be read" in binwatch("alerts", "export", "--csv", str(file)).output


def test_a_silence_is_set_listed_and_ended(floor):
    given = ["--bins", "A-", "--sent-from", "high", "--hours", "2", "--who", "Anna", "--why", "shelves move"]
    made = asked("silence", "add", "berlin-1", *given)

    assert [made] == asked("silence", "list", "berlin-1")
    assert "shelves move" in binwatch("silence", "list", "berlin-1").output
    assert "Ben" == asked("silence", "end", "berlin-1", made["id"], "--who", "Ben")["ended_by"]
    assert [] == asked("silence", "list", "berlin-1")


def test_an_incident_is_listed_and_ended(floor):
    bins = [f"B-{number}" for number in range(5)]
    floor.watch(*(floor.record(3, bin_) for bin_ in bins))
    floor.watch(*(floor.photo(0, 2, bin_) for bin_ in bins))

    (found,) = asked("incident", "list", "berlin-1")
    ended = asked("incident", "end", "berlin-1", "aisle", "B", "--who", "Anna", "--why", "lamp mended")

    assert (found["id"], "Anna") == (ended["id"], ended["ended_by"])
    assert "over since" in binwatch("incident", "list", "berlin-1").output
