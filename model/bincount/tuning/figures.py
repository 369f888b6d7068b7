"""The trials of a search as plain values for the report."""

from collections.abc import Sequence
from dataclasses import dataclass

import optuna
from optuna.trial import FrozenTrial, TrialState

from bincount.tuning.search import DONE


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of settings that was tried."""

    number: int
    pruned: bool
    nll: float | None  # least on validation; of a pruned trial, of the epochs that it had; None: had none
    settings: dict[str, int | float | str]
    epochs: tuple[float, ...]  # validation NLL after each
    seconds: float
    note: str  # why it was given up, where that was not the pruner


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The trial of least NLL among those that ran to their end; None while there is none."""
    complete = [each for each in trials if not each.pruned and each.nll is not None]
    return min(complete, key=lambda each: each.nll or 0.0, default=None)


def trials_of(study: optuna.Study) -> list[Trial]:
    """The trials that ended, in the order in which they began."""
    return [_trial(each) for each in study.get_trials(deepcopy=False, states=DONE)]


def _trial(trial: FrozenTrial) -> Trial:
    epochs = tuple(trial.intermediate_values[number] for number in sorted(trial.intermediate_values))
    pruned = trial.state == TrialState.PRUNED
    taken = trial.duration
    return Trial(
        number=trial.number,
        pruned=pruned,
        nll=min(epochs, default=None) if pruned else trial.value,
        settings=dict(trial.params),
        epochs=epochs,
        seconds=taken.total_seconds() if taken else 0.0,
        note=str(trial.user_attrs.get("spoilt", "")),
    )
