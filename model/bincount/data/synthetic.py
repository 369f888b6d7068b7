"""Synthetic bins: seeded drawings of a storage bin with an exactly known number of items.

They stand in where no photos are to be had (an offline demo, tests) and season the training set. They look
like a bin (fabric box, label, elastic bands, poor light), not like any photo of the real data set.
"""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from bincount.data.synthetic_items import Colour, Item, draw_item, paint, silhouette

# Shares of the counts 0, 1, 2, ... among real bins, rounded; the last entries stand for the long tail.
_COUNT_SHARES = (3, 8, 14, 17, 15, 12, 9, 6, 5, 3, 2, 2, 2, 1, 1)
MOST_ITEMS = 40
LEAST_SHOWN = 0.4  # of its own area; with less, "exact" would be a matter of taste
_LABEL_COLOURS = ((180, 60, 50), (60, 110, 160), (60, 130, 80))


@dataclass(frozen=True, slots=True)
class SyntheticBin:
    """One drawn bin as a robot would upload it."""

    id: str
    jpeg: bytes
    count: int


def bins(n: int, seed: int = 0) -> Iterator[SyntheticBin]:
    """Draw ``n`` bins whose counts are spread like those of real bins; the same seed draws the same bins."""
    rng = random.Random(f"bins {seed}")  # noqa: S311 (pictures, not secrets)
    for number in range(n):
        count = rng.choices(range(len(_COUNT_SHARES)), weights=_COUNT_SHARES)[0]
        image = draw(rng.getrandbits(32), count)
        yield SyntheticBin(f"synthetic-{seed}-{number:05d}", _jpeg(image, quality=rng.randint(70, 92)), count)


def draw(seed: int, count: int) -> Image.Image:
    """Draw one bin with exactly ``count`` items, at one of the sizes that the cameras crop to.

    Raises:
        ValueError: no bin holds so many.
    """
    if not 0 <= count <= MOST_ITEMS:
        raise ValueError(f"a bin of {count} items cannot be drawn: 0 to {MOST_ITEMS}")
    rng = random.Random(f"bin {seed} {count}")  # noqa: S311
    size = (rng.randint(330, 640), rng.randint(260, 480))
    image = _empty_bin(rng, size)
    for item in place_items(rng, size, count):
        paint(image, item, rng)
    _label(image, rng)
    _bands(image, rng)
    return _photographed(image, rng)


def place_items(rng: random.Random, size: tuple[int, int], count: int) -> list[Item]:
    """Place the items, back to front, so that none hides another: crowded ones shrink until all show."""
    scale = 1.0
    while True:
        items = _placed_items(rng, size, count, scale)
        if all(share >= LEAST_SHOWN for share in shown_shares(size, items)):
            return items
        scale *= 0.97


