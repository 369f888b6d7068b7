"""What people's answers teach of rates, laws, temperatures and photos."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bincount.data.id_lists import read_labels
from binwatch.alerts import State
from binwatch.commands import Reason
from binwatch.episodes import Answer, Episode
from binwatch.errors import MalformedCommand
from binwatch.feedback import (
    LEAST_ANSWERS,
    Answered,
    Beta,
    Stratum,
    answer_of,
    discrepancy_rate,
    label_csv,
    law,
    temperature,
)
from tests.alert_lives import BIN, an_assessment, minute

PRIOR = Beta.about(0.02, 100)
NONE = Stratum(0, 0, 0)
rates = st.floats(1e-5, 0.9)
strata = st.builds(
    lambda bins, answered, wrong: Stratum(
        bins, bins * answered // 100, bins * answered // 100 * wrong // 100
    ),
    st.integers(0, 2_000),
    st.integers(0, 100),
    st.one_of(st.just(0), st.integers(0, 100)),
)


def an_answer(counted=3, expected=5, at=0, **fields):
    return Answered(BIN, f"photo-{at}", expected, counted, (0.1, 0.1, 0.2, 0.6), minute(at), **fields)


def an_ended(state, answer, who="Anna"):
    return Episode("a1", state, 3, an_assessment(0), ended_at=minute(9), ended_by=who, answer=answer)


@pytest.mark.parametrize(
    ("episode", "counted", "shows"),
    [
        (an_ended(State.RESOLVED, Answer(counted=2)), 2, True),
        (an_ended(State.FALSE_ALARM, Answer(reason=Reason.MISCOUNTED)), 5, True),
        (an_ended(State.FALSE_ALARM, Answer(reason=Reason.HIDDEN)), 5, False),
        (an_ended(State.FALSE_ALARM, Answer(reason=Reason.OTHER_BIN)), 5, False),
        (an_ended(State.FALSE_ALARM, Answer(reason=Reason.IN_MOTION)), 5, False),
    ],
)
def test_an_end_by_a_person_is_an_answer(episode, counted, shows):
    answer = answer_of(episode)

    assert (counted, shows, "0") == (answer.counted, answer.shows, answer.photo_id)


def test_an_end_by_itself_is_no_answer():
    assert answer_of(an_ended(State.RESOLVED, None, "binwatch")) is None
    assert answer_of(replace(an_ended(State.OPEN, None), ended_by=None)) is None


def test_alerts_alone_do_not_make_wrong_records_look_common():
    # 1,000 bins, 10 alerts, half of them right; nothing else was counted.
    rate = discrepancy_rate(PRIOR, Stratum(10, 10, 5), Stratum(990, 0, 0))

    assert 0.02 == pytest.approx(rate.mean)


def test_one_false_alarm_of_a_rule_that_alerts_everywhere_does_not_raise_the_rate():
    rate = discrepancy_rate(PRIOR, Stratum(600, 1, 0), Stratum(400, 0, 0))

    assert PRIOR.mean == pytest.approx(rate.mean)


def test_an_audit_that_finds_more_wrong_records_raises_the_rate():
    quiet = discrepancy_rate(PRIOR, Stratum(10, 10, 5), Stratum(990, 200, 0))
    loud = discrepancy_rate(PRIOR, Stratum(10, 10, 5), Stratum(990, 200, 20))

    assert quiet.mean < 0.02 < 0.06 < loud.mean


def test_with_all_bins_counted_the_rate_is_what_was_counted():
    rate = discrepancy_rate(Beta.about(0.02, 1), Stratum(0, 0, 0), Stratum(10_000, 10_000, 700))

    assert 0.07 == pytest.approx(rate.mean, rel=0.01)
    assert 0.07 * 0.93 / 10_000 == pytest.approx(rate.variance, rel=0.05)


def test_without_bins_the_prior_stays():
    assert PRIOR == discrepancy_rate(PRIOR, Stratum(0, 0, 0), Stratum(0, 0, 0))


def test_alerts_that_found_more_wrong_records_than_the_book_says_raise_the_rate():
    # At least 100 of 1,000 bins are wrong; the book's 100 bins, 2 of them wrong, are believed beside them.
    rate = discrepancy_rate(PRIOR, Stratum(100, 100, 100), Stratum(900, 0, 0))

    assert (2 + 100) / (100 + 1000) == pytest.approx(rate.mean)


def test_alerts_that_found_every_wrong_record_and_an_audit_that_found_none_bear_the_book_out():
    rate = discrepancy_rate(PRIOR, Stratum(20, 20, 20), Stratum(980, 500, 0))

    assert 0.02 == pytest.approx(rate.mean)


@given(st.integers(1, 2_000), st.floats(0.001, 0.5), st.data())
def test_an_audit_alone_is_believed_as_a_sample_of_all_bins(bins, rate, data):
    counted = data.draw(st.integers(0, bins))
    wrong = data.draw(st.integers(0, counted))
    prior = Beta.about(rate, 100)

    learnt, exact = discrepancy_rate(prior, NONE, Stratum(bins, counted, wrong)), prior.after(counted, wrong)

    assert (exact.alpha, exact.beta) == pytest.approx((learnt.alpha, learnt.beta))


@given(rates, strata, strata)
def test_finding_no_more_wrong_records_than_the_book_says_never_raises_the_rate(rate, alerted, others):
    bins = alerted.bins + others.bins
    rest = (bins - alerted.answered) / others.answered if others.answered else 0
    assume(alerted.wrong + rest * others.wrong <= rate * bins)

    assert discrepancy_rate(Beta.about(rate, 100), alerted, others).mean <= rate * (1 + 1e-9)


@given(rates, strata, strata)
def test_finding_nothing_wrong_never_raises_the_rate(rate, alerted, others):
    alerted, others = replace(alerted, wrong=0), replace(others, wrong=0)

    assert discrepancy_rate(Beta.about(rate, 100), alerted, others).mean <= rate * (1 + 1e-9)


@given(rates, strata, strata)
def test_finding_more_wrong_records_never_lowers_the_rate(rate, alerted, others):
    assume(alerted.wrong < alerted.answered and others.wrong < others.answered)
    prior = Beta.about(rate, 100)

    mean = discrepancy_rate(prior, alerted, others).mean

    assert mean <= discrepancy_rate(prior, replace(alerted, wrong=alerted.wrong + 1), others).mean + 1e-12
    assert mean <= discrepancy_rate(prior, alerted, replace(others, wrong=others.wrong + 1)).mean + 1e-12


@pytest.mark.parametrize("counts", [(1, 2, 0), (5, 2, 3), (5, 2, -1)], ids=str)
def test_a_stratum_that_cannot_be_is_refused(counts):
    with pytest.raises(MalformedCommand):
        Stratum(*counts)


def test_a_law_moves_towards_what_was_found_and_stays_a_distribution():
    answers = [an_answer(counted=2) for _ in range(30)] + [an_answer(counted=5) for _ in range(500)]

    learnt = law({-1: 6, 1: 4}, 10, answers)

    assert {-3: 30 / 40, -1: 6 / 40, 1: 4 / 40} == pytest.approx(learnt)
    assert 1 == pytest.approx(sum(learnt.values()))


def test_without_answers_a_law_stays():
    assert {-1: 0.6, 1: 0.4} == pytest.approx(law({-1: 6, 1: 4}, 10, []))


@pytest.mark.parametrize("prior", [{0: 1.0}, {}, {1: -1.0, 2: 3.0}], ids=str)
def test_a_law_that_cannot_be_is_refused(prior):
    with pytest.raises(MalformedCommand):
        law(prior, 10, [])


def drawn(probabilities, counts):
    answers = [an_answer(counted=each, at=i, drawn=True) for i, each in enumerate(counts)]
    return [replace(each, probabilities=probabilities) for each in answers]


def test_a_counter_that_is_as_sure_as_it_is_right_needs_no_temperature():
    answers = drawn((0.1, 0.7, 0.2), [0] * 10 + [1] * 70 + [2] * 20)

    assert 1 == pytest.approx(temperature(answers), abs=0.01)


def test_a_counter_that_is_too_sure_needs_a_higher_one():
    # It says .9 and is right in half of all cases: (.9/.05)^(1/T) = 2, so T = log 18 / log 2.
    answers = drawn((0.05, 0.9, 0.05), [0] * 25 + [1] * 50 + [2] * 25)

    assert min(4.0, math.log(18) / math.log(2)) == pytest.approx(temperature(answers), rel=0.01)


def test_no_temperature_comes_from_few_answers_or_from_alerts():
    assert temperature(drawn((0.5, 0.5), [0] * (LEAST_ANSWERS - 1))) is None
    assert temperature([an_answer() for _ in range(500)]) is None


def test_labels_are_read_by_the_trainer(tmp_path):
    answers = [
        an_answer(counted=2, at=1),
        an_answer(counted=4, at=2, shows=False),
        an_answer(counted=0, at=3),
        replace(an_answer(counted=7, at=9), photo_id="photo-1"),  # counted again later
    ]
    path = tmp_path / "labels.csv"

    path.write_text(label_csv(answers))

    labels = read_labels(path)
    assert {"photo-1": 7, "photo-3": 0} == {name: label.count for name, label in labels.items()}
    assert {str(BIN)} == {label.group for label in labels.values()}
