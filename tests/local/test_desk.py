"""People's answers are judged by the rules that are in force."""

from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from binwatch.decision import Cost, Exact
from binwatch.keys import BinId
from binwatch_local import aws, desk, stack
from binwatch_local.environment import TEST_CREDENTIALS

NAME = "/binwatch/policies"
DEPLOYED = {"TABLE_NAME": "binwatch", "ENDPOINT_NAME": "counter", "UPLOADS_QUEUE_URL": "uploads"}


@pytest.fixture(autouse=True)
def deployed(monkeypatch):
    for name, value in TEST_CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(stack, "find", lambda home: SimpleNamespace(table="binwatch", policies=NAME))
    monkeypatch.setattr(aws, "function_settings", lambda: {"CountBinsFunction": DEPLOYED})
    with mock_aws():
        yield


def policies_in_force(text):
    boto3.client("ssm").put_parameter(Name=NAME, Value=text, Type="String")
    rules_for = desk.desk().rules_for
    return [type(rules_for(BinId(site, "A-07")).policy) for site in ("berlin-1", "hamburg")]


def test_answers_are_judged_by_the_policy_book_and_not_by_what_was_deployed():
    assert [Exact, Cost] == policies_in_force('{"sites": {"berlin-1": {"policy": "exact"}}}')


def test_incidents_are_ended_by_the_grouping_of_the_policy_book():
    book = '{"sites": {"berlin-1": {"aisle_separator": "."}}}'
    boto3.client("ssm").put_parameter(Name=NAME, Value=book, Type="String")

    rules_for = desk.watchkeeper().rules_for
    assert [".", "-"] == [
        rules_for(BinId(site, "")).grouping.aisle_separator for site in ("berlin-1", "hamburg")
    ]


def test_while_the_book_cannot_be_read_the_deployed_rules_hold_and_that_is_said(capsys):
    assert [Cost, Cost] == policies_in_force("{")

    said = capsys.readouterr()
    assert ("", True) == (said.out, "policies show" in said.err)
