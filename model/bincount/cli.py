"""`bincount`: the counter's command line.

Each command imports what it needs when it runs: `--help` must not wait for numpy or torch.
"""

import json
import logging
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bincount.config import Device, Frozen, TrainConfig

if TYPE_CHECKING:
    from bincount.artifact import Artifact
    from bincount.predictor import Predictor

_SHIPPED = Path(__file__).resolve().parents[1] / "artifact"
_DATA = Path("../shared/data")
_DEFAULT = TrainConfig()
_folder = click.Path(file_okay=False, path_type=Path)
_photo = click.Path(exists=True, dir_okay=False, path_type=Path)
_artifact = click.option(
    "--artifact",
    type=_folder,
    default=_SHIPPED,
    show_default="the shipped one",
    envvar="BINCOUNT_ARTIFACT",
    help="Folder of the counter.",
)
_device = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="auto: a GPU when torch is installed and sees one.",
)
_data = click.option(
    "--data", type=_folder, envvar="BINWATCH_DATA", default=_DATA, help="Holds abid/ and weights/."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("-v", "--verbose", is_flag=True, help="Say what is being done.")
def main(verbose: bool) -> None:
    """Train, look at and serve the counter that reads P(count) from the photo of a bin."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s")


@main.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, help="0: any free one.")
@click.option("--max-batch", type=click.IntRange(1, 256), default=16, help="Photos a batch.")
@click.option("--max-wait-ms", type=click.FloatRange(0, 1000), default=4, help="Wait for company.")
@_artifact
@_device
@_as_json
def serve(
    host: str, port: int, max_batch: int, max_wait_ms: float, artifact: Path, device: Device, as_json: bool
) -> None:
    """Serve the counter over HTTP until Ctrl-C; one line tells when it answers, and where."""
    from bincount.batching import Batching
    from bincount.serving import Address, PortTaken, run

    predictor = _loaded(artifact, device)

    def ready(url: str) -> None:
        _say(
            as_json, f"counting on {url} with {predictor.model}", {"url": url, "model": str(predictor.model)}
        )

    batching = Batching(max_batch=max_batch, max_wait_s=max_wait_ms / 1000)
    _or_fail(lambda: run(predictor, Address(host, port), batching, ready), PortTaken)


@main.command()
@click.argument("photos", nargs=-1, required=True, type=_photo)
@_artifact
@_device
@_as_json
def predict(photos: tuple[Path, ...], artifact: Path, device: Device, as_json: bool) -> None:
    """Count the items on PHOTOS. Exits with 1 when one of them cannot be counted."""
    from bincount.predictor import count_photos
    from binwatch.prediction import Refused, to_json

    predictor = _loaded(artifact, device)
    predictions = count_photos(predictor, [path.read_bytes() for path in photos])
    if as_json:
        click.echo(to_json(predictor.model, predictions))
    else:
        for path, each in zip(photos, predictions, strict=True):
            said = each.message if isinstance(each, Refused) else f"{each.count} (p {each.confidence:.2f})"
            click.echo(f"{path}: {said}")
    if any(isinstance(each, Refused) for each in predictions):
        sys.exit(1)


@main.command()
@click.argument("out", type=_folder)
@click.option("-n", "--number", type=click.IntRange(1), default=100, help="How many bins.")
@click.option("--seed", default=0, help="The same seed draws the same bins.")
@_as_json
def draw(out: Path, number: int, seed: int, as_json: bool) -> None:
    """Draw synthetic bins into OUT: <id>.jpg, and <id>.json with the exact count as EXPECTED_QUANTITY."""
    from bincount.synthetic import bins

    out.mkdir(parents=True, exist_ok=True)
    for each in bins(number, seed):
        (out / f"{each.id}.jpg").write_bytes(each.jpeg)
        record = {"BIN_FCSKU_DATA": {}, "EXPECTED_QUANTITY": each.count}
        (out / f"{each.id}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    _say(as_json, f"{number} bins in {out}", {"bins": number, "folder": str(out)})


@main.command()
@click.option(
    "--out", type=_folder, default=_SHIPPED, show_default="the shipped counter", help="Folder to write."
)
@_data
@click.option("--seed", default=_DEFAULT.seed, help="The same seed makes the same counter.")
@click.option("--epochs", type=click.IntRange(1), default=_DEFAULT.epochs, help="Passes over the photos.")
@click.option("--synthetic", type=click.IntRange(0), default=_DEFAULT.synthetic, help="Drawn bins added.")
@click.option(
    "--frozen-through",
    type=click.Choice(["layer2", "layer3"]),
    default=_DEFAULT.frozen_through,
    help="Up to here the trunk stays as ImageNet made it.",
)
@click.option("--limit", type=click.IntRange(1), help="Only so many photos: a trial.")
@_as_json
def train(
    out: Path,
    data: Path,
    seed: int,
    epochs: int,
    synthetic: int,
    frozen_through: Frozen,
    limit: int | None,
    as_json: bool,
) -> None:
    """Train, quantise, calibrate and measure a counter (needs requirements/model.txt)."""
    with _needing_torch():
        from bincount.data import DataMissing
        from bincount.engine import NonFiniteLoss
        from bincount.train import Places, train_counter
    logging.getLogger("bincount").setLevel(logging.INFO)
    config = replace(
        _DEFAULT, seed=seed, epochs=epochs, synthetic=synthetic, frozen_through=frozen_through, limit=limit
    )
    places = Places(data / "abid", data / "weights" / "resnet18_bnfolded_npy", out)
    made = _or_fail(lambda: train_counter(config, places, _command()), DataMissing, NonFiniteLoss)
    _tell_of(made, out, as_json)


@main.command()
@_artifact
@_data
@_as_json
def export(artifact: Path, data: Path, as_json: bool) -> None:
    """Make a counter's graph and figures anew from its weights (needs requirements/model.txt)."""
    with _needing_torch():
        from bincount.artifact import ArtifactError
        from bincount.data import DataMissing
        from bincount.release import release_again
    made = _or_fail(lambda: release_again(artifact, data / "abid", _command()), ArtifactError, DataMissing)
    _tell_of(made, artifact, as_json)


@contextmanager
def _needing_torch() -> Iterator[None]:
    """Around imports that need the training environment."""
    try:
        yield
    except ModuleNotFoundError as error:
        remedy = "install requirements/model.txt into an environment of its own"
        raise click.ClickException(f"this needs {error.name}: {remedy}") from error


def _command() -> str:
    """This command as it was given, for the artefact's card."""
    return shlex.join(["bincount", *sys.argv[1:]])


def _tell_of(made: "Artifact", folder: Path, as_json: bool) -> None:
    text = f"{made.model} in {folder}: {json.dumps(made.metrics, indent=2)}"
    _say(as_json, text, {"artifact": str(folder), "model": str(made.model), "metrics": made.metrics})


def _loaded(artifact: Path, device: Device) -> "Predictor":
    from bincount.artifact import ArtifactError
    from bincount.predictor import DeviceMissing, load_predictor

    return _or_fail(lambda: load_predictor(artifact, device), ArtifactError, DeviceMissing)


def _or_fail[T](step: Callable[[], T], *expected: type[Exception]) -> T:
    """Run a step; what it is known to refuse ends the command with one line instead of a traceback."""
    try:
        return step()
    except expected as error:
        raise click.ClickException(str(error)) from error


def _say(as_json: bool, text: str, facts: Mapping[str, Any]) -> None:
    """Tell a person or a program."""
    click.echo(json.dumps(facts) if as_json else text)


if __name__ == "__main__":
    main()
