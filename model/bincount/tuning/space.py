"""What a search may try, declared once: read by Optuna here and by SageMaker's tuner there.

The names are fields of ``TrainConfig``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optuna


@dataclass(frozen=True, slots=True)
class Real:
    """Any number between the two."""

    low: float
    high: float
    log: bool = False  # as likely between 0.001 and 0.01 as between 0.01 and 0.1


@dataclass(frozen=True, slots=True)
class Whole:
    """Any whole number from the one to the other."""

    low: int
    high: int
    log: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these, in no order."""

    values: tuple[int | float | str, ...]


type Range = Real | Whole | Choice
type Space = Mapping[str, Range]

SEEDS: Space = {
    "head_rate": Real(1e-3, 1e-1, log=True),
    "batch_size": Choice((32, 64, 128)),
}
OURS: Space = {
    "head_rate": Real(2e-4, 5e-3, log=True),
    "trunk_rate": Real(2e-5, 1e-3, log=True),
    "weight_decay": Real(1e-3, 0.3, log=True),
    "dropout": Real(0.0, 0.6),
    "softness": Real(0.0, 0.4),
    "smoothing": Choice((0.99, 0.995, 0.998, 0.999)),
    "pair_weight": Real(0.0, 1.0),
    "items_weight": Real(0.0, 0.4),
    "synthetic": Whole(0, 1200),
    "batch_size": Choice((32, 64, 128)),
}
SPACES: Mapping[str, Space] = {"seeds": SEEDS, "ours": OURS}


def suggested(trial: optuna.Trial, space: Space) -> dict[str, Any]:
    """What Optuna would try next: one value for each name."""
    return {name: _suggest(trial, name, each) for name, each in space.items()}


def as_sagemaker(space: Space) -> dict[str, list[dict[str, Any]]]:
    """The space as the ``ParameterRanges`` of SageMaker's CreateHyperParameterTuningJob: numbers are text."""
    return {
        "ContinuousParameterRanges": [
            _between(name, each) for name, each in space.items() if isinstance(each, Real)
        ],
        "IntegerParameterRanges": [
            _between(name, each) for name, each in space.items() if isinstance(each, Whole)
        ],
        "CategoricalParameterRanges": [
            {"Name": name, "Values": [str(value) for value in each.values]}
            for name, each in space.items()
            if isinstance(each, Choice)
        ],
    }


def _suggest(trial: optuna.Trial, name: str, each: Range) -> int | float | str:
    chosen: int | float | str
    match each:
        case Real():
            chosen = trial.suggest_float(name, each.low, each.high, log=each.log)
        case Whole():
            chosen = trial.suggest_int(name, each.low, each.high, log=each.log)
        case Choice():
            chosen = trial.suggest_categorical(name, each.values)
    return chosen


def _between(name: str, each: Real | Whole) -> dict[str, str]:
    scale = "Logarithmic" if each.log else "Linear"
    return {"Name": name, "MinValue": str(each.low), "MaxValue": str(each.high), "ScalingType": scale}
