"""One batch's loss as one module, so that DistributedDataParallel and torch.compile see the whole of it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bincount.data.dataset import Photos
from bincount.data.looks import next_looks
from bincount.training.config import TrainConfig
from bincount.training.losses import count_loss, items_loss, pair_loss, soft_labels
from bincount.training.network import Counter
from bincount.training.order import pairs_of


@dataclass(frozen=True, slots=True)
class Truth:
    """What the records say of a batch."""

    counts: Tensor  # n, not cut at K
    items: Tensor  # n, NaN where unknown
    size: Tensor  # n, standardised logarithm of the mean volume, NaN where unknown
    before: Tensor  # places in the batch of the earlier looks of pairs
    after: Tensor


class Records:
    """What the records say of a data set, batch by batch, on the network's device."""

    def __init__(self, photos: Photos, where: torch.device) -> None:
        self._photos, self._where = photos, where
        self._size, self._following = _standardised(photos), next_looks(photos)

    def of(self, batch: NDArray[np.int64]) -> Truth:
        """The truth about the photos at these places."""
        before, after = pairs_of(self._following, batch)
        return Truth(
            self._there(self._photos.counts[batch]),
            self._there(self._photos.items[batch].astype(np.float32)),
            self._there(self._size[batch]),
            self._there(np.array(before, np.int64)),
            self._there(np.array(after, np.int64)),
        )

    def _there(self, values: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(values).to(self._where)


class Lesson(nn.Module):
    """A counter, and how its answers to one batch are marked."""

    targets: Tensor

    def __init__(self, counter: Counter, config: TrainConfig) -> None:
        super().__init__()
        self.counter = counter
        self._config = config
        self.register_buffer("targets", soft_labels(config.classes, config.softness, config.reach))

    def forward(self, low: Tensor, truth: Truth) -> tuple[Tensor, Tensor]:
        """The loss to go down, and the part of it that is about the count.

        Args:
            low: what the frozen stages made of the photos.
            truth: about them.
        """
        row = self.counter.row(low).float()
        labels = truth.counts.clamp(max=self._config.classes - 1)
        counted = count_loss(self.counter.count(row), labels, self.targets)
        loss = counted
        if self.counter.side is not None:
            before, after = truth.before, truth.after
            logits = self.counter.side.pair(row[before], row[after])
            changed = pair_loss(logits, truth.counts[before], truth.counts[after])
            items, size = self.counter.side(row)
            told = items_loss(items, size, truth.items, truth.size)
            weighted = self._config.pair_weight * changed + self._config.items_weight * told
            loss = loss + weighted / len(row)
        return loss, counted.detach()


def _standardised(photos: Photos) -> NDArray[np.float32]:
    """Logarithm of the items' mean volume, with mean 0 and deviation 1 over the data set."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(photos.volume / photos.counts)
    logs[~np.isfinite(logs)] = np.nan
    if np.isnan(logs).all():
        return logs.astype(np.float32)
    spread = np.nanstd(logs) or 1.0
    return ((logs - np.nanmean(logs)) / spread).astype(np.float32)
