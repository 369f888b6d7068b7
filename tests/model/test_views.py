"""What the frozen stages make of the photos is computed once."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")

from bincount.training.feed import Pixels  # noqa: E402
from bincount.training.views import Views  # noqa: E402
from tests.model.counter_builders import TINY, a_counter, some_photos  # noqa: E402

PHOTOS = some_photos(8)


def views_of(counter, folder, *, photos=PHOTOS, seed=5, number=2, augmentation="light"):
    """Views, and how often photos were looked at for them."""
    looked = []
    return Views(counter, photos, number, seed, folder, looked.append, augmentation), looked


def test_the_frozen_stages_see_a_photo_as_it_is_and_then_as_training_would(tmp_path):
    counter = a_counter()
    views, _ = views_of(counter, tmp_path)
    places = np.array([3, 4])

    low = views.load(places, epoch=1)

    as_it_is = torch.from_numpy(PHOTOS.pixels[3:4])
    augmented = Pixels(PHOTOS, 5, torch.device("cpu")).load(places[1:], 1)
    expected = counter.low(torch.cat([as_it_is, augmented]))
    assert torch.allclose(expected, low, atol=2e-2)


def test_views_that_are_there_are_not_made_again(tmp_path):
    counter = a_counter()
    first, _ = views_of(counter, tmp_path)

    second, looked = views_of(counter, tmp_path)

    assert [] == looked
    assert first.load(np.arange(8), 1).equal(second.load(np.arange(8), 1))


def one_pixel_off(place):
    pixels = PHOTOS.pixels.copy()
    pixels[place, 100, 100, 1] ^= 1
    return dataclasses.replace(PHOTOS, pixels=pixels)


@pytest.mark.parametrize("other", ["photos", "pixels", "one pixel", "seed", "stages", "augmentation"])
def test_views_of_something_else_are_made_anew(tmp_path, other):
    counter = a_counter()
    views_of(counter, tmp_path)
    if other == "stages":
        torch.nn.init.normal_(next(counter.trunk.parameters()))
    augmentation = "strong" if other == "augmentation" else "light"
    others = {"photos": some_photos(9), "pixels": some_photos(8, seed=9), "one pixel": one_pixel_off(5)}
    photos = others.get(other, PHOTOS)

    seed = 6 if other == "seed" else 5
    _, looked = views_of(counter, tmp_path, photos=photos, seed=seed, augmentation=augmentation)

    assert len(photos) * 2 == looked[-1]


def test_views_that_were_cut_off_are_made_again(tmp_path):
    counter = a_counter()

    def cut_off(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Views(counter, PHOTOS, 1, 5, tmp_path, cut_off)

    assert [] == list(tmp_path.iterdir())


def test_views_need_frozen_stages_alone(tmp_path):
    counter = a_counter(TINY)
    views, _ = views_of(counter, None, number=1)

    assert counter.low(torch.from_numpy(PHOTOS.pixels[:1])).shape == views.load(np.array([0]), 1).shape
