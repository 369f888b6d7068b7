"""What a photo may look like another time: mirrored, framed or lit otherwise, with the same count."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torchvision.transforms import v2

from bincount.training.config import Augmentation


def _framed(shift: float, scale: tuple[float, float], degrees: float = 0) -> v2.Transform:
    """Never so far that an item leaves the picture."""
    return v2.RandomAffine(
        degrees=degrees, translate=(shift, shift), scale=scale, interpolation=v2.InterpolationMode.BILINEAR
    )


_LIGHT = [v2.RandomHorizontalFlip(), _framed(0.03, (0.94, 1.06)), v2.ColorJitter(brightness=0.2)]
# Other colours make other items of the same: a bin cannot be known by those that lay in it.
_STRONG = [
    v2.RandomHorizontalFlip(),
    v2.RandomApply(
        [
            _framed(0.05, (0.85, 1.08), degrees=4),
            v2.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.5, hue=0.07),
        ],
        p=0.85,
    ),
    v2.RandomGrayscale(0.1),
]
_TRANSFORMS: Mapping[Augmentation, v2.Transform] = {
    "light": v2.Compose(_LIGHT),
    "strong": v2.Compose(_STRONG),
}


def in_words(augmentation: Augmentation) -> str:
    """What may happen to a photo: with other limits, other words."""
    return repr(_TRANSFORMS[augmentation])


def augmented(photos: Tensor, seeds: Sequence[int], augmentation: Augmentation = "light") -> Tensor:
    """Each photo as another look at the same bin might show it: n x 224 x 224 x 3 uint8, and so again.

    What happens to a photo depends on its own seed alone: not on the batch, the process or the run before
    it. So a resumed run goes on exactly, and several processes see what one would.
    """
    transform = _TRANSFORMS[augmentation]
    with torch.random.fork_rng(devices=[]):
        looks = []
        for photo, seed in zip(photos, seeds, strict=True):
            torch.manual_seed(seed)
            looks.append(transform(photo.permute(2, 0, 1)))
    return torch.stack(looks).permute(0, 2, 3, 1).contiguous()
