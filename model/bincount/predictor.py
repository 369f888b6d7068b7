"""From pixels to distributions: ONNX Runtime on the CPU, torch where it is installed and a GPU is there."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import SHIPPED, Artifact
from bincount.calibration import Scaling
from bincount.onnx_graph import OnnxGraph
from bincount.photos import PhotoError, Pixels, read_photo
from binwatch.prediction import Counted, Model, Prediction, Refused

type Device = Literal["auto", "cpu", "cuda"]


class DeviceMissing(Exception):
    """The device that was asked for cannot be used here."""


class Predictor(Protocol):
    """A counter ready to count. Calls come one at a time."""

    @property
    def model(self) -> Model:
        """Who counts."""

    def predict(self, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Count: n x 224 x 224 x 3 -> n x (K + 1) probabilities."""


class OnnxPredictor:
    """The counter on the CPU, without torch."""

    def __init__(self, folder: Path = SHIPPED, threads: int | None = None) -> None:
        self._artifact = Artifact.load(folder)
        self._scaling = Scaling.of_artifact(self._artifact)
        self._graph = OnnxGraph(folder, threads)

    @property
    def model(self) -> Model:
        """Who counts."""
        return self._artifact.model

    def predict(self, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Count: n x 224 x 224 x 3 -> n x (K + 1) probabilities."""
        return self._scaling.probabilities(self._graph.logits(photos))


def load_predictor(folder: Path = SHIPPED, device: Device = "auto") -> Predictor:
    """The predictor for a device; ``auto`` takes a GPU when torch is installed and sees one.

    Raises:
        ArtifactError: the folder holds no counter.
        DeviceMissing: ``cuda`` was asked for and is not there.
    """
    if device == "cpu":
        return OnnxPredictor(folder)
    if find_spec("torch") is not None:
        # Imported here because torch takes seconds: only where it can be of use.
        from bincount.torch_predictor import TorchPredictor, cuda_is_there

        if cuda_is_there():
            return TorchPredictor(folder, "cuda")
    if device == "cuda":
        raise DeviceMissing("no GPU that torch can use: install torch with CUDA, or pass --device cpu")
    return OnnxPredictor(folder)


def count_photos(predictor: Predictor, photos: Sequence[bytes]) -> list[Prediction]:
    """Count photos in one batch, without a server; a photo that cannot be counted is refused in its place."""
    read = [_read(photo) for photo in photos]
    pixels = [each for each in read if not isinstance(each, Refused)]
    rows = iter(predictor.predict(np.stack(pixels)) if pixels else ())
    return [each if isinstance(each, Refused) else counted(next(rows)) for each in read]


def counted(row: NDArray[np.float32]) -> Counted:
    """One row of probabilities as a prediction."""
    return Counted(tuple(row.tolist()))


def refused(error: PhotoError) -> Refused:
    """Why a photo was not counted, as a prediction."""
    return Refused(error.code, str(error))


def _read(photo: bytes) -> Pixels | Refused:
    try:
        return read_photo(photo)
    except PhotoError as error:
        return refused(error)
