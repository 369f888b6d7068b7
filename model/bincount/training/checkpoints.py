"""A run that was interrupted goes on where its last whole epoch ended, as if nothing had been."""

import io
from dataclasses import asdict
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch

from bincount.artifact import write_atomically
from bincount.training.config import TrainConfig

CHECKPOINT = "checkpoint.pt"
_SCHEMA = "bincount.checkpoint/1"
_MAY_DIFFER = {"epochs", "patience", "compile"}


class CheckpointMismatch(Exception):
    """The checkpoint is of another run than the one that shall go on."""


def save_checkpoint(folder: Path, config: TrainConfig, state: dict[str, Any]) -> None:
    """Write ``checkpoint.pt``: the whole state, or nothing."""
    buffer = io.BytesIO()
    torch.save({"schema": _SCHEMA, "config": asdict(config), "torch": torch.get_rng_state(), **state}, buffer)
    write_atomically(folder / CHECKPOINT, buffer.getvalue())


def read_checkpoint(folder: Path, config: TrainConfig) -> dict[str, Any] | None:
    """The state that a run of this configuration left, with torch's generator put back; None: there is none.

    Raises:
        CheckpointMismatch: it is of another configuration, or no checkpoint of this program.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    if not is_zipfile(path):
        raise CheckpointMismatch(f"{path} is no checkpoint: remove it to begin anew")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        saved = state.get("config") if state.get("schema") == _SCHEMA else None
    except (RuntimeError, AttributeError, OSError, UnpicklingError) as error:
        raise CheckpointMismatch(f"{path} cannot be read ({error}): remove it to begin anew") from error
    if saved is None:
        raise CheckpointMismatch(f"{path} is no checkpoint of this program: remove it to begin anew")
    now = asdict(config)
    other = sorted(name for name in now.keys() - _MAY_DIFFER if saved.get(name) != now[name])
    if other:
        differs = ", ".join(f"{name} {saved.get(name)!r}, not {now[name]!r}" for name in other)
        raise CheckpointMismatch(f"{path} is of another run ({differs}): remove it, or choose another --out")
    torch.set_rng_state(state["torch"])
    return state
