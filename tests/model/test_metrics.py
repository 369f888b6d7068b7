"""The figures of the model card."""

import numpy as np
import pytest

from bincount.calibration import fit_temperature, probabilities
from bincount.evaluation.metrics import constant, moderate, score


def sure_of(*counts, classes=8):
    return np.eye(classes)[list(counts)] * 0.9 + 0.1 / classes


def test_hits_near_misses_and_misses_are_told_apart():
    scores = score(sure_of(2, 2, 2, 2), np.array([2, 3, 5, 2]))

    assert (4, 0.5, 0.75) == (scores.photos, scores.accuracy, scores.within_one)
    assert (1.0, pytest.approx(np.sqrt(2.5))) == (scores.mae, scores.rmse)


def test_counts_beyond_the_last_class_count_as_the_last_class():
    scores = score(sure_of(7), np.array([200]))

    assert (1.0, 0.0) == (scores.accuracy, scores.mae)


def test_the_published_task_leaves_out_larger_counts_and_renormalises():
    unsure = np.array([[0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.3, 0.4]])

    scores = moderate(np.concatenate([unsure, sure_of(7)]), np.array([1, 7]))

    assert (1, 1.0) == (scores.photos, scores.accuracy)
    assert pytest.approx(-np.log(2 / 3)) == scores.nll


def test_a_counter_that_is_as_sure_as_it_is_right_has_no_calibration_error():
    half = np.full((2, 2), 0.5) + np.array([[1e-9, -1e-9]])

    assert pytest.approx(0, abs=1e-6) == score(half, np.array([0, 1])).ece
    assert pytest.approx(0.5, abs=1e-6) == score(np.array([[1.0, 0.0]] * 2), np.array([0, 1])).ece


def test_the_constant_says_the_same_of_every_photo():
    assert [[0.3, 0.7]] * 3 == constant(np.array([0.3, 0.7]), 3).tolist()


def test_probabilities_sum_to_one_even_for_large_logits():
    rows = probabilities(np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]]), 1.0)

    assert [1.0, 1.0] == pytest.approx(rows.sum(axis=1).tolist())


def test_the_fitted_temperature_undoes_overconfidence():
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(4000, 5))
    labels = (probabilities(honest, 1.0).cumsum(axis=1) < rng.random((4000, 1))).sum(axis=1).clip(max=4)

    assert pytest.approx(3.0, rel=0.1) == fit_temperature(3 * honest, labels)
