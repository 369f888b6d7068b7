"""Counters and photos small enough to train in a second."""

import numpy as np
from torch import nn

from bincount.data.dataset import Photos
from bincount.training.backbones import Trunk
from bincount.training.config import TrainConfig
from bincount.training.network import Counter

TINY = TrainConfig(
    seed=1,
    backbone="tiny",
    frozen=1,
    views=None,
    local_width=4,
    dropout=0.0,
    epochs=2,
    batch_size=8,
    synthetic=0,
)


def a_trunk(pretrained=True):
    """Three stages: 14 x 14 after the second, 7 x 7 after the last."""
    stages = [
        nn.Sequential(nn.Conv2d(3, 4, 8, stride=8), nn.ReLU()),
        nn.Sequential(nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.ReLU()),
    ]
    return Trunk(stages, "drawn at random" if pretrained else None)


def a_counter(config=TINY):
    return Counter(config, a_trunk())


def some_photos(n=24, *, groups=None, counts=None, seed=0):
    """Photos whose brightness tells their count, two to a bin unless told otherwise."""
    counts = np.array([place % 4 for place in range(n)] if counts is None else counts, np.int64)
    noise = np.random.default_rng(seed).integers(0, 40, (n, 224, 224, 3))
    pixels = (noise + 50 * counts[:, None, None, None]).astype(np.uint8)
    groups = [str(place // 2) for place in range(n)] if groups is None else groups
    unknown = np.full(n, np.nan)
    ids = tuple(f"{place:05}" for place in range(n))
    return Photos(ids, pixels, counts, np.array(groups), unknown, unknown, unknown)
