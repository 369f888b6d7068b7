"""One batch's loss as one module, so that DistributedDataParallel and torch.compile see the whole of it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bincount.data.dataset import Photos
from bincount.data.looks import next_looks
from bincount.training.config import TrainConfig
from bincount.training.heads import SideTasks
from bincount.training.losses import count_loss, items_loss, pair_loss, soft_labels
from bincount.training.network import Counter
from bincount.training.order import pairs_in


@dataclass(frozen=True, slots=True)
class Truth:
    """What the records say of a batch."""

    counts: Tensor  # n, not cut at K
    items: Tensor  # n, NaN where unknown
    size: Tensor  # n, standardised logarithm of the mean volume, NaN where unknown
    before: Tensor  # places in the batch of the earlier looks of pairs
    after: Tensor
    taught: Tensor | None = None  # n x classes: what a teacher finds likely


class Records:
    """What the records say of a data set, batch by batch, on the network's device.

    Args:
        photos: to learn from.
        where: the network's device.
        taught: what a teacher finds likely of each, n x classes; None: nobody teaches.
    """

    def __init__(
        self, photos: Photos, where: torch.device, taught: NDArray[np.float32] | None = None
    ) -> None:
        self._photos, self._where, self._taught = photos, where, taught
        self._size, self._following = _standardised(photos), next_looks(photos)

    def of(self, batch: NDArray[np.int64]) -> Truth:
        """The truth about the photos at these places."""
        before, after = pairs_in(batch, self._following)
        return Truth(
            self._there(self._photos.counts[batch]),
            self._there(self._photos.items[batch].astype(np.float32)),
            self._there(self._size[batch]),
            self._there(before),
            self._there(after),
            None if self._taught is None else self._there(self._taught[batch]),
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
        wanted = self.targets[truth.counts.clamp(max=self._config.classes - 1)]
        if truth.taught is not None:
            wanted = torch.lerp(wanted, truth.taught, self._config.teacher_share)
        pure = len(low)
        if self.training and self._config.mixup:
            pure = (len(low) + 1) // 2
            low, wanted = self._blended(low, wanted, pure)
        row = self.counter.row(low).float()
        counted = count_loss(self.counter.count(row), wanted)
        loss = counted
        if self.counter.side is not None:
            loss = loss + self._side_loss(self.counter.side, row[:pure], truth) / pure
        return loss, counted.detach()

    def _blended(self, low: Tensor, wanted: Tensor, first: int) -> tuple[Tensor, Tensor]:
        """From ``first`` on, blends of two photos of the batch each, and of what is wanted of them.

        Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (arXiv 1710.09412), on the maps
        of the frozen stages (Verma et al., "Manifold Mixup", arXiv 1806.05236).
        """
        law = torch.distributions.Beta(self._config.mixup, self._config.mixup)
        share = law.sample((len(low) - first, 1)).to(low.device)
        maps, rows = low[first:], wanted[first:]
        maps = share[..., None, None] * maps + (1 - share[..., None, None]) * maps.flip(0)
        rows = share * rows + (1 - share) * rows.flip(0)
        return torch.cat([low[:first], maps]), torch.cat([wanted[:first], rows])

    def _side_loss(self, side: SideTasks, row: Tensor, truth: Truth) -> Tensor:
        """What the side tasks miss, summed over the photos that are no blends."""
        n = len(row)
        both = (truth.before < n) & (truth.after < n)
        before, after = truth.before[both], truth.after[both]
        changed = pair_loss(side.pair(row[before], row[after]), truth.counts[before], truth.counts[after])
        items, size = side(row)
        told = items_loss(items, size, truth.items[:n], truth.size[:n])
        return self._config.pair_weight * changed + self._config.items_weight * told


def _standardised(photos: Photos) -> NDArray[np.float32]:
    """Logarithm of the items' mean volume, with mean 0 and deviation 1 over the data set."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(photos.volume / photos.counts)
    logs[~np.isfinite(logs)] = np.nan
    if np.isnan(logs).all():
        return logs.astype(np.float32)
    spread = np.nanstd(logs) or 1.0
    return ((logs - np.nanmean(logs)) / spread).astype(np.float32)
