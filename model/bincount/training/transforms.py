"""What a photo may look like another time: mirrored, framed or lit otherwise, with the same count."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torchvision.transforms import v2

_FRAME, _SCALE, _LIGHT = 0.03, (0.94, 1.06), 0.2  # never so far that an item leaves the picture


def _augment() -> v2.Transform:
    return v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomAffine(
                degrees=0,
                translate=(_FRAME, _FRAME),
                scale=_SCALE,
                interpolation=v2.InterpolationMode.BILINEAR,
            ),
            v2.ColorJitter(brightness=_LIGHT),
        ]
    )


def augmentation() -> str:
    """What may happen to a photo, in words: with other limits, other words."""
    return repr(_augment())


def augmented(photos: Tensor, seeds: Sequence[int]) -> Tensor:
    """Each photo as another look at the same bin might show it: n x 224 x 224 x 3 uint8, and so again.

    What happens to a photo depends on its own seed alone: not on the batch, the process or the run before
    it. So a resumed run goes on exactly, and several processes see what one would.
    """
    transform = _augment()
    with torch.random.fork_rng(devices=[]):
        looks = []
        for photo, seed in zip(photos, seeds, strict=True):
            torch.manual_seed(seed)
            looks.append(transform(photo.permute(2, 0, 1)))
    return torch.stack(looks).permute(0, 2, 3, 1).contiguous()
