"""The evaluation as a terminal shows it."""

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from binwatch_local.alert_evaluation.evaluation import Figures, Row, shown_rate
from binwatch_local.alert_evaluation.published import Alerts, OneLook, SeveralLooks
from binwatch_local.alert_evaluation.report import RULE_COLUMNS, SCORE_COLUMNS, figure
from binwatch_local.alert_evaluation.rules import DEFAULT, POSTERIOR

_STATES = {
    True: Text("reached", "green"),
    False: Text("not reached", "red"),
    None: Text("nothing to compare", "dim"),
}


def view(figures: Figures) -> Group:
    """What matters at one share of wrong records; all else is on the page."""
    rate = shown_rate(figures["protocol"]["rates"])
    data, protocol = figures["data"], figures["protocol"]
    head = (
        f"{data['photos']} photos of {data['bins']} bins, split {data['split']} of {data['source']}; "
        f"{100 * rate:g} % of the records wrong, {protocol['seeds']} seeds"
    )
    parts: list[Text | Table] = [Text(head), Text(), _rules(figures, rate), Text(), _orders(figures, rate)]
    if figures.get("expected_items"):
        parts += [Text(), _items(figures["expected_items"])]
    return Group(*parts, Text(), _aims(figures, rate))


def published_view(once: Sequence[OneLook], often: Sequence[SeveralLooks]) -> Group:
    """The figures of the published confusion matrix, as the reference lists them."""
    rules = ("naive", "off by 2 or more", "off by 3 or more", "top 1 %", "top 0.5 %")
    table = _table(("records wrong, %", *rules))
    for row in once:
        cells = (row.naive, row.off_by_two, row.off_by_three, row.top_percent, row.top_half_percent)
        table.add_row(figure(row.rate, 1, 100), *(_alerts(each) for each in cells))
    looks = _table(("looks", "recall at precision 1/2", "top 1 %: prec", "r > 1/2: alerts/prec/recall, %"))
    for each in often:
        half, top = figure(each.recall_at_half, 2), figure(each.top_percent.precision, 2)
        looks.add_row(str(each.looks), half, top, _alerts(each.likely))
    return Group(table, Text(), looks)


def _alerts(alerts: Alerts) -> str:
    shares = (alerts.rate, alerts.precision, alerts.recall)
    return " / ".join(figure(each, 1, 100) for each in shares)


def _rules(figures: Figures, rate: float) -> Table:
    table = _table(("rule", "looks", *(heading for _, heading, *_ in RULE_COLUMNS), "of naive"))
    for row in figures["rules"]:
        if row["rate"] == rate:
            style = "bold" if row["rule"] == DEFAULT else ""
            share = figure(row["cost_vs_naive"], 0, 100)
            table.add_row(row["rule"], str(row["looks"]), *_cells(row, RULE_COLUMNS), share, style=style)
    return table


def _orders(figures: Figures, rate: float) -> Table:
    table = _table(("order", "looks", *(heading for _, heading, *_ in SCORE_COLUMNS)))
    first = figures["protocol"]["looks"][0]  # only the posterior makes use of further looks
    for row in figures["rankings"]:
        if row["rate"] == rate and (row["score"] == POSTERIOR or row["looks"] == first):
            table.add_row(row["score"], str(row["looks"]), *_cells(row, SCORE_COLUMNS))
    return table


def _items(found: Row) -> Table:
    table = _table(("with the record's items", *found["columns"]))
    for row in found["rows"]:
        table.add_row(row["score"], *(figure(each, 3) for each in row["figures"]))
    return table


def _aims(figures: Figures, rate: float) -> Table:
    table = _table(("vs naive", "looks", "aim", "measured", "", "false alarms from"))
    for each in figures["against_naive"]:
        if each["rate"] == rate:
            photos = f"{each['photos_falsely_alerted']} photos"
            numbers = figure(each["aim"], 1), figure(each["measured"], 2)
            table.add_row(each["what"], str(each["looks"]), *numbers, _STATES[each["reached"]], photos)
    return table


def _table(headings: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number and heading else "left", no_wrap=True)
    return table


def _cells(row: Row, columns: tuple[tuple[str, str, int, int, str], ...]) -> list[str]:
    return [
        figure(row[key]["value"], digits, factor) if key in row else "–"
        for key, _, digits, factor, _ in columns
    ]
