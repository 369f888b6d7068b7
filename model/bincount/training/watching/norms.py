"""How large the weights and gradients of a network are: one figure a tensor, one trip from the device."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


@dataclass(frozen=True, slots=True)
class Norms:
    """Of every tensor that has a gradient, in the network's order."""

    names: tuple[str, ...]
    sizes: NDArray[np.int64]  # elements
    matrices: NDArray[np.bool_]  # has two dimensions or more: weights, not biases or scales
    weights: NDArray[np.float64]  # Euclidean norms
    gradients: NDArray[np.float64]


def norms(net: nn.Module) -> Norms:
    """Measure all tensors that learn; frozen ones have no gradient and are left out."""
    learning = [(name, each) for name, each in net.named_parameters() if each.grad is not None]
    tensors = [each.detach() for _, each in learning] + [each.grad for _, each in learning]
    measured = np.zeros(0)
    if tensors:
        lengths = [torch.linalg.vector_norm(tensor, dtype=torch.float32) for tensor in tensors]
        measured = torch.stack(lengths).double().cpu().numpy()
    return Norms(
        names=tuple(name for name, _ in learning),
        sizes=np.array([each.numel() for _, each in learning], dtype=np.int64),
        matrices=np.array([each.dim() > 1 for _, each in learning], dtype=bool),
        weights=measured[: len(learning)],
        gradients=measured[len(learning) :],
    )


def idle(net: nn.Module, still: Collection[str]) -> set[str]:
    """The tensors of parts that no photo uses, among those (``still``) that get no gradient at all.

    A part is a module of two layers or more. In a part that is used but ill, the last bias still learns;
    a head whose labels no photo has learns nothing anywhere.
    """
    unused: set[str] = set()
    for prefix, part in net.named_modules():
        layers = [each for each in part.modules() if any(True for _ in each.parameters(recurse=False))]
        names = [f"{prefix}.{name}" for name, each in part.named_parameters() if each.grad is not None]
        if prefix and len(layers) > 1 and all(name in still for name in names):
            unused.update(names)
    return unused
