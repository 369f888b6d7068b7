"""`bincount explain`."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.predictor import Device, Predictor
    from bincount.scoring.sources import Listed


@click.command()
@click.argument("sources", metavar="PHOTO...", nargs=-1, required=True)
@click.option("--out", type=options.folder, required=True, help="Folder for the pictures: <id>.png.")
@options.unsigned
@options.artifact
@options.device
@options.as_json
def explain(
    sources: tuple[str, ...], out: Path, unsigned: bool, artifact: Path, device: "Device", as_json: bool
) -> None:
    """Draw where the counter sees items on each PHOTO (or on those of a folder, a zip, s3://bucket/prefix).

    Colour says by how many items the expected count falls when what is there is blurred away. Each photo is
    counted 82 times. Exits with 1 when a photo cannot be counted.
    """
    from bincount.commands.progress import tracking
    from bincount.data.files import FileUnreadable, SourceUnusable
    from bincount.photos import PhotoError
    from bincount.scoring.sources import DuplicateId, check_ids, find

    photos = options.or_fail(lambda: find(sources, unsigned), SourceUnusable)
    options.or_fail(lambda: check_ids(photos), DuplicateId)
    predictor = options.loaded(artifact, device)
    made = []
    with tracking() as track:
        for photo in track(photos, "looking", len(photos)):
            try:
                made.append(
                    options.or_fail(partial(_explained, photo, predictor, out), OSError, SourceUnusable)
                )
            except (PhotoError, FileUnreadable) as error:
                click.echo(f"{photo}: {error}", err=True)
    facts = {"out": str(out), "pictures": made, "unreadable": len(photos) - len(made)}
    options.say(as_json, f"{len(made)} pictures in {out}", facts)
    if len(made) < len(photos):
        sys.exit(1)


def _explained(photo: "Listed", predictor: "Predictor", out: Path) -> dict[str, object]:
    """Write one picture; what there is to say of it."""
    from bincount.artifact import write_atomically
    from bincount.explain import drawn, look
    from bincount.photos import read_photo

    data = photo.data()
    sight = look(read_photo(data), predictor)
    path = out / f"{photo.id}.png"
    write_atomically(path, drawn(data, sight))
    return {"photo": str(photo), "picture": str(path), "count": sight.count, "expected": sight.expected}
