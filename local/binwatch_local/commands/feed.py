"""`feed`."""

import json
import time

import click

from binwatch_local import feeder, planting, sources, stack
from binwatch_local.aws import UploadsBucket
from binwatch_local.commands import options
from binwatch_local.console import Bars, err
from binwatch_local.feeder import Pace, Sent
from binwatch_local.home import Home, append_json
from binwatch_local.photos import Photos


@click.command()
@click.argument("source")
@options.rate
@options.limit
@click.option("--plant", type=options.Number(0, 1), default=0, show_default=True, help=options.PLANT_HELP)
@options.seed
@options.as_json
def feed(source: str, rate: float, limit: int | None, plant: float, seed: int, as_json: bool) -> None:
    """Upload photos and their records as a fleet of robots would.

    SOURCE is a folder, a zip, or a public S3 prefix (s3://aft-vbi-pds/bin-images/). It holds <id>.jpg with
    <id>.json beside it, or ABID's folders bin-images/ and metadata/, or the fleet's sites/<site>/bins/<bin>/;
    records may also lie in metadata.jsonl.gz beside the zip. Photos without a record are fed, too, and wait.
    """
    home = Home.from_env()
    found = stack.find(home)
    photos = sources.find(source, limit, seed, err.print).photos
    captures, planted = planting.plant(photos.captures, plant, seed)
    append_json(home.planted_file, *(each.to_json() for each in planted))
    for note in photos.notes:
        err.print(f"Note: {note}.")
    began = time.monotonic()
    sent = upload(Photos(captures, photos.standing, photos.files), UploadsBucket(found.bucket), rate, seed)
    took = time.monotonic() - began
    if as_json:
        fed = {
            "photos": len(sent),
            "seconds": round(took, 3),
            "planted": [each.to_json() for each in planted],
        }
        click.echo(json.dumps({**fed, "keys": [each.key for each in sent]}, indent=2, ensure_ascii=False))
        return
    err.print(
        f"Fed {len(sent)} photos in {took:.1f} s ({len(sent) / took:.1f}/s), {len(planted)} records planted."
    )
    err.print("Next: `binwatch status`, `binwatch looks`, `binwatch alerts`.")


def upload(photos: Photos, bucket: UploadsBucket, rate: float, seed: int) -> list[Sent]:
    """Upload with a progress bar."""
    done = 0
    total = len(photos.captures)
    with Bars() as bars:

        def on_sent(_: Sent) -> None:
            nonlocal done
            done += 1
            bars.show("uploaded", done, total)

        bars.show("uploaded", 0, total)
        return feeder.feed(photos, bucket, Pace(rate), seed, on_sent)
