"""A counter that another one learns from: what it finds likely is part of what is wanted.

Source: Hinton et al., "Distilling the Knowledge in a Neural Network" (arXiv 1503.02531); a student of the
teacher's own kind gains too (Furlanello et al., "Born-Again Neural Networks", arXiv 1805.04770).
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import Artifact
from bincount.calibration import probabilities
from bincount.data.dataset import PixelStore, on_every_photo
from bincount.onnx_graph import OnnxGraph
from bincount.training.config import BadConfig, TrainConfig


def teacher_of(config: TrainConfig) -> str | None:
    """The version of the counter that a configuration learns from; its folder may hold another one tomorrow.

    Raises:
        ArtifactError: the folder holds no counter.
        BadConfig: the teacher tells other counts apart than the student.
    """
    return None if config.teacher is None else _fitting(Path(config.teacher), config.classes).version


def answers(folder: Path, pixels: PixelStore, classes: int) -> NDArray[np.float32]:
    """What a teacher finds likely of every photo, n x classes.

    Without its calibration, which was fitted to the photos that the student will be checked on.

    Args:
        folder: of the teacher's artefact.
        pixels: to learn from.
        classes: that the student tells apart.

    Raises:
        ArtifactError: the folder holds no counter.
        BadConfig: the teacher tells other counts apart than the student.
    """
    _fitting(folder, classes)  # again: the folder may hold another one since the run began
    return probabilities(on_every_photo(OnnxGraph(folder).logits, pixels), 1.0)


def _fitting(folder: Path, classes: int) -> Artifact:
    """The teacher's card, of as many classes as the student has."""
    teacher = Artifact.load(folder)
    if teacher.k + 1 != classes:
        raise BadConfig(f"teacher {folder} tells {teacher.k + 1} counts apart, this counter {classes}")
    return teacher
