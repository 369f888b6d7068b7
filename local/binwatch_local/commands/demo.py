"""`demo`."""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from botocore.exceptions import BotoCoreError

from binwatch.adapters.dynamodb_ledger import DynamoLedger
from binwatch.errors import Transient
from binwatch_local import aws, feeder, page, planting, servers, sources, stack
from binwatch_local.console import Bars, err, out, step
from binwatch_local.errors import StepFailed
from binwatch_local.feeder import Pace, Sent
from binwatch_local.home import CACHE, CHECKOUT, Home
from binwatch_local.inbox import Inbox
from binwatch_local.photos import Photos
from binwatch_local.planting import Planted
from binwatch_local.report import Report, compile_report
from binwatch_local.servers import Ports
from binwatch_local.terminal import report_view
from binwatch_local.watch import Snapshot, Watch, by_key


@click.command()
@click.option(
    "--source", help="Photos: a folder, a zip or an S3 prefix.  [default: real photos, if any can be had]"
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0),
    default=10,
    show_default=True,
    help="Photos a second; 0 is as fast as it goes.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Feed no more photos than that.")
@click.option(
    "--plant",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of the records to make wrong.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Chooses which records, and the order of uploads."
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report as JSON.",
)
@click.option(
    "--page",
    "page_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=CHECKOUT / "build" / "demo.html",
    help="Write the page to look at.  [default: build/demo.html]",
)
def demo(
    source: str | None,
    rate: float,
    limit: int | None,
    plant: float,
    seed: int,
    report_file: Path | None,
    page_file: Path,
) -> None:
    """Show the whole pipeline at work: photos in, verdicts and alerts out; then stop everything.

    Runs in a state folder of its own, beside any stack that is up. Without --source it takes the real photos
    of the data folder (BINWATCH_DATA), else a hundred of ABID's public bucket, else it draws bins. Exit
    code 0 only if nothing was lost.
    """
    stack.require_python()
    found = sources.find(source, limit, seed, err.print)
    captures, planted = planting.plant(found.photos.captures, plant, seed)
    photos = Photos(captures, found.photos.standing, found.photos.files)
    err.print(f"Photos: {found.description}.")
    for note in found.photos.notes:
        err.print(f"Note: {note}.")
    err.print(f"Planted: {len(planted)} of {len(captures)} records are made wrong.\n")
    with own_home() as home:
        report = run(home, found.description, photos, planted, rate, seed)
    out.print(report_view(report))
    if report_file:
        report_file.parent.mkdir(parents=True, exist_ok=True)
        report_file.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n")
        err.print(f"Report: {report_file}")
    page.write(page_file, report, photos)
    err.print(f"Page:   {page_file}")
    sys.exit(0 if report.nothing_lost else 1)


@contextmanager
def own_home() -> Iterator[Home]:
    """A state folder for this run alone, and nothing left of it afterwards; after a failure its logs stay."""
    folder = CACHE / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    home = Home(Path(tempfile.mkdtemp(dir=folder)))
    try:
        with blaming_servers(home):
            yield home
    except Exception:
        _stop(home)
        home.purge(logs=False)
        err.print(f"Logs of this run: {home.logs}")
        raise
    except KeyboardInterrupt:
        _stop(home)
        home.purge()
        raise
    _stop(home)
    home.purge()


@contextmanager
def blaming_servers(home: Home) -> Iterator[None]:
    """Name the server that died where all we saw is that nobody answers.

    Raises:
        StepFailed: MiniStack died.
    """
    try:
        yield
    except (BotoCoreError, Transient) as error:
        if failure := servers.failure(home):
            log = home.logs / "ministack.log"
            raise StepFailed(
                f"{failure}.", "Its last words may say why.", str(log), servers.last_lines(log)
            ) from error
        raise


def _stop(home: Home) -> None:
    """Stop everything, whatever key is pressed meanwhile."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    with step("Stopping what was started"):
        stack.down(home)
    for number, handler in before.items():
        signal.signal(number, handler)


def run(
    home: Home, description: str, photos: Photos, planted: tuple[Planted, ...], rate: float, seed: int
) -> Report:
    """Bring the stack up, feed it, wait for the end, and report."""
    found = stack.up(home, Ports(), step, parent=os.getpid())
    ledger = DynamoLedger(found.table)
    inbox = Inbox(home, found.inbox)
    total = len(photos.captures)
    uploads = 0

    def take() -> Snapshot:
        for _ in inbox.receive():
            pass  # each is kept on disk
        under_way = aws.depth(found.uploads_queue).total
        dead = aws.depth(found.dead_letter_queue).total
        return Snapshot(by_key(ledger.looks()), tuple(inbox.kept()), under_way, dead)

    with Bars() as bars:

        def on_sent(_: Sent) -> None:
            nonlocal uploads
            uploads += 1
            bars.show("uploaded", uploads, total)

        def show(now: Snapshot) -> None:
            bars.show(
                "stored",
                len(now.looks),
                total,
                f"{now.under_way} messages under way" if now.under_way else "",
            )
            due = {look.alert_id for look in now.looks.values() if look.alert_id}
            bars.show("alerts", len({received.alert.id for received in now.received}), len(due))

        bars.show("uploaded", 0, total)
        sent = feeder.feed(photos, aws.UploadsBucket(found.bucket), Pace(rate), seed, on_sent)
        last = Watch(take, show).until_settled(sent)
    return compile_report(description, sent, last, planted, ledger.quarantined(), rate)
