"""Alerts as CSV for a warehouse management system, or for a spreadsheet: RFC 4180, UTF-8, a header."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from binwatch.alerts import State
from binwatch.episodes import Episode
from binwatch.links import LinkTemplate

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
    "photo_count",
    "photos",
    "counted_by_hand_at",
    "correct_to",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(episodes: Iterable[Episode], link: LinkTemplate | None = None) -> str:
    """A line for each alert that was ever open, in the given order.

    A text that a spreadsheet would take for a formula gets an apostrophe before it: bins are named, and notes
    are written, by others.

    Args:
        episodes: the newest of each bin.
        link: where its line leads to.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for episode in episodes:
        if episode.opened_at is not None or episode.state in (State.RESOLVED, State.FALSE_ALARM):
            lines.writerow(_harmless(each) for each in _cells(episode, link))
    return text.getvalue()


def _cells(episode: Episode, link: LinkTemplate | None) -> tuple[Any, ...]:
    seen, answer, exhibit = episode.assessment, episode.answer, episode.assessment.exhibit
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
        episode.hand_count,
        round(seen.mismatch_probability, 4),
        episode.opened_at,
        episode.ended_at,
        episode.acknowledged_by,
        episode.ended_by,
        answer.reason if answer else None,
        answer.note if answer else None,
        link.of(episode.id, seen.bin, exhibit.photo) if link else None,
        exhibit.photo_count,
        exhibit.photos,
        episode.hand_counted_at,
        episode.correct_to,
    )


def _harmless(cell: Any) -> Any:  # noqa: ANN401 - whatever csv writes
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
