"""How otherwise a photo may look in training."""

import dataclasses

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.config import BadConfig, TrainConfig  # noqa: E402
from bincount.training.fitting import fit  # noqa: E402
from bincount.training.transforms import augmented  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

PHOTOS = some_photos(24)
PIXELS = torch.from_numpy(PHOTOS.pixels[:4])
EITHER = pytest.mark.parametrize("augmentation", ["light", "strong"])


@EITHER
def test_augmentation_depends_on_the_photos_own_seed_alone(augmentation):
    together = augmented(PIXELS, [1, 2, 3, 4], augmentation)
    alone = augmented(PIXELS[2:3], [3], augmentation)

    assert together[2].equal(alone[0])
    assert not together.equal(PIXELS)
    assert (PIXELS.shape, torch.uint8) == (together.shape, together.dtype)


@EITHER
def test_augmentation_leaves_torchs_own_generator_alone(augmentation):
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)

    augmented(PIXELS[:2], [1, 2], augmentation)

    assert expected.equal(torch.rand(1))


def test_light_augmentation_leaves_the_colours_and_strong_does_not():
    red = torch.zeros(8, 224, 224, 3, dtype=torch.uint8)
    red[..., 0] = 200

    light, strong = (augmented(red, range(8), each) for each in ("light", "strong"))

    assert 0 == light[..., 1:].max()
    assert 0 < strong[..., 1:].max()


@pytest.mark.parametrize("views", [None, 2])
def test_a_run_augments_as_it_is_told(views):
    counters = []
    for augmentation in ("light", "strong"):
        config = dataclasses.replace(TINY, views=views, augmentation=augmentation)
        torch.manual_seed(1)
        counters.append(a_counter(config))
        fit(counters[-1], PHOTOS, PHOTOS, config)

    light, strong = (counter.head.weight for counter in counters)
    assert not light.equal(strong)


def test_an_unknown_augmentation_is_refused():
    with pytest.raises(BadConfig, match="augmentation must be one of light, strong"):
        TrainConfig(augmentation="wild")
