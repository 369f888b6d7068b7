"""The choices that a person makes of one training run; saved beside its weights."""

from dataclasses import dataclass
from typing import Literal

type Frozen = Literal["layer2", "layer3"]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Every setting that changes the result. The defaults make the shipped counter."""

    seed: int = 7
    classes: int = 11  # 0, 1, ..., 9 and "10 or more"
    frozen_through: Frozen = "layer2"  # the layers up to here stay as ImageNet made them
    epochs: int = 8
    batch_size: int = 64
    head_rate: float = 1e-3  # AdamW, cosine to zero
    trunk_rate: float = 1e-4
    weight_decay: float = 0.05
    dropout: float = 0.3
    smoothing: float = 0.995  # what is kept is a moving average of the weights over the last steps
    softness: float = 0.1  # share of a label spread over its neighbours ...
    reach: float = 1.0  # ... as exp(-distance / reach)
    synthetic: int = 800  # drawn bins added to the training photos
    limit: int | None = None  # train on this many photos only (a trial run)
