"""The decision: what is a mismatch, and what is not worth a visit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.beliefs import Belief, likelihood_of
from binwatch.decision import Cost, Direction, Exact, Posterior, Verdict, Wald, assess
from binwatch.discrepancies import DISCREPANCIES, ImpossiblePolicy, Law, Prior
from binwatch.errors import NotADistribution
from binwatch.prediction import Counted, Model

UNIFORM = Model("test", "1")
LAST = 6  # the counter's last class is "6 or more"


def sure_of(count, confidence=1.0):
    rest = (1 - confidence) / LAST
    return Counted(tuple(confidence if each == count else rest for each in range(LAST + 1)))


def judged(counted, expected, policy=None, model=UNIFORM):
    return (policy or Cost()).judge(counted, Belief.of(counted, model), expected)


def assessed(counted, expected, prior=None, model=UNIFORM):
    return assess(Belief.of(counted, model), expected, prior or Prior())


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
    found = judged(sure_of(counted, 0.4), expected, Exact())

    assert (verdict, direction) == (found.verdict, found.direction)


@given(st.integers(0, LAST - 1), st.integers(0, 30), st.floats(0.005, 0.3))
def test_a_perfect_counter_alerts_exactly_on_mismatches(counted, expected, rate):
    found = judged(sure_of(counted), expected, Cost(Prior(rate)))

    assert (found.verdict is Verdict.MISMATCH) == (counted != expected)


@pytest.mark.parametrize(
    ("counted", "expected", "verdict", "direction"),
    [
        (2, 3, Verdict.MISMATCH, Direction.SHORTAGE),
        (6, 0, Verdict.MISMATCH, Direction.OVERAGE),
        (0, 40, Verdict.MISMATCH, Direction.SHORTAGE),
        (LAST, 40, Verdict.MATCH, None),
    ],
)
def test_the_direction_is_that_of_the_record_not_of_the_count(counted, expected, verdict, direction):
    found = judged(sure_of(counted), expected)

    assert (verdict, direction) == (found.verdict, found.direction)


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=12),
    quantities,
    st.floats(0.001, 0.04),
    st.sampled_from([Law(), Law.of({-1: 1})]),
)
def test_a_useless_counter_never_alerts_and_never_asks_for_a_look(weights, expected, rate, law):
    usual = tuple(each / sum(weights) for each in weights)

    found = judged(Counted(usual), expected, Cost(Prior(rate, law)), Model("useless", "1", usual))

    assert Verdict.MATCH is found.verdict
    assert rate == pytest.approx(found.mismatch_probability, abs=1e-4)


@given(st.floats(0.05, 0.6), quantities)
def test_a_useless_counter_never_alerts_however_bad_the_records_are(rate, expected):
    assert Verdict.MISMATCH is not judged(Counted((1 / 7,) * 7), expected, Cost(Prior(rate))).verdict


def test_a_weak_counter_is_not_believed_against_a_good_record():
    assert Verdict.MATCH is judged(sure_of(2, 0.4), 3).verdict


def test_another_look_is_asked_for_before_a_person_is_sent():
    verdicts = [judged(sure_of(2, each), 3).verdict for each in (0.35, 0.7, 0.99)]

    assert [Verdict.MATCH, Verdict.UNSURE, Verdict.MISMATCH] == verdicts


def test_where_records_are_bad_walds_bound_still_asks_for_evidence_before_a_person_is_sent():
    half_sure = sure_of(2, 0.6)

    lax = judged(half_sure, 3, Cost(Prior(0.2), wald=Wald(alpha=0.45)))
    strict = judged(half_sure, 3, Cost(Prior(0.2), wald=Wald(alpha=0.05)))

    assert (Verdict.MISMATCH, Verdict.UNSURE) == (lax.verdict, strict.verdict)


def test_evidence_that_is_down_to_walds_lower_bound_asks_for_nothing():
    found = judged(sure_of(3, 0.9), 3, Cost(Prior(0.3), cost_look=0.01))

    assert Verdict.MATCH is found.verdict


def test_a_label_that_was_rare_in_training_weighs_more():
    seen_often = Model("test", "1", (0.1, 0.1, 0.4, 0.1, 0.1, 0.1, 0.1))
    counted = sure_of(2, 0.9)

    assert assessed(counted, 3, model=seen_often).counts[2] < assessed(counted, 3).counts[2]


def test_discrepancies_of_any_size_are_possible():
    found = assessed(sure_of(LAST), 0)

    assert LAST > max(DISCREPANCIES)
    assert sum(found.counts[LAST:]) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("expected", [12, 20, 80, 10_000])
def test_a_record_far_above_what_the_photo_shows_is_never_simply_right(expected):
    bins = Model("test", "1", (0.02, 0.16, 0.18, 0.18, 0.16, 0.12, 0.18))
    few = Counted((0.01, 0.1, 0.3, 0.4, 0.15, 0.036, 0.004))

    assert Verdict.MATCH is not judged(few, expected, model=bins).verdict


@pytest.mark.parametrize(
    ("prior", "expected", "kept"),
    [(Prior(), 3, True), (Prior(), 9_500, False), (Prior(most=10_000), 3, False)],
)
def test_what_a_record_says_is_remembered_unless_it_would_fill_a_functions_memory(prior, expected, kept):
    usual = (1 / 7,) * 7

    once, again = prior.given(expected, usual), prior.given(expected, usual)

    assert once == again
    assert kept == (once is again)


@given(distributions, quantities, st.floats(0.001, 0.5))
def test_the_posterior_sums_to_one(counted, expected, rate):
    found = assessed(counted, expected, Prior(rate))

    assert sum(found.counts) == pytest.approx(1)
    assert all(0 <= each <= 1 for each in found.counts)


@given(distributions, quantities, st.floats(0.001, 0.25))
def test_the_worse_the_records_the_likelier_a_mismatch(counted, expected, rate):
    good, bad = (assessed(counted, expected, Prior(each)).mismatch for each in (rate, 2 * rate))

    assert bad >= good - 1e-9


@given(distributions, quantities)
def test_the_dearer_a_miss_the_more_is_asked(counted, expected):
    order = [Verdict.MATCH, Verdict.UNSURE, Verdict.MISMATCH]
    cheap = judged(counted, expected, Cost(cost_missed=1)).verdict
    dear = judged(counted, expected, Cost(cost_missed=20)).verdict

    assert order.index(cheap) <= order.index(dear)


@given(distributions, st.data())
def test_a_photo_that_says_more_for_the_record_never_raises_the_mismatch(counted, data):
    expected = data.draw(st.integers(0, len(counted.probabilities) - 1))
    more = data.draw(st.floats(0, 1))
    weights = [each + (more if count == expected else 0) for count, each in enumerate(counted.probabilities)]
    surer = Counted(tuple(each / sum(weights) for each in weights))

    assert assessed(surer, expected).mismatch <= assessed(counted, expected).mismatch + 1e-4


def test_the_most_likely_quantity_and_the_items_amiss_are_told():
    found = judged(sure_of(1, 0.99), 3)

    assert 1 == found.most_likely
    assert found.amiss == pytest.approx(2 * found.mismatch_probability, rel=0.1)


@given(distributions, st.integers(0, 12))
def test_the_most_likely_quantity_lies_on_the_side_that_the_direction_names(counted, expected):
    found = judged(counted, expected)

    assert expected != found.most_likely
    if found.direction:
        assert (found.direction is Direction.SHORTAGE) == (found.most_likely < expected)


def test_an_empty_bin_whose_record_is_right_beyond_doubt_has_a_most_likely_quantity_all_the_same():
    assert 1 == Posterior(0, (1.0, 0.0, 0.0)).most_likely


def test_a_site_may_have_a_law_of_its_own():
    only_overage = Prior(law=Law.of({1: 1}, anything=0))
    counted = Counted((0.1, 0.1, 0.3, 0.2, 0.1, 0.1, 0.1))

    assert 0 == assessed(counted, 3, only_overage).shortage
    assert assessed(counted, 3, only_overage).mismatch < assessed(counted, 3).mismatch


def test_where_no_movement_of_the_law_is_possible_anything_is():
    found = assessed(sure_of(2), 0, Prior(law=Law.of({-1: 1}, anything=0)))

    assert found.mismatch > 0.9


@pytest.mark.parametrize(
    ("probabilities", "prior"),
    [
        ((float("nan"), 0.5, 0.5), ()),
        ((-0.1, 0.6, 0.5), ()),
        ((0.2, 0.2, 0.2), ()),
        ((1.0,), ()),
        ((), ()),
        ((0.5, 0.5), (0.2, 0.3, 0.5)),
        ((0.2, 0.3, 0.5), (0.2, 0.3, float("inf"))),
        ((0.2, 0.3, 0.5), (0.2, 0.3, 0.1)),
    ],
)
def test_what_is_no_distribution_is_refused(probabilities, prior):
    with pytest.raises(NotADistribution) as refused:
        likelihood_of(Counted(probabilities), Model("test", "1", prior))

    assert "not_a_distribution" == refused.value.code


def test_a_counter_without_a_label_prior_is_taken_to_have_seen_all_counts_alike():
    alike = Model("test", "1", (1 / 7,) * 7)

    assert likelihood_of(sure_of(2, 0.5), alike) == likelihood_of(sure_of(2, 0.5), UNIFORM)


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: Prior(0),
        lambda: Prior(1),
        lambda: Prior(float("nan")),
        lambda: Prior(most=0),
        lambda: Cost(cost_missed=0),
        lambda: Cost(cost_false_alarm=-1),
        lambda: Cost(cost_look=0),
        lambda: Cost(cost_look=2, cost_false_alarm=1),
        lambda: Cost(cost_missed=float("inf")),
        lambda: Wald(alpha=0),
        lambda: Wald(beta=0.5),
        lambda: Law.of({}),
        lambda: Law.of({0: 1}),
        lambda: Law.of({101: 1}),
        lambda: Law.of({-1: 0}),
        lambda: Law.of({-1: float("nan")}),
        lambda: Law(((1, 1.0), (1, 2.0))),
        lambda: Law(anything=1.5),
    ],
)
def test_impossible_settings_are_refused(impossible):
    with pytest.raises(ImpossiblePolicy, match="must"):
        impossible()
