"""People's answers as the ledger keeps them: in the newest alert of each bin."""

from collections import Counter
from collections.abc import Iterator

from pynamodb.exceptions import PynamoDBException

from binwatch.adapters.episode_rows import CaseRow, case_of
from binwatch.adapters.rows import Row, StateRow
from binwatch.errors import RowUnreadable, Unavailable
from binwatch.feedback import answer_of
from binwatch.learning import Findings, Population


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
        answers = []
        unreadable = 0
        for row in _rows():
            if isinstance(row, StateRow):
                bins[_site(row)] += 1
                continue
            try:
                episode = case_of(row).episode
            except RowUnreadable:  # it must not keep the others from teaching
                unreadable += 1
                continue
            if episode is None:
                continue
            alerted[_site(row)] += episode.opened_at is not None
            answer = answer_of(episode)
            if answer is not None and answer.at > start:
                answers.append(answer)
        populations = {
            site: Population(max(bins[site], alerted[site]), alerted[site]) for site in bins | alerted
        }
        return Findings(tuple(answers), populations, unreadable)


def _rows() -> Iterator[StateRow | CaseRow]:
    try:
        for row in Row.scan(Row.kind.is_in(StateRow, CaseRow), consistent_read=True):
            if isinstance(row, StateRow | CaseRow):
                yield row
    except PynamoDBException as error:
        raise Unavailable(f"scanning answers: {error.cause_response_code or type(error).__name__}") from error


def _site(row: Row) -> str:
    return row.pk.split("/", 2)[1]
