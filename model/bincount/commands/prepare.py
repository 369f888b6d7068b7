"""`bincount prepare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.data.arrange import Form
    from bincount.data.splits import SplitBy

_WORKERS = 4


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--out", type=options.folder, required=True, help="Folder to make.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["shards", "folders", "manifest"]),
    default="shards",
    help="shards: to train on; folders: SPLIT/COUNT/ID.jpg; manifest: a CSV of paths.",
)
@click.option("--ids", type=options.file, help="Only these: one id a line, CSV, or Udacity's file_list.json.")
@click.option("--labels", type=options.file, help="CSV id,count whose counts overrule the records.")
@click.option(
    "--split",
    "shares",
    default="80/10/10",
    metavar="TRAIN/VAL/TEST",
    help="Shares of the splits: percent, or parts of 1.",
)
@click.option(
    "--split-by",
    type=click.Choice(["given", "group", "random"]),
    show_default="as the source says, else group",
    help="group: photos of one bin stay together; random: as published, for comparison.",
)
@click.option("--window", type=click.IntRange(0), default=2, help="How far apart ids of one bin may be.")
@click.option("--blocks", type=click.IntRange(2), help="Also keep so many consecutive ids together.")
@click.option("--seed", default=0, help="The same seed splits alike.")
@click.option("--limit", type=click.IntRange(1), help="Only so many photos: a trial.")
@click.option(
    "--cache",
    type=options.folder,
    default=Path(".cache/photos"),
    show_default=True,
    help="Where photos from a bucket are kept.",
)
@click.option("--workers", type=click.IntRange(1, 128), default=_WORKERS, help="Photos decoded at a time.")
@click.option("--downloads", type=click.IntRange(1, 256), default=32, help="Objects fetched at a time.")
@click.option("--force", is_flag=True, help="Replace the data set that is there.")
@options.as_json
def prepare(
    sources: tuple[str, ...],
    out: Path,
    form: "Form",
    ids: Path | None,
    labels: Path | None,
    shares: str,
    split_by: "SplitBy | None",
    window: int,
    blocks: int | None,
    seed: int,
    limit: int | None,
    cache: Path,
    workers: int,
    downloads: int,
    force: bool,
    as_json: bool,
) -> None:
    """Make a data set of the photos in SOURCE: folders, zips, or a bucket such as s3://aft-vbi-pds."""
    from bincount.commands.progress import tracking
    from bincount.data.building import NotBuilt, check_free
    from bincount.data.files import SourceUnusable
    from bincount.data.gathering import Gathering, gather
    from bincount.data.id_lists import ListError
    from bincount.data.prepare import NoPhotos, Plan
    from bincount.data.prepare import prepare as make
    from bincount.data.report import REPORT, SCHEMA
    from bincount.data.splits import Shares

    try:
        shared_out = Shares.parse(shares)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--split") from error
    plan = Plan(form, shared_out, split_by, window, blocks, seed, workers, force)
    asked = Gathering(sources, ids, labels, limit, cache, downloads)
    with tracking() as track:
        # Before anything is fetched: a place that is taken is known now, and not after 31 GB.
        options.or_fail(lambda: check_free(out, REPORT, SCHEMA, replace=force), NotBuilt)
        report = options.or_fail(
            lambda: make(gather(asked, track), out, plan, options.command_line(), track),
            NoPhotos, NotBuilt, SourceUnusable, ListError,
        )  # fmt: skip
    options.say(as_json, _told(report, out), _summary(report, out))


def _told(report: dict[str, Any], out: Path) -> str:
    """What was made, for people."""
    splits = ", ".join(f"{name} {each['photos']:,}" for name, each in report["splits"].items())
    lines = [f"{report['photos']:,} photos in {out}: {splits} (split by: {report['split_by']})"]
    lines += [f"- {each}" for each in report["warnings"]]
    return "\n".join([*lines, f"More in {out / 'report.html'}"])


def _summary(report: dict[str, Any], out: Path) -> dict[str, Any]:
    """What was made, for programs: figures, without the lists of report.json."""
    figures = ("photos", "groups", "unlabelled")
    splits = {name: {key: each[key] for key in figures} for name, each in report["splits"].items()}
    numbers = ("corrupt", "missing", "unreadable_records", "sum_differs", "repeated_ids")
    return {
        "folder": str(out),
        "photos": report["photos"],
        "split_by": report["split_by"],
        "splits": splits,
        "unlabelled": report["unlabelled"],
        **{name: report[name]["number"] for name in numbers},
        "duplicates": report["duplicates"]["photos"],
        "duplicates_in_several_splits": report["duplicates"]["in_several_splits"],
        "warnings": report["warnings"],
        "download": report["download"],
    }
