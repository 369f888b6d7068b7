"""The counter on torch: unquantised, and in half precision where there is a GPU."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bincount.artifact import SHIPPED, Artifact
from bincount.calibration import Scaling
from bincount.training.weights import read_weights
from binwatch.prediction import Model


class TorchPredictor:
    """The counter on a torch device."""

    def __init__(self, folder: Path = SHIPPED, device: str = "cpu") -> None:
        self._artifact = Artifact.load(folder)
        self._scaling = Scaling.of_artifact(self._artifact)
        self._device = torch.device(device)
        counter = read_weights(folder)
        self._counter = counter.to(self._device, memory_format=torch.channels_last)

    @property
    def model(self) -> Model:
        """Who counts."""
        return self._artifact.model

    def predict(self, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Count: n x 224 x 224 x 3 -> n x (K + 1) probabilities."""
        on_gpu = self._device.type == "cuda"
        with torch.inference_mode(), torch.autocast(self._device.type, dtype=torch.float16, enabled=on_gpu):
            logits = self._counter(torch.from_numpy(photos).to(self._device))
        return self._scaling.probabilities(logits.float().cpu().numpy())


def cuda_is_there() -> bool:
    """Whether torch can use a GPU here."""
    return bool(torch.cuda.is_available())
