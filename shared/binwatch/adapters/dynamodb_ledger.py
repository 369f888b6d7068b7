"""The ledger in DynamoDB: one transaction a bin, guarded by the bin's revision."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from binwatch.adapters.episode_rows import case_at_hand, life_rows
from binwatch.adapters.row_mapping import (
    bin_of,
    changed_rows,
    look_in_quarantine,
    look_of,
    look_row,
    pk,
    quarantine_row,
    quarantined_of,
    state_row,
)
from binwatch.adapters.rows import AlertBinRow, ForeignRow, LookRow, OutboxRow, QuarantineRow, Row, StateRow
from binwatch.adapters.stored_values import Tell, nobody, readable
from binwatch.adapters.transactions import failed, refused, translated
from binwatch.alerts import Alert, MalformedAlert
from binwatch.bins import Bin
from binwatch.decision import Verdict
from binwatch.errors import UnknownAlert
from binwatch.incident_messages import IncidentMessage
from binwatch.keys import BinId
from binwatch.looks import Look
from binwatch.outbox import PREFIX, message_of
from binwatch.ports import Quarantined, Wanted


class DynamoLedger:
    """Keeps bins, looks, alerts and the quarantine in one table; looks that cannot be read are left out."""

    def __init__(self, table_name: str, tell: Tell = nobody) -> None:
        Row.Meta.table_name = table_name
        self._tell = tell

    def load(self, wanted: Sequence[Wanted]) -> Mapping[BinId, Bin]:
        """Read the wanted bins.

        The states come first: whatever changes afterwards has raised its bin's revision, so that a write
        based on a mixture of old and new rows fails.
        """
        if not wanted:
            return {}
        with translated("reading bins"):
            found = self._get([(pk(each.bin), "state") for each in wanted])
            states = {row.pk: row for row in found if isinstance(row, StateRow)}
            keys = {key for each in wanted for key in _keys(each, states.get(pk(each.bin)))}
            rows: dict[str, list[Row]] = defaultdict(list)
            for row in self._get(sorted(keys)):
                rows[row.pk].append(row)
            for each in wanted:
                if pk(each.bin) in states:  # else it has no looks
                    rows[pk(each.bin)] += _looks_of(each)
        return {
            each.bin: self._bin(each.bin, states.get(pk(each.bin)), rows[pk(each.bin)]) for each in wanted
        }

    def save(self, before: Bin, after: Bin) -> None:
        """Write what changed in one transaction.

        Raises:
            Conflict: another writer changed the bin since it was read.
            Unavailable: the table throttles or is out of reach.
            RequestRefused: the table takes no such rows, now or later.
        """
        unchanged = (
            (StateRow.revision == before.revision) if before.revision else StateRow.pk.does_not_exist()
        )
        try:
            connection = Row._get_connection().connection
            with translated("writing a bin"), TransactWrite(connection=connection) as write:
                write.save(state_row(after), condition=unchanged)
                for name, look in after.looks.items():
                    if name not in before.looks:
                        write.save(look_row(look), condition=LookRow.pk.does_not_exist())
                    elif look != before.looks[name]:
                        write.save(look_row(look))
                for row in changed_rows(before, after):
                    write.save(row)
                life = life_rows(before, after)
                for row in life.put:
                    write.save(row)
                for row in life.delete:
                    write.delete(row)
        except TransactWriteError as error:
            raise refused(error, f"bin {after.id}") from error

    def bin_of(self, alert_id: str) -> BinId | None:
        """The bin of an alert; alerts from before they had a life are known as long as their message is.

        Raises:
            UnknownAlert: the id is of another kind of message.
            RowUnreadable: the message that would tell cannot be read.
            Unavailable: the table throttles or is out of reach.
        """
        with translated("looking for an alert"):
            for row in Row.batch_get([(f"alert/{alert_id}", "bin")], consistent_read=True):
                if isinstance(row, AlertBinRow):
                    return BinId.parse(row.bin)
            for row in OutboxRow.query(f"{PREFIX}{alert_id}", limit=1, consistent_read=True):
                return _bin_told(row)
        return None

    def quarantine(self, item: Quarantined) -> None:
        """Keep an item; what is there already stays as it is."""
        try:
            with translated("writing to the quarantine"):
                quarantine_row(item).save(condition=QuarantineRow.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise failed("writing to the quarantine", error) from error

    def looks(self) -> Iterator[Look]:
        """Scan all looks, photos in quarantine included."""
        with translated("scanning looks"):
            for row in self._known(Row.scan(Row.kind.is_in(LookRow, QuarantineRow), consistent_read=True)):
                if isinstance(row, LookRow):
                    yield from readable([row], look_of, self._tell)
                elif isinstance(row, QuarantineRow) and row.verdict == Verdict.UNREADABLE:
                    yield look_in_quarantine(row)

    def quarantined(self) -> Iterator[Quarantined]:
        """Scan the quarantine."""
        with translated("scanning the quarantine"):
            for row in self._known(Row.scan(Row.kind == QuarantineRow, consistent_read=True)):
                if isinstance(row, QuarantineRow):
                    yield quarantined_of(row)

    def _bin(self, bin_id: BinId, state: StateRow | None, rows: Sequence[Row]) -> Bin:
        case, fault = case_at_hand(state, rows)
        return replace(bin_of(bin_id, state, rows, self._tell), case=case, case_fault=fault)

    def _get(self, keys: Sequence[tuple[str, str]]) -> Iterator[Row]:
        return self._known(Row.batch_get(keys, consistent_read=True))

    def _known(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Our own rows; of the others it is told."""
        for row in rows:
            if isinstance(row, ForeignRow):
                self._tell(row.unreadable(row.fault))
            else:
                yield row


def _bin_told(row: OutboxRow) -> BinId:
    """The bin that a message is about, if it is an alert's."""
    try:
        message = message_of(row.alert)
    except MalformedAlert as error:
        raise row.unreadable(error) from error
    if not isinstance(message, Alert):
        kind = "incident" if isinstance(message, IncidentMessage) else message.event
        raise UnknownAlert("no_alert", f"{message.id} is no alert but of kind {kind}")
    return BinId(message.site, message.bin)


def _keys(wanted: Wanted, state: StateRow | None) -> Iterator[tuple[str, str]]:
    """The keys of a wanted bin's rows, its state apart."""
    looks, stems = set(wanted.looks), set(wanted.stems)
    if state:
        waiting = state.waiting if wanted.to_judge_again else ()
        again = {str(each) for each in (*waiting, state.newest) if each}
        looks |= again
        stems |= {each.rpartition("/")[0] for each in again}
        if state.open_alert:
            yield pk(wanted.bin), f"alert/{state.open_alert}"
    yield pk(wanted.bin), "case"
    yield pk(wanted.bin), "standing"
    yield from ((pk(wanted.bin), f"look/{each}") for each in looks)
    yield from ((pk(wanted.bin), f"sidecar/{each}") for each in stems)


def _looks_of(wanted: Wanted) -> list[Row]:
    """All looks of the photos whose record is new, whenever they were stored."""
    return [
        row
        for stem in wanted.recorded
        for row in Row.query(pk(wanted.bin), Row.sk.startswith(f"look/{stem}/"), consistent_read=True)
    ]
