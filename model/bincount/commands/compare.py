"""`bincount compare`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.photos import Pixels


@click.command()
@click.argument("before", type=options.file)
@click.argument("after", type=options.file)
@options.artifact
@options.as_json
def compare(before: Path, after: Path, artifact: Path, as_json: bool) -> None:
    """Tell what changed between two looks at one bin: the photo BEFORE and the photo AFTER.

    Answers under the law of changes in the training data, where nearly every second look follows a pick or a
    stow. "No change" is hardly ever among them: see docs/evaluation.md.
    """
    import numpy as np

    from bincount.artifact import ArtifactError
    from bincount.comparison import Comparison

    comparison = options.or_fail(lambda: Comparison(artifact), ArtifactError)
    looks = [_read(path) for path in (before, after)]
    (changes,) = comparison.changes(*(np.stack([each]) for each in looks))
    most = len(changes) // 2
    told = {str(change - most): round(float(share), 4) for change, share in enumerate(changes)}
    likely = int(changes.argmax()) - most
    fewer, more = float(changes[:most].sum()), float(changes[most + 1 :].sum())
    lines = (
        f"{before} -> {after}: {_said(likely)}, most likely ({changes.max():.0%})",
        f"fewer {fewer:.0%}, as many {changes[most]:.0%}, more {more:.0%}",
    )
    facts = {"model": str(comparison.model), "change": likely, "probabilities": told}
    options.say(as_json, "\n".join(lines), facts)


def _read(path: Path) -> "Pixels":
    from bincount.photos import PhotoError, read_photo

    try:
        return options.or_fail(lambda: read_photo(path.read_bytes()), OSError)
    except PhotoError as error:
        raise click.ClickException(f"{path}: {error}") from error


def _said(change: int) -> str:
    if change == 0:
        return "as many"
    return f"{abs(change)} {'fewer' if change < 0 else 'more'}"
