"""Labelled photos on which rules are evaluated or fitted: what commands ask for, and what may be amiss."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bincount.artifact import SHIPPED
from binwatch_local.console import Bars
from binwatch_local.errors import OneMachineError

if TYPE_CHECKING:
    from bincount.evaluation.material import Asked, Material
    from binwatch_local.alert_evaluation.bins import Bins
    from binwatch_local.alert_evaluation.evaluation import Track

artifact = click.option(
    "--artifact",
    type=click.Path(file_okay=False, path_type=Path),
    default=SHIPPED,
    show_default="the shipped one",
    help="Folder of the counter.",
)
predictions = click.option(
    "--predictions",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Take the counts from a CSV of `bincount predict` instead of counting.",
)


def photos_of(data: Path, split: "Asked") -> "Material":
    """The photos that DATA names.

    Raises:
        OneMachineError: there are none.
    """
    from bincount.data.dataset import DataMissing
    from bincount.data.manifest import ManifestError
    from bincount.evaluation.material import open_material

    try:
        return open_material(data, split)
    except (DataMissing, ManifestError, OSError) as error:
        remedy = "Name a folder of `bincount prepare`, or a CSV id,path,count[,group]."
        raise OneMachineError(f"{error}.", remedy) from error


def bins_of(material: "Material", artifact: Path, predictions: Path | None, track: "Track") -> "Bins":
    """The photos with what a counter says of them, now or before.

    Raises:
        OneMachineError: there is no counter, or it can say nothing.
    """
    from bincount.artifact import ArtifactError
    from bincount.evaluation.contenders import PredictionsUnusable
    from binwatch_local.alert_evaluation.counting import NothingToJudge, counted_before, counted_now

    try:
        return (
            counted_before(material, predictions) if predictions else counted_now(material, artifact, track)
        )
    except PredictionsUnusable as error:
        raise OneMachineError(f"{error}.", "`bincount predict` writes such a file.") from error
    except ArtifactError as error:
        raise OneMachineError(f"{error}.", "Name a counter's folder with --artifact.") from error
    except NothingToJudge as error:
        raise OneMachineError(f"{error}.", "Name other photos.") from error


@contextmanager
def tracking() -> "Iterator[Track]":
    """Progress on stderr."""
    with Bars() as bars:

        def track(things: Iterable[Any], what: str, total: int) -> Iterator[Any]:
            bars.show(what, 0, total)
            for done, thing in enumerate(things, start=1):
                yield thing
                bars.show(what, done, total)

        yield track
