"""An evaluation on disk: ``figures.json`` for programs, ``report.html`` for people (one file by itself)."""

import json
from pathlib import Path
from typing import Any

from bincount.artifact import write_atomically
from bincount.evaluation.figures import Figures
from bincount.pages import templates

FIGURES = "figures.json"
PAGE = "report.html"
_TEMPLATE = "report.html.j2"
_PLOT = 200  # units of the reliability plot's square

# Key, heading, digits; and what it means, for the page's foot.
COLUMNS = (
    ("accuracy", "accuracy", 3, "the most likely count is the recorded one"),
    ("within_one", "within ±1", 3, "it is the recorded one or one beside it"),
    ("mae", "MAE", 3, "mean error of the most likely count, in items"),
    ("rmse", "RMSE", 3, "root of the mean squared error of the most likely count"),
    (
        "told_accuracy",
        "told: right",
        3,
        "the count that is told (a near miss is worth half) is the recorded one",
    ),
    ("told_within_one", "told: ±1", 3, "it is the recorded one or one beside it"),
    ("told_mae", "told: MAE", 3, "mean error of the count that is told"),
    ("told_rmse", "told: RMSE", 3, "root of its mean squared error"),
    ("mean_mae", "MAE, mean", 3, "mean error of the posterior mean"),
    ("mean_rmse", "RMSE, mean", 3, "root of the mean squared error of the posterior mean"),
    ("nll", "NLL", 3, "mean surprise at the recorded count, in nats"),
    ("rps", "RPS", 3, "squared gaps of the cumulative distribution, summed: in items, near misses cost less"),
    ("brier", "Brier", 3, "squared gaps of the probabilities, summed over counts"),
    ("ece", "ECE", 3, "how far confidence and accuracy lie apart, in 15 bins; resampling moves it up"),
    ("classwise_ece", "ECE, classwise", 3, "the same for the probability of every count"),
)


def write(folder: Path, figures: Figures) -> None:
    """Write both, each whole or not at all."""
    text = json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(folder / FIGURES, text.encode())
    write_atomically(folder / PAGE, page(figures).encode())


def page(figures: Figures) -> str:
    """The whole page."""
    environment = templates(Path(__file__).parent)
    environment.filters |= {"number": number, "dots": dots, "heat": heat}
    return environment.get_template(_TEMPLATE).render(figures, columns=COLUMNS, plot=_PLOT)


def number(value: float | None, digits: int = 3, sign: str = "") -> str:
    """A figure as text; a dash for what is not a number."""
    return "–" if value is None else f"{value:{sign}.{digits}f}".replace("-", "−")


def dots(bins: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Where the reliability plot's dots lie, and how large they are: their area is their share of photos."""
    photos = sum(each["photos"] for each in bins)
    return [
        {
            "x": _PLOT * each["confidence"],
            "y": _PLOT * (1 - each["accuracy"]),
            "r": max(1.5, 0.11 * _PLOT * (each["photos"] / photos) ** 0.5),
            **each,
        }
        for each in bins
        if each["photos"]
    ]


def heat(row: list[int]) -> list[tuple[int, int]]:
    """Photos in each cell of a confusion matrix, with their percentage of the row."""
    whole = sum(row) or 1
    return [(photos, round(100 * photos / whole)) for photos in row]
