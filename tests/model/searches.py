"""Searches whose best settings are known, in a moment and without training."""

import math
import random

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
optuna = pytest.importorskip("optuna", reason="optuna is not installed: requirements/model.txt")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: requirements/model.txt")

from bincount.training.config import TrainConfig  # noqa: E402
from bincount.training.observers import Epoch  # noqa: E402
from bincount.tuning.figures import Trial  # noqa: E402
from bincount.tuning.search import opened, search  # noqa: E402
from bincount.tuning.space import Choice, Real, Whole  # noqa: E402

BASE = TrainConfig(epochs=3)
SPACE = {
    "head_rate": Real(1e-4, 1e-1, log=True),
    "dropout": Real(0.0, 0.5),
    "synthetic": Whole(0, 100),
    "batch_size": Choice((32, 64)),
}


def bowl(config, observer):
    """A training whose outcome is known: best at a head rate of 0.003, dropout matters a little."""
    least = math.inf
    for number in range(1, config.epochs + 1):
        nll = 1 + (math.log10(config.head_rate) + 2.5) ** 2 + 0.1 * config.dropout + 1 / number
        least = min(least, nll)
        observer.finished_epoch(Epoch(number, nll, nll, 0.5, 0.4, 1.0, config.head_rate, 100.0, 1.0))
    return least


def searched(train, plan, folder):
    with opened(plan, folder) as study:
        search(train, plan, study)
    return study


def by_lot(trials, nll_of, seed):
    """Trials whose settings nobody chose, and what comes of each."""
    luck, made = random.Random(seed), []
    for number in range(trials):
        settings = {name: drawn(each, luck) for name, each in SPACE.items()}
        nll = nll_of(settings, luck)
        made.append(Trial(number, False, nll, settings, (nll,), 1.0, ""))
    return made


def drawn(each, luck):
    if isinstance(each, Choice):
        return luck.choice(each.values)
    if isinstance(each, Whole):
        return luck.randint(each.low, each.high)
    return (
        math.exp(luck.uniform(*map(math.log, (each.low, each.high))))
        if each.log
        else luck.uniform(each.low, each.high)
    )
