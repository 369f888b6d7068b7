"""Alerts as CSV for a warehouse management system, or for a spreadsheet: RFC 4180, UTF-8, a header."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from binwatch.alerts import State
from binwatch.episodes import Episode

COLUMNS = (
    "alert_id",
    "revision",
    "state",
    "site",
    "bin",
    "direction",
    "severity",
    "expected",
    "counted",
    "counted_by_hand",
    "mismatch_probability",
    "opened_at",
    "ended_at",
    "acknowledged_by",
    "ended_by",
    "reason",
    "note",
    "link",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(episodes: Iterable[Episode]) -> str:
    """A line for each alert that was ever open, in the given order.

    A text that a spreadsheet would take for a formula gets an apostrophe before it: bins are named, and notes
    are written, by others.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for episode in episodes:
        if episode.opened_at is not None or episode.state in (State.RESOLVED, State.FALSE_ALARM):
            lines.writerow(_harmless(each) for each in _cells(episode))
    return text.getvalue()


def _cells(episode: Episode) -> tuple[Any, ...]:
    seen, answer = episode.assessment, episode.answer
    return (
        episode.id,
        episode.revision,
        episode.state,
        seen.bin.site,
        seen.bin.bin,
        seen.direction,
        seen.severity,
        seen.expected,
        seen.counted,
        answer.counted if answer else None,
        round(seen.mismatch_probability, 4),
        episode.opened_at,
        episode.ended_at,
        episode.acknowledged_by,
        episode.ended_by,
        answer.reason if answer else None,
        answer.note if answer else None,
        seen.exhibit.link,
    )


def _harmless(cell: Any) -> Any:  # noqa: ANN401 - whatever csv writes
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
