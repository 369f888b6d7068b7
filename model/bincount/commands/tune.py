"""`bincount tune`."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bincount.commands import options
from bincount.training.presets import PRESETS

if TYPE_CHECKING:
    import optuna

    from bincount.training.config import TrainConfig
    from bincount.tuning.search import Plan, Pruner, Train

_INTERRUPTED = 130
_log = logging.getLogger(__name__)


@click.command()
@click.argument("data", type=options.folder)
@click.option("--out", type=options.folder, required=True, help="Folder of the search; it goes on if there.")
@click.option(
    "--space",
    "named",
    type=click.Choice(["ours", "seeds"]),
    default="ours",
    show_default=True,
    help="seeds: rate 1e-3 to 1e-1 and batch size 32, 64 or 128 of a linear head; ours: ten settings.",
)
@click.option("--trials", type=click.IntRange(1), default=20, show_default=True, help="How many, in all.")
@click.option("--epochs", type=click.IntRange(1), show_default="the base's", help="Passes a trial.")
@click.option(
    "--pruner",
    type=click.Choice(["median", "hyperband", "none"]),
    default="median",
    show_default=True,
    help="What gives up on trials.",
)
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    show_default="default, linear for seeds",
    help="Recipe for what the space does not name.",
)
@click.option("--config", type=options.file, help="JSON of settings over the preset.")
@options.weights
@click.option("--limit", type=click.IntRange(1), help="Only so many photos of each split: a trial.")
@click.option("--seed", default=0, show_default=True, help="The same seed searches alike.")
@options.as_json
def tune(
    data: Path,
    out: Path,
    named: str,
    trials: int,
    epochs: int | None,
    pruner: "Pruner",
    preset: str | None,
    config: Path | None,
    weights: Path,
    limit: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Search settings for the photos in DATA (made by `bincount prepare`); judged by validation NLL.

    Interrupted, it goes on when it is called again with the same --out.
    """
    with options.needing_torch():
        from bincount.artifact import ArtifactError
        from bincount.data.dataset import DataMissing, fingerprint
        from bincount.training.config import BadConfig
        from bincount.training.teacher import teacher_of
        from bincount.tuning.search import Plan
        from bincount.tuning.space import SPACES
    wanted = {"epochs": epochs, "limit": limit}
    base = _base(preset or ("linear" if named == "seeds" else "default"), config, wanted)
    on = options.or_fail(lambda: (fingerprint(data), teacher_of(base)), DataMissing, ArtifactError, BadConfig)
    plan = Plan(base, SPACES[named], trials, pruner, seed, *on)
    facts = _searched(plan, data, weights, out)
    best = facts["best"]
    text = "no trial ran to its end" if best is None else f"best val NLL {best:.4f}: {out / 'best.json'}"
    options.say(as_json, f"{text}; report: {out / 'tune.html'}", facts)


def _base(preset: str, config: Path | None, wanted: dict[str, int | None]) -> "TrainConfig":
    """What every trial has in common. Trials are compared by NLL: each keeps its epoch of least NLL."""
    from bincount.training.config import BadConfig, TrainConfig

    settings = asdict(PRESETS[preset])
    if config is not None:
        settings |= options.or_fail(lambda: TrainConfig.read_settings(config), BadConfig)
    settings |= {name: value for name, value in wanted.items() if value is not None}
    return options.or_fail(lambda: TrainConfig.of(settings | {"criterion": "nll"}), BadConfig)


def _searched(plan: "Plan", data: Path, weights: Path, out: Path) -> dict[str, Any]:
    """Run the search; a report of what is finished is left also when it is interrupted."""
    import optuna

    from bincount.data.dataset import DataMissing
    from bincount.training.backbones import UnknownBackbone
    from bincount.training.config import BadConfig
    from bincount.training.pretrained import WeightsMissing
    from bincount.tuning.journal import OtherSearch
    from bincount.tuning.search import opened

    optuna.logging.set_verbosity(optuna.logging.ERROR)  # its warning of Ctrl-C is a traceback
    refusals = (OtherSearch, DataMissing, WeightsMissing, UnknownBackbone, BadConfig)

    def run() -> dict[str, Any]:
        with opened(plan, out) as study:
            try:
                _run(study, plan, _trial(data, weights), out)
            finally:
                facts = _reported(study, plan, out)
        return facts

    try:
        return options.or_fail(run, *refusals)
    except OSError as error:
        what = f"{error.filename or out}: {error.strerror or error}"
        raise click.ClickException(f"{what}; make room or choose another --out") from error
    except KeyboardInterrupt:
        click.echo(f"interrupted: the finished trials are in {out}, the same command goes on", err=True)
        raise click.exceptions.Exit(_INTERRUPTED) from None


def _run(study: "optuna.Study", plan: "Plan", train: "Train", out: Path) -> None:
    from bincount.tuning.report import write_best
    from bincount.tuning.search import search

    with _progress(study, plan) as moved:

        def finished(study: "optuna.Study") -> None:
            write_best(study, plan, out)
            moved(study)

        search(train, plan, study, finished)


def _reported(study: "optuna.Study", plan: "Plan", out: Path) -> dict[str, Any]:
    """Leave best settings and report; what a program wants to know of them."""
    from bincount.tuning.figures import best_of, trials_of
    from bincount.tuning.report import write_best, write_report

    write_best(study, plan, out)
    write_report(study, plan, out)
    ended = trials_of(study)
    best = best_of(ended)
    return {"folder": str(out), "trials": len(ended), "best": best.nll if best else None}


def _trial(data: Path, weights: Path) -> "Train":
    from bincount.training.train import trial

    return lambda config, observer: trial(config, data, weights, [observer])


@contextmanager
def _progress(study: "optuna.Study", plan: "Plan") -> Iterator[Callable[["optuna.Study"], None]]:
    """A bar of trials on stderr, and the best so far."""
    from bincount.bars import bar
    from bincount.tuning.figures import best_of, trials_of

    with bar() as progress:
        task = progress.add_task("trials", total=plan.trials, completed=len(trials_of(study)))

        def moved(study: "optuna.Study") -> None:
            done = trials_of(study)
            best = best_of(done)
            so_far = f"best {best.nll:.4f}" if best else "none finished"
            progress.update(task, completed=len(done), description=f"trials ({so_far})")
            _log.info("trial %d: %s, %s", done[-1].number, done[-1].nll, so_far)

        yield moved
