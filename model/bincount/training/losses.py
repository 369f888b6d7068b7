"""What training minimises, one function a loss."""

import torch
from torch import Tensor
from torch.nn import functional

from bincount.evaluation.changes import MOST_CHANGED
from bincount.training.heads import MOST_ITEMS


def soft_labels(classes: int, softness: float, reach: float) -> Tensor:
    """One row a label: most of it on the label, the rest on its neighbours, nearer ones first."""
    distance = (torch.arange(classes)[:, None] - torch.arange(classes)[None, :]).abs().float()
    near = torch.exp(-distance / reach).fill_diagonal_(0)
    return (1 - softness) * torch.eye(classes) + softness * near / near.sum(dim=1, keepdim=True)


def count_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Cross entropy against a distribution for each photo, n x classes both; the mean over photos."""
    return -(wanted * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


def pair_loss(logits: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """Cross entropy of what changed between two looks at one bin; the sum over pairs.

    Args:
        logits: n x 13.
        before: recorded counts of the earlier looks, not cut at K.
        after: of the later ones.
    """
    changed = (after - before).clamp(-MOST_CHANGED, MOST_CHANGED) + MOST_CHANGED
    return functional.cross_entropy(logits, changed, reduction="sum")


def items_loss(items: Tensor, size: Tensor, true_items: Tensor, true_size: Tensor) -> Tensor:
    """How many different items, and how large they are; the sum over photos whose record tells (else NaN).

    Args:
        items: logits, n x 8.
        size: n, standardised logarithm of the mean volume.
        true_items: n, NaN where unknown.
        true_size: n, NaN where unknown.
    """
    known, sized = ~true_items.isnan(), ~true_size.isnan()
    kinds = true_items[known].clamp(max=MOST_ITEMS).long()
    number = functional.cross_entropy(items[known], kinds, reduction="sum")
    return number + functional.smooth_l1_loss(size[sized], true_size[sized], reduction="sum")
