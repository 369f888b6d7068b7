"""`evaluate-alerts`."""

import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console, RenderableType

from binwatch.evidence import MOST
from binwatch_local.commands import material as material_of
from binwatch_local.commands import options
from binwatch_local.console import err, out
from binwatch_local.errors import OneMachineError
from binwatch_local.home import CHECKOUT

if TYPE_CHECKING:
    from bincount.evaluation.material import Asked, Material
    from binwatch.discrepancies import Law
    from binwatch.policy_book import PolicyBook
    from binwatch_local.alert_evaluation.bins import Bins
    from binwatch_local.alert_evaluation.evaluation import Figures

DEFAULT_OUT = CHECKOUT / "build" / "alerts"
type _Reader[T] = Callable[[click.Context, click.Parameter, str], tuple[T, ...]]
WIDTH = 116  # of the widest table


def _numbers[T: (int, float)](kind: type[T], inside: Callable[[T], bool], meant: str) -> "_Reader[T]":
    """A callback that reads numbers with commas between them; refuses by name what is none."""

    def read(_: click.Context, option: click.Parameter, text: str) -> tuple[T, ...]:
        try:
            numbers = {kind(each) for each in text.split(",")}
        except ValueError as error:
            raise click.BadParameter(f"{text!r} is no list of {meant}", param=option) from error
        for each in numbers:
            if not inside(each):
                raise click.BadParameter(f"{each} is none of {meant}", param=option)
        return tuple(sorted(numbers))

    return read


