"""What the commands share: options, and how they tell of results and refusals."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bincount.artifact import SHIPPED

if TYPE_CHECKING:
    from bincount.artifact import Artifact
    from bincount.predictor import Device, Predictor

folder = click.Path(file_okay=False, path_type=Path)
file = click.Path(dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
artifact = click.option(
    "--artifact",
    type=folder,
    default=SHIPPED,
    show_default="the shipped one",
    envvar="BINCOUNT_ARTIFACT",
    help="Folder of the counter.",
)
device = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="auto: a GPU when torch is installed and sees one.",
)
unsigned = click.option(
    "--no-sign-request", "unsigned", is_flag=True, help="Read a public bucket without an account."
)
weights = click.option(
    "--weights",
    type=folder,
    default=lambda: Path(os.environ.get("BINWATCH_DATA", "../shared/data")) / "weights",
    show_default="$BINWATCH_DATA/weights",
    help="Folder of trunk weights, for machines that cannot download any.",
)


@contextmanager
def needing_torch() -> Iterator[None]:
    """Around imports that need the training environment."""
    try:
        yield
    except ModuleNotFoundError as error:
        remedy = "install requirements/model.txt into an environment of its own"
        raise click.ClickException(f"this needs {error.name}: {remedy}") from error


def or_fail[T](step: Callable[[], T], *expected: type[Exception]) -> T:
    """Run a step; what it is known to refuse ends the command with one line instead of a traceback."""
    try:
        return step()
    except expected as error:
        raise click.ClickException(str(error)) from error


def say(as_json: bool, text: str, facts: Mapping[str, Any]) -> None:
    """Tell a person or a program."""
    click.echo(json.dumps(facts) if as_json else text)


def command_line() -> str:
    """This command as it was given, for the artefact's card."""
    return shlex.join(["bincount", *sys.argv[1:]])


def tell_of(made: "Artifact", where: Path, as_json: bool) -> None:
    """Tell of a counter that was made."""
    text = f"{made.model} in {where}: {json.dumps(made.metrics, indent=2)}"
    say(as_json, text, {"artifact": str(where), "model": str(made.model), "metrics": made.metrics})


def loaded(artifact: Path, device: "Device") -> "Predictor":
    """The counter of a folder, ready to count."""
    from bincount.artifact import ArtifactError
    from bincount.predictor import DeviceMissing, load_predictor

    return or_fail(lambda: load_predictor(artifact, device), ArtifactError, DeviceMissing)
