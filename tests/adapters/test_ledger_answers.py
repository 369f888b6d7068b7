"""Answers as they stand in the table's cases."""

import pytest

from binwatch.adapters.episode_rows import case_row
from binwatch.adapters.ledger_answers import LedgerAnswers
from binwatch.adapters.row_mapping import DRAW
from binwatch.adapters.rows import StateRow
from binwatch.adapters.stored_values import to_text
from binwatch.alerts import State
from binwatch.asking import Draw
from binwatch.commands import Reason
from binwatch.episodes import SYSTEM, Answer, Case, Episode
from binwatch.errors import Unavailable
from binwatch.keys import BinId, PhotoAt
from binwatch.learning import Population
from tests.alert_lives import an_assessment, minute


def keep(name, state, answer=None, who="Anna", at=9, opened=True):
    bin_ = BinId("berlin-1", name)
    opened_at = minute(1) if opened else None
    episode = Episode(
        f"alert-{name}",
        state,
        3,
        an_assessment(0, bin=bin_),
        opened_at=opened_at,
        ended_at=minute(at),
        ended_by=who,
        answer=answer,
    )
    case_row(bin_, Case(episode, 1)).save()


@pytest.fixture
def ledger(table):
    answers = LedgerAnswers("binwatch")
    for number in range(6):
        StateRow(f"bin/berlin-1/A-{number}", "state", revision=1, episode=0, waiting=[]).save()
    StateRow("bin/hamburg/B-1", "state", revision=1, episode=0, waiting=[]).save()
    keep("A-1", State.RESOLVED, Answer(counted=2))
    keep("A-2", State.FALSE_ALARM, Answer(reason=Reason.MISCOUNTED), at=20)
    keep("A-3", State.RESOLVED, None, SYSTEM)
    keep("A-4", State.HELD, opened=False)
    return answers


def test_what_people_answered_is_found(ledger):
    found = ledger.since("")

    assert {"A-1": (5, 2, False), "A-2": (5, 5, False)} == {
        each.bin.bin: (each.expected, each.counted, each.drawn) for each in found.answers
    }


def test_bins_are_counted_and_so_are_those_that_ever_alerted(ledger):
    populations = {"berlin-1": Population(6, 3), "hamburg": Population(1, 0)}

    assert populations == ledger.since("").populations


def test_only_what_is_newer_is_found(ledger):
    assert ["A-2"] == [each.bin.bin for each in ledger.since(minute(9)).answers]


def test_a_damaged_case_does_not_keep_the_others_from_teaching(ledger):
    row = case_row(BinId("berlin-1", "A-5"), Case())
    row.case = "{"
    row.save()

    found = ledger.since("")

    assert (2, 1) == (len(found.answers), found.unreadable)


def test_a_table_out_of_reach_is_told(ledger):
    with pytest.raises(Unavailable):
        LedgerAnswers("elsewhere").since("")


def audit(name, counted, at=5, alerted=False):
    photo = PhotoAt("uploads", "sites/berlin-1/bins/A-07/x.jpg", None)
    draw = Draw("2026-11-20", minute(0), 5, photo, (0.1, 0.9), alerted=alerted)
    draw = draw.answered(counted, "Anna", "", minute(at))
    row = StateRow(f"bin/berlin-1/{name}", "state", revision=1, waiting=[], draw=to_text(draw, DRAW))
    row.save()


def test_what_auditors_counted_is_found(ledger):
    audit("A-5", 4)

    (found,) = [each for each in ledger.since("").answers if each.drawn]

    assert ("A-5", 5, 4, "x", minute(5)) == (
        found.bin.bin,
        found.expected,
        found.counted,
        found.photo_id,
        found.at,
    )


def test_a_drawn_bin_that_nobody_counted_yet_teaches_nothing(ledger):
    photo = PhotoAt("uploads", "x.jpg", None)
    draw = Draw("2026-11-20", minute(0), 5, photo, (0.1, 0.9))
    row = StateRow("bin/berlin-1/A-5", "state", revision=1, waiting=[], draw=to_text(draw, DRAW))
    row.save()

    assert [] == [each for each in ledger.since("").answers if each.drawn]


def test_a_wrong_record_that_the_audit_found_does_not_count_as_alerted(ledger):
    audit("A-0", 4, at=0)
    keep("A-0", State.RESOLVED, Answer(counted=4))  # opened a minute later, because of it

    found = ledger.since("")

    assert [(True, 4)] == [(each.drawn, each.counted) for each in found.answers if each.bin.bin == "A-0"]
    assert Population(6, 3) == found.populations["berlin-1"]


def test_an_audit_of_a_bin_that_had_alerted_is_of_the_alerted(ledger):
    audit("A-1", 2, alerted=True)

    found = ledger.since("")

    assert {(True, True), (False, False)} == {
        (each.drawn, each.alerted) for each in found.answers if each.bin.bin == "A-1"
    }
    assert Population(6, 3) == found.populations["berlin-1"]
