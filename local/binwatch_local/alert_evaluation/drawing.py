"""The curves of the page, as lines and dots on a plane of 0 to 1 that the template scales."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from binwatch_local.alert_evaluation.evaluation import Row
from binwatch_local.alert_evaluation.rules import DEFAULT, NAIVE, OFF_BY, POSTERIOR
from binwatch_local.alert_evaluation.scores import FALSE_ALARM_RATES

WIDTH, HEIGHT = 420, 260  # of the plane, in units of the drawing
# What the plot of alerts shows; rules that lie on one another are left out, the default is drawn last.
SHOWN = (NAIVE, *(f"off by {least} or more" for least in OFF_BY), "far 0.5 %", DEFAULT)
_LEAST = 0.1  # alerts per 1,000 bins at the foot of a logarithmic axis
_MOST = 1000.0


@dataclass(frozen=True, slots=True)
class Line:
    """Points that belong together; x and y of 0 to 1, y upwards; `labels` stand beside their dots."""

    name: str
    points: tuple[tuple[float, float], ...]
    dots: bool = True
    joined: bool = True
    labels: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The points as an SVG path."""
        return "M" + "L".join(f"{WIDTH * x:.1f} {HEIGHT * (1 - y):.1f}" for x, y in self.points)

    @property
    def places(self) -> list[tuple[float, float]]:
        """The points in units of the drawing."""
        return [(WIDTH * x, HEIGHT * (1 - y)) for x, y in self.points]

    @property
    def marked(self) -> list[tuple[float, float, str]]:
        """The places of the dots with their labels."""
        labels = self.labels or ("",) * len(self.points)
        return [(x, y, label) for (x, y), label in zip(self.places, labels, strict=True) if self.dots]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing: lines, and the marks of both axes as (place, text); `name` is that of its picture's file."""

    name: str
    title: str
    x: str
    y: str
    lines: tuple[Line, ...]
    x_marks: tuple[tuple[float, str], ...]
    y_marks: tuple[tuple[float, str], ...]


def precision_recall(rankings: Iterable[Row], rules: Iterable[Row], rate: float) -> Plot:
    """Precision against recall: a curve of the posterior for every number of looks, a dot for naive."""
    curves = [row for row in rankings if row["score"] == POSTERIOR and "curve" in row]
    lines = [Line(_looks(row["looks"]), tuple(map(tuple, row["curve"])), dots=False) for row in curves]
    rows = list(rules)
    for name in (DEFAULT, NAIVE):
        mine = [row for row in rows if row["rule"] == name and row["precision"]["value"] is not None]
        dots = tuple((row["recall"]["value"] or 0.0, row["precision"]["value"]) for row in mine)
        # Naive's dots lie in one place.
        numbers = tuple(str(row["looks"]) for row in mine) if name == DEFAULT else ()
        lines.append(Line(f"{name}, by looks" if numbers else name, dots, joined=False, labels=numbers))
    title = f"Precision against recall, {_percent(rate)} of the records wrong"
    return Plot("precision-recall", title, "recall, %", "precision, %", _kept(lines), _hundred(), _hundred())


def alerts_by_rate(rules: Iterable[Row], looks: int) -> Plot:
    """How many alerts each rule gives, against the share of wrong records; both axes logarithmic."""
    rows = [row for row in rules if row["rule"] in SHOWN]
    rows.sort(key=lambda row: SHOWN.index(row["rule"]))
    rates = sorted({row["rate"] for row in rows})
    names = dict.fromkeys(row["rule"] for row in rows)
    places = {rate: _along(log10(rate), log10(rates[0]), log10(rates[-1])) for rate in rates}
    lines = [
        Line(name, tuple((places[row["rate"]], _logarithmic(row)) for row in rows if row["rule"] == name))
        for name in names
    ]
    tens = tuple(
        (_along(log10(each), log10(_LEAST), log10(_MOST)), f"{each:g}") for each in (0.1, 1, 10, 100, 1000)
    )
    marks = tuple((places[rate], _percent(rate)) for rate in rates)
    title = f"Alerts per 1,000 bins, {_looks(looks)}"
    return Plot("alerts", title, "records wrong", "alerts per 1,000 bins", _kept(lines), marks, tens)


def recall_at(rankings: Iterable[Row], rate: float) -> Plot:
    """Recall of the posterior at stated false-alarm rates, for every number of looks."""
    rows = [row for row in rankings if row["score"] == POSTERIOR and "pr_auc" in row]
    ends = log10(FALSE_ALARM_RATES[0]), log10(FALSE_ALARM_RATES[-1])
    places = {each: _along(log10(each), *ends) for each in FALSE_ALARM_RATES}
    found = {
        row["looks"]: [(at, row[f"recall_at_{each:g}"]["value"]) for each, at in places.items()]
        for row in rows
    }
    most = max((y for points in found.values() for _, y in points), default=1.0)
    top = next(each for each in (0.25, 0.5, 1.0) if most <= each)
    lines = [Line(_looks(each), tuple((x, y / top) for x, y in points)) for each, points in found.items()]
    marks = tuple((at, _percent(each)) for each, at in places.items())
    title = f"Recall at a false-alarm rate, {_percent(rate)} of the records wrong"
    return Plot("recall", title, "right records alerted", "recall, %", _kept(lines), marks, _hundred(top))


def _kept(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.points)


def _hundred(top: float = 1.0) -> tuple[tuple[float, str], ...]:
    return tuple((each / 4, f"{25 * top * each:g}") for each in range(5))


def _along(value: float, first: float, last: float) -> float:
    return 0.5 if first == last else (value - first) / (last - first)


def _logarithmic(row: Row) -> float:
    """No alerts at all lie on the axis."""
    alerts = max(row["alerts_per_1000"]["value"], _LEAST)
    return _along(log10(alerts), log10(_LEAST), log10(_MOST))


def _percent(rate: float) -> str:
    return f"{100 * rate:g} %"


def _looks(number: int) -> str:
    return "1 look" if number == 1 else f"{number} looks"
