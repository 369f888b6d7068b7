"""A person's worklist at a terminal."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from binwatch import bootstrap
from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook
from binwatch_local import desk, stack
from binwatch_local.cli import cli
from binwatch_local.commands import visits
from binwatch_local.errors import Refused
from tests.alert_floor import Floor
from tests.alert_lives import minute

BOOK = {
    "audit_share": 0,
    "sites": {
        "berlin-1": {"policy": "capacity", "visits": 2, "zones": {"B-": {"policy": "capacity", "visits": 1}}}
    },
}


class FakeBins:
    """The bins as the ledger keeps them, over a floor in memory."""

    def __init__(self, floor):
        self.bins = floor.ledger.bins

    def compared(self, site, prefix=""):
        found = (each for each in self.bins.values() if each.newest)
        return [each for each in found if each.id.site == site and each.id.bin.startswith(prefix)]


@pytest.fixture
def floor(monkeypatch):
    floor = Floor()
    book = PolicyBook.parse(json.dumps(BOOK))
    floor.rules = book.rules_for(BinId("berlin-1", "A"))
    monkeypatch.setattr(stack, "find", lambda home: SimpleNamespace(table="binwatch"))
    monkeypatch.setattr(visits, "LedgerBins", lambda table: FakeBins(floor))
    monkeypatch.setattr(desk, "rules_in_force", lambda found: book.rules_for)
    monkeypatch.setattr(bootstrap, "now", floor.clock)
    monkeypatch.setattr(desk, "desk", lambda: floor.desk)
    return floor


def see(floor, *bins):
    """Photos of three items in each bin, beside a record of so many."""
    for name, expected in bins:
        floor.watch(floor.record(expected, name))
        floor.see(1, 3, name)


def binwatch(*arguments):
    result = CliRunner().invoke(cli, ["visits", *arguments])
    assert 0 == result.exit_code, result.output
    return result.stdout


def listed(*arguments):
    return [each["bin"] for each in json.loads(binwatch(*arguments, "--json"))]


def test_under_capacity_nobody_is_alerted_and_the_worklist_holds_the_visits_of_a_shift(floor):
    see(floor, ("A-1", 4), ("A-2", 3), ("B-1", 2), ("B-2", 4))

    assert ([], 2) == (floor.told(), len(listed("berlin-1")))
    assert "A-2" not in listed("berlin-1", "--count", "3")
    assert 4 == len(listed("berlin-1", "--count", "9"))


def test_a_zone_has_a_worklist_of_its_own_by_its_own_rules(floor):
    see(floor, ("A-1", 4), ("B-1", 3), ("B-2", 4))

    assert ["B-2"] == listed("berlin-1", "--zone", "B-")


def test_a_bin_is_told_with_all_that_a_person_needs(floor):
    see(floor, ("A-1", 4))

    (told,) = json.loads(binwatch("berlin-1", "--json"))

    assert ("berlin-1", "A-1", 4, 3, 3, "shortage") == tuple(
        told[name] for name in ("site", "bin", "expected", "count", "most_likely", "direction")
    )
    assert (minute(1), minute(1), 1) == (told["seen_at"], told["since"], told["looks_in_doubt"])
    assert told["photo"]["key"].startswith("sites/berlin-1/bins/A-1/")
    assert 0.3 < told["mismatch_probability"] < 0.4
    assert "A-1" in binwatch("berlin-1")


@pytest.mark.parametrize("where", [["hamburg"], ["berlin-1", "--zone", "C-"]])
def test_that_there_is_nothing_to_visit_is_said_plainly(floor, where):
    see(floor, ("A-1", 4))

    assert f"No bin to visit at {where[0]}" in binwatch(*where)
    assert [] == listed(*where)


def count(*arguments):
    return CliRunner().invoke(cli, ["count", *arguments, "--who", "Anna"])


def test_a_bin_that_was_counted_leaves_the_list(floor):
    see(floor, ("A-1", 4))

    told = count("berlin-1/A-1", "--counted", "3")

    assert "Bin berlin-1/A-1: 3 counted, 4 expected." in told.output
    assert [] == listed("berlin-1")


@pytest.mark.parametrize("bin_", ["A-1", "berlin-1/A-99"])
def test_a_count_of_a_bin_that_is_not_known_names_its_remedy(floor, bin_):
    refused = count(bin_, "--counted", "3").exception

    assert (Refused, True) == (type(refused), "binwatch visits" in refused.remedy)
