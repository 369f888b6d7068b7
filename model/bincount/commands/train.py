"""`bincount train`."""

import logging
from dataclasses import replace
from pathlib import Path

import click

from bincount.artifact import SHIPPED
from bincount.commands import options
from bincount.training.config import Frozen, TrainConfig

_SHIPPED = SHIPPED
_DEFAULT = TrainConfig()


@click.command()
@click.option(
    "--out",
    type=options.folder,
    default=_SHIPPED,
    show_default="the shipped counter",
    help="Folder to write.",
)
@options.data
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
@options.as_json
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
    with options.needing_torch():
        from bincount.data.abid_slice import DataMissing
        from bincount.training.engine import NonFiniteLoss
        from bincount.training.train import Places, train_counter
    logging.getLogger("bincount").setLevel(logging.INFO)
    config = replace(
        _DEFAULT, seed=seed, epochs=epochs, synthetic=synthetic, frozen_through=frozen_through, limit=limit
    )
    places = Places(data / "abid", data / "weights" / "resnet18_bnfolded_npy", out)
    made = options.or_fail(
        lambda: train_counter(config, places, options.command_line()), DataMissing, NonFiniteLoss
    )
    options.tell_of(made, out, as_json)
