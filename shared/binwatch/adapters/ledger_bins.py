"""The bins of a site as the ledger keeps them, for lists that a person asks for."""

from collections.abc import Iterator
from itertools import batched

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.adapters.row_mapping import bin_id_of, pk
from binwatch.adapters.rows import Row, StateRow
from binwatch.adapters.transactions import translated
from binwatch.bins import Bin
from binwatch.keys import BinId
from binwatch.ports import Wanted

AT_A_TIME = 100  # bins in memory


class LedgerBins:
    """Reads one table. No index knows a site: its states are found by a scan, the rest is read by key."""

    def __init__(self, table_name: str) -> None:
        self._ledger = DynamoLedger(table_name)

    def compared(self, site: str, prefix: str = "") -> Iterator[Bin]:
        """The bins of which a look was compared with a record, with their newest such look and their case.

        Args:
            site: whose.
            prefix: the first letters of the bins' names.

        Raises:
            Unavailable: the table throttles or is out of reach.
        """
        for some in batched(_compared(pk(BinId(site, prefix))), AT_A_TIME):
            yield from self._ledger.load([Wanted(bin_) for bin_ in some]).values()


def _compared(prefix: str) -> Iterator[BinId]:
    which = (Row.kind == StateRow) & Row.pk.startswith(prefix) & StateRow.newest.exists()
    with translated("scanning bins"):
        for row in Row.scan(which, consistent_read=True):
            yield bin_id_of(row)
