"""An evaluation in a few lines, for a terminal, and in a few keys, for a program."""

from typing import Any

from bincount.evaluation.figures import Figures
from bincount.evaluation.report import number

_SHOWN = (  # figure, heading, width
    ("accuracy", "accuracy", 10),
    ("within_one", "±1", 7),
    ("rmse", "RMSE", 7),
    ("told_accuracy", "told: right", 13),
    ("told_within_one", "±1", 7),
    ("told_rmse", "RMSE", 7),
    ("mean_rmse", "mean: RMSE", 12),
    ("nll", "NLL", 7),
    ("ece", "ECE", 7),
)
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
    lines += [
        note for split in ("grouped", "random") if figures[split] for note in figures[split]["data"]["notes"]
    ]
    tables = [(title, figures[split]["rows"], task) for title, split, task in _TABLES if figures[split]]
    names = 1 + max(
        len(name) for title, rows, _ in tables for name in (title, *(row["name"] for row in rows))
    )
    for title, rows, task in tables:
        lines += ["", f"{title:<{names}}" + "".join(f"{heading:>{width}}" for _, heading, width in _SHOWN)]
        lines += [f"{row['name']:<{names}}" + _cells(row, task) for row in rows]
    return "\n".join(lines)


def brief(figures: Figures) -> Figures:
    """Every figure with its interval, without the tables behind them."""
    return {split: _brief_part(figures[split]) for split in ("grouped", "random")}


def _cells(row: Figures, task: str) -> str:
    return "".join(f"{number(row[task]['figures'][name]['value']):>{width}}" for name, _, width in _SHOWN)


def _brief_part(part: Figures | None) -> dict[str, Any] | None:
    if part is None:
        return None
    kept = ("name", "kind", "k", "photos", "without_prediction", "conformal")
    rows = [
        {key: row[key] for key in kept} | {task: row[task]["figures"] for task in ("moderate", "all")}
        for row in part["rows"]
    ]
    return {"data": part["data"], "rows": rows}
