"""Two ways to train one network on one set of photos: as the five earlier projects did, and as we do."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import transforms

from bincount.data.dataset import Photos, ShardedPixels
from bincount.photos import SIDE, read_photo
from bincount.training.config import TrainConfig
from bincount.training.descent import descent_of
from bincount.training.engine import Course, train_one_epoch, wants_bfloat16
from bincount.training.feed import Pixels
from bincount.training.lesson import Lesson, Records
from bincount.training.network import MEAN, STD, Counter, build_counter
from bincount.training.order import Order, Share
from bincount.training.views import Views

type Pass = Callable[[], None]
"""Trains on every photo once."""


@dataclass(frozen=True, slots=True)
class Material:
    """The same photos twice: as the files that were uploaded, and prepared."""

    files: tuple[Path, ...]
    prepared: Photos
    seconds: float  # that preparing took


def material(jpegs: Sequence[bytes], folder: Path) -> Material:
    """Write photos as files and as a memory-mapped shard; their counts are made up."""
    files = tuple(folder / f"{number:05d}.jpg" for number in range(len(jpegs)))
    for path, data in zip(files, jpegs, strict=True):
        path.write_bytes(data)
    begun = time.perf_counter()
    np.save(folder / "photos.npy", np.stack([read_photo(data) for data in jpegs]))
    taken = time.perf_counter() - begun
    places = np.arange(len(jpegs))
    pixels = ShardedPixels([folder / "photos.npy"], np.zeros_like(places), places)
    unknown = np.full(len(jpegs), np.nan)
    ids = tuple(path.stem for path in files)
    photos = Photos(ids, pixels, places % 6, np.array(ids), unknown, unknown, unknown)
    return Material(files, photos, taken)


def earlier_pass(config: TrainConfig, made: Material, workers: int, where: torch.device) -> Pass:
    """PIL in the workers of a data loader, one photo at a time; the network in 32 bits; nothing kept.

    The network is ours, layer for layer, so that the loops are compared and nothing else. The workers stay
    from pass to pass, and a pass leaves nothing behind that would run in another's turn.
    """
    net = _Plain(build_counter(config, Path())).to(where)
    moved = [*net.counter.tuned(), *net.counter.head.parameters(), *net.counter.pool.parameters()]
    adam = config.optimizer == "adamw"
    optimizer = (
        torch.optim.Adam(moved, config.head_rate) if adam else torch.optim.SGD(moved, config.head_rate, 0.9)
    )
    loader = DataLoader(
        _Files(made),
        batch_size=config.batch_size,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    criterion = nn.CrossEntropyLoss()

    def train() -> None:
        net.train()
        running = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(net(images.to(where)), labels.to(where))
            loss.backward()
            optimizer.step()
            running += loss.item() * len(images)

    return train


def our_pass(
    config: TrainConfig, made: Material, folder: Path, where: torch.device, *, compiled: bool = False
) -> tuple[Pass, float]:
    """`bincount train`'s own loop; with it, the seconds that it first spent on views, if it keeps any."""
    counter = build_counter(config, Path()).to(where, memory_format=torch.channels_last)
    tuned, order = counter.tuned(), Order(made.prepared, config.batch_size, config.seed)
    descent = descent_of(counter, tuned, config, len(order))
    lesson: nn.Module = Lesson(counter, config).to(where)
    lesson = torch.compile(lesson) if compiled else lesson
    begun = time.perf_counter()
    feed = (
        Views(counter, made.prepared, config.views, config.seed, folder, lambda done: None)
        if config.views
        else Pixels(made.prepared, config.seed, where)
    )
    spent = time.perf_counter() - begun if config.views else 0.0
    autocast = wants_bfloat16(config.precision, where)
    course = Course(order, feed, Records(made.prepared, where), Share(), (), autocast)
    epochs = count(1)

    def train() -> None:
        train_one_epoch(lesson, counter, next(epochs), course, descent)

    return train, spent


class _Files:
    """A data set as a data loader wants it: each photo is decoded when it is asked for."""

    def __init__(self, made: Material) -> None:
        self._files, self._labels = made.files, made.prepared.counts
        self._transform = transforms.Compose(
            [
                transforms.Resize((SIDE, SIDE)),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(MEAN, STD),
            ]
        )

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, place: int) -> tuple[Tensor, int]:
        with Image.open(self._files[place]) as image:
            return self._transform(image.convert("RGB")), int(self._labels[place])


class _Plain(nn.Module):
    """A counter's layers on images that are floats and normalised already."""

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self.counter = counter

    def forward(self, images: Tensor) -> Tensor:
        return self.counter.count(self.counter.row(self.counter.trunk.low(images, self.counter.frozen)))
