"""The noticeboard and the timers in DynamoDB: watches over aisles and cameras, silences, whom to wake."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.models import BatchWrite
from pynamodb.transactions import TransactWrite

from binwatch.adapters.episode_rows import (
    WatchRow,
    due_timers,
    incidents_of,
    silence_row,
    silences_of,
    timer_row,
    timers_at,
    turn_rows,
    watch_key,
    watch_of,
    watch_row,
)
from binwatch.adapters.rows import Row
from binwatch.adapters.stored_values import Tell, nobody
from binwatch.adapters.transactions import failed, refused, translated
from binwatch.errors import RowUnreadable
from binwatch.incidents import Incident, Watch, rebuilt
from binwatch.muting import Muting
from binwatch.ports import KeptWatch
from binwatch.signs import Group
from binwatch.silences import Silence
from binwatch.timers import Timer


class DynamoNoticeboard:
    """Keeps watches and silences in the ledger's table; `tell` hears of a watch that cannot be read."""

    def __init__(self, table_name: str, tell: Tell = nobody) -> None:
        Row.Meta.table_name = table_name
        self._tell = tell

    def muting(self, site: str, now: str) -> Muting:
        """Two queries, which most of the time find nothing."""
        with translated("reading what mutes"):
            watches = tuple(Watch(each.group, incident=each) for each in incidents_of(site))
            return Muting(watches, tuple(silences_of(site, now)))

    def watch(self, group: Group) -> KeptWatch:
        """Read a watch; one that is gone or cannot be read is made anew of its incident, which mutes on."""
        version = None
        with translated("reading a watch"):
            for row in WatchRow.batch_get([watch_key(group)], consistent_read=True):
                version = int(row.version)
                try:
                    return KeptWatch(watch_of(row), version)
                except RowUnreadable as error:
                    self._tell(RowUnreadable(error.code, f"{row.pk} {row.sk}: {error.detail}"))
            known = (rebuilt(each) for each in incidents_of(group.site) if each.group == group)
            return KeptWatch(next(known, Watch(group)), version)

    def turn(self, before: KeptWatch, after: Watch, announced: Sequence[Incident]) -> None:
        """Write a watch with its incident, timer and messages in one transaction.

        Raises:
            Conflict: another writer changed the watch since it was read.
            Unavailable: the table throttles or is out of reach.
            RequestRefused: the table takes no such rows, now or later.
        """
        beside = turn_rows(before.watch, after, announced)
        try:
            connection = Row._get_connection().connection
            with translated("writing a watch"), TransactWrite(connection=connection) as write:
                write.save(watch_row(after, before.version))
                for row in beside.put:
                    write.save(row)
                for row in beside.delete:
                    write.delete(row)
        except TransactWriteError as error:
            raise refused(error, f"the watch over {after.group}") from error

    def silence(self, silence: Silence) -> None:
        """Write a silence."""
        _save([silence_row(silence, int(time.time()))], "writing a silence")


class DynamoTimers:
    """Keeps timers in the ledger's table, by their due time; those that cannot be read are left out."""

    def __init__(self, table_name: str, tell: Tell = nobody) -> None:
        Row.Meta.table_name = table_name
        self._tell = tell

    def set(self, timers: Sequence[Timer]) -> None:
        """Write them, in batches."""
        _save([timer_row(each) for each in timers], "setting timers")

    def due(self, now: str, most: int) -> Sequence[Timer]:
        """At most so many of each partition."""
        with translated("reading timers"):
            return due_timers(now, most, self._tell)

    def at(self, moment: str, site: str) -> Sequence[Timer]:
        """A silence's or an incident's end is one moment: the timers that wait for it are neighbours."""
        with translated("reading timers"):
            return timers_at(moment, site, self._tell)

    def forget(self, timer: Timer) -> None:
        """Delete one, whether it is there or not."""
        with _batch("deleting a timer") as batch:
            batch.delete(timer_row(timer))


def _save(rows: Sequence[Row], doing: str) -> None:
    with _batch(doing) as batch:
        for row in rows:
            batch.save(row)


@contextmanager
def _batch(doing: str) -> Iterator[BatchWrite[Row]]:
    try:
        with translated(doing), Row.batch_write() as batch:
            yield batch
    except PutError as error:
        raise failed(doing, error) from error
