"""The figures of the model card, each against a value worked out by hand."""

import numpy as np
import pytest

from bincount.evaluation.metrics import constant, contributions, moderate, score, told
from bincount.evaluation.resampling import interval, resampled
from bincount.evaluation.tables import by_class, confusion, reliability
from binwatch.prediction import Counted

# The one published confusion matrix: rows truth 0..5, columns answered.
PUBLISHED = np.array(
    [
        [924, 12, 2, 0, 2, 0],
        [28, 3445, 472, 86, 21, 9],
        [1, 770, 4907, 1454, 400, 95],
        [0, 232, 1814, 4622, 1842, 424],
        [0, 87, 673, 2355, 3753, 1275],
        [0, 42, 291, 1058, 2422, 2482],
    ]
)
# Two photos that can be worked out on paper: recorded 1 and 2.
TWO = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
RECORDED = np.array([1, 2])


def sure_of(*counts, classes=8):
    return np.eye(classes)[list(counts)] * 0.9 + 0.1 / classes


def published():
    truth, answered = (index.ravel() for index in np.indices(PUBLISHED.shape))
    times = PUBLISHED.ravel()
    return np.eye(6)[np.repeat(answered, times)], np.repeat(truth, times)


def test_the_published_confusion_matrix_gives_the_published_figures():
    scores = score(*published())

    assert 36_000 == scores.photos
    assert (0.5593, 0.5525, 0.9013) == (
        round(scores.accuracy, 4),
        round(scores.mae, 4),
        round(scores.rmse, 4),
    )
    assert 0.905 == round(scores.within_one, 3)


def test_the_published_confusion_matrix_is_found_again():
    assert PUBLISHED.tolist() == confusion(*published()).tolist()


def test_hits_near_misses_and_misses_are_told_apart():
    scores = score(sure_of(2, 2, 2, 2), np.array([2, 3, 5, 2]))

    assert (4, 0.5, 0.75) == (scores.photos, scores.accuracy, scores.within_one)
    assert (1.0, pytest.approx(np.sqrt(2.5))) == (scores.mae, scores.rmse)


def test_the_count_that_is_told_has_errors_of_its_own():
    # told 4, most likely 1, recorded 5
    scores = score(np.array([[0, 0.3, 0, 0.25, 0.2, 0.25]]), np.array([5]))

    assert (0, 1, 1, 1) == (
        scores.told_accuracy,
        scores.told_within_one,
        scores.told_mae,
        scores.told_rmse,
    )
    assert (0, 0, 4, 4) == (scores.accuracy, scores.within_one, scores.mae, scores.rmse)


def test_the_figures_are_of_the_count_that_the_counter_tells():
    rows = np.random.default_rng(3).dirichlet(np.full(11, 0.7), 300)

    assert [Counted(tuple(row)).count for row in rows.tolist()] == told(rows).tolist()


def test_the_posterior_mean_has_errors_of_its_own():
    # means 1.1 and 0.5: errors 0.1 and 1.5
    scores = score(TWO, RECORDED)

    assert pytest.approx((0.1 + 1.5) / 2) == scores.mean_mae
    assert pytest.approx(np.sqrt((0.01 + 2.25) / 2)) == scores.mean_rmse


def test_the_log_score_is_the_surprise_at_the_record():
    assert pytest.approx(-(np.log(0.5) + np.log(0.1)) / 2) == score(TWO, RECORDED).nll


def test_the_ranked_probability_score_sums_the_squared_gaps_of_the_cumulative_distributions():
    # cumulative (.2, .7) against (0, 1); (.6, .9) against (0, 0)
    assert pytest.approx(((0.04 + 0.09) + (0.36 + 0.81)) / 2) == score(TWO, RECORDED).rps


def test_the_ranked_probability_score_of_a_sure_wrong_answer_is_its_distance():
    assert 3.0 == score(np.eye(6)[[4]], np.array([1])).rps


def test_the_brier_score_sums_the_squared_gaps_of_all_classes():
    first, second = 0.04 + 0.25 + 0.09, 0.36 + 0.09 + 0.81

    assert pytest.approx((first + second) / 2) == score(TWO, RECORDED).brier


def test_a_counter_that_is_as_sure_as_it_is_right_has_no_calibration_error():
    half = np.full((2, 2), 0.5) + np.array([[1e-9, -1e-9]])

    assert pytest.approx(0, abs=1e-6) == score(half, np.array([0, 1])).ece
    assert pytest.approx(0.5, abs=1e-6) == score(np.array([[1.0, 0.0]] * 2), np.array([0, 1])).ece


def test_the_calibration_error_weighs_bins_by_their_photos():
    # confidence .5 right (gap .5), .6 wrong (gap .6), in different bins
    assert pytest.approx((0.5 + 0.6) / 2) == score(TWO, RECORDED).ece


def test_the_classwise_calibration_error_averages_over_classes():
    # class 0: .2, .6 (never true); 1: .5 (true), .3; 2: .3, .1 (true): all in bins of their own
    gaps = (0.2 + 0.6) / 2, (0.5 + 0.3) / 2, (0.3 + 0.9) / 2

    assert pytest.approx(sum(gaps) / 3) == score(TWO, RECORDED).classwise_ece


