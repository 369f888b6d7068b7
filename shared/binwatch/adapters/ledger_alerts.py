"""The newest alert of each bin as the ledger keeps it, for exports."""

from dataclasses import dataclass

from binwatch.adapters.episode_rows import CaseRow, case_of
from binwatch.adapters.rows import Row
from binwatch.adapters.transactions import translated
from binwatch.episodes import Episode
from binwatch.errors import RowUnreadable


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger keeps of alerts.

    Args:
        episodes: the newest of each bin, in the order in which they opened.
        unreadable: cases that are damaged, or of another version.
    """

    episodes: tuple[Episode, ...]
    unreadable: int = 0


class LedgerAlerts:
    """Reads one table, all of it."""

    def __init__(self, table_name: str) -> None:
        Row.Meta.table_name = table_name

    def newest(self) -> Kept:
        """The newest alert of each bin; Unavailable if the table throttles or is out of reach."""
        episodes: list[Episode] = []
        unreadable = 0
        with translated("scanning alerts"):
            for row in Row.scan(Row.kind == CaseRow, consistent_read=True):
                try:
                    episode = case_of(row).episode if isinstance(row, CaseRow) else None
                except RowUnreadable:  # it must not keep the others from leaving
                    unreadable += 1
                    continue
                if episode is not None:
                    episodes.append(episode)
        return Kept(tuple(sorted(episodes, key=lambda each: (each.opened_at or "", each.id))), unreadable)
