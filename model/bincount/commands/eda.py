"""`bincount eda`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.data.manifest import Split
    from bincount.predictor import Device


@click.command()
@click.argument("data", type=options.folder)
@click.option("--out", type=options.file, default=Path("eda.html"), show_default=True, help="Page to write.")
@click.option(
    "--split",
    "splits",
    type=click.Choice(["train", "val", "test"]),
    multiple=True,
    default=("train", "val"),
    show_default=True,
    help="Whose photos are looked at; of the others only how many there are.",
)
@click.option(
    "--artifact",
    type=options.folder,
    help="Counter that looks for suspicious labels; without one nobody does.",
)
@options.device
@click.option("--seed", default=0, help="The same seed shows the same examples.")
@options.as_json
def eda(
    data: Path,
    out: Path,
    splits: "tuple[Split, ...]",
    artifact: Path | None,
    device: "Device",
    seed: int,
    as_json: bool,
) -> None:
    """Look at the photos of a prepared data set: a page of plots and examples.

    The page holds photos: their licence goes with it.
    """
    with options.needing_torch():
        from bincount.data.eda import look
    from bincount.artifact import write_atomically
    from bincount.commands.progress import tracking
    from bincount.data.dataset import DataMissing
    from bincount.data.suspects import doubts

    predictor = options.loaded(artifact, device) if artifact else None
    with tracking() as track:
        doubt = (lambda photos: doubts(predictor, photos, track)) if predictor else None
        page, facts = options.or_fail(lambda: look(data, splits, seed, doubt, track), DataMissing)
    options.or_fail(lambda: write_atomically(out, page.encode()), OSError)
    options.say(as_json, f"{facts['photos']:,} photos looked at: {out}", {"page": str(out), **facts})
