"""The counter's weights as a file without pickle: ``counter.safetensors``, in half precision."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from bincount.artifact import REMEDY, WEIGHTS, Artifact, ArtifactError, missing, write_atomically
from bincount.training.config import BadConfig, TrainConfig
from bincount.training.network import Counter, Ensemble, build_counter

_ONLY_IN_TRAINING = ("side.items.", "side.size.")


def halve(counter: nn.Module) -> None:
    """Round every weight to half precision, so that what is measured is what is kept."""
    with torch.no_grad():
        for parameter in counter.parameters():
            parameter.copy_(parameter.half().float())


def write_weights(ensemble: Ensemble, folder: Path) -> None:
    """Write ``counter.safetensors``."""
    write_atomically(folder / WEIGHTS, save(_kept(ensemble)))


def version_of(ensemble: Ensemble) -> str:
    """Eight characters that name the weights: the same weights, the same version."""
    digest = hashlib.sha256()
    for name, tensor in sorted(_kept(ensemble).items()):
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:8]


def read_weights(folder: Path) -> Ensemble:
    """The counter of an artefact, ready to count.

    Raises:
        ArtifactError: the file is missing, or is of another network than the artefact describes, or of the
            same one with other weights.
    """
    artifact = Artifact.load(folder)
    path = folder / WEIGHTS
    if not path.is_file():
        raise ArtifactError(missing(folder, WEIGHTS))
    try:
        settings = artifact.config["members"]
        members = [TrainConfig.of(each | {"pretrained": False}) for each in settings]
        built = [build_counter(config, folder) for config in members]
        silence(built, artifact.config.get("silent", ()))
        ensemble = Ensemble(built, mirrored=artifact.config["mirrored"])
        kept = {name: tensor.float() for name, tensor in load_file(path).items()}
        absent, surplus = ensemble.load_state_dict(kept, strict=False)
    except (KeyError, IndexError, TypeError, BadConfig, RuntimeError, SafetensorError) as error:
        raise ArtifactError(f"{path} does not fit {folder}'s card ({error}): {REMEDY}") from error
    wrong = [name for name in absent if not _only_in_training(name)] + surplus
    if wrong:
        raise ArtifactError(f"{path} is of another network, {wrong[0]} does not fit: {REMEDY}")
    if (version := version_of(ensemble)) != artifact.version:
        raise ArtifactError(f"{folder}'s card is of {artifact.version}, {WEIGHTS} holds {version}: {REMEDY}")
    ensemble.eval()
    return ensemble


def silence(members: Sequence[Counter], silent: Sequence[int]) -> None:
    """Take from some members, by their places, what compares two looks: others do it better, or smaller."""
    for place in silent:
        members[place].side = None


def _kept(ensemble: Ensemble) -> dict[str, Tensor]:
    """What is written: half precision, without what only training asks."""
    state = ensemble.state_dict()
    return {name: tensor.half().contiguous() for name, tensor in state.items() if not _only_in_training(name)}


def _only_in_training(name: str) -> bool:
    return any(part in name for part in _ONLY_IN_TRAINING)
