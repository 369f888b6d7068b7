"""The evaluation of alerts as a whole, with counters of which the outcome is known."""

import pytest

from binwatch.policy_book import PolicyBook
from binwatch_local.alert_evaluation.against_naive import against_naive
from binwatch_local.alert_evaluation.evaluation import Protocol, evaluate
from binwatch_local.alert_evaluation.rules import DEFAULT, NAIVE, POSTERIOR
from tests.local.counted_bins import EVEN, many_bins, rather_sure_of

QUICK = Protocol(rates=(0.05,), looks=(1, 2), seeds=3)


def row_of(figures, rule, looks=1):
    return next(row for row in figures["rules"] if (row["rule"], row["looks"]) == (rule, looks))


def order_of(figures, score, looks=1):
    return next(row for row in figures["rankings"] if (row["score"], row["looks"]) == (score, looks))


@pytest.mark.parametrize("looks", [1, 2])
@pytest.mark.parametrize("rule", [NAIVE, DEFAULT])
def test_a_perfect_counter_alerts_exactly_on_wrong_records(rule, looks):
    row = row_of(evaluate(many_bins(), QUICK), rule, looks)

    assert row["precision"]["value"] == 1
    assert row["recall"]["value"] == 1
    assert row["cost_per_1000"]["value"] == 0


def test_a_perfect_counter_is_right_first():
    figures = evaluate(many_bins(), QUICK)

    assert order_of(figures, POSTERIOR)["pr_auc"]["value"] == 1
    assert order_of(figures, POSTERIOR)["precision_at_0.01"]["value"] == 1


def test_a_useless_counter_never_alerts_but_naively():
    figures = evaluate(many_bins(says=lambda count: EVEN), QUICK)

    assert row_of(figures, DEFAULT)["seen"]["alerts"] == 0
    assert row_of(figures, NAIVE)["seen"]["alerts"] > 0


def test_a_useless_counter_orders_no_better_than_chance():
    bins = many_bins(says=lambda count: EVEN)

    found = order_of(evaluate(bins, Protocol(rates=(0.05,), looks=(1,), seeds=30)), POSTERIOR)

    assert found["precision_at_0.05"]["value"] == pytest.approx(0.05, abs=0.05)


def test_the_same_seeds_give_the_same_figures():
    first, second = (evaluate(many_bins(60, rather_sure_of), QUICK) for _ in range(2))

    assert first == second


def test_each_look_and_each_rate_has_a_row_of_every_rule():
    figures = evaluate(many_bins(60), Protocol(rates=(0.02, 0.05), looks=(1, 2), seeds=2))
    cells = {(row["rate"], row["looks"]) for row in figures["rules"]}

    assert {(0.02, 1), (0.02, 2), (0.05, 1), (0.05, 2)} == cells
    assert len(cells) * 11 == len(figures["rules"])


def test_the_rules_of_a_policy_book_stand_beside_the_built_in_ones():
    book = PolicyBook.parse(
        '{"policy": "exact", "sites": {"berlin-1": {"zones": {"A-": {"policy": "capacity", "visits": 4}}}}}'
    )

    figures = evaluate(many_bins(), QUICK, book)

    assert row_of(figures, NAIVE)["seen"] == row_of(figures, "book")["seen"]
    assert QUICK.seeds * 4 == row_of(figures, "book, berlin-1/A-")["seen"]["alerts"]


def test_it_says_how_many_looks_were_real():
    once, twice = evaluate(many_bins(300), QUICK)["looks"]

    assert (400, 0) == (once["taken"], once["drawn"])
    assert (600, 200) == (twice["taken"], twice["drawn"])


def test_records_in_doubt_are_listed_the_most_doubtful_first():
    bins = many_bins(60, lambda count: rather_sure_of(4 if count == 1 else count))

    doubted = evaluate(bins, QUICK)["doubted"]

    assert {1} == {each["recorded"] for each in doubted if each["most_likely"] == 4 and each["recorded"] != 4}
    assert doubted == sorted(doubted, key=lambda each: -each["mismatch_probability"])


def a_row(rule, precision, looks=3):
    return {
        "rule": rule,
        "rate": 0.02,
        "looks": looks,
        "precision": {"value": precision, "spread": None},
        "seen": {"alerts": 10},
        "photos_falsely_alerted": 2,
    }


@pytest.mark.parametrize(
    ("naive", "default", "sent_to", "reached"),
    [
        (0.05, 0.5, 0.31, [True, True, True]),
        (0.05, 0.39, 0.29, [False, False, False]),
        (0.05, None, 0.31, [None, True, None]),
        (None, 0.6, 0.3, [None, None, True]),
    ],
)
def test_whether_an_aim_is_reached_is_computed(naive, default, sent_to, reached):
    rows = [a_row(NAIVE, naive), a_row(DEFAULT, default), a_row("capacity 1 %", sent_to)]

    assert reached == [each["reached"] for each in against_naive(rows)]


def test_photos_that_give_false_alarms_are_counted_once_whatever_the_seeds():
    figures = evaluate(many_bins(60, lambda count: rather_sure_of(4)), QUICK)
    off = int((many_bins(60).counts != 4).sum())

    assert off == row_of(figures, NAIVE)["photos_falsely_alerted"]
