"""Lessons: what answers make of each site's part of the policy book."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binwatch.feedback import LEAST_ANSWERS, Answered, Stratum
from binwatch.keys import BinId
from binwatch.learning import RATE_STRENGTH, Findings, Population, learn, taught
from binwatch.policy_book import PolicyBook
from tests.alert_lives import minute

BOOK = {
    "discrepancy_rate": 0.03,
    "sites": {"berlin-1": {"law": {"-1": 3, "1": 1}, "zones": {"A-": {"discrepancy_rate": 0.2}}}},
}


def an_answer(number, counted=5, expected=5, drawn=True, site="berlin-1"):
    sure = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    return Answered(BinId(site, f"B-{number}"), str(number), expected, counted, sure, minute(number), drawn)


def lesson_of(answers, populations=None, book=BOOK):
    return learn(PolicyBook.parse(json.dumps(book)), Findings(tuple(answers), populations or {}))


def audited(bins, wrong):
    return [an_answer(number, counted=4 if number < wrong else 5) for number in range(bins)]


def test_without_answers_there_is_nothing_to_learn():
    lesson = lesson_of([])

    assert ((), None, None) == (lesson.sites, lesson.temperature, lesson.newest)
    assert BOOK == taught(BOOK, lesson)


def test_an_audit_moves_the_rate_as_far_as_its_bins_weigh():
    (site,) = lesson_of(audited(bins=100, wrong=10)).sites

    assert 0.03 == pytest.approx(site.rate_before.mean)
    assert (3 + 10) / (RATE_STRENGTH + 100) == pytest.approx(site.rate_after.mean)


def test_answers_to_alerts_alone_leave_the_rate_where_nobody_says_how_many_bins_there_are():
    (site,) = lesson_of([an_answer(each, counted=4, drawn=False) for each in range(20)]).sites

    assert site.rate_before == site.rate_after
    assert site.law_before[-1] < site.law_after[-1]


def test_alerted_bins_weigh_as_many_as_they_are():
    answers = [an_answer(each, counted=4, drawn=False) for each in range(100)]

    (site,) = lesson_of(answers, {"berlin-1": Population(bins=1000, alerted=100)}).sites

    assert (Stratum(100, 100, 100), Stratum(900, 0, 0)) == (site.alerted, site.others)
    assert (3 + 100) / (RATE_STRENGTH + 1000) == pytest.approx(
        site.rate_after.mean
    )  # more than the book's 0.03


@given(st.integers(1, 300), st.data())
def test_alerts_without_audits_never_raise_the_rate_beyond_what_they_found_of_all_bins(alerted, data):
    wrong = data.draw(st.integers(0, alerted))
    answers = [an_answer(each, 4 if each < wrong else 5, drawn=False) for each in range(alerted)]
    book = BOOK

    for _ in range(5):  # however often the same answers are taught
        book = taught(book, lesson_of(answers, {"berlin-1": Population(1000, alerted)}, book))

        assert 0.03 <= book["sites"]["berlin-1"]["discrepancy_rate"] <= max(0.03, wrong / 1000)


@pytest.mark.parametrize(("bins", "alerted"), [(1, 1), (3, 1), (30, 10)])
def test_false_alarms_do_not_raise_the_rate(bins, alerted):
    answers = [an_answer(each, drawn=False) for each in range(alerted)]

    (site,) = lesson_of(answers, {"berlin-1": Population(bins, alerted)}).sites

    assert site.rate_after.mean <= 0.03 * (1 + 1e-9)


@given(st.floats(1e-7, 0.9), st.integers(0, 20), st.integers(0, 20))
def test_a_book_is_never_taught_a_higher_rate_by_answers_that_found_nothing_wrong(rate, alerted, drawn):
    answers = [an_answer(each, drawn=each >= alerted) for each in range(alerted + drawn)]
    lesson = lesson_of(answers, {"berlin-1": Population(50, alerted)}, {"discrepancy_rate": rate})

    sites = taught({}, lesson).get("sites", {})

    assert all(each["discrepancy_rate"] <= rate for each in sites.values())


def test_an_audit_counts_beside_alerts():
    answers = [*audited(100, 10), *(an_answer(500 + each, counted=4, drawn=False) for each in range(10))]

    (site,) = lesson_of(answers, {"berlin-1": Population(bins=1000, alerted=10)}).sites

    assert 0.03 < site.rate_after.mean < 0.1


def test_a_bin_that_was_alerted_and_drawn_is_counted_once():
    answers = [an_answer(1, counted=4, drawn=False), an_answer(1, counted=4), an_answer(2)]

    (site,) = lesson_of(answers, {"berlin-1": Population(bins=10, alerted=1)}).sites

    assert (Stratum(1, 1, 1), Stratum(9, 1, 0)) == (site.alerted, site.others)


def test_a_drawn_bin_that_had_an_open_alert_is_one_of_the_alerted():
    answers = [replace(an_answer(1, counted=4), alerted=True), an_answer(2)]

    (site,) = lesson_of(answers, {"berlin-1": Population(10, 1)}).sites

    assert (Stratum(1, 1, 1), Stratum(9, 1, 0)) == (site.alerted, site.others)


def test_a_bin_that_was_answered_twice_counts_with_its_newest_answer():
    first = an_answer(1, counted=4)

    (site,) = lesson_of([replace(first, counted=5, at=minute(9)), first]).sites

    assert Stratum(1, 1, 0) == site.others


def test_more_answers_than_bins_that_are_known_of_are_no_fault():
    (site,) = lesson_of(audited(5, 1), {"berlin-1": Population(bins=2, alerted=0)}).sites

    assert Stratum(5, 5, 1) == site.others


def test_the_law_moves_towards_what_was_found():
    (site,) = lesson_of([an_answer(each, counted=8) for each in range(50)]).sites

    assert {-1: 0.375, 1: 0.125, 3: 0.5} == pytest.approx(dict(site.law_after))


def test_a_difference_that_no_law_can_name_leaves_the_law():
    (site,) = lesson_of([an_answer(1, counted=500)]).sites

    assert site.law_before == site.law_after
    assert 1 == site.others.wrong


def test_sites_learn_apart():
    lesson = lesson_of([*audited(100, 10), *(an_answer(each, site="hamburg") for each in range(100))])

    rates = {each.site: each.rate_after.mean for each in lesson.sites}
    assert rates["hamburg"] < 0.03 < rates["berlin-1"]


def test_the_lesson_says_where_the_next_one_begins():
    assert minute(7) == lesson_of([an_answer(7), an_answer(3)]).newest


def test_a_temperature_comes_from_the_audits_of_all_sites():
    answers = audited(LEAST_ANSWERS // 2, 0)
    answers += [an_answer(each, site="hamburg") for each in range(LEAST_ANSWERS // 2)]

    assert lesson_of(answers).temperature < 1
    assert lesson_of(answers[1:]).temperature is None


def test_the_book_that_was_taught_says_it_at_its_site_and_keeps_the_rest():
    after = taught(BOOK, lesson_of(audited(bins=100, wrong=10)))

    site = after["sites"]["berlin-1"]
    assert 0.065 == site["discrepancy_rate"]
    assert {"A-": {"discrepancy_rate": 0.2}} == site["zones"]
    assert 0.03 == after["discrepancy_rate"]
    assert "discrepancy_rate" not in BOOK["sites"]["berlin-1"]


def test_a_site_that_the_book_does_not_name_gets_its_own_part():
    after = taught({}, lesson_of([an_answer(1, site="hamburg")], book={}))

    assert {"hamburg"} == set(after["sites"])
    assert "law" not in after["sites"]["hamburg"]  # no wrong record was found


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.booleans()), max_size=40),
    st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_whatever_is_answered_the_book_can_be_read(found, bins, alerted):
    answers = [an_answer(number, *each) for number, each in enumerate(found)]

    lesson = lesson_of(answers, {"berlin-1": Population(max(bins, alerted), alerted)})

    rules = PolicyBook.parse(json.dumps(taught(BOOK, lesson))).rules_for(BinId("berlin-1", "B"))
    assert 0 < rules.policy.prior.rate <= 0.5
    assert 1 == pytest.approx(sum(rules.policy.prior.law.chances.values()))
