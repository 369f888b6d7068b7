"""The newest alerts of all bins, in the order in which they opened."""

from dataclasses import replace

import pytest

from binwatch.adapters.episode_rows import case_row
from binwatch.adapters.ledger_alerts import Kept, LedgerAlerts
from binwatch.alerts import State
from binwatch.episodes import Case, Episode
from binwatch.errors import Unavailable
from binwatch.keys import BinId
from tests.alert_lives import an_assessment, minute

FIRST = Episode("a1", State.OPEN, 2, an_assessment(0), opened_at=minute(5))
SECOND = replace(FIRST, id="a2", opened_at=minute(7))


@pytest.fixture
def alerts(table):
    return LedgerAlerts("binwatch")


def keep(name, case):
    row = case_row(BinId("berlin-1", name), case)
    row.save()
    return row


def test_each_bin_tells_its_newest_alert_and_bins_without_one_tell_none(alerts):
    keep("A-1", Case(SECOND, 2))
    keep("A-2", Case(FIRST, 1))
    keep("A-3", Case())

    assert Kept((FIRST, SECOND)) == alerts.newest()


def test_a_damaged_case_is_counted_and_keeps_no_other_back(alerts):
    keep("A-1", Case(FIRST, 1))
    row = keep("A-2", Case(SECOND, 1))
    row.case = "{"
    row.save()

    assert Kept((FIRST,), unreadable=1) == alerts.newest()


def test_a_table_out_of_reach_is_told(alerts):
    with pytest.raises(Unavailable):
        LedgerAlerts("elsewhere").newest()
