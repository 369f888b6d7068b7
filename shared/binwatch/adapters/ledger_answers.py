"""People's answers as the ledger keeps them: in the newest alert and the newest audit of each bin."""

from collections import Counter
from collections.abc import Iterator

from binwatch.adapters.episode_rows import CaseRow, case_of
from binwatch.adapters.row_mapping import bin_id_of, draw_of
from binwatch.adapters.rows import Row, StateRow
from binwatch.adapters.transactions import translated
from binwatch.asking import Draw
from binwatch.episodes import Episode
from binwatch.errors import RowUnreadable
from binwatch.feedback import answer_of, audited
from binwatch.keys import BinId
from binwatch.learning import Findings, Population
from binwatch.moments import later

FOLLOWS_S = 86_400  # seconds after an audit's count within which an alert is of what it found


class LedgerAnswers:
    """Reads one table, all of it."""

    def __init__(self, table_name: str) -> None:
        Row.Meta.table_name = table_name

    def since(self, start: str) -> Findings:
        """What was answered after a moment (ISO 8601 in UTC; empty: ever), and how many bins there are.

        Raises:
            Unavailable: the table throttles or is out of reach.
        """
        bins: Counter[str] = Counter()
        alerted: Counter[str] = Counter()
        draws: dict[BinId, Draw] = {}
        episodes: dict[BinId, Episode] = {}
        unreadable = 0
        for row in _rows():
            if isinstance(row, StateRow):
                bins[bin_id_of(row).site] += 1
                if draw := draw_of(row):
                    draws[bin_id_of(row)] = draw
                continue
            try:
                episode = case_of(row).episode
            except RowUnreadable:  # it must not keep the others from teaching
                unreadable += 1
                continue
            if episode is not None:
                episodes[bin_id_of(row)] = episode
        answers = [audited(bin_, draw) for bin_, draw in draws.items()]
        for bin_, episode in episodes.items():
            if not _follows(episode, draws.get(bin_)):
                alerted[bin_.site] += episode.opened_at is not None
                answers.append(answer_of(episode))
        populations = {
            site: Population(max(bins[site], alerted[site]), alerted[site]) for site in bins | alerted
        }
        newer = tuple(each for each in answers if each is not None and each.at > start)
        return Findings(newer, populations, unreadable)


def _follows(episode: Episode, draw: Draw | None) -> bool:
    """Whether an alert opened because an audit had found the record wrong.

    Were such a bin taken for an alerted one, the audit sample would seem to find nothing amiss.
    """
    if draw is None or draw.answered_at is None or draw.alerted or episode.opened_at is None:
        return False
    return draw.answered_at <= episode.opened_at <= later(draw.answered_at, FOLLOWS_S)


def _rows() -> Iterator[StateRow | CaseRow]:
    with translated("scanning answers"):
        for row in Row.scan(Row.kind.is_in(StateRow, CaseRow), consistent_read=True):
            if isinstance(row, StateRow | CaseRow):
                yield row