def test_photos_of_one_confidence_bin_make_up_for_one_another():
    three_of_five = np.array([[0.6, 0.4]] * 5)

    assert pytest.approx(0, abs=1e-9) == score(three_of_five, np.array([0, 0, 0, 1, 1])).ece


def test_counts_beyond_the_last_class_count_as_the_last_class():
    scores = score(sure_of(7), np.array([200]))

    assert (1.0, 0.0) == (scores.accuracy, scores.mae)


def test_the_published_task_leaves_out_larger_counts_and_renormalises():
    unsure = np.array([[0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.3, 0.4]])

    scores = moderate(np.concatenate([unsure, sure_of(7)]), np.array([1, 7]))

    assert (1, 1.0) == (scores.photos, scores.accuracy)
    assert pytest.approx(-np.log(2 / 3)) == scores.nll
    assert pytest.approx(1 / 3) == scores.mean_mae


def test_a_row_that_excludes_the_published_task_knows_nothing_about_it():
    scores = moderate(np.eye(8)[[7]], np.array([1]))

    assert pytest.approx(np.log(6)) == scores.nll


def test_without_photos_there_are_no_figures():
    scores = moderate(sure_of(7), np.array([7]))

    assert 0 == scores.photos
    assert np.isnan([scores.accuracy, scores.rmse, scores.nll, scores.ece, scores.classwise_ece]).all()


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([[0.5, 0.6]], [0]),
        ([[np.nan, 1.0]], [0]),
        ([[1.5, -0.5]], [0]),
        ([[0.5, 0.5]], [-1]),
        ([[0.5, 0.5]], [0, 1]),
    ],
    ids=["sums to more", "not a number", "negative", "negative count", "too many counts"],
)
def test_what_is_no_distribution_has_no_figure(rows, counts):
    with pytest.raises(ValueError, match=r"row 0|negative|shape"):
        score(np.array(rows), np.array(counts))


def test_the_constant_says_the_same_of_every_photo():
    assert [[0.3, 0.7]] * 3 == constant(np.array([0.3, 0.7]), 3).tolist()


def test_the_table_by_count_tells_what_was_found_and_what_was_meant():
    rows = by_class(sure_of(0, 0, 1, 3, classes=4), np.array([0, 1, 1, 9]))

    assert [1, 2, 0, 1] == [row.photos for row in rows]
    assert [1.0, 0.5, pytest.approx(np.nan, nan_ok=True), 1.0] == [row.recall for row in rows]
    assert [0.5, 1.0, pytest.approx(np.nan, nan_ok=True), 1.0] == [row.precision for row in rows]
    assert (1.0, pytest.approx(np.sqrt(0.5))) == (rows[1].within_one, rows[1].rmse)
    assert pytest.approx(0.025 * 1 + 0.025 * 2 + 0.925 * 3) == rows[3].mean_count


def test_the_reliability_curve_sets_confidence_against_hits():
    bins = reliability(np.array([[0.6, 0.4], [0.62, 0.38], [0.05, 0.95]]), np.array([0, 1, 1]))

    assert (2, pytest.approx(0.61), 0.5) == (bins[9].photos, bins[9].confidence, bins[9].accuracy)
    assert (1, pytest.approx(0.95), 1.0) == (bins[14].photos, bins[14].confidence, bins[14].accuracy)
    assert 3 == sum(each.photos for each in bins)


def test_the_intervals_hold_the_figure_and_come_from_the_seed():
    rng = np.random.default_rng(1)
    rows = rng.dirichlet(np.ones(4), size=200)
    counts, groups = rng.integers(0, 4, 200), np.repeat(np.arange(100), 2).astype(str)

    first, again = (resampled(rows, counts, groups, resamples=300, seed=5) for _ in range(2))

    scores = score(rows, counts)
    assert all((first[name] == again[name]).all() for name in first)
    for name in ("accuracy", "within_one", "mae", "rmse", "nll", "mean_mae", "mean_rmse", "rps", "brier"):
        each = interval(first[name])
        assert each.low < getattr(scores, name) < each.high, name


def test_a_resampled_figure_is_the_figure_of_the_groups_drawn():
    # one group drawn always: every set is the whole set
    rng = np.random.default_rng(2)
    rows, counts = rng.dirichlet(np.ones(4), size=20), rng.integers(0, 4, 20)

    samples = resampled(rows, counts, ["a"] * 20, resamples=3)

    scores = score(rows, counts)
    for name, values in samples.items():
        assert [pytest.approx(getattr(scores, name))] * 3 == values.tolist(), name


def test_photos_of_one_group_are_drawn_together():
    # ten photos in two groups, one always right, one always wrong: the spread is that of two, not of ten
    rows, counts = np.eye(2)[[0] * 10], np.array([0] * 5 + [1] * 5)

    grouped = resampled(rows, counts, ["right"] * 5 + ["wrong"] * 5, resamples=400)["accuracy"]

    assert {0.0, 0.5, 1.0} == set(grouped.tolist())
    assert pytest.approx(np.sqrt(0.125), abs=0.03) == grouped.std()


def test_an_interval_is_the_middle_ninety_five_percent():
    each = interval(np.arange(1001.0))

    assert (25.0, 975.0) == pytest.approx((each.low, each.high))


def test_a_contribution_is_one_row_a_photo():
    assert (2, 13 + 15 + 15 * 3) == contributions(TWO, RECORDED).shape
