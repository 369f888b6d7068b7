"""`bincount predict`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.predictor import Device

_photo = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("photos", nargs=-1, required=True, type=_photo)
@options.artifact
@options.device
@options.as_json
def predict(photos: tuple[Path, ...], artifact: Path, device: "Device", as_json: bool) -> None:
    """Count the items on PHOTOS. Exits with 1 when one of them cannot be counted."""
    from bincount.predictor import count_photos
    from binwatch.prediction import Refused, to_json

    predictor = options.loaded(artifact, device)
    predictions = count_photos(predictor, [path.read_bytes() for path in photos])
    if as_json:
        click.echo(to_json(predictor.model, predictions))
    else:
        for path, each in zip(photos, predictions, strict=True):
            said = each.message if isinstance(each, Refused) else f"{each.count} (p {each.confidence:.2f})"
            click.echo(f"{path}: {said}")
    if any(isinstance(each, Refused) for each in predictions):
        sys.exit(1)
