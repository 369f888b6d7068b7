"""Which bins wait for a robot or a person, as their state rows say."""

from collections.abc import Iterator

from pynamodb.expressions.condition import Condition

from binwatch.adapters.row_mapping import bin_id_of, doubt_of, draw_of
from binwatch.adapters.rows import Row, StateRow
from binwatch.adapters.transactions import translated
from binwatch.asking import Doubt, Draw
from binwatch.keys import BinId


class LedgerRequests:
    """Reads one table, all of it."""

    def __init__(self, table_name: str) -> None:
        Row.Meta.table_name = table_name

    def relooks(self) -> list[tuple[BinId, Doubt]]:
        """The bins that wait for another look, those that have waited longest first.

        Raises:
            Unavailable: the table throttles or is out of reach.
        """
        found = [(bin_, doubt_of(row)) for bin_, row in _states(StateRow.doubt.exists())]
        return sorted((each for each in found if each[1].since), key=lambda each: str(each[1].since))

    def audits(self) -> list[tuple[BinId, Draw]]:
        """The drawn bins that nobody has counted yet, the first drawn first; Unavailable as of `relooks`."""
        found = [(bin_, draw_of(row)) for bin_, row in _states(StateRow.draw.exists())]
        waiting = [(bin_, draw) for bin_, draw in found if draw and draw.answered_at is None]
        return sorted(waiting, key=lambda each: each[1].asked_at)


def _states(which: Condition) -> Iterator[tuple[BinId, StateRow]]:
    with translated("scanning bins"):
        for row in Row.scan((Row.kind == StateRow) & which, consistent_read=True):
            if isinstance(row, StateRow):
                yield bin_id_of(row), row
