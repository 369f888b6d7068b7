"""Rows of the ledger that cannot be read are told of, and stop no other."""

from dataclasses import replace

import pytest

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.bins import add_look, add_standing
from binwatch.errors import Conflict
from binwatch.keys import BinId
from binwatch.ports import Wanted
from binwatch.records import Record
from tests.adapters.test_dynamodb_ledger import load
from tests.core.test_bins import BIN, EXACT, NOW, a_look


def test_a_look_that_cannot_be_read_is_told_of_and_stops_neither_its_bin_nor_others(ledger, table):
    other = BinId("berlin-1", "A-08")
    for bin_ in (BIN, other):
        before = load(ledger, Wanted(bin_))
        stored = replace(a_look(2, at=1), bin=bin_)
        ledger.save(before, add_look(add_standing(before, Record(3, "1"), EXACT, NOW), stored, EXACT, NOW))
    table.update_item(
        Key={"pk": "bin/berlin-1/A-07", "sk": "look/t1/1"},
        UpdateExpression="SET verdict = :verdict",
        ExpressionAttributeValues={":verdict": "PERHAPS"},
    )
    told = []

    found = DynamoLedger("binwatch", told.append).load([Wanted(BIN), Wanted(other)])
    ledger.save(found[BIN], add_look(found[BIN], a_look(3, at=2), EXACT, NOW))

    assert ({}, {"t1/1"}) == (found[BIN].looks, set(found[other].looks))
    assert ["row_damaged"] == [each.code for each in told]
    assert "look/t1/1" in str(told[0])
    assert "PERHAPS" in str(told[0])
    assert {"t1/1", "t2/2"} == {look.id for look in ledger.looks()}


@pytest.mark.parametrize(("name", "value"), [("count", "three"), ("kind", "look of tomorrow")])
def test_a_row_that_is_none_of_ours_is_told_of_and_stops_no_other(ledger, table, name, value):
    before = load(ledger)
    both = add_look(add_look(before, a_look(3, at=1), EXACT, NOW), a_look(3, at=2), EXACT, NOW)
    ledger.save(before, both)
    table.update_item(
        Key={"pk": "bin/berlin-1/A-07", "sk": "look/t1/1"},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )
    told = []
    telling = DynamoLedger("binwatch", told.append)

    assert {"t2/2"} == set(load(telling).looks)
    assert {"t2/2"} == {look.id for look in telling.looks()}
    assert {"row_damaged"} == {each.code for each in told}
    assert all("look/t1/1" in str(each) for each in told)


def test_a_bin_whose_state_is_none_of_ours_is_not_begun_anew(ledger, table):
    before = load(ledger)
    ledger.save(before, add_look(before, a_look(3, at=1), EXACT, NOW))
    table.update_item(
        Key={"pk": "bin/berlin-1/A-07", "sk": "state"},
        UpdateExpression="SET revision = :value",
        ExpressionAttributeValues={":value": "one"},
    )

    found = load(ledger)
    with pytest.raises(Conflict):
        ledger.save(found, add_look(found, a_look(3, at=2), EXACT, NOW))
