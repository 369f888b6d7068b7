"""What a search leaves: the best settings, its figures as JSON, and a page."""

import json
from dataclasses import asdict
from pathlib import Path

import optuna

from bincount.artifact import write_atomically
from bincount.pages import templates
from bincount.tuning import plots
from bincount.tuning.figures import Trial, best_of, trials_of
from bincount.tuning.importances import Importances, importances_of
from bincount.tuning.search import Plan, best_config

BEST, FIGURES, PAGE = "best.json", "tune.json", "tune.html"
SCHEMA = "bincount.tune/1"


def write_best(study: optuna.Study, plan: Plan, folder: Path) -> None:
    """Write the settings of the best trial: what `bincount train --config` reads."""
    best = best_config(study, plan.base)
    if best is not None:
        write_atomically(folder / BEST, best.text().encode())


def write_report(study: optuna.Study, plan: Plan, folder: Path) -> None:
    """Write figures and page of what was tried so far."""
    trials = trials_of(study)
    mattered = importances_of(trials, plan.space)
    told = {
        "schema": SCHEMA,
        "base": asdict(plan.base),
        "space": {name: asdict(each) for name, each in plan.space.items()},
        "best": _told(best_of(trials)),
        "importances": asdict(mattered) if mattered else None,
        "trials": [asdict(each) for each in trials],
    }
    write_atomically(folder / FIGURES, (json.dumps(told, indent=2) + "\n").encode())
    write_atomically(folder / PAGE, _page(trials, mattered, plan).encode())


def _told(best: Trial | None) -> dict[str, object] | None:
    return {"trial": best.number, "nll": best.nll, "settings": best.settings} if best else None


def _page(trials: list[Trial], mattered: Importances | None, plan: Plan) -> str:
    drawn = {"history": plots.history(trials), "curves": plots.curves(trials)} if trials else {}
    return (
        templates(Path(__file__).parent)
        .get_template("tune.html.j2")
        .render(
            best=_told(best_of(trials)),
            trials=sorted(trials, key=lambda each: (each.pruned, each.nll is None, each.nll)),
            pruned=sum(each.pruned for each in trials),
            seconds=sum(each.seconds for each in trials),
            plan=plan,
            drawn=drawn,
            mattered=mattered,
            importances=plots.importances(mattered.shares) if mattered else None,
            slices=plots.slices(trials, plan.space) if trials else None,
        )
    )