@click.command(name="evaluate-alerts")
@click.argument("data", type=click.Path(exists=True, path_type=Path), required=False)
@click.option(
    "--published",
    is_flag=True,
    help="Only work out the published counter's figures, for which no data are needed.",
)
@material_of.artifact
@material_of.predictions
@click.option(
    "--split",
    type=click.Choice(["val", "test", "train", "all"]),
    default="val",
    show_default=True,
    help="Which photos. Look at test once per candidate.",
)
@click.option(
    "--rates",
    callback=_numbers(float, lambda rate: 0 < rate < 1, "shares between 0 and 1"),
    metavar="SHARE,...",
    default="0.005,0.01,0.02,0.05",
    show_default=True,
    help="Shares of wrong records.",
)
@click.option(
    "--looks",
    callback=_numbers(int, lambda looks: 1 <= looks <= MOST, f"whole numbers of 1 to {MOST}"),
    metavar="N,...",
    default="1,2,3,5",
    show_default=True,
    help="Numbers of looks.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="How often records are made wrong anew.",
)
@click.option(
    "--law",
    "law_name",
    type=click.Choice(["measured", "train"]),
    default="measured",
    show_default=True,
    help="By how much: the law that rules believe in, or the changes in DATA's own training split.",
)
@click.option(
    "--correlation",
    type=options.Number(0, 1),
    default=0.3,
    show_default=True,
    help="Probability that a look which was not taken repeats the newest.",
)
@click.option(
    "--unstated",
    is_flag=True,
    help="Records change with the stock, but do not state that it was moved.",
)
@click.option(
    "--policies",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Also evaluate a policy book.",
)
@click.option(
    "--expected-items", is_flag=True, help="Also try the number, volume and weight of the record's items."
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_OUT,
    show_default="build/alerts",
    help="Folder for figures.json, report.html and its curves as PNG.",
)
@options.as_json
def evaluate_alerts(
    data: Path | None,
    published: bool,
    artifact: Path,
    predictions: Path | None,
    split: "Asked",
    rates: tuple[float, ...],
    looks: tuple[int, ...],
    seeds: int,
    law_name: str,
    correlation: float,
    unstated: bool,
    policies: Path | None,
    expected_items: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Measure the alerts on DATA: a folder that `bincount prepare` made, or a CSV id,path,count[,group].

    Records are made wrong by the law of discrepancies, whole bins at a time; the naive rule, the rules of
    `binwatch` and those of a policy book are told of the same ones. Figures are of photos that are counted
    now, or of --predictions.
    """
    from bincount.data.origin import revision
    from binwatch_local.alert_evaluation.evaluation import Protocol, evaluate
    from binwatch_local.alert_evaluation.report import PAGE, SCHEMA, write
    from binwatch_local.alert_evaluation.terminal import view

    if published:
        _tell_published(as_json)
        return
    if data is None:
        raise click.UsageError(
            "DATA is needed: a folder of `bincount prepare`, or a CSV id,path,count[,group]."
        )
    book = _book(policies)
    material = material_of.photos_of(data, split)
    protocol = Protocol(rates, looks, seeds, _law(law_name, material), correlation, stated=not unstated)
    with material_of.tracking() as track:
        bins = material_of.bins_of(material, artifact, predictions, track)
        found = evaluate(bins, protocol, book, track)
    figures = {
        "schema": SCHEMA,
        "made_by": {
            "command": shlex.join(["binwatch", *sys.argv[1:]]),
            "revision": revision(),
            "model": str(bins.model),
        },
        "data": _said_of(material, bins),
        **found,
        "expected_items": _items(bins, data) if expected_items else None,
    }
    try:
        write(folder, figures)
    except OSError as error:
        what = f"{error.filename or folder} cannot be written ({error.strerror})."
        raise OneMachineError(what, "Name another folder with --out.") from error
    if as_json:
        click.echo(json.dumps(figures))
    else:
        _print(view(figures))
        err.print(f"\nPage: {folder / PAGE}")


def _tell_published(as_json: bool) -> None:
    from binwatch_local.alert_evaluation.published import one_look, several_looks
    from binwatch_local.alert_evaluation.terminal import published_view

    once, often = one_look(), several_looks()
    if as_json:
        told = {"one_look": [asdict(each) for each in once], "looks": [asdict(each) for each in often]}
        click.echo(json.dumps(told))
    else:
        _print(published_view(once, often))


def _print(what: RenderableType) -> None:
    """Tables as wide as they need, also where no terminal says how wide it is."""
    Console(highlight=False, width=max(out.width, WIDTH)).print(what)


def _book(path: Path | None) -> "PolicyBook | None":
    from binwatch.policy_book import PolicyBook
    from binwatch.policy_values import BadPolicies

    if path is None:
        return None
    try:
        return PolicyBook.parse(path.read_text(encoding="utf-8"))
    except (BadPolicies, OSError, UnicodeDecodeError) as error:
        raise OneMachineError(f"{path} is no policy book: {error}.", "Mend what it names.") from error


def _law(name: str, material: "Material") -> "Law":
    from binwatch.discrepancies import MEASURED
    from binwatch_local.alert_evaluation.bins import NoMovements, law_of

    if name == "measured":
        return MEASURED
    remedy = "Leave out --law train."
    if material.train is None:
        raise OneMachineError(f"{material.source} has no training split.", remedy)
    try:
        return law_of(material.train)
    except NoMovements as error:
        raise OneMachineError(f"The training split of {material.source}: {error}.", remedy) from error


def _items(bins: "Bins", data: Path) -> "Figures":
    from bincount.data.manifest import MANIFEST, ManifestError
    from binwatch_local.alert_evaluation.items import NoItems, compared

    try:
        return compared(bins, data / MANIFEST if data.is_dir() else data)
    except (NoItems, ManifestError, OSError) as error:
        raise OneMachineError(f"{data}: {error}.", "Leave out --expected-items.") from error


def _said_of(material: "Material", bins: "Bins") -> "Figures":
    return {
        "source": material.source,
        "split": material.split,
        "fingerprint": material.fingerprint,
        "photos": len(bins),
        "bins": len(bins.chains),
        "skipped": {"unlabelled": material.unlabelled, "unreadable": len(material.labels) - len(bins)},
    }
