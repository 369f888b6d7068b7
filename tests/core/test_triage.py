"""The rules of a bounded workload keep their promise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.beliefs import Belief
from binwatch.decision import Judgement, Verdict, assess
from binwatch.discrepancies import ImpossiblePolicy, Prior
from binwatch.prediction import Counted
from binwatch.triage import Capacity, FalseAlarms, conformal_threshold, rank
from tests.core.test_decision import UNIFORM, judged, sure_of


def a_judgement(r, amiss=1.0):
    return Judgement(Verdict.MATCH, r, amiss=amiss)


def test_at_most_the_stated_share_of_matched_bins_exceeds_the_threshold():
    rng = random.Random(0)
    seen, new = ([rng.random() ** 3 for _ in range(5000)] for _ in range(2))

    threshold = conformal_threshold(seen, 0.05)

    assert sum(each > threshold for each in new) / 5000 == pytest.approx(0.05, abs=0.01)


@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0.01, 0.99))
def test_no_more_of_the_validation_bins_than_promised_exceed_the_threshold(right, rate):
    threshold = conformal_threshold(right, rate)

    assert sum(each > threshold for each in right) <= rate * (len(right) + 1)


def test_too_few_bins_promise_nothing():
    assert 1.0 == conformal_threshold([0.1] * 50, 0.01)


@pytest.mark.parametrize("rate", [0, 1, -0.1, float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ImpossiblePolicy, match="must"):
        conformal_threshold([0.1], rate)


def test_far_has_a_threshold_for_every_expected_quantity():
    strict_at_three = FalseAlarms((0.01, 0.01, 0.01, 1.0, 0.01))

    assert Verdict.UNSURE is judged(sure_of(2), 3, strict_at_three).verdict
    assert Verdict.MISMATCH is judged(sure_of(3), 4, strict_at_three).verdict
    assert Verdict.MISMATCH is judged(sure_of(3), 40, strict_at_three).verdict
    assert Verdict.MATCH is judged(sure_of(3), 3, strict_at_three).verdict


def test_far_asks_for_another_look_where_the_score_is_high_on_little_evidence():
    assert Verdict.UNSURE is judged(Counted((1 / 7,) * 7), 3, FalseAlarms((0.01,))).verdict


@pytest.mark.parametrize("thresholds", [(), (1.5,), (-0.1,), (float("nan"),)])
def test_thresholds_that_are_none_are_refused(thresholds):
    with pytest.raises(ImpossiblePolicy, match="must"):
        FalseAlarms(thresholds)


def test_capacity_never_opens_an_alert_by_itself():
    found = judged(sure_of(2), 3, Capacity())

    assert Verdict.UNSURE is found.verdict
    assert assess(Belief.of(sure_of(2), UNIFORM), 3, Prior()).mismatch == found.mismatch_probability
    assert Verdict.MATCH is judged(sure_of(3), 3, Capacity()).verdict


def test_a_shift_without_visits_is_refused():
    with pytest.raises(ImpossiblePolicy, match="must"):
        Capacity(0)


def test_the_most_likely_mismatches_are_visited_and_of_equals_those_with_more_amiss():
    candidates = [
        ("A", a_judgement(0.2)),
        ("B", a_judgement(0.7)),
        ("C", a_judgement(0.7, amiss=3)),
        ("D", a_judgement(0.1)),
        ("0", a_judgement(0.2)),
    ]

    assert ["C", "B", "0"] == [name for name, _ in rank(candidates, 3)]
