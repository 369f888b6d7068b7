"""The figures of a search: its trials and what mattered, as plain values for the report."""

from dataclasses import dataclass

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, TrialState

from bincount.tuning.search import DONE

_ENOUGH = 6  # trials that ran to their end; what fewer say is chance


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


def trials_of(study: optuna.Study) -> list[Trial]:
    """The trials that ended, in the order in which they began."""
    return [_trial(each) for each in study.get_trials(deepcopy=False, states=DONE)]


def importances_of(study: optuna.Study) -> dict[str, float]:
    """How much each setting decided whether a trial was among the best; empty while too few tell.

    The shares sum to 1, and leave out what only a combination of settings does.
    """
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(complete) < _ENOUGH or len({each.value for each in complete}) < 2:
        return {}
    shares: dict[str, float] = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return shares


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
