"""How much better than the naive rule: computed, never asserted."""

from collections.abc import Iterable, Mapping
from typing import Any

from binwatch_local.alert_evaluation.rules import DEFAULT, NAIVE, capacity_name

TIMES_AS_OFTEN_RIGHT = 8.0  # the default rule's precision over the naive rule's
TIMES_AS_MANY_FOUND = 6.0  # in the 1 % of bins that people are sent to, over as many naive alerts at random
RIGHT_AFTER = 3  # looks ...
RIGHT_SHARE = 0.5  # ... the default rule's precision

type Row = dict[str, Any]


def against_naive(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """For every rate and number of looks: each aim, what was measured, and whether that reaches it.

    People who follow naive alerts at random find as many discrepancies a visit as the naive rule's precision.
    `reached` is None where nothing was alerted, so that there is nothing to compare. Seeds make other records
    wrong, but the right ones are the same photos: how many of them gave all false alarms is told beside.
    """
    cells: dict[tuple[float, int], dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        cells.setdefault((row["rate"], row["looks"]), {})[row["rule"]] = row
    found: list[Row] = []
    for (rate, looks), cell in cells.items():
        naive = cell[NAIVE]["precision"]["value"]
        default, sent_to = cell[DEFAULT], cell[capacity_name(0.01)]
        where = {"rate": rate, "looks": looks}
        found.append(
            where
            | {"what": "the default rule is right, times as often as naive"}
            | _aim(TIMES_AS_OFTEN_RIGHT, _times(default["precision"]["value"], naive), default)
        )
        found.append(
            where
            | {"what": "found in the 1 % of bins visited, times as many as naive"}
            | _aim(TIMES_AS_MANY_FOUND, _times(sent_to["precision"]["value"], naive), sent_to)
        )
        if looks == RIGHT_AFTER:
            found.append(
                where
                | {"what": "the default rule's precision"}
                | _aim(RIGHT_SHARE, default["precision"]["value"], default)
            )
    return found


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _aim(aim: float, measured: float | None, row: Mapping[str, Any]) -> Row:
    reached = None if measured is None else measured >= aim
    return {
        "aim": aim,
        "measured": measured,
        "reached": reached,
        "alerts": row["seen"]["alerts"],
        "photos_falsely_alerted": row["photos_falsely_alerted"],
    }