def _placed_items(rng: random.Random, size: tuple[int, int], count: int, scale: float) -> list[Item]:
    """Spread the items over columns with jitter; they stand on the floor or on one another."""
    width, height = size
    columns = max(1, min(count, rng.randint(2, 5) if count > 2 else rng.randint(1, 3)))
    rows = -(-count // columns)
    items = []
    for i in range(count):
        column, row = i % columns, i // columns
        w = width * 0.82 / columns * rng.uniform(0.6, 1.15) * scale
        h = min(height * 0.74 / rows * rng.uniform(0.6, 1.1) * scale, 2.6 * w)
        x = width * (0.09 + 0.82 * (column + 0.5 + rng.uniform(-0.2, 0.2)) / columns)
        floor = height * (0.86 - 0.72 * row / rows)
        items.append(draw_item(rng, (x, floor - h / 2), (w, h)))
    rng.shuffle(items)
    return items


def shown_shares(size: tuple[int, int], items: Sequence[Item]) -> list[float]:
    """How much of itself each item shows: what later items cover, or what leaves the frame, is missing."""
    owners = Image.new("L", size, 0)
    for number, item in enumerate(items, start=1):
        owners.paste(number, (0, 0), silhouette(size, item))
    pixels = owners.histogram()
    return [pixels[number] / _area(item) for number, item in enumerate(items, start=1)]


def _area(item: Item) -> float:
    """The area of the outline (shoelace formula)."""
    points = item.outline
    pairs = zip(points, (*points[1:], points[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def _empty_bin(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """The fabric box seen from the front: back wall, side walls, floor, lips above and below."""
    width, height = size
    base: Colour = (rng.randint(160, 205), rng.randint(135, 170), rng.randint(70, 120))
    tones = [tuple(round(channel * factor) for channel in base) for factor in (1.0, 0.72, 0.85, 0.6, 1.15)]
    back, side, floor, ceiling, lip = tones
    image = Image.new("RGB", size, back)
    pen = ImageDraw.Draw(image)
    x0, x1 = width * rng.uniform(0.06, 0.12), width * rng.uniform(0.88, 0.94)
    y0, y1 = height * rng.uniform(0.1, 0.16), height * rng.uniform(0.76, 0.82)
    pen.polygon([(0, 0), (x0, y0), (x0, y1), (0, height)], fill=side)
    pen.polygon([(width, 0), (x1, y0), (x1, y1), (width, height)], fill=side)
    pen.polygon([(0, 0), (width, 0), (x1, y0), (x0, y0)], fill=ceiling)
    pen.polygon([(0, height), (width, height), (x1, y1), (x0, y1)], fill=floor)
    for _ in range(rng.randint(1, 4)):  # folds of the fabric
        x = rng.uniform(x0, x1)
        pen.line((x, y0, x + rng.uniform(-12, 12), y1), fill=side, width=2)
    pen.rectangle((0, 0, width, height * 0.05), fill=lip)
    pen.rectangle((0, height * 0.93, width, height), fill=lip)
    return image.filter(ImageFilter.GaussianBlur(2))


def _label(image: Image.Image, rng: random.Random) -> None:
    """The bin's own label with a square code on the lower lip."""
    pen = ImageDraw.Draw(image)
    width, height = image.size
    x, y, w, h = width * rng.uniform(0.15, 0.6), height * 0.92, width * 0.24, height * 0.08
    pen.rectangle((x, y, x + w, y + h), fill=(226, 220, 206))
    pen.rectangle((x, y, x + w * 0.12, y + h), fill=rng.choice(_LABEL_COLOURS))
    pen.text((x + w * 0.2, y + h * 0.1), f"{rng.randint(1, 4)}{rng.choice('ABCDEFGH')}", fill=(20, 20, 20))
    cell = h / 7
    for i in range(36):
        if rng.random() < 0.55:
            cx, cy = x + w * 0.65 + cell * (i % 6), y + h * 0.08 + cell * (i // 6)
            pen.rectangle((cx, cy, cx + cell - 1, cy + cell - 1), fill=(20, 20, 20))


def _bands(image: Image.Image, rng: random.Random) -> None:
    """Elastic bands across the opening: bundles of thin, light, half-transparent threads."""
    width, height = image.size
    threads = Image.new("L", image.size, 0)
    pen = ImageDraw.Draw(threads)
    for _ in range(rng.randint(1, 3)):
        y, sag, tilt = height * rng.uniform(0.15, 0.85), rng.uniform(-6, 6), rng.uniform(-8, 8)
        for _ in range(rng.randint(4, 9)):
            thread = (0, y, width / 2, y + sag + tilt / 2, width, y + tilt)
            pen.line(thread, fill=rng.randint(70, 190), width=1)
            y += rng.uniform(3, 6)
    image.paste(Image.new("RGB", image.size, (214, 206, 188)), (0, 0), threads)


def _photographed(image: Image.Image, rng: random.Random) -> Image.Image:
    """What lens and light do: brightness, contrast, warmth, vignette, blur and noise."""
    image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.55, 1.1))
    image = ImageEnhance.Contrast(image).enhance(rng.uniform(0.75, 1.1))
    vignette = Image.radial_gradient("L").resize(image.size).point(lambda value: value // 4)
    image.paste(Image.new("RGB", image.size, (18, 14, 10)), (0, 0), vignette)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.4)))
    return Image.blend(image, _noise(rng, image.size), rng.uniform(0.02, 0.07))


def _noise(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Grey noise from the seed (Pillow's own effect_noise cannot be seeded)."""
    tile = Image.frombytes("L", (128, 128), rng.randbytes(128 * 128))
    noise = Image.new("L", size)
    for x in range(0, size[0], 128):
        for y in range(0, size[1], 128):
            noise.paste(tile, (x, y))
    return noise.convert("RGB")


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    """The image as JPEG bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
