"""Which settings mattered in a search, and which did not."""

import math
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
optuna = pytest.importorskip("optuna", reason="optuna is not installed: requirements/model.txt")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: requirements/model.txt")

from bincount.tuning.figures import trials_of  # noqa: E402
from bincount.tuning.importances import importances_of  # noqa: E402
from bincount.tuning.search import Plan  # noqa: E402
from tests.model.searches import BASE, SPACE, bowl, by_lot, searched  # noqa: E402


def test_what_matters_is_found_to_matter(tmp_path):
    study = searched(bowl, Plan(BASE, SPACE, trials=20), tmp_path)

    mattered = importances_of(trials_of(study), SPACE)

    assert 0.8 < mattered.shares["head_rate"]
    assert 1 == pytest.approx(sum(mattered.shares.values()))
    assert 0.5 < mattered.explained


def test_a_setting_weighs_the_variance_that_it_makes():
    def nll(settings, luck):
        x = settings["dropout"] / 0.25 - 1  # -1 to 1, of variance 1 / 3
        return 2 + 0.3 * x + 0.2 * (settings["batch_size"] == 64)  # the latter of variance 1 / 4

    mattered = importances_of(by_lot(40, nll, seed=0), SPACE)

    wanted = {"dropout": 0.75, "batch_size": 0.25, "head_rate": 0, "synthetic": 0}
    assert wanted == pytest.approx(mattered.shares, abs=0.02)
    assert 0.95 < mattered.explained


def test_a_few_trials_say_nothing_of_importance(tmp_path):
    study = searched(bowl, Plan(BASE, SPACE, trials=3), tmp_path)

    assert importances_of(trials_of(study), SPACE) is None


@pytest.mark.parametrize("seed", range(5))
def test_settings_that_decide_nothing_are_not_said_to_decide(seed):
    trials = by_lot(20, lambda settings, luck: luck.random(), seed)

    assert not importances_of(trials, SPACE).believable


def test_a_trial_that_went_to_pieces_does_not_hide_what_matters():
    trials = by_lot(30, lambda settings, luck: 1 + (math.log10(settings["head_rate"]) + 3) ** 2, seed=2)
    trials[11] = replace(trials[11], nll=1e6)

    mattered = importances_of(trials, SPACE)

    assert 0.8 < mattered.shares["head_rate"]
