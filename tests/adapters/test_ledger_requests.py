"""Who waits for a robot or a person is kept with the bin, and listed."""

import json
from dataclasses import replace

import pytest

from binwatch.adapters.ledger_requests import LedgerRequests
from binwatch.adapters.rows import OutboxRow, StateRow
from binwatch.asking import NO_DOUBT, Doubt, Draw
from binwatch.bins import Bin
from binwatch.errors import Unavailable
from binwatch.keys import BinId, PhotoAt
from binwatch.outbox import message_of
from binwatch.ports import Wanted
from tests.alert_lives import minute
from tests.core.test_asking import AUDIT, RELOOK

ASKED = Doubt(minute(0), minute(0), 2)
DRAW = Draw("2026-11-20", minute(0), 3, PhotoAt("uploads", "a.jpg", None), (0.1, 0.9))


def keep(ledger, name, **fields):
    empty = Bin(BinId("berlin-1", name))
    ledger.save(empty, replace(empty, **fields))


def load(ledger, name="A-1"):
    bin_ = BinId("berlin-1", name)
    return ledger.load([Wanted(bin_)])[bin_]


def test_what_is_asked_is_kept_with_the_bin_and_goes_out_with_it(ledger):
    keep(ledger, "A-1", doubt=ASKED, draw=DRAW, messages=(RELOOK, AUDIT))

    assert (ASKED, DRAW) == (load(ledger).doubt, load(ledger).draw)
    out = {message_of(row.alert) for row in OutboxRow.scan(OutboxRow.kind == OutboxRow)}
    assert {RELOOK, AUDIT} == out


def test_a_state_from_before_anything_was_asked_asks_nothing(ledger):
    keep(ledger, "A-1")

    assert (NO_DOUBT, None) == (load(ledger).doubt, load(ledger).draw)


def test_a_doubt_from_before_its_looks_were_counted_is_still_one(ledger):
    keep(ledger, "A-1", doubt=ASKED)
    row = StateRow.get("bin/berlin-1/A-1", "state")
    text = {"schema": 1, "since": minute(0), "asked_at": minute(0)}
    row.update(actions=[StateRow.doubt.set(json.dumps(text))])

    assert replace(ASKED, looks=0) == load(ledger).doubt


@pytest.mark.parametrize("damage", ["{", '{"schema": 2}'])
def test_what_cannot_be_read_is_asked_anew_and_stops_nothing(ledger, table, damage):
    keep(ledger, "A-1", doubt=ASKED, draw=DRAW)
    row = StateRow.get("bin/berlin-1/A-1", "state")
    row.update(actions=[StateRow.doubt.set(damage), StateRow.draw.set(damage)])

    assert (NO_DOUBT, None) == (load(ledger).doubt, load(ledger).draw)


def test_those_who_wait_are_listed_the_longest_first(ledger):
    keep(ledger, "A-1", doubt=Doubt(minute(9), minute(0)))
    keep(ledger, "A-2", doubt=ASKED, draw=replace(DRAW, asked_at=minute(5)))
    keep(ledger, "A-3", doubt=Doubt(None, minute(0)), draw=DRAW.answered(3, "Anna", "", minute(2)))
    keep(ledger, "A-4", draw=DRAW)

    waiting = LedgerRequests("binwatch")

    assert ["A-2", "A-1"] == [bin_.bin for bin_, _ in waiting.relooks()]
    assert ["A-4", "A-2"] == [bin_.bin for bin_, _ in waiting.audits()]


def test_a_table_out_of_reach_is_told(ledger):
    with pytest.raises(Unavailable):
        LedgerRequests("elsewhere").relooks()
