"""`bincount train`."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bincount.commands import options
from bincount.training.presets import PRESETS

if TYPE_CHECKING:
    from bincount.training.config import TrainConfig


@click.command()
@click.argument("data", type=options.folder)
@click.option(
    "--out", type=options.folder, required=True, help="Folder of the run; goes on where it was left."
)
@click.option("--preset", type=click.Choice(list(PRESETS)), default="default", help="Named recipe.")
@click.option(
    "--config", type=options.file, help="JSON of settings over the preset, such as a search's best."
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="One setting; may be repeated.")
@click.option("--seed", type=int, help="The same seed makes the same counter.")
@click.option("--epochs", type=click.IntRange(1), help="Passes over the photos.")
@click.option("--backbone", help="Trunk by name; an unknown one lists them.")
@click.option("--limit", type=click.IntRange(1), help="Only so many photos: a trial.")
@click.option(
    "--views",
    type=options.folder,
    help="Keep what the frozen stages saw here, for other runs on these photos.",
)
@options.weights
@options.device
@click.option("--profile", is_flag=True, help="Write a profile of the first steps into OUT/profile.")
@click.option("--stop-on", multiple=True, metavar="RULE", help="End the run when this rule finds something.")
@options.as_json
def train(data: Path, out: Path, as_json: bool, **choices: Any) -> None:  # noqa: ANN401 (settings of many kinds)
    """Train, quantise, calibrate and measure a counter on DATA, a prepared set.

    OUT gets the artefact, config.json, logs and a checkpoint. The same command goes on with a run that was
    interrupted. Settings: presets first, then --config, then --set and the named ones.
    Needs requirements/model.txt. Several processes: torchrun --nproc-per-node N -m bincount.cli train ...
    """
    with options.needing_torch():
        from bincount.artifact import ArtifactError
        from bincount.data.dataset import DataMissing
        from bincount.training.backbones import UnknownBackbone
        from bincount.training.checkpoints import CheckpointMismatch
        from bincount.training.company import company
        from bincount.training.config import BadConfig
        from bincount.training.engine import NonFiniteLoss
        from bincount.training.pretrained import WeightsMissing
        from bincount.training.train import Manner, Places, train_counter
        from bincount.training.watching.watch import TrainingStopped, UnknownRule
    logging.getLogger("bincount").setLevel(logging.INFO)
    refusals = (
        ArtifactError,
        BadConfig,
        CheckpointMismatch,
        DataMissing,
        NonFiniteLoss,
        OSError,
        TrainingStopped,
        UnknownBackbone,
        WeightsMissing,
    )
    config = options.or_fail(lambda: _config(choices), BadConfig)
    observers, clock = options.or_fail(
        lambda: company(config, out, profile=choices["profile"], stop_on=choices["stop_on"]),
        UnknownRule,
        OSError,
    )
    manner = Manner(options.command_line(), choices["device"], observers, clock, choices["views"])
    places = Places(data, choices["weights"], out)
    made = options.or_fail(lambda: train_counter(config, places, manner), *refusals)
    if made is not None:
        options.tell_of(made, out, as_json)


def _config(choices: dict[str, Any]) -> "TrainConfig":
    """The preset, and over it what was asked for, the most particular last."""
    from bincount.training.config import BadConfig, TrainConfig

    settings = asdict(PRESETS[choices["preset"]])
    if choices["config"] is not None:
        settings |= TrainConfig.read_settings(choices["config"])
    for each in choices["settings"]:
        name, separator, value = each.partition("=")
        if not separator:
            raise BadConfig(f"--set takes NAME=VALUE, not {each!r}")
        settings[name] = _value(value)
    named = ("seed", "epochs", "backbone", "limit")
    return TrainConfig.of(settings | {name: choices[name] for name in named if choices[name] is not None})


def _value(text: str) -> Any:  # noqa: ANN401 (a setting may be a number, a word, true, false or null)
    try:
        return json.loads(text)
    except ValueError:
        return text
