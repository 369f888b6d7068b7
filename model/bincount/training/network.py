"""The counter as a torch module: uint8 photos in, one logit per count out."""

import math
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from bincount.training.backbones import Trunk, build_trunk
from bincount.training.config import BadConfig, TrainConfig
from bincount.training.heads import CornHead, Pool, SideTasks, SoftmaxHead

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's RGB in 0..1: what the trunks were trained on
STD = (0.229, 0.224, 0.225)


class Counter(nn.Module):
    """Normalise, look, count.

    Args:
        config: backbone, head and their sizes.
        trunk: what looks.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, config: TrainConfig, trunk: Trunk) -> None:
        super().__init__()
        # In 0..255 and part of the graph: what is served needs no preprocessing but decode and resize.
        self.register_buffer("mean", 255 * torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", 255 * torch.tensor(STD).view(1, 3, 1, 1), persistent=False)
        if config.frozen > trunk.taps[0] + 1:
            raise BadConfig(f"with {config.backbone}, at most {trunk.taps[0] + 1} stages can be frozen")
        self.frozen = config.frozen
        self.trunk = trunk
        self.pool = Pool(trunk.channels, config.local_width)
        self.dropout = nn.Dropout(config.dropout)
        self.head = (CornHead if config.head == "corn" else SoftmaxHead)(self.pool.width, config.classes)
        asks_more = config.pair_weight or config.items_weight
        self.side = SideTasks(self.pool.width, config.dropout) if asks_more else None

    def forward(self, photos: Tensor) -> Tensor:
        """Count: n x 224 x 224 x 3 uint8 -> n x classes logits."""
        return self.count(self.row(self.low(photos)))

    def low(self, photos: Tensor) -> Tensor:
        """What the frozen stages make of photos."""
        pixels = photos.permute(0, 3, 1, 2).to(self.mean.dtype)
        return self.trunk.low((pixels - self.mean) / self.std, self.frozen)

    def row(self, low: Tensor) -> Tensor:
        """What the tuned stages make of that, pooled: n x width."""
        row: Tensor = self.pool(self.trunk(low, first=self.frozen))
        return row

    def count(self, row: Tensor) -> Tensor:
        """One logit per count."""
        logits: Tensor = self.head(self.dropout(row))
        return logits

    def tuned(self) -> list[nn.Parameter]:
        """The parameters of the trunk that training moves; the rest of the trunk is told to stay."""
        self.trunk.stages[: self.frozen].requires_grad_(False)
        return [each for stage in self.trunk.stages[self.frozen :] for each in stage.parameters()]


class Ensemble(nn.Module):
    """Several counters as one: the average of what they find likely, of the photo and of its mirror image."""

    def __init__(self, members: Sequence[Counter], *, mirrored: bool) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.mirrored = mirrored

    def forward(self, photos: Tensor) -> Tensor:
        """Count: n x 224 x 224 x 3 uint8 -> n x classes, the logarithm of the mean of distributions."""
        return self.count_and_rows(photos)[0]

    def count_and_rows(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """The count, and what the comparing members saw, side by side: n x `width`, for `differences`."""
        found, rows = [], []
        for member in self.members:
            row = member.row(member.low(photos))
            rows += [row] if member.side is not None else []
            found.append(torch.log_softmax(member.count(row), dim=1))
            if self.mirrored:
                found.append(torch.log_softmax(member(photos.flip(2)), dim=1))
        seen = torch.cat(rows, dim=1) if rows else found[0][:, :0]
        return torch.stack(found).logsumexp(dim=0) - math.log(len(found)), seen

    def differences(self, before: Tensor, after: Tensor) -> Tensor:
        """What changed between two looks at one bin, by the rows of both: n x 13 for -6 to +6."""
        widths, sides = zip(*self._comparing, strict=True)
        rows = zip(sides, before.split(list(widths), 1), after.split(list(widths), 1), strict=True)
        found = [torch.log_softmax(side.pair(first, second), dim=1) for side, first, second in rows]
        return torch.stack(found).logsumexp(dim=0) - math.log(len(found))

    @property
    def compares(self) -> bool:
        """Whether any member has learned to compare two looks; those that have not are not asked."""
        return bool(self._comparing)

    @property
    def width(self) -> int:
        """Of a row that two looks are compared by."""
        return sum(width for width, _ in self._comparing)

    @property
    def _comparing(self) -> list[tuple[int, SideTasks]]:
        """Widths of the rows and side tasks of the members that compare."""
        return [(each.pool.width, each.side) for each in self.members if each.side is not None]


def build_counter(config: TrainConfig, weights: Path) -> Counter:
    """A counter ready to be trained; its head is drawn from torch's generator.

    Raises:
        UnknownBackbone: of the configuration's name.
        WeightsMissing: pre-trained weights are nowhere to be had.
    """
    fine = config.local_width > 0
    return Counter(
        config, build_trunk(config.backbone, pretrained=config.pretrained, fine=fine, weights=weights)
    )
