"""The plots of the alert evaluation as pictures: what is drawn lies where the page draws it."""

import io

from PIL import Image, ImageChops

from binwatch_local.alert_evaluation.drawing import HEIGHT, WIDTH, Line, Plot
from binwatch_local.alert_evaluation.picture import COLOURS, LEFT, PIXELS, TOP, png


def a_plot(*lines):
    marks = ((0.0, "0"), (1.0, "100"))
    return Plot("a-plot", "Recall – at a rate", "recall, %", "precision, %", lines, marks, marks)


def drawn(*lines):
    return Image.open(io.BytesIO(png(a_plot(*lines)))).convert("RGB")


def colour_at(picture, x, y):
    """The colour at a place of the plane, x and y of 0 to 1, y upwards."""
    place = (round(PIXELS * (LEFT + WIDTH * x)), round(PIXELS * (TOP + HEIGHT * (1 - y))))
    return "#" + "".join(f"{each:02x}" for each in picture.getpixel(place))


def test_a_dot_lies_at_its_place_in_the_colour_of_its_line():
    picture = drawn(Line("one", ((0.3, 0.7),)), Line("two", ((0.6, 0.2),), joined=False))

    assert [COLOURS[0], COLOURS[1]] == [colour_at(picture, 0.3, 0.7), colour_at(picture, 0.6, 0.2)]
    assert "#ffffff" == colour_at(picture, 0.3, 0.2)


def test_points_are_joined_where_their_line_is():
    ends = ((0.2, 0.5), (0.8, 0.5))

    assert COLOURS[0] == colour_at(drawn(Line("curve", ends, dots=False)), 0.5, 0.5)
    assert "#ffffff" == colour_at(drawn(Line("dots", ends, joined=False)), 0.5, 0.5)


def test_a_label_stands_beside_its_dot_and_nowhere_else():
    plain, labelled = (drawn(Line("dots", ((0.3, 0.7),), joined=False, labels=each)) for each in ((), ("8",)))

    left, top, right, bottom = ImageChops.difference(plain, labelled).getbbox()
    at_x, at_y = PIXELS * (LEFT + WIDTH * 0.3), PIXELS * (TOP + HEIGHT * 0.3)
    assert at_x < left < right < at_x + PIXELS * 20
    assert top < at_y < bottom


def test_more_lines_than_colours_begin_anew():
    lines = [Line(str(each), ((0.1 * each, 0.5),)) for each in range(len(COLOURS) + 1)]

    assert COLOURS[0] == colour_at(drawn(*lines), 0.1 * len(COLOURS), 0.5)


def test_a_legend_too_wide_for_one_row_takes_another():
    few, many = (drawn(*(Line(f"a rule of some name {each}", ()) for each in range(n))) for n in (1, 7))

    assert few.width == many.width
    assert few.height < many.height


def test_the_same_plot_is_the_same_picture():
    plot = a_plot(Line("one", ((0.3, 0.7), (0.4, 0.5))))

    assert png(plot) == png(plot)
