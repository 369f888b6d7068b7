"""The bins of one site, with what a list says of them."""

import pytest

from binwatch.adapters import ledger_bins
from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.adapters.ledger_bins import LedgerBins
from binwatch.bins import Bin
from binwatch.errors import Unavailable
from binwatch.keys import BinId
from tests.adapters.test_ledger_requests import ASKED
from tests.core.test_bins import a_look


def keep(bin_, *, compared=True):
    look = a_look(3, bin=bin_)
    after = Bin(bin_, looks={look.id: look}, doubt=ASKED, newest=look.id if compared else None)
    DynamoLedger("binwatch").save(Bin(bin_), after)
    return look


def names(*arguments):
    return sorted(each.id.bin for each in LedgerBins("binwatch").compared(*arguments))


def test_a_bin_comes_with_its_newest_look_and_its_doubt(table):
    bin_ = BinId("berlin-1", "A-1")
    look = keep(bin_)

    (found,) = LedgerBins("binwatch").compared("berlin-1")

    assert (bin_, look, ASKED) == (found.id, found.looks[found.newest], found.doubt)


def test_other_sites_and_zones_and_bins_that_wait_for_a_record_are_left_out(table, monkeypatch):
    monkeypatch.setattr(ledger_bins, "AT_A_TIME", 2)
    for name in ("A-1", "A-2", "B-1"):
        keep(BinId("berlin-1", name))
    keep(BinId("berlin-12", "A-9"))
    keep(BinId("berlin-1", "A-3"), compared=False)

    assert ["A-1", "A-2", "B-1"] == names("berlin-1")
    assert ["A-1", "A-2"] == names("berlin-1", "A-")
    assert [] == names("berlin")


def test_a_table_out_of_reach_is_told(aws):
    with pytest.raises(Unavailable):
        list(LedgerBins("elsewhere").compared("berlin-1"))
