"""Where the counter sees items: what the expected count loses when a part of the photo is blurred away.

Occlusion (Zeiler & Fergus, Visualizing and understanding convolutional networks, 2014) asks only for answers,
so that it explains whatever is served, on a machine without torch. Where a hidden part makes the count fall,
the counter took it for items; where it makes the count rise, nothing is shown.
"""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont

from bincount.evaluation.metrics import posterior_mean, told
from bincount.photos import FORMATS, SIDE, TURNS, Pixels, read_photo
from bincount.predictor import Predictor

GRID = 9  # patches a side: 81 photos are counted for one map
PATCH = 64  # pixels of a patch's side: about an item; smaller ones leave enough of it to be counted
_EDGE = 8  # pixels over which a patch fades: a hard edge would look like an item's
_SPREAD = 16.0  # pixels: how far around its centre a patch speaks
_BLUR = 38  # radius: what is left is the bin's own colours
_LEAST = 0.25  # items at the scale's end: an empty bin stays empty
_WIDTH = 448
_LEGEND = 26
_STRONGEST = 0.6  # of the colour over the photo: what lies below can still be made out
_SIDEWAYS = tuple(turn for tag, turn in TURNS.items() if tag >= 5)  # these swap width and height
# From nothing to most: dark to light and through the hues, which reads in grey and for the colour-blind, too.
_SCALE = np.array(
    [(40, 11, 84), (120, 28, 109), (187, 55, 84), (237, 105, 37), (251, 180, 26), (252, 255, 164)]
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the counter says of a photo, and where it sees that."""

    probabilities: NDArray[np.float64]  # K + 1
    items: NDArray[np.float64]  # 224 x 224: by how many items the expected count falls without what is here

    @property
    def count(self) -> int:
        """The count to tell."""
        return int(told(self.probabilities[None])[0])

    @property
    def expected(self) -> float:
        """The posterior mean."""
        return float(posterior_mean(self.probabilities[None])[0])


def look(pixels: Pixels, predictor: Predictor) -> Sight:
    """Hide one part of the photo after the other: 82 photos are counted."""
    blurred = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(_BLUR)), dtype=np.float32)
    windows = _windows()
    (said,) = predictor.predict(pixels[None]).astype(np.float64)
    losses = np.empty((GRID, GRID))
    for row, window in enumerate(windows):
        hidden = (window[:, None] * windows[:, None, :])[..., None]  # GRID x 224 x 224 x 1
        without = np.rint(pixels + hidden * (blurred - pixels)).astype(np.uint8)
        losses[row] = posterior_mean(said[None]) - posterior_mean(predictor.predict(without))
    near = _nearness()
    return Sight(said, np.einsum("rc,ry,cx->yx", losses, near, near))


def drawn(photo: bytes, sight: Sight) -> bytes:
    """The photo with what the counter took for items coloured, and a legend, as PNG."""
    pixels = read_photo(photo)
    most = max(_LEAST, float(sight.items.max()))
    share = np.clip(sight.items / most, 0, 1)[..., None]
    grey = pixels.mean(axis=2, keepdims=True)
    base = 0.5 * pixels + 0.5 * grey  # half the photo's own colour, so that ours stands out
    strength = _STRONGEST * share**0.7
    mixed = base * (1 - strength) + _colours(share[..., 0]) * strength
    image = Image.fromarray(np.rint(mixed).astype(np.uint8))
    width, height = _shape(photo)
    image = image.resize((_WIDTH, round(_WIDTH * height / width)), Image.Resampling.BICUBIC)
    page = Image.new("RGB", (_WIDTH, image.height + _LEGEND), (24, 26, 30))
    page.paste(image)
    _legend(page, sight, most)
    buffer = io.BytesIO()
    page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _nearness() -> NDArray[np.float64]:
    """How much each patch says about each pixel of a side: 9 x 224, each pixel's sum is 1."""
    away = (np.arange(SIDE) + 0.5 - _centres()[:, None]) / _SPREAD
    weights = np.exp(-(away**2) / 2)
    return np.asarray(weights / weights.sum(axis=0))


def _centres() -> NDArray[np.float64]:
    """Where the patches of a side lie, in pixels."""
    return np.asarray((np.arange(GRID) + 0.5) * SIDE / GRID)


def _windows() -> NDArray[np.float32]:
    """How much each of a side's patches hides of each of its pixels: 9 x 224, 0 to 1."""
    inside = PATCH / 2 - np.abs(np.arange(SIDE) + 0.5 - _centres()[:, None])
    return np.clip(inside / _EDGE + 0.5, 0, 1).astype(np.float32)


def _colours(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of the most, 0 to 1, as RGB: ... x 3."""
    stops = np.linspace(0, 1, len(_SCALE))
    return np.stack([np.interp(share, stops, _SCALE[:, channel]) for channel in range(3)], axis=-1)


def _shape(photo: bytes) -> tuple[int, int]:
    """Width and height of the photo the right way up; no panorama becomes a strip or a tower."""
    image = Image.open(io.BytesIO(photo), formats=FORMATS)
    turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    width, height = image.size[::-1] if turn in _SIDEWAYS else image.size
    return width, min(max(height, width // 3), 3 * width)


def _legend(page: Image.Image, sight: Sight, most: float) -> None:
    """The count to the left; to the right the scale, in items."""
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(13)
    top, left, long = page.height - _LEGEND, _WIDTH - 190, 100
    bar = _colours(np.linspace(0, 1, long))[None].repeat(10, axis=0)
    page.paste(Image.fromarray(np.rint(bar).astype(np.uint8)), (left, top + 8))
    pen.text((left - 14, top + 5), "0", fill="white", font=font)
    pen.text((left + long + 6, top + 5), f"{most:.1f} items", fill="white", font=font)
    last = len(sight.probabilities) - 1
    counted = f"{sight.count} or more" if sight.count == last else str(sight.count)
    pen.text((8, top + 5), f"counted {counted}, expected {sight.expected:.1f}", fill="white", font=font)
