"""Training batches: shuffled, and each photo a little different every time it is seen."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bincount.data.abid_slice import Photos


def batches(
    photos: Photos, labels: Tensor, size: int, generator: torch.Generator, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """One shuffled, augmented pass; the last incomplete batch waits for another epoch's order."""
    order = torch.randperm(len(photos.ids), generator=generator)
    for chosen in order.split(size):
        if len(chosen) == size or len(order) < size:
            pixels = torch.from_numpy(photos.pixels[np.asarray(chosen)]).to(device)
            yield augmented(pixels, generator), labels[chosen].to(device)


def augmented(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror half of the photos, nudge frame and light: never so far that an item leaves the picture."""
    n = len(pixels)
    draw = torch.rand(6, n, generator=generator).to(pixels.device)
    mirror = torch.where(draw[0] < 0.5, -1.0, 1.0)
    zoom_x, zoom_y = 0.92 + 0.14 * draw[1], 0.92 + 0.14 * draw[2]
    shift = 0.06 * (draw[3:5] - 0.5)
    frame = torch.zeros(n, 2, 3, device=pixels.device)
    frame[:, 0, 0], frame[:, 1, 1] = mirror * zoom_x, zoom_y
    frame[:, :, 2] = shift.T
    light = (0.8 + 0.4 * draw[5]).view(n, 1, 1, 1)
    images = pixels.permute(0, 3, 1, 2).float() * light
    grid = functional.affine_grid(frame, list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    return moved.clamp_(0, 255).round_().to(torch.uint8).permute(0, 2, 3, 1)
