"""Thresholds of the rule `far` are fitted on photos and go into a policy book."""

import json

import pytest
from click.testing import CliRunner

from binwatch.policy_book import PolicyBook, Rules, rules_of
from binwatch.triage import FalseAlarms
from binwatch_local.alert_evaluation.fitting import fitted
from binwatch_local.alert_evaluation.looking import Believer, Looks
from binwatch_local.alert_evaluation.rules import Judge
from binwatch_local.alert_evaluation.thresholds import NEVER
from binwatch_local.cli import cli
from binwatch_local.errors import OneMachineError
from tests.local.counted_bins import many_bins, rather_sure_of, sure_of, written

BINS = many_bins(300, lambda count: rather_sure_of(count if count % 2 else count + 1))  # often wrong


def beyond(rate):
    """The share of right records that the fitted rule takes for suspicious by itself."""
    far = FalseAlarms(fitted(BINS, Rules(), rate))
    judge = Judge(BINS, Believer(BINS, Rules().memory), far)
    counts = BINS.counts.tolist()
    r = [judge(Looks(photo), count).mismatch_probability for photo, count in enumerate(counts)]
    limits = [far.thresholds[min(count, len(far.thresholds) - 1)] for count in counts]
    return sum(each > limit for each, limit in zip(r, limits, strict=True)) / len(r)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
def test_no_more_right_records_than_promised_lie_beyond_the_thresholds(rate):
    assert beyond(rate) <= rate


def test_equal_thresholds_at_the_end_are_said_once():
    assert 1 == len(fitted(many_bins(60, sure_of), Rules(), 0.02))


def test_too_few_photos_alert_nobody():
    assert (NEVER,) == fitted(many_bins(9), Rules(), 0.01)


def test_the_thresholds_are_those_of_the_rules_prior():
    bad = rules_of({"discrepancy_rate": 0.2}, "$")

    assert max(fitted(BINS, Rules(), 0.05)) < max(fitted(BINS, bad, 0.05))


@pytest.fixture
def data(tmp_path):
    written(BINS, tmp_path)
    return tmp_path


def thresholds(data, *more):
    photos, predictions = str(data / "photos.csv"), str(data / "predictions.csv")
    return CliRunner().invoke(
        cli, ["policies", "thresholds", photos, "--predictions", predictions, "--rate", "0.05", *more]
    )


def test_what_is_printed_goes_into_a_book(data):
    result = thresholds(data)

    assert 0 == result.exit_code, result.output
    rules = PolicyBook.parse(result.output.splitlines()[0]).rules
    assert FalseAlarms(fitted(BINS, Rules(), 0.05)) == rules.policy
    assert "400 photos" in result.output


def test_they_are_fitted_for_the_book_that_they_go_into(data):
    (data / "rules.json").write_text('{"discrepancy_rate": 0.2}')

    fragment = json.loads(thresholds(data, "--book", str(data / "rules.json")).output.splitlines()[0])

    assert list(fitted(BINS, rules_of({"discrepancy_rate": 0.2}, "$"), 0.05)) == fragment["thresholds"]


def test_photos_that_nobody_counted_are_named(data):
    (data / "predictions.csv").write_text("id,count\n")

    assert isinstance(thresholds(data).exception, OneMachineError)


@pytest.mark.parametrize("rate", ["0", "1"])
def test_a_rate_that_is_none_is_wrong_usage(data, rate):
    assert 2 == thresholds(data, "--rate", rate).exit_code
