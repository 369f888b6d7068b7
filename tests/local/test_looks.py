"""`binwatch looks`: every stored look, and by name those that cannot be read."""

import json
from types import SimpleNamespace

import pytest

from binwatch.errors import RowUnreadable
from binwatch_local import stack
from binwatch_local.cli import cli
from binwatch_local.commands import show
from tests.local.builders import a_look, a_mismatch

DAMAGED = RowUnreadable("row_damaged", "bin/berlin-1/A-07 look/1 cannot be read: no such verdict")
LOOK = a_look("bin-images/1.jpg")


class FakeLedger:
    """A table of looks, some of which cannot be read."""

    damaged = ()

    def __init__(self, table_name, tell):
        self.tell = tell

    def looks(self):
        yield LOOK
        for each in self.damaged:
            self.tell(each)
        yield a_mismatch("bin-images/2.jpg", "a2")


@pytest.fixture
def ledger(monkeypatch, tmp_path):
    monkeypatch.setenv("BINWATCH_HOME", str(tmp_path))
    monkeypatch.setattr(stack, "find", lambda home: SimpleNamespace(table="binwatch"))
    monkeypatch.setattr(show, "DynamoLedger", FakeLedger)
    return FakeLedger


@pytest.fixture
def looks(ledger, capsys):
    """The command, as what it said on stdout and on stderr; that it returns is exit code 0."""

    def shown(*arguments):
        cli(["looks", *arguments], standalone_mode=False)
        return capsys.readouterr()

    return shown


def test_looks_that_are_all_read_are_told_of_without_a_note(looks):
    told = json.loads(looks("--json").out)

    assert ["bin-images/1.jpg", "bin-images/2.jpg"] == [each["key"] for each in told]
    assert "" == looks().err


def test_looks_that_cannot_be_read_are_counted_and_named_beside_the_others(looks, ledger, monkeypatch):
    monkeypatch.setattr(ledger, "damaged", (DAMAGED, DAMAGED))

    shown = looks()

    assert ["Note: 2 stored looks cannot be read, and were left out:", *[f"  {DAMAGED}"] * 2] == [
        line.rstrip() for line in shown.err.splitlines()
    ]
    assert "bin-images/1.jpg" in shown.out


def test_programs_are_told_which_looks_cannot_be_read_whatever_they_ask_for(looks, ledger, monkeypatch):
    monkeypatch.setattr(ledger, "damaged", (DAMAGED,))

    shown = looks("--json", "--verdict", "MISMATCH")

    assert ["bin-images/2.jpg"] == [each["key"] for each in json.loads(shown.out)]
    assert str(DAMAGED) in shown.err
