"""`demo`."""

import json
import sys
from pathlib import Path

import click

from binwatch_local import page, planting, sources, stack
from binwatch_local.commands import options
from binwatch_local.console import err, out
from binwatch_local.home import CHECKOUT
from binwatch_local.own_home import own_home
from binwatch_local.photos import Photos
from binwatch_local.policy import Deciding, PolicyName
from binwatch_local.run import Order, run
from binwatch_local.terminal import report_view

MOST_WRONG = 0.99  # a share of wrong records that leaves the policy something to decide


@click.command()
@click.option(
    "--source", help="Photos: a folder, a zip or an S3 prefix.  [default: real photos, if any can be had]"
)
@options.rate
@options.limit
@click.option("--plant", type=options.Number(0, 1), default=0.05, show_default=True, help=options.PLANT_HELP)
@options.seed
@options.policy
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
    policy: PolicyName | None,
    report_file: Path | None,
    page_file: Path,
) -> None:
    """Show the whole pipeline at work: photos in, verdicts and alerts out; then stop everything.

    Runs in a state folder of its own, beside any stack that is up. Without --source it takes the real photos
    of the data folder (BINWATCH_DATA), else a hundred of ABID's public bucket, else it draws bins. Exit
    code 0 only if nothing was lost.
    """
    stack.require_python()
    page_file = options.output(page_file)
    report_file = options.output(report_file) if report_file else None
    found = sources.find(source, limit, seed, err.print)
    captures, planted = planting.plant(found.photos.captures, plant, seed)
    photos = Photos(captures, found.photos.standing, found.photos.files)
    err.print(f"Photos: {found.description}.")
    for note in found.photos.notes:
        err.print(f"Note: {note}.")
    err.print(f"Planted: {len(planted)} of {len(captures)} records are made wrong.\n")
    # Whoever deploys knows how often records are wrong; here that is what was planted.
    share = min(MOST_WRONG, len(planted) / len(captures))
    deciding = Deciding(policy, share if planted else None)
    with own_home() as home:
        report = run(home, Order(found.description, photos, planted, rate, seed, deciding))
    out.print(report_view(report))
    if report_file:
        report_file.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n")
        err.print(f"Report: {report_file}")
    page.write(page_file, report, photos)
    err.print(f"Page:   {page_file}")
    sys.exit(0 if report.nothing_lost else 1)
