"""An evaluation in a few lines, for a terminal, and in a few keys, for a program."""

from typing import Any

from bincount.evaluation.figures import Figures
from bincount.evaluation.report import number

_SHOWN = ("accuracy", "within_one", "rmse", "mean_rmse", "nll", "ece")
_TABLES = (
    ("0 to 5 items", "grouped", "moderate"),
    ("all counts", "grouped", "all"),
    ("0 to 5 items, split at random", "random", "moderate"),
)


def text(figures: Figures) -> str:
    """What was measured on what, and the figures that matter most."""
    data = figures["grouped"]["data"]
    lines = [f"{data['photos']} photos of {data['groups']} bins, split {data['split']} of {data['source']}"]
    left_out = {why: data["skipped"][why] for why in ("unlabelled", "unreadable")}
    lines += [f"left out: {photos} {why} photos" for why, photos in left_out.items() if photos]
    lines += [
        f"{row['name']}: {row['without_prediction']} photos are missing in its file"
        for row in figures["grouped"]["rows"]
        if row["without_prediction"]
    ]
    for title, split, task in _TABLES:
        if figures[split]:
            lines += ["", f"{title:<34}" + "".join(f"{name:>11}" for name in _SHOWN)]
            lines += [_line(row, task) for row in figures[split]["rows"]]
    return "\n".join(lines)


def brief(figures: Figures) -> Figures:
    """Every figure with its interval, without the tables behind them."""
    return {split: _brief_part(figures[split]) for split in ("grouped", "random")}


def _line(row: Figures, task: str) -> str:
    shown = (number(row[task]["figures"][name]["value"]) for name in _SHOWN)
    return f"{row['name'][:33]:<34}" + "".join(f"{each:>11}" for each in shown)


def _brief_part(part: Figures | None) -> dict[str, Any] | None:
    if part is None:
        return None
    kept = ("name", "kind", "k", "photos", "without_prediction", "conformal")
    rows = [
        {key: row[key] for key in kept} | {task: row[task]["figures"] for task in ("moderate", "all")}
        for row in part["rows"]
    ]
    return {"data": part["data"], "rows": rows}
