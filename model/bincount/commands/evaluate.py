"""`bincount evaluate`."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.artifact import SHIPPED
from bincount.commands import options

if TYPE_CHECKING:
    from bincount.evaluation.evaluate import Counting, Named, Settings
    from bincount.evaluation.figures import Figures
    from bincount.evaluation.material import Asked, Batch, Material
    from bincount.predictor import Device

_data = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("data", type=_data)
@click.option("--out", type=options.folder, required=True, help="Folder for figures.json and report.html.")
@click.option(
    "--artifact",
    "artifacts",
    metavar="[NAME=]DIR",
    multiple=True,
    show_default="the shipped one",
    help="A counter to evaluate; may be given many times, the first is what others are compared with.",
)
@click.option(
    "--predictions",
    metavar="[NAME=]CSV",
    multiple=True,
    help="Predictions of another counter (id,count,expected_value,p0..pK); may be given many times.",
)
@click.option(
    "--split",
    type=click.Choice(["val", "test", "train", "all"]),
    default="val",
    show_default=True,
    help="Which photos. Look at test once per candidate.",
)
@click.option(
    "--random", type=_data, help="The same photos split at random [default: redrawn here, baselines only]."
)
@click.option("--random-artifact", metavar="[NAME=]DIR", multiple=True, help="A counter trained on --random.")
@click.option("--random-predictions", metavar="[NAME=]CSV", multiple=True, help="Predictions of such a one.")
@click.option("--resamples", type=click.IntRange(100), default=1000, show_default=True, help="For intervals.")
@click.option("--seed", default=0, show_default=True, help="Of resamples, folds and the random split.")
@options.device
@options.as_json
def evaluate(
    data: Path,
    out: Path,
    artifacts: tuple[str, ...],
    predictions: tuple[str, ...],
    split: "Asked",
    random: Path | None,
    random_artifact: tuple[str, ...],
    random_predictions: tuple[str, ...],
    resamples: int,
    seed: int,
    device: "Device",
    as_json: bool,
) -> None:
    """Measure counters on DATA: a folder that `bincount prepare` made, or a CSV id,path,count[,group].

    Baselines that look at no pixel stand in the same table, and a split at random beside the one of DATA.
    """
    from bincount.data.dataset import DataMissing
    from bincount.data.manifest import ManifestError
    from bincount.data.origin import revision
    from bincount.evaluation.evaluate import Settings, redrawn, report_of
    from bincount.evaluation.material import open_material
    from bincount.evaluation.report import PAGE, write
    from bincount.evaluation.summary import brief, text

    if (random_artifact or random_predictions) and random is None:
        raise click.UsageError("--random-artifact and --random-predictions go with --random")
    if not artifacts and not predictions:
        artifacts = (str(SHIPPED),)
    settings = Settings(resamples, seed)
    material = options.or_fail(lambda: open_material(data, split), DataMissing, ManifestError, OSError)
    other = redrawn(material, seed)
    if random is not None:
        other = options.or_fail(lambda: open_material(random, split), DataMissing, ManifestError, OSError)
    counting, others = (_loaded(each, device) for each in (artifacts, random_artifact))
    grouped = _evaluated(material, counting, _named(predictions), settings)
    beside = None if other is None else _evaluated(other, others, _named(random_predictions), settings)
    figures = report_of(
        grouped, beside, settings, {"command": options.command_line(), "revision": revision()}
    )
    options.or_fail(lambda: write(out, figures), OSError)
    options.say(as_json, f"{text(figures)}\n\n{out / PAGE}", {"out": str(out), **brief(figures)})


def _evaluated(
    material: "Material", counting: "Sequence[Counting]", predictions: "Sequence[Named]", settings: "Settings"
) -> "Figures":
    from bincount.commands.progress import tracking
    from bincount.evaluation.contenders import PredictionsUnusable
    from bincount.evaluation.evaluate import evaluated
    from bincount.evaluation.material import BATCH

    with tracking() as track:

        def shown(batches: "Iterable[Batch]") -> "Iterable[Batch]":
            return track(batches, "counting", -(-len(material.labels) // BATCH))

        return options.or_fail(
            lambda: evaluated(material, counting, predictions, settings, shown),
            PredictionsUnusable,
            ValueError,
        )


def _named(given: Sequence[str]) -> "list[Named]":
    """``NAME=PATH``; without a name the path is it."""
    from bincount.evaluation.evaluate import Named

    found = []
    for each in given:
        name, mark, path = each.partition("=")
        found.append(Named(name, Path(path)) if mark and not Path(each).exists() else Named(each, Path(each)))
    return found


def _loaded(given: Sequence[str], device: "Device") -> "list[Counting]":
    """The artefacts, called by the name given, else by their own."""
    from bincount.artifact import Artifact, ArtifactError
    from bincount.evaluation.evaluate import Counting

    found = []
    for each in _named(given):
        artifact = options.or_fail(partial(Artifact.load, each.path), ArtifactError)
        name = str(artifact.model) if each.name == str(each.path) else each.name
        found.append(Counting(name, options.loaded(each.path, device), artifact))
    return found
