"""The figures, by hand."""

import numpy as np
import pytest

from binwatch.beliefs import Memory
from binwatch.decision import Cost, Verdict
from binwatch.discrepancies import MEASURED, Prior
from binwatch.triage import FalseAlarms
from binwatch_local.alert_evaluation.injection import inject
from binwatch_local.alert_evaluation.looking import Believer, Looks
from binwatch_local.alert_evaluation.rules import Judge, against
from binwatch_local.alert_evaluation.scores import Costs, Outcome, Steps, ranking_figures, spread
from binwatch_local.alert_evaluation.thresholds import cross_fitted, exceeded, thresholds
from tests.local.counted_bins import many_bins, rather_sure_of

YES, NO = True, False


def flags(*values):
    return np.array(values)


def test_the_figures_of_a_rule():
    alerted, unsure, wrong = flags(YES, YES, NO, NO), flags(NO, NO, YES, NO), flags(YES, NO, YES, NO)

    figures = Outcome.of(alerted, unsure, wrong).figures(Costs(false_alarm=1, missed=4, look=0.5))

    assert {
        "alerts_per_1000": 500,
        "precision": 0.5,
        "recall": 0.5,
        "false_alarm_rate": 0.5,
        "unsure": 0.25,
        "cost_per_1000": 1000 * (1 + 4 + 0.5) / 4,
    } == figures


def test_without_alerts_there_is_no_precision():
    assert Outcome(10, 1, 0, 0, 0).figures(Costs())["precision"] is None


def test_outcomes_add_up():
    assert Outcome(11, 3, 5, 2, 4) == Outcome(10, 1, 2, 1, 4) + Outcome(1, 2, 3, 1, 0)


def test_average_precision():
    steps = Steps.of(np.array([0.9, 0.8, 0.7, 0.6]), flags(YES, NO, YES, NO))

    assert pytest.approx((1 + 2 / 3) / 2) == steps.average_precision()


def test_equal_scores_are_worth_their_mean_over_all_orders():
    figures = ranking_figures(np.zeros(200), np.arange(200) < 20)

    assert pytest.approx(0.1) == figures["pr_auc"]
    assert pytest.approx(0.1) == figures["precision_at_0.01"]
    assert pytest.approx(0.05) == figures["recall_at_0.05"]


def test_recall_at_a_false_alarm_rate_that_lies_between_two_bins():
    steps = Steps.of(np.array([5.0, 4, 3, 2, 1]), flags(NO, YES, NO, YES, YES))

    assert pytest.approx(0) == steps.recall_at(0.25)
    assert pytest.approx(1 / 3) == steps.recall_at(0.5)
    assert pytest.approx(1) == steps.recall_at(1.0)


def test_a_bin_may_stand_for_several():
    once = Steps.of(np.array([3.0, 2, 2, 1]), flags(YES, NO, NO, YES))
    weighed = Steps.of(np.array([3.0, 2, 1]), flags(YES, NO, YES), np.array([1.0, 2, 1]))

    assert once.average_precision() == weighed.average_precision()


def test_where_nothing_is_wrong_nothing_can_be_ordered():
    assert {} == ranking_figures(np.arange(3.0), flags(NO, NO, NO))


def test_the_curve_ends_with_all_that_is_to_be_found():
    curve = Steps.of(np.array([0.9, 0.8, 0.7]), flags(YES, NO, YES)).curve(points=2)

    assert [(0.5, 1.0), (1.0, pytest.approx(2 / 3))] == curve


def test_the_spread_leaves_out_what_is_no_number():
    assert pytest.approx(2**0.5) == spread([1.0, None, 3.0])
    assert spread([1.0, None]) is None


def test_neighbouring_quantities_share_a_threshold_until_there_are_enough_bins():
    expected, right = np.repeat([0, 1, 2, 3], 5), np.arange(20) / 20

    found = thresholds(expected, right, 0.1)

    assert (0.45, 0.45, 0.95, 0.95) == found


def test_too_few_bins_promise_nothing():
    assert (1.0,) == thresholds(np.zeros(98, int), np.zeros(98), 0.01)


def test_right_records_of_other_bins_exceed_the_threshold_as_rarely_as_promised():
    rng = np.random.default_rng(0)
    expected, right, folds = rng.integers(0, 5, 5000), rng.random(5000), rng.integers(0, 5, 5000)

    limits = cross_fitted(expected, right, folds, 0.05)

    assert exceeded(right, expected, folds, limits).mean() == pytest.approx(0.05, abs=0.01)


def test_a_fold_does_not_see_its_own_bins():
    expected, folds = np.zeros(100, int), np.repeat([0, 1, 2, 3, 4], 20)
    right = np.where(folds == 3, 0.9, 0.1)

    limits = cross_fitted(expected, right, folds, 0.05)

    assert (0.1,) == limits[3]


def test_the_quick_rule_of_false_alarms_is_the_deployed_one():
    bins = many_bins(120, rather_sure_of)
    prior, limit = Prior(0.02), (0.02, 0.3, 0.1)
    records = inject(bins, 0.3, MEASURED, np.random.default_rng(0))
    believer = Believer(bins, Memory())
    deployed, cost = (Judge(bins, believer, each) for each in (FalseAlarms(limit, prior), Cost(prior)))

    told = [deployed(Looks(place), int(e)).verdict for place, e in enumerate(records.expected)]
    score = np.array(
        [cost(Looks(place), int(e)).mismatch_probability for place, e in enumerate(records.expected)]
    )
    beyond = exceeded(score, records.expected, np.zeros(len(bins), int), (limit,))
    surely = against(score, 0.02)

    assert (beyond & surely).tolist() == [each is Verdict.MISMATCH for each in told]
    assert (beyond ^ surely).tolist() == [each is Verdict.UNSURE for each in told]
    assert {Verdict.MISMATCH, Verdict.MATCH} <= set(told)
