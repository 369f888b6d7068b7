"""One run of the whole: stack up, photos in, all settled, report."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch_local import aws, feeder, stack
from binwatch_local.console import Bars, step
from binwatch_local.feeder import Pace, Sent
from binwatch_local.home import Home
from binwatch_local.inbox import Inbox
from binwatch_local.photos import Photos
from binwatch_local.planting import Planted
from binwatch_local.policy import Deciding
from binwatch_local.report import Report, compile_report
from binwatch_local.servers import Ports
from binwatch_local.watch import Snapshot, Watch, by_key


@dataclass(frozen=True, slots=True)
class Order:
    """What to run.

    Args:
        description: where the photos are from, as a sentence.
        photos: what to upload, with the records as they will be sent.
        planted: which of the records are wrong on purpose.
        rate: photos a second; 0 is as fast as it goes.
        seed: decides the order of uploads.
        deciding: how alerts are decided.
    """

    description: str
    photos: Photos
    planted: tuple[Planted, ...]
    rate: float
    seed: int
    deciding: Deciding


@dataclass(slots=True)
class Progress:
    """Shows how far the photos have come."""

    bars: Bars
    total: int
    uploads: int = field(default=0, init=False)

    def uploaded(self, _: Sent | None = None) -> None:
        """One more photo has arrived in the bucket."""
        self.uploads += 1
        self.bars.show("uploaded", self.uploads, self.total)

    def seen(self, now: Snapshot) -> None:
        """What is stored and told by now."""
        under_way = f"{now.under_way} messages under way" if now.under_way else ""
        self.bars.show("stored", len(now.looks), self.total, under_way)
        due = {look.alert_id for look in now.looks.values() if look.alert_id}
        self.bars.show("alerts", len({received.alert.id for received in now.received}), len(due))


def run(home: Home, order: Order) -> Report:
    """Bring a stack up in a home, feed it, wait for the end, and report; the stack stays up."""
    found = stack.up(home, Ports(), step, order.deciding, parent=os.getpid())
    ledger = DynamoLedger(found.table)
    with Bars() as bars:
        progress = Progress(bars, len(order.photos.captures))
        watch = Watch(lambda: take_snapshot(found, ledger, Inbox(home, found.inbox)), progress.seen)
        sent = feed_watched(order, aws.UploadsBucket(found.bucket), progress, watch)
        last = watch.until_settled(sent)
    return compile_report(order.description, sent, last, order.planted, ledger.quarantined(), order.rate)


def feed_watched(order: Order, bucket: feeder.Bucket, progress: Progress, watch: Watch) -> list[Sent]:
    """Feed, and show meanwhile what comes of it."""
    fed = Event()
    with ThreadPoolExecutor(1, thread_name_prefix="onlooker") as onlooker:
        looking = onlooker.submit(watch.until, fed)
        try:
            sent = feeder.feed(order.photos, bucket, Pace(order.rate), order.seed, progress.uploaded)
        finally:
            fed.set()
    looking.result()
    return sent


def take_snapshot(found: stack.Stack, ledger: DynamoLedger, inbox: Inbox) -> Snapshot:
    """What is to be seen of a stack from outside."""
    for _ in inbox.receive():
        pass  # each is kept on disk
    under_way = aws.depth(found.uploads_queue).total
    dead = aws.depth(found.dead_letter_queue).total
    incidents = tuple(each.incident for each in inbox.incidents())
    return Snapshot(by_key(ledger.looks()), tuple(inbox.kept()), under_way, dead, incidents)
