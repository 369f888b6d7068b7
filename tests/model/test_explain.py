"""Where the counter sees items: maps, pictures, and the command."""

import io
import json
import random

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from bincount.commands.explain import explain
from bincount.data.synthetic import draw
from bincount.data.synthetic_items import draw_item, paint, silhouette
from bincount.explain import Sight, drawn, look
from bincount.photos import PhotoError, read_photo
from bincount.predictor import OnnxPredictor
from tests.model.builders import FakePredictor, a_photo, an_exif


class Bright(FakePredictor):
    """Sees one item for each 32 x 32 bright square of the photo, up to three."""

    def predict(self, photos):
        counts = np.rint((photos[..., 0] > 200).sum(axis=(1, 2)) / 32**2).clip(max=3).astype(int)
        return np.eye(4, dtype=np.float32)[counts]


def a_bin_with_items_to_one_side(seed, side):
    """An empty drawn bin, two items painted into its left or right half, and where they are."""
    rng = random.Random(seed)
    image = draw(seed, 0)
    width, height = image.size
    mask = np.zeros((height, width), bool)
    for row in (0.35, 0.65):
        item = draw_item(
            rng, ((0.27 if side == "left" else 0.73) * width, row * height), (0.28 * width, 0.3 * height)
        )
        paint(image, item, rng)
        mask |= np.asarray(silhouette(image.size, item)) > 0
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    small = Image.fromarray(mask).resize((224, 224), Image.Resampling.NEAREST)
    return buffer.getvalue(), np.asarray(small)


def a_bright_square(row, column, side=32):
    pixels = np.full((224, 224, 3), 20, np.uint8)
    pixels[row : row + side, column : column + side] = 255
    return pixels


def overlay(photo):
    return drawn(photo, look(read_photo(photo), FakePredictor()))


def size_of(png):
    return Image.open(io.BytesIO(png)).size


@pytest.mark.parametrize("place", [(20, 20), (96, 96), (170, 40)])
def test_the_map_lies_where_the_item_is(place):
    sight = look(a_bright_square(*place), Bright())

    middle = [np.average(np.arange(224), weights=sight.items.sum(axis=1 - axis)) for axis in (0, 1)]
    assert (1, 1.0) == (sight.count, sight.expected)
    assert [place[0] + 16, place[1] + 16] == pytest.approx(middle, abs=16)
    assert 0.01 > np.abs(sight.items[:, 200:]).max()


def test_an_empty_bin_has_an_empty_map():
    sight = look(np.full((224, 224, 3), 20, np.uint8), Bright())

    assert 0 == sight.count
    assert 0 == np.abs(sight.items).max()


def test_the_shipped_counter_looks_at_the_items_of_drawn_bins():
    predictor, gains = OnnxPredictor(), []
    for seed, side in enumerate(("left", "right")):
        photo, mask = a_bin_with_items_to_one_side(seed, side)

        seen = look(read_photo(photo), predictor).items.clip(min=0)

        gains.append(seen[mask].sum() / seen.sum() / mask.mean())
    assert 1.5 < np.mean(gains)
    assert 1 < min(gains)


def test_the_picture_has_the_photos_shape_the_right_way_up():
    wide, upright = a_photo(1, size=(640, 320)), a_photo(1, size=(640, 320), exif=an_exif(orientation=6))

    legend = size_of(overlay(wide))[1] - 448 // 2

    assert (448, 448 * 2 + legend) == size_of(overlay(upright))
    assert 20 <= legend <= 40


def test_nothing_is_coloured_where_nothing_was_seen():
    photo, nothing = a_photo(1, size=(224, 224), format="PNG"), np.zeros((224, 224))
    half = nothing.copy()
    half[:, :112] = 1.0

    plain, coloured = (
        np.asarray(Image.open(io.BytesIO(drawn(photo, Sight(np.eye(4)[1], items)))).convert("RGB")).astype(
            int
        )
        for items in (nothing, half)
    )

    assert 0 == np.abs(plain - coloured)[:448, 240:].max()
    assert 60 < np.abs(plain - coloured)[:448, :200].mean()


def test_what_is_no_photo_has_no_picture():
    with pytest.raises(PhotoError):
        overlay(b"no photo")


def test_the_command_draws_the_good_and_names_the_bad(tmp_path):
    (tmp_path / "good.jpg").write_bytes(a_bin_with_items_to_one_side(0, "left")[0])
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    out = tmp_path / "out"

    result = CliRunner().invoke(explain, [str(tmp_path), "--out", str(out), "--json"])

    answer = json.loads(result.output.splitlines()[-1])
    assert 1 == result.exit_code
    assert f"{tmp_path / 'bad.jpg'}: " in result.output
    assert ["good.png"] == [path.name for path in out.iterdir()]
    assert (1, str(out / "good.png")) == (answer["unreadable"], answer["pictures"][0]["picture"])
