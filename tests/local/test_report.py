"""What a run comes to, for a program and for a person."""

import io
import json

import pytest
from rich.console import Console

from binwatch.decision import Verdict
from binwatch.ports import Quarantined
from binwatch_local.planting import Planted
from binwatch_local.report import compile_report, percentile
from binwatch_local.terminal import report_view
from binwatch_local.watch import Snapshot, by_key
from tests.local.builders import NOON, a_look, a_mismatch, a_received, a_sent, an_unreadable

ONE, TWO, THREE, FOUR = (f"bin-images/{number}.jpg" for number in (1, 2, 3, 4))
BAD_RECORD = Quarantined(
    "q1", NOON, "record", "record_not_json", "the record is no JSON text", key="metadata/9.json"
)


def a_report(*looks, sent=(), received=(), planted=(), quarantined=(), dead_letters=0):
    last = Snapshot(by_key(looks), tuple(received), 0, dead_letters)
    return compile_report("a folder", [a_sent(key) for key in sent], last, planted, quarantined, 20)


@pytest.fixture
def report():
    return a_report(
        a_look(ONE, stored_at="2026-11-20T12:00:01.000Z"),
        a_mismatch(TWO, "a2"),
        an_unreadable(THREE, "empty: the file has no bytes"),
        sent=(ONE, TWO, THREE, FOUR),
        received=(a_received(TWO, "a2"), a_received(TWO, "a2", message_id="again")),
        planted=(Planted(TWO, 3, 4),),
        quarantined=(BAD_RECORD,),
    )


def test_the_report_holds_what_programs_read(report):
    written = json.loads(json.dumps(report.to_json()))

    assert {
        name: written[name] for name in ("photos", "counted", "unreadable", "waiting", "lost", "alerts")
    } == {
        "photos": 4,
        "counted": 2,
        "unreadable": 1,
        "waiting": 0,
        "lost": 1,
        "alerts": 1,
    }
    assert written["verdicts"] == {"MATCH": 1, "MISMATCH": 1, "UNSURE": 0, "WAITING": 0, "UNREADABLE": 1}
    assert written["latency_s"] == {"count": {"p50": 1.0, "p99": 2.0}, "alert": {"p50": 2.0, "p99": 2.0}}
    assert written["photos_per_s"] == 1.5
    assert written["lost_keys"] == [FOUR]
    assert written["alert_messages"] == 2
    assert written["planted"] == [{"photo_key": TWO, "right": 3, "written": 4, "alerted": True}]


def test_each_look_of_the_report_holds_what_programs_read(report):
    look = report.to_json()["looks"][1]

    assert {
        name: look[name] for name in ("key", "expected", "count", "probabilities", "verdict", "alerted")
    } == {
        "key": TWO,
        "expected": 4,
        "count": 3,
        "probabilities": [0.05, 0.1, 0.15, 0.6, 0.1],
        "verdict": "MISMATCH",
        "alerted": True,
    }


MATCH, MISMATCH = a_look(ONE), a_mismatch(ONE, "a1")


@pytest.mark.parametrize(
    ("report", "nothing_lost"),
    [
        (a_report(MATCH, sent=[ONE]), True),
        (a_report(an_unreadable(ONE, "empty"), sent=[ONE]), True),
        (a_report(a_look(ONE, Verdict.WAITING), sent=[ONE]), True),
        (a_report(MISMATCH, sent=[ONE], received=[a_received(ONE, "a1")]), True),
        (a_report(sent=[ONE]), False),
        (a_report(MISMATCH, sent=[ONE]), False),
        (a_report(MATCH, sent=[ONE], dead_letters=1), False),
    ],
)
def test_nothing_is_lost_when_each_photo_has_its_verdict_and_each_mismatch_its_alert(report, nothing_lost):
    assert report.nothing_lost is nothing_lost


@pytest.mark.parametrize(
    ("values", "percent", "value"),
    [([], 50, None), ([3], 50, 3), ([3], 99, 3), ([1, 2, 3, 4], 50, 2), (list(range(1, 101)), 99, 99)],
)
def test_a_percentile_is_a_value_that_was_measured(values, percent, value):
    assert percentile(values, percent) == value


def test_a_person_reads_what_was_lost_and_why_photos_were_not_counted(report):
    terminal = Console(file=io.StringIO(), width=160)

    terminal.print(report_view(report))

    text = terminal.file.getvalue()
    assert f"1 photos without a verdict ({FOUR}" in text
    assert "empty: the file has no bytes" in text
    assert "record_not_json" in text
    assert "Bin 2 at default: probable shortage." in text
