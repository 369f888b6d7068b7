"""What is asked of robots and people, at a terminal; `binwatch learn` reads the answers."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from binwatch.decision import Cost, Exact
from binwatch.policy_book import Rules
from binwatch_local import desk, stack
from binwatch_local.cli import cli
from binwatch_local.commands import requests
from binwatch_local.errors import Refused
from tests.alert_floor import Floor
from tests.alert_lives import minute


class FakeRequests:
    """The lists as the ledger keeps them, over a floor in memory."""

    def __init__(self, floor):
        self.bins = floor.ledger.bins

    def relooks(self):
        return [(name, each.doubt) for name, each in self.bins.items() if each.doubt.since]

    def audits(self):
        waiting = [(name, each.draw) for name, each in self.bins.items() if each.draw]
        return [each for each in waiting if each[1].answered_at is None]


@pytest.fixture
def floor(monkeypatch):
    floor = Floor(hold_minutes=0)
    floor.monitor.examiner.counter.sure = 0.8
    floor.watch(floor.record(3))
    monkeypatch.setattr(stack, "find", lambda home: SimpleNamespace(table="binwatch"))
    monkeypatch.setattr(requests, "LedgerRequests", lambda table: FakeRequests(floor))
    monkeypatch.setattr(desk, "desk", lambda: floor.desk)
    return floor


def binwatch(*arguments):
    return CliRunner().invoke(cli, arguments)


def asked(*arguments):
    result = binwatch(*arguments, "--json")
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


def test_a_bin_in_doubt_is_listed_until_a_look_has_none(floor):
    floor.rules = Rules(Cost(), audit_share=0)
    assert "No bin waits" in binwatch("relooks").output

    floor.see(1, 2)
    waits = {"site": "berlin-1", "bin": "A-07", "since": minute(1), "asked_at": minute(1), "looks": 1}
    assert [waits] == asked("relooks")
    assert f"berlin-1/A-07  since {minute(1)}, looks: 1" in binwatch("relooks").output

    floor.rules = Rules(Exact(), audit_share=0)
    floor.see(2, 3)
    assert [] == asked("relooks")


def test_a_drawn_bin_is_listed_until_somebody_counted_it(floor):
    floor.rules = Rules(Exact(), audit_share=1)
    floor.see(1, 3)
    assert ["A-07"] == [each["bin"] for each in asked("audits")]
    assert not {"expected", "counted"} & asked("audits")[0].keys()

    told = asked("audits", "answer", "berlin-1/A-07", "--counted", "2", "--who", "Anna")

    assert (2, 3, "Anna") == (told["counted"], told["expected"], told["who"])
    assert [] == asked("audits")


@pytest.mark.parametrize("bin_", ["A-07", "berlin-1/A-99"])
def test_what_cannot_be_answered_names_its_remedy(floor, bin_):
    refused = binwatch("audits", "answer", bin_, "--counted", "2", "--who", "Anna").exception

    assert (Refused, True) == (type(refused), "binwatch audits" in refused.remedy)
