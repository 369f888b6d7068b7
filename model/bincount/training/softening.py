"""Labels softened for learning, and the same taken back in what the counter answers.

A counter that learns from soft labels answers with what a soft label would be, which is flatter than it need
be. How labels were softened is known, so nothing has to be fitted to take it back.
"""

import torch
from torch import Tensor

_ROUNDS = 10  # of taking back: fewer leave the answer soft, many more sharpen what is noise
_LEAST = 1e-9  # an answer never rules a count out


def soft_labels(classes: int, softness: float, reach: float) -> Tensor:
    """One row a label: most of it on the label, the rest on its neighbours, nearer ones first."""
    distance = (torch.arange(classes)[:, None] - torch.arange(classes)[None, :]).abs().float()
    near = torch.exp(-distance / reach).fill_diagonal_(0)
    return (1 - softness) * torch.eye(classes) + softness * near / near.sum(dim=1, keepdim=True)


def softened(likely: Tensor, labels: Tensor) -> Tensor:
    """Soften distributions as labels are softened.

    Args:
        likely: n x classes.
        labels: one soft label a row, as `soft_labels` makes them: classes x classes.
    """
    # No matrix product: autocast would round it to 16 bits, and the graph's quantiser to 8.
    return (likely.unsqueeze(2) * labels).sum(dim=1)


def hardened(logits: Tensor, labels: Tensor) -> Tensor:
    """What a counter finds likely, of what it has learned to answer: log P(count), n x classes.

    Deconvolution by expectation maximisation, which keeps distributions distributions (Richardson,
    "Bayesian-based iterative method of image restoration", 1972; Lucy, 1974). It ends early: answers are no
    exact mixtures of soft labels.

    Args:
        logits: of what a soft label would be, n x classes.
        labels: one soft label a row, as `soft_labels` makes them: classes x classes.
    """
    soft = torch.softmax(logits.float(), dim=1)
    likely = soft
    for _ in range(_ROUNDS):
        excess = soft / softened(likely, labels).clamp(min=_LEAST)
        likely = likely * softened(excess, labels.T)
    return torch.log(likely.clamp(min=_LEAST))
