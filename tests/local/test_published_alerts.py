"""With the published confusion matrix the decision gives the reference's figures."""

import pytest

from binwatch_local.alert_evaluation.published import LOOKS, RATES, one_look, ranking, several_looks

# pi: alert rate, precision, recall of naive; of off by two or more; of off by three or more; precision and
# recall of the 1 % and the .5 % of bins ranked first. All in %, as the reference prints them.
PUBLISHED = {
    0.005: ((44.3, 0.96, 84.9), (9.6, 1.6, 30), (1.6, 2.7, 8), (8.4, 16.9), (14.3, 14.3)),
    0.01: ((44.5, 1.9, 84.9), (9.7, 3.1, 30), (1.6, 5.2, 8), (16.5, 16.5), (27.7, 13.8)),
    0.02: ((44.9, 3.8, 84.9), (9.9, 6.1, 30), (1.7, 10.0, 8), (31.6, 15.8), (52.2, 13.0)),
    0.05: ((46.1, 9.2, 84.9), (10.6, 14.4, 30), (1.9, 22, 8), (68.2, 13.6), (87.3, 8.7)),
}
# looks: recall at precision 1/2; precision of the 1 % ranked first; of r > 1/2 the alert rate in %, precision
PUBLISHED_LOOKS = {
    1: (0.13, 0.32, 0.29, 0.70),
    2: (0.29, 0.55, 0.36, 0.90),
    3: (0.40, 0.68, 0.65, 0.87),
    5: (0.57, 0.84, 0.87, 0.91),
    8: (0.70, 0.95, 1.2, 0.89),
}
PRINTED = 0.06  # half of the last digit printed, and a little
SAMPLED = 0.011  # the reference drew its repeated looks by chance


def percent(alerts):
    return alerts.rate * 100, alerts.precision * 100, alerts.recall * 100


@pytest.mark.parametrize("row", one_look(), ids=lambda row: f"pi={row.rate}")
def test_one_look_gives_the_references_table(row):
    naive, two, three, top, half = PUBLISHED[row.rate]

    assert naive == pytest.approx(percent(row.naive), abs=PRINTED)
    assert two[:2] == pytest.approx(percent(row.off_by_two)[:2], abs=PRINTED)
    assert three[0] == pytest.approx(row.off_by_three.rate * 100, abs=PRINTED)
    assert three[1] == pytest.approx(row.off_by_three.precision * 100, abs=0.3)
    assert (two[2], three[2]) == pytest.approx(
        (row.off_by_two.recall * 100, row.off_by_three.recall * 100), abs=0.5
    )
    assert top == pytest.approx(percent(row.top_percent)[1:], abs=PRINTED)
    assert half == pytest.approx(percent(row.top_half_percent)[1:], abs=PRINTED)


def test_the_table_has_the_references_rates_and_looks():
    assert tuple(PUBLISHED) == RATES
    assert tuple(PUBLISHED_LOOKS) == LOOKS


@pytest.mark.parametrize("column", several_looks((1, 2, 3, 5)), ids=lambda column: f"looks={column.looks}")
def test_repeated_looks_give_the_references_table(column):
    recall, top, rate, precision = PUBLISHED_LOOKS[column.looks]

    assert (recall, top) == pytest.approx((column.recall_at_half, column.top_percent.precision), abs=SAMPLED)
    assert rate == pytest.approx(column.likely.rate * 100, abs=SAMPLED)
    assert precision == pytest.approx(column.likely.precision, abs=SAMPLED)


def test_eight_looks_give_the_references_figures():
    (column,) = several_looks((8,))
    recall, top, rate, precision = PUBLISHED_LOOKS[8]

    assert (recall, top) == pytest.approx((column.recall_at_half, column.top_percent.precision), abs=SAMPLED)
    assert (rate, precision) == pytest.approx(
        (column.likely.rate * 100, column.likely.precision), abs=SAMPLED
    )


def test_all_that_can_be_seen_adds_up():
    seen = ranking(2, 0.02)

    assert 1 == pytest.approx(seen.weight.sum())
    assert 0.02 == pytest.approx(seen.wrong.sum())


def test_r_is_what_it_says_the_share_of_wrong_records_among_bins_that_look_so():
    seen = ranking(2, 0.02)

    assert 0 == pytest.approx(abs(seen.wrong - seen.score * seen.weight).sum(), abs=1e-5)
