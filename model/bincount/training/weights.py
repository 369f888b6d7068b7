"""The counter's weights as a file without pickle: ``counter.safetensors``, in half precision."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save

from bincount.artifact import WEIGHTS, ArtifactError, missing, write_atomically
from bincount.training.network import Counter


def halve(counter: Counter) -> None:
    """Round every weight to half precision, so that what is measured is what is kept."""
    with torch.no_grad():
        for parameter in counter.parameters():
            parameter.copy_(parameter.half().float())


def write_weights(counter: Counter, folder: Path) -> None:
    """Write ``counter.safetensors``."""
    weights = {name: tensor.half().contiguous() for name, tensor in counter.state_dict().items()}
    write_atomically(folder / WEIGHTS, save(weights))


def read_weights(folder: Path, classes: int) -> Counter:
    """The counter of an artefact, ready to count.

    Raises:
        ArtifactError: the file is missing.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise ArtifactError(missing(folder, WEIGHTS))
    counter = Counter(classes)
    counter.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    counter.eval()
    return counter
