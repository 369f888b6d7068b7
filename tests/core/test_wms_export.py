"""Alerts leave as CSV that a WMS reads and a spreadsheet does not execute."""

import csv
import io
from dataclasses import replace

from binwatch.alerts import State
from binwatch.commands import Reason
from binwatch.episodes import Answer, Episode
from binwatch.keys import BinId
from binwatch.links import LinkTemplate
from binwatch.wms_export import COLUMNS, csv_text
from tests.alert_lives import an_assessment, minute

OPEN = Episode("a1", State.OPEN, 2, an_assessment(0), opened_at=minute(5))


def rows(*episodes):
    return list(csv.DictReader(io.StringIO(csv_text(episodes), newline="")))


def test_an_alert_is_a_line_with_all_columns():
    (line,) = rows(OPEN)

    assert list(COLUMNS) == list(line)
    assert ("a1", "open", "berlin-1", "A-07", "shortage", "5", "3", "0.8", "") == tuple(
        line[name] for name in (*COLUMNS[:1], *COLUMNS[2:6], *COLUMNS[7:9], *COLUMNS[10:11], "ended_at")
    )


def test_an_answer_is_in_its_line():
    answer = Answer(reason=Reason.HIDDEN, note='two, "behind"\nthe shelf')
    (line,) = rows(replace(OPEN, state=State.FALSE_ALARM, ended_at=minute(9), ended_by="Anna", answer=answer))

    assert ("false_alarm", "Anna", "hidden", 'two, "behind"\nthe shelf') == (
        line["state"],
        line["ended_by"],
        line["reason"],
        line["note"],
    )


def test_a_line_tells_the_photo_the_count_by_hand_and_the_link_apart():
    exhibit = replace(
        OPEN.assessment.exhibit,
        photo_count=4,
        photos=2,
        hand_count=1,
        hand_counted_at=minute(2),
        correct_to=1,
    )
    audited = replace(OPEN, assessment=replace(OPEN.assessment, exhibit=exhibit))
    (line,) = csv.DictReader(
        io.StringIO(csv_text([audited], LinkTemplate("https://wms.example/{bin}")), newline="")
    )

    by_hand = [line[each] for each in ("counted_by_hand", "counted_by_hand_at", "correct_to")]
    assert ["3", "4", "2"] == [line[each] for each in ("counted", "photo_count", "photos")]
    assert (["1", minute(2), "1"], "https://wms.example/A-07") == (by_hand, line["link"])


def test_what_nobody_ever_heard_of_is_left_out():
    assert [] == rows(replace(OPEN, state=State.HELD, opened_at=None))
    assert [] == rows(replace(OPEN, state=State.LAPSED, opened_at=None))


def test_a_name_that_a_spreadsheet_would_execute_is_text():
    seen = replace(an_assessment(0), bin=BinId("berlin-1", "=HYPERLINK(1)"))

    (line,) = rows(replace(OPEN, assessment=seen))

    assert "'=HYPERLINK(1)" == line["bin"]


def test_lines_end_as_the_standard_says():
    assert csv_text([OPEN]).endswith("\r\n")
    assert 2 == csv_text([OPEN]).count("\r\n")
