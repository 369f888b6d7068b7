"""A plot as a PNG picture, for slides and mails that show no HTML.

Drawn by Pillow, which decodes the photos here anyway: matplotlib, with which `bincount` draws its learning
curves, belongs to the training environment, in which `binwatch` does not run.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from binwatch_local.alert_evaluation.drawing import HEIGHT, WIDTH, Line, Plot

PIXELS = 2  # a unit of the drawing
LEFT, TOP, RIGHT, FOOT = 56, 44, 20, 52  # around the plane, in units of the drawing
# The page's, on white.
COLOURS = ("#1f5fbf", "#d9692b", "#22703f", "#74409b", "#8a6100", "#b3261e", "#0f7b83", "#6a655d")
_INK, _SOFT, _LINE = "#1d1b18", "#6a655d", "#e2ded6"
_FINER = 3  # drawn so many times finer, and reduced: Pillow draws without smoothing
_SIZE, _ROW = 12, 20  # of the text; of a row of the legend
_MARK, _GAP = 14, 18  # of the legend: from a mark to its name, from a name to the next mark
_WIDTH = 2  # of a curve
_ASIDE = 8  # from a dot to its label


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws on a picture, in units of the drawing from the plane's upper left corner."""

    image: Image.Image

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float) -> None:
        thick = max(1, round(_FINER * PIXELS * width))
        ImageDraw.Draw(self.image).line([self._at(*each) for each in points], colour, thick, joint="curve")

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        box = (self._at(x - radius, y - radius), self._at(x + radius, y + radius))
        ImageDraw.Draw(self.image).ellipse(box, colour)

    def text(
        self, at: tuple[float, float], text: str, anchor: str, colour: str = _SOFT, size: int = _SIZE
    ) -> None:
        font = _font(_FINER * PIXELS * size)
        ImageDraw.Draw(self.image).text(self._at(*at), text, colour, font, anchor)

    def text_upwards(self, x: float, y: float, text: str) -> None:
        """A text whose middle lies at a place, read from below."""
        font = _font(_FINER * PIXELS * _SIZE)
        length, height = round(font.getlength(text)), round(1.5 * _FINER * PIXELS * _SIZE)
        ink = Image.new("L", (length, height))
        ImageDraw.Draw(ink).text((length / 2, height / 2), text, 255, font, "mm")
        upright = ink.transpose(Image.Transpose.ROTATE_90)
        left, top = self._at(x, y)
        place = (round(left - upright.width / 2), round(top - upright.height / 2))
        self.image.paste(_SOFT, (*place, place[0] + upright.width, place[1] + upright.height), upright)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return _FINER * PIXELS * (LEFT + x), _FINER * PIXELS * (TOP + y)


def png(plot: Plot) -> bytes:
    """The plot with its axes, its title and its legend, dark on white."""
    names = list(_legend(plot.lines))
    rows = 1 + max((row for row, *_ in names), default=0)
    size = (PIXELS * (LEFT + WIDTH + RIGHT), PIXELS * (TOP + HEIGHT + FOOT + _ROW * rows))
    pen = _Pen(Image.new("RGB", (_FINER * size[0], _FINER * size[1]), "#ffffff"))
    pen.text((0, -20), plot.title, "ls", _INK, _SIZE + 3)
    _axes(pen, plot)
    for number, line in enumerate(plot.lines):
        _curve(pen, line, _colour(number))
    for number, (row, x, name) in enumerate(names):
        y = HEIGHT + FOOT + _ROW * row
        pen.dot(x + 4, y, 4, _colour(number))
        pen.text((x + _MARK, y), name, "lm", _INK)
    buffer = io.BytesIO()
    pen.image.resize(size, Image.Resampling.BOX).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _axes(pen: _Pen, plot: Plot) -> None:
    for at, text in plot.y_marks:
        y = HEIGHT * (1 - at)
        pen.line(((0, y), (WIDTH, y)), _LINE, 1)
        pen.text((-6, y), text, "rm")
    for at, text in plot.x_marks:
        pen.line(((WIDTH * at, 0), (WIDTH * at, HEIGHT)), _LINE, 1)
        pen.text((WIDTH * at, HEIGHT + 14), text, "mm")
    pen.text((WIDTH / 2, HEIGHT + 34), plot.x, "mm")
    pen.text_upwards(-42, HEIGHT / 2, plot.y)


def _curve(pen: _Pen, line: Line, colour: str) -> None:
    if line.joined and len(line.places) > 1:
        pen.line(line.places, colour, _WIDTH)
    for x, y, label in line.marked:
        pen.dot(x, y, 3 if line.joined else 5, colour)
        pen.text((x + _ASIDE, y), label, "lm", _INK)


def _legend(lines: Sequence[Line]) -> Iterator[tuple[int, float, str]]:
    """Row, place and name of each line; a name that does not fit into a row begins the next."""
    font, row, x = _font(_SIZE), 0, 0.0
    for line in lines:
        width = _MARK + font.getlength(line.name)
        if x and x + width > WIDTH:
            row, x = row + 1, 0.0
        yield row, x, line.name
        x += width + _GAP


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)  # Pillow's own, the same on every machine
