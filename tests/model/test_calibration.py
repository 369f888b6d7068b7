"""Calibration: the temperature, the scale and shift a class, and which of the two is taken."""

import json

import numpy as np
import pytest

from bincount.artifact import CARD, Artifact, ArtifactError
from bincount.calibration import Scaling, choose, fit_temperature, fit_vector, probabilities

CLASSES = 5


def drawn(logits, rng):
    """Labels that follow the softmax of the logits."""
    p = probabilities(logits, 1.0)
    return (p.cumsum(axis=1) < rng.random((len(p), 1))).sum(axis=1).clip(max=p.shape[1] - 1)


def honest(n, seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, CLASSES))
    return logits, drawn(logits, rng)


def an_artefact(temperature=1.0, **fields):
    return Artifact("it", "1", CLASSES - 1, temperature, (1 / CLASSES,) * CLASSES, **fields)


def groups_of(n):
    return (np.arange(n) // 2).astype(str)


def nll(rows, labels):
    return -np.log(rows[np.arange(len(labels)), labels]).mean()


def test_probabilities_sum_to_one_even_for_large_logits():
    rows = probabilities(np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]]), 1.0)

    assert [1.0, 1.0] == pytest.approx(rows.sum(axis=1).tolist())


def test_the_fitted_temperature_undoes_overconfidence():
    logits, labels = honest(4000)

    assert pytest.approx(3.0, rel=0.1) == fit_temperature(3 * logits, labels)


def test_a_temperature_is_a_scaling():
    logits, _ = honest(10)

    rows = Scaling.of_temperature(2.5, CLASSES).probabilities(logits)

    assert 1e-6 > np.abs(rows - probabilities(logits, 2.5)).max()


def test_vector_scaling_finds_the_scale_and_shift_of_each_class():
    logits, labels = honest(20_000)
    scale, shift = np.array([0.5, 1, 1, 1, 2]), np.array([1, 0, 0, 0, -1])

    found = fit_vector((logits - shift) / scale, labels, penalty=1e-6)

    assert 0.1 > np.abs(np.array(found.scale) - scale).max()
    relative = np.array(found.shift) - np.array(found.shift)[1:4].mean()  # a common shift changes nothing
    assert 0.1 > np.abs(relative - shift).max()


def test_vector_scaling_is_the_least_that_the_penalty_allows():
    logits, labels = honest(300)
    found = fit_vector(logits, labels, penalty=0.1)
    home = 1 / fit_temperature(logits, labels)

    def loss(scale, shift):
        pull = ((scale - home) ** 2).sum() + (shift**2).sum()
        return nll(Scaling(tuple(scale), tuple(shift)).probabilities(logits).astype(float), labels) + (
            0.1 / 2 * pull / CLASSES
        )

    least = loss(np.array(found.scale), np.array(found.shift))
    rng = np.random.default_rng(0)
    for _ in range(20):
        nudge = rng.normal(size=(2, CLASSES)) * 0.02
        assert least <= loss(np.array(found.scale) + nudge[0], np.array(found.shift) + nudge[1]) + 1e-7


def test_a_hard_pull_leaves_the_temperature():
    logits, labels = honest(300)

    found = fit_vector(logits, labels, penalty=1e6)

    assert [1 / fit_temperature(logits, labels)] * CLASSES == pytest.approx(list(found.scale), abs=1e-3)


def test_the_temperature_is_kept_where_classes_do_not_differ():
    logits, labels = honest(600)

    choice = choose(2 * logits, labels, groups_of(600))

    assert "temperature" == choice.kind
    assert pytest.approx(2.0, rel=0.25) == choice.temperature
    assert choice.penalty is None
    assert Scaling.of_temperature(choice.temperature, CLASSES) == choice.scaling


def test_vector_scaling_is_taken_where_one_class_is_overrated():
    logits, labels = honest(600)
    overrated = logits + np.array([2.0, 0, 0, 0, 0])

    choice = choose(overrated, labels, groups_of(600))

    assert "vector" == choice.kind
    assert choice.gain > choice.gain_error > 0
    assert pytest.approx(choice.nll_temperature - choice.nll_vector) == choice.gain
    assert nll(choice.scaling.probabilities(overrated), labels) < choice.nll_temperature - 0.1


def test_with_too_few_groups_to_leave_any_out_the_temperature_is_taken():
    logits, labels = honest(40)

    choice = choose(logits, labels, np.full(40, "one bin"))

    assert ("temperature", None) == (choice.kind, choice.nll_vector)
    assert fit_temperature(logits, labels) == choice.temperature


@pytest.mark.parametrize("shift", [0.0, 2.0], ids=["temperature", "vector"])
def test_an_artefact_keeps_the_calibration_that_was_chosen(shift, tmp_path):
    logits, labels = honest(600)
    choice = choose(logits + np.array([shift, 0, 0, 0, 0]), labels, groups_of(600))

    an_artefact(temperature=choice.temperature, calibration=choice.card()).save(tmp_path)

    assert choice.scaling == Scaling.of_artifact(Artifact.load(tmp_path))


def test_an_artefact_of_before_there_were_calibrations_has_its_temperature(tmp_path):
    an_artefact(temperature=2.0).save(tmp_path)
    card = json.loads((tmp_path / CARD).read_text())
    del card["calibration"], card["conformal"]
    (tmp_path / CARD).write_text(json.dumps(card))

    read = Artifact.load(tmp_path)

    assert Scaling.of_temperature(2.0, CLASSES) == Scaling.of_artifact(read)
    assert {} == read.levels


def test_the_levels_of_sets_are_read_as_they_were_written(tmp_path):
    an_artefact(conformal={"0.1": 0.93, "0.05": 2.0}).save(tmp_path)

    assert {0.1: 0.93, 0.05: 2.0} == Artifact.load(tmp_path).levels


@pytest.mark.parametrize(
    "wrong",
    [
        {"calibration": {"kind": "vector", "scale": [1.0], "shift": [0.0] * CLASSES}},
        {"conformal": {"90": 0.9}},
        {"conformal": {"most": 0.9}},
    ],
    ids=["scale", "share", "word"],
)
def test_a_calibration_that_does_not_fit_is_refused(wrong, tmp_path):
    an_artefact(**wrong).save(tmp_path)

    with pytest.raises(ArtifactError, match=CARD):
        Artifact.load(tmp_path)


def test_the_choice_comes_from_the_seed():
    logits, labels = honest(200)

    first, again = (choose(logits, labels, groups_of(200), seed=3) for _ in range(2))

    assert first == again


def test_a_class_that_no_photo_has_does_no_harm():
    logits, labels = honest(300)

    found = fit_vector(logits[labels < 4], labels[labels < 4], penalty=0.1)

    assert np.isfinite(found.scale).all()
    assert np.isfinite(found.shift).all()
