"""What is made of the feature maps: one number per count, and in training more than that."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from bincount.evaluation.changes import MOST_CHANGED

MOST_ITEMS = 7  # "so many different items or more"


class Pool(nn.Module):
    """Maps to one row: what is there on average, and the clearest sign of each thing.

    Args:
        channels: of each map, finest first.
        local_width: channels of a 3 x 3 convolution over the finest map; 0: only the average of the last map.
    """

    def __init__(self, channels: Sequence[int], local_width: int) -> None:
        super().__init__()
        self.local = nn.Conv2d(channels[0], local_width, 3, padding=1) if local_width else None
        self.width = channels[-1] if self.local is None else 2 * (local_width + sum(channels[1:]))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Pool: each n x c x h x w -> n x width."""
        if self.local is None:
            return maps[-1].mean(dim=(2, 3))
        seen = [torch.relu(self.local(maps[0])), *maps[1:]]
        return torch.cat(
            [pooled for each in seen for pooled in (each.mean((2, 3)), each.amax((2, 3)))], dim=1
        )


class SoftmaxHead(nn.Linear):
    """One logit per count."""


class CornHead(nn.Module):
    """Conditional ordinal regression: logit c says how sure it is that a count above c - 1 is above c too.

    Source: Shi, Cao, Raschka, "Deep Neural Networks for Rank-Consistent Ordinal Regression Based On
    Conditional Probabilities" (arXiv 2111.08851), equations 4 and 5.
    """

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, classes - 1)

    def forward(self, row: Tensor) -> Tensor:
        """Log P(count): n x width -> n x classes; the softmax of it is itself."""
        steps: Tensor = self.linear(row).float()
        above = functional.logsigmoid(steps).cumsum(dim=1)  # log P(count > c)
        zero = torch.zeros_like(above[:, :1])
        stop = functional.logsigmoid(-steps)  # log P(count = c | count >= c)
        return torch.cat([torch.cat([zero, above[:, :-1]], 1) + stop, above[:, -1:]], dim=1)


class SideTasks(nn.Module):
    """Questions that only training asks; they teach the trunk what an item is.

    What changed between two looks at one bin; how many different items there are, and how large they are.
    """

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.pair = PairHead(width, dropout)
        self.items = nn.Linear(width, MOST_ITEMS + 1)
        self.size = nn.Linear(width, 1)

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the number of different items, and the items' standardised log volume."""
        dropped = self.dropout(rows)
        return self.items(dropped), self.size(dropped).squeeze(1)


class PairHead(nn.Module):
    """P(difference | before, after): 13 logits for -6 to +6."""

    def __init__(self, width: int, dropout: float, hidden: int = 256) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(2 * width, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2 * MOST_CHANGED + 1),
        )

    def forward(self, before: Tensor, after: Tensor) -> Tensor:
        """Compare: n x width each -> n x 13."""
        change = after - before
        logits: Tensor = self.layers(torch.cat([change, change.abs()], dim=1))
        return logits
