"""A run that was interrupted goes on where its last whole epoch ended, as if nothing had been."""

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch

from bincount.artifact import write_atomically
from bincount.training.config import TrainConfig

CHECKPOINT = "checkpoint.pt"
_SCHEMA = "bincount.checkpoint/2"
_MAY_DIFFER = {"epochs", "patience", "compile"}


class CheckpointMismatch(Exception):
    """The checkpoint is of another run than the one that shall go on."""


@dataclass(frozen=True, slots=True)
class Studied:
    """What a run learns from: other photos or another teacher make another counter of the same settings."""

    data: str | None  # fingerprint of the prepared set; None: it is none
    photos: int  # learnt from
    checked_on: int  # photos
    teacher: str | None  # version of the counter that teaches


def save_checkpoint(folder: Path, config: TrainConfig, studied: Studied, state: dict[str, Any]) -> None:
    """Write ``checkpoint.pt``: the whole state, or nothing."""
    buffer = io.BytesIO()
    torch.save({"schema": _SCHEMA, "config": asdict(config), "studied": asdict(studied), **state}, buffer)
    write_atomically(folder / CHECKPOINT, buffer.getvalue())


def read_checkpoint(folder: Path, config: TrainConfig, studied: Studied) -> dict[str, Any] | None:
    """The state that a run of this configuration on these photos left; None: there is none.

    Raises:
        CheckpointMismatch: it is of another configuration, of other photos, of more epochs, or no checkpoint
            of this program.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    if not is_zipfile(path):
        raise CheckpointMismatch(f"{path} is no checkpoint: remove it to begin anew")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        whole = state.get("schema") == _SCHEMA
    except (RuntimeError, AttributeError, OSError, UnpicklingError) as error:
        raise CheckpointMismatch(f"{path} cannot be read ({error}): remove it to begin anew") from error
    if not whole:
        raise CheckpointMismatch(f"{path} is no checkpoint of this version: remove it to begin anew")
    settings = asdict(config)
    other = _differing(state["config"], {name: settings[name] for name in settings.keys() - _MAY_DIFFER})
    other += _differing(state["studied"], asdict(studied))
    if other:
        differs = ", ".join(other)
        raise CheckpointMismatch(f"{path} is of another run ({differs}): remove it, or choose another --out")
    if state["epoch"] > config.epochs:
        raise CheckpointMismatch(
            f"{path} is of epoch {state['epoch']}, after the last of {config.epochs}: "
            "ask for as many --epochs at least, or choose another --out"
        )
    return state


def _differing(saved: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is not as it was, by name."""
    return [
        f"{name} {saved.get(name)!r}, not {now[name]!r}"
        for name in sorted(now)
        if saved.get(name) != now[name]
    ]
