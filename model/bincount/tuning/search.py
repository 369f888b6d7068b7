"""The search: tries settings, gives up early on the hopeless ones, goes on where it was interrupted."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import optuna
from optuna.trial import TrialState

from bincount.training.config import TrainConfig
from bincount.training.engine import NonFiniteLoss
from bincount.training.observers import Epoch, Observer
from bincount.tuning.journal import OtherSearch, journal
from bincount.tuning.space import Space, suggested

_NAME = "bincount"
_BEFORE_PRUNING = (
    4  # trials that run to their end first: a median of fewer says little, as does a first epoch
)
DONE = (TrialState.COMPLETE, TrialState.PRUNED)

type Train = Callable[[TrainConfig, Observer], float]
"""Trains with these settings, tells the observer of each epoch, returns the least validation NLL."""
type Pruner = Literal["median", "hyperband", "none"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is searched."""

    base: TrainConfig  # what the space does not name
    space: Space
    trials: int  # in all, those of interrupted calls counted in
    pruner: Pruner = "median"
    seed: int = 0
    data: str | None = None  # fingerprint of the prepared set
    teacher: str | None = None  # version of the counter that teaches, where the base names one


class Pruning(Observer):
    """Tells Optuna of each epoch, and ends a trial that does worse than others did."""

    def __init__(self, trial: optuna.Trial) -> None:
        self._trial = trial

    def finished_epoch(self, epoch: Epoch) -> None:
        """Report the validation.

        Raises:
            optuna.TrialPruned: the trial is not worth its time.
        """
        self._trial.report(epoch.val_nll, epoch.number)
        if self._trial.should_prune():
            raise optuna.TrialPruned(f"val NLL {epoch.val_nll:.3f} after epoch {epoch.number}")


@contextmanager
def opened(plan: Plan, folder: Path) -> Iterator[optuna.Study]:
    """The study of a folder, made where there is none; while it is open no other process has it.

    Raises:
        OtherSearch: the folder holds another search, no search's file, or one that is going on.
        OSError: it cannot be written.
    """
    with journal(folder) as storage:
        known = optuna.get_all_study_names(storage)
        study = optuna.create_study(
            storage=storage, study_name=_NAME, pruner=_pruner(plan), direction="minimize", load_if_exists=True
        )
        # A sampler that began with the same seed again would try the first trials again.
        study.sampler = optuna.samplers.TPESampler(seed=plan.seed + len(study.trials), multivariate=True)
        wanted = _identity(plan)
        if _NAME in known and study.user_attrs.get("searches") != wanted:
            raise OtherSearch(
                f"{folder} holds a search over another space, base, data or teacher: give another folder"
            )
        study.set_user_attr("searches", wanted)
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            study.tell(trial.number, state=TrialState.FAIL)  # its process is gone
        yield study


def search(
    train: Train,
    plan: Plan,
    study: optuna.Study,
    finished: Callable[[optuna.Study], None] = lambda study: None,
) -> None:
    """Run the trials that are missing; ``finished`` is called after each.

    Optuna's own loop is not used: when its file cannot be written it dies of an assertion.

    Raises:
        KeyboardInterrupt: as it came; the finished trials are kept.
        OSError: a trial cannot be written down; those before it are kept.
    """
    for _ in range(plan.trials - len(study.get_trials(deepcopy=False, states=DONE))):
        _try_one(train, plan, study)
        finished(study)


def _try_one(train: Train, plan: Plan, study: optuna.Study) -> None:
    trial = study.ask()
    config = replace(plan.base, **suggested(trial, plan.space))
    try:
        least = train(config, Pruning(trial))
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    except NonFiniteLoss as error:
        trial.set_user_attr("spoilt", str(error))
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, least)


def best_config(study: optuna.Study, base: TrainConfig) -> TrainConfig | None:
    """The settings of the best trial; None while none ran to its end."""
    if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        return None
    return replace(base, **study.best_trial.params)


def _pruner(plan: Plan) -> optuna.pruners.BasePruner:
    pruners: Mapping[Pruner, Callable[[], optuna.pruners.BasePruner]] = {
        "median": lambda: optuna.pruners.MedianPruner(_BEFORE_PRUNING, n_warmup_steps=2),
        "hyperband": lambda: optuna.pruners.HyperbandPruner(1, plan.base.epochs),
        "none": optuna.pruners.NopPruner,
    }
    return pruners[plan.pruner]()


def _identity(plan: Plan) -> dict[str, Any]:
    """What makes two searches one, as the storage gives it back."""
    space = {name: {"kind": type(each).__name__, **asdict(each)} for name, each in plan.space.items()}
    said = {"space": space, "base": asdict(plan.base), "data": plan.data, "teacher": plan.teacher}
    whole: dict[str, Any] = json.loads(json.dumps(said))
    return whole
