"""The evaluation on disk: ``figures.json`` for programs, ``report.html`` for people (one file by itself).

Its curves lie beside it as PNG pictures.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bincount.artifact import write_atomically
from bincount.pages import templates
from binwatch_local.alert_evaluation.drawing import Plot, alerts_by_rate, precision_recall, recall_at
from binwatch_local.alert_evaluation.evaluation import Figures, Row, shown_rate
from binwatch_local.alert_evaluation.picture import png
from binwatch_local.alert_evaluation.rules import DEFAULT, NAIVE, POSTERIOR

FIGURES, PAGE = "figures.json", "report.html"
SCHEMA = "binwatch.alert_evaluation/1"
_TEMPLATE = "report.html.j2"

# Key, heading, digits, factor; and what it means.
RULE_COLUMNS = (
    ("alerts_per_1000", "alerts", 1, 1, "alerts per 1,000 bins"),
    ("precision", "precision", 1, 100, "% of alerts at bins whose record is wrong"),
    ("recall", "recall", 1, 100, "% of wrong records alerted"),
    ("false_alarm_rate", "false alarms", 2, 100, "% of right records alerted"),
    ("unsure", "unsure", 1, 100, "% of bins for which another look is wanted"),
    ("cost_per_1000", "cost", 1, 1, "expected cost per 1,000 bins"),
)
SCORE_COLUMNS = (
    ("pr_auc", "PR-AUC", 3, 1, "area under the precision-recall curve"),
    ("precision_at_0.005", "top 0.5 %", 1, 100, "% of the first 0.5 % of bins whose record is wrong"),
    ("precision_at_0.01", "top 1 %", 1, 100, "% of the first 1 % of bins whose record is wrong"),
    ("precision_at_0.05", "top 5 %", 1, 100, "% of the first 5 % of bins whose record is wrong"),
    ("recall_at_0.001", "FPR 0.1 %", 1, 100, "% of wrong records found at 0.1 % false alarms"),
    ("recall_at_0.005", "FPR 0.5 %", 1, 100, "% of wrong records found at 0.5 % false alarms"),
    ("recall_at_0.01", "FPR 1 %", 1, 100, "% of wrong records found at 1 % false alarms"),
    ("recall_at_0.05", "FPR 5 %", 1, 100, "% of wrong records found at 5 % false alarms"),
)


def write(folder: Path, figures: Figures) -> None:
    """Write figures, page and a picture of each plot, each whole or not at all.

    Raises:
        OSError: the folder cannot be written to.
    """
    text = json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(folder / FIGURES, text.encode())
    write_atomically(folder / PAGE, page(figures).encode())
    for plot in plots(figures):
        write_atomically(folder / f"{plot.name}.png", png(plot))


def page(figures: Figures) -> str:
    """The whole page; every name in it is escaped."""
    environment = templates(Path(__file__).parent)
    environment.filters |= {"figure": figure}
    return environment.get_template(_TEMPLATE).render(
        figures,
        shown=shown_rate(figures["protocol"]["rates"]),
        plots=plots(figures),
        rule_columns=RULE_COLUMNS,
        score_columns=SCORE_COLUMNS,
        naive=NAIVE,
        default=DEFAULT,
        posterior=POSTERIOR,
    )


def figure(value: float | None, digits: int = 1, factor: float = 1) -> str:
    """A figure as text; a dash for what is not a number."""
    return "–" if value is None else f"{factor * value:,.{digits}f}".replace("-", "−")


def plots(figures: Figures) -> list[Plot]:
    """The curves that page and pictures show, of the share of wrong records that the page is about."""
    rate = shown_rate(figures["protocol"]["rates"])

    def at(rows: Sequence[Row], **wanted: Any) -> list[Row]:  # noqa: ANN401 - a cell of any column
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    first = min(figures["protocol"]["looks"])
    return [
        precision_recall(at(figures["rankings"], rate=rate), at(figures["rules"], rate=rate), rate),
        alerts_by_rate(at(figures["rules"], looks=first), first),
        recall_at(at(figures["rankings"], rate=rate), rate),
    ]
