"""The items of a synthetic bin: boxes, books, bottles, bags, discs and tubes, each one closed outline.

An item is an outline with a way of painting it. What makes a count exact is that an outline is one item:
labels and highlights are painted inside it and never beside it.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

type Point = tuple[float, float]
type Colour = tuple[int, int, int]

_COLOURS: tuple[Colour, ...] = (
    (178, 134, 92), (196, 152, 106), (150, 108, 72),  # cardboard
    (226, 224, 216), (205, 203, 198), (40, 40, 46), (64, 62, 66),  # white and black packs
    (176, 44, 40), (38, 82, 148), (36, 116, 92), (222, 176, 44), (110, 60, 128), (222, 120, 52),
    (92, 168, 190),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the bin: its outline in pixels, its colour, and whether it shines like foil."""

    kind: str
    outline: tuple[Point, ...]
    colour: Colour
    shiny: bool


def draw_item(rng: random.Random, centre: Point, size: Point) -> Item:
    """Choose an item of about ``size`` pixels that stands or leans at ``centre``."""
    kind = rng.choice(tuple(_OUTLINES))
    outline = _OUTLINES[kind](rng, size)
    lean = rng.gauss(0, 7) if rng.random() < 0.8 else rng.uniform(-40, 40)
    return Item(
        kind=kind,
        outline=tuple(_placed(point, centre, math.radians(lean)) for point in outline),
        colour=_varied(rng, rng.choice(_COLOURS)),
        shiny=kind in ("bag", "bottle") or rng.random() < 0.2,
    )


def paint(image: Image.Image, item: Item, rng: random.Random) -> None:
    """Paint the item: a shaded side, its print, and an edge where it meets what lies behind it."""
    mask = silhouette(image.size, item)
    face = Image.new("RGB", image.size, item.colour)
    draw = ImageDraw.Draw(face)
    left, top, right, bottom = _bounds(item.outline)
    _shade(draw, item, (left, top, right, bottom))
    if item.kind in ("box", "book", "tube"):
        _print(draw, rng, item, (left, top, right, bottom))
    shadow = Image.new("RGB", image.size, (28, 24, 20))
    offset = max(2, round((right - left) * 0.04))
    image.paste(shadow, (offset, offset // 2), mask.point(lambda value: value * 2 // 5))
    image.paste(face, (0, 0), mask)
    edge = _scaled(item.colour, 0.45)
    ImageDraw.Draw(image).line((*item.outline, item.outline[0]), fill=edge, width=max(1, image.width // 300))


def silhouette(size: tuple[int, int], item: Item) -> Image.Image:
    """The pixels that the item covers, as a mask."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon(list(item.outline), fill=255)
    return mask


def _box(rng: random.Random, size: Point) -> list[Point]:
    w, h = size[0] / 2, size[1] / 2
    return [(-w, -h), (w, -h), (w, h), (-w, h)]


def _book(rng: random.Random, size: Point) -> list[Point]:
    return _box(rng, (size[0] * rng.uniform(0.25, 0.4), size[1] * 1.1))


def _tube(rng: random.Random, size: Point) -> list[Point]:
    return _box(rng, (size[0] * 1.25, size[1] * rng.uniform(0.22, 0.4)))


def _bottle(rng: random.Random, size: Point) -> list[Point]:
    w, h = size[0] * 0.28, size[1] / 2
    neck, shoulder = w * rng.uniform(0.35, 0.6), -h + h * rng.uniform(0.35, 0.6)
    right = [(neck, -h), (neck, shoulder - h * 0.15), (w, shoulder), (w, h)]
    return right + [(-x, y) for x, y in reversed(right)]


def _disc(rng: random.Random, size: Point) -> list[Point]:
    radius = min(size) / 2
    return [(radius * math.cos(a / 18 * math.pi), radius * math.sin(a / 18 * math.pi)) for a in range(36)]


def _bag(rng: random.Random, size: Point) -> list[Point]:
    """A crumpled outline: a ring whose radius wanders."""
    wander = [rng.uniform(0.78, 1.0) for _ in range(14)]
    angles = [2 * math.pi * i / len(wander) for i in range(len(wander))]
    return [
        (size[0] / 2 * r * math.cos(a), size[1] / 2 * r * math.sin(a))
        for r, a in zip(wander, angles, strict=True)
    ]


_OUTLINES: dict[str, Callable[[random.Random, Point], list[Point]]] = {
    "box": _box, "book": _book, "bottle": _bottle, "disc": _disc, "bag": _bag, "tube": _tube,
}  # fmt: skip


def _shade(draw: ImageDraw.ImageDraw, item: Item, bounds: tuple[float, float, float, float]) -> None:
    """Darken towards one side; a shiny thing also carries a streak of light."""
    left, top, right, bottom = bounds
    strips = 12
    for i in range(strips):
        x0, x1 = left + (right - left) * i / strips, left + (right - left) * (i + 1) / strips
        draw.rectangle((x0, top, x1, bottom), fill=_scaled(item.colour, 1.12 - 0.4 * i / strips))
    if item.shiny:
        x = left + (right - left) * 0.3
        draw.rectangle((x, top, x + (right - left) * 0.08, bottom), fill=_scaled(item.colour, 1.5))


def _print(
    draw: ImageDraw.ImageDraw, rng: random.Random, item: Item, bounds: tuple[float, float, float, float]
) -> None:
    """A label with lines of print, well inside the outline."""
    left, top, right, bottom = bounds
    x0, y0 = left + (right - left) * rng.uniform(0.25, 0.4), top + (bottom - top) * rng.uniform(0.25, 0.45)
    x1, y1 = x0 + (right - left) * 0.3, y0 + (bottom - top) * rng.uniform(0.12, 0.3)
    light = sum(item.colour) < 380
    draw.rectangle((x0, y0, x1, y1), fill=_scaled(item.colour, 1.7 if light else 0.7))
    for i in range(1, 4):
        y = y0 + (y1 - y0) * i / 4
        draw.line((x0 + 2, y, x1 - 2, y), fill=_scaled(item.colour, 0.6 if light else 1.2))


def _placed(point: Point, centre: Point, angle: float) -> Point:
    x, y = point
    return (
        centre[0] + x * math.cos(angle) - y * math.sin(angle),
        centre[1] + x * math.sin(angle) + y * math.cos(angle),
    )


def _bounds(outline: tuple[Point, ...]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return min(xs), min(ys), max(xs), max(ys)


def _varied(rng: random.Random, colour: Colour) -> Colour:
    factor = rng.uniform(0.75, 1.2)
    return _scaled(colour, factor)


def _scaled(colour: Colour, factor: float) -> Colour:
    red, green, blue = (max(0, min(255, round(channel * factor))) for channel in colour)
    return red, green, blue
