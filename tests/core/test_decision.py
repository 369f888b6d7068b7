"""The decision: what is a mismatch, and what is not worth a visit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.decision import DISCREPANCIES, Direction, Exact, Posterior, Verdict, posterior
from binwatch.prediction import Counted, Model

UNIFORM = Model("test", "1")
LAST = 6  # the counter's last class is "6 or more"


def sure_of(count, confidence=1.0):
    rest = (1 - confidence) / LAST
    return Counted(tuple(confidence if each == count else rest for each in range(LAST + 1)))


distributions = (
    st.lists(st.floats(0.001, 1), min_size=2, max_size=12)
    .map(lambda weights: tuple(each / sum(weights) for each in weights))
    .map(Counted)
)
quantities = st.integers(0, 40)


@pytest.mark.parametrize(
    ("counted", "expected", "verdict", "direction"),
    [
        (3, 3, Verdict.MATCH, None),
        (2, 3, Verdict.MISMATCH, Direction.SHORTAGE),
        (4, 3, Verdict.MISMATCH, Direction.OVERAGE),
        (LAST, 40, Verdict.MATCH, None),
        (5, 40, Verdict.MISMATCH, Direction.SHORTAGE),
        (LAST, 5, Verdict.MISMATCH, Direction.OVERAGE),
    ],
)
def test_exact_calls_any_difference_a_mismatch(counted, expected, verdict, direction):
    judged = Exact().judge(sure_of(counted, 0.4), UNIFORM, expected)

    assert (verdict, direction) == (judged.verdict, judged.direction)


@pytest.mark.parametrize(
    ("counted", "expected", "verdict", "direction"),
    [
        (3, 3, Verdict.MATCH, None),
        (2, 3, Verdict.MISMATCH, Direction.SHORTAGE),
        (6, 0, Verdict.MISMATCH, Direction.OVERAGE),
        (0, 40, Verdict.MISMATCH, Direction.SHORTAGE),
        (LAST, 40, Verdict.MATCH, None),
    ],
)
def test_posterior_believes_a_counter_that_is_never_wrong(counted, expected, verdict, direction):
    judged = Posterior().judge(sure_of(counted), UNIFORM, expected)

    assert (verdict, direction) == (judged.verdict, judged.direction)


def test_posterior_does_not_believe_a_weak_counter_against_a_good_record():
    judged = Posterior().judge(sure_of(2, 0.4), UNIFORM, expected=3)

    assert Verdict.MATCH is judged.verdict


def test_posterior_asks_for_another_look_before_it_sends_a_person():
    verdicts = [Posterior().judge(sure_of(2, each), UNIFORM, 3).verdict for each in (0.35, 0.7, 0.99)]

    assert [Verdict.MATCH, Verdict.UNSURE, Verdict.MISMATCH] == verdicts


def test_a_label_that_was_rare_in_training_weighs_more():
    seen_often = Model("test", "1", (0.1, 0.1, 0.4, 0.1, 0.1, 0.1, 0.1))
    counted = sure_of(2, 0.9)

    belief = posterior(counted, seen_often, 3, 0.02)

    assert belief[2] < posterior(counted, UNIFORM, 3, 0.02)[2]


def test_without_news_from_the_photo_the_record_stands():
    nothing_known = Counted(tuple([1 / 7] * 7))

    belief = posterior(nothing_known, UNIFORM, 3, 0.02)

    assert belief[3] == pytest.approx(0.98)


def test_discrepancies_of_any_size_are_possible():
    belief = posterior(sure_of(LAST), UNIFORM, 0, 0.02)

    assert LAST > max(DISCREPANCIES)
    assert sum(belief[LAST:]) == pytest.approx(1)


@pytest.mark.parametrize("expected", [12, 20, 80, 10_000])
def test_a_record_far_above_what_the_photo_shows_is_never_simply_right(expected):
    bins = Model("test", "1", (0.02, 0.16, 0.18, 0.18, 0.16, 0.12, 0.18))
    few = Counted((0.01, 0.1, 0.3, 0.4, 0.15, 0.036, 0.004))

    assert Verdict.MATCH is not Posterior().judge(few, bins, expected).verdict


@given(distributions, quantities, st.floats(0.001, 0.5))
def test_the_posterior_sums_to_one(counted, expected, rate):
    belief = posterior(counted, UNIFORM, expected, rate)

    assert sum(belief) == pytest.approx(1)
    assert all(0 <= each <= 1 for each in belief)


@given(distributions, quantities, st.floats(0.001, 0.25))
def test_the_worse_the_records_the_likelier_a_mismatch(counted, expected, rate):
    good = Posterior(rate).judge(counted, UNIFORM, expected)
    bad = Posterior(2 * rate).judge(counted, UNIFORM, expected)

    assert bad.mismatch_probability >= good.mismatch_probability - 1e-9


@given(distributions, quantities)
def test_the_dearer_a_miss_the_more_is_asked(counted, expected):
    order = [Verdict.MATCH, Verdict.UNSURE, Verdict.MISMATCH]
    cheap = Posterior(cost_missed=1).judge(counted, UNIFORM, expected).verdict
    dear = Posterior(cost_missed=20).judge(counted, UNIFORM, expected).verdict

    assert order.index(cheap) <= order.index(dear)


@pytest.mark.parametrize(
    "settings",
    [
        {"discrepancy_rate": 0},
        {"discrepancy_rate": 1},
        {"discrepancy_rate": float("nan")},
        {"cost_missed": 0},
        {"cost_false_alarm": -1},
        {"cost_look": 0},
        {"cost_look": 2, "cost_false_alarm": 1},
        {"cost_missed": float("inf")},
    ],
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ValueError, match="must"):
        Posterior(**settings)
