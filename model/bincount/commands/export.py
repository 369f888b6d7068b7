"""`bincount export`."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.artifact import EXACT
from bincount.commands import options

if TYPE_CHECKING:
    from bincount.artifact import Artifact


@click.command()
@click.argument("data", type=options.folder)
@click.option(
    "--out", type=options.folder, required=True, help="Artefact to write; without --member, to make anew."
)
@click.option(
    "--member", "members", type=options.folder, multiple=True, help="A run's folder; may be repeated."
)
@click.option(
    "--comparing",
    type=options.folder,
    multiple=True,
    help="A member that compares two looks; the others then only count. None: all that have learned to.",
)
@click.option(
    "--mirrored",
    is_flag=True,
    help="Members also look at the mirror image, and average: half as fast. So they do if one does.",
)
@click.option("--exact", is_flag=True, help="Write the 32-bit graph too: counter.fp32.onnx.")
@options.as_json
def export(
    data: Path,
    out: Path,
    members: tuple[Path, ...],
    comparing: tuple[Path, ...],
    mirrored: bool,
    exact: bool,
    as_json: bool,
) -> None:
    """Make an artefact of trained counters, or an artefact's graph and figures anew (without --member).

    DATA is the prepared set: training photos set the 8-bit scales, validation photos the temperature.
    Needs requirements/model.txt.
    """
    with options.needing_torch():
        from bincount.artifact import ArtifactError
        from bincount.data.dataset import DataMissing
        from bincount.training.export import write_exact
        from bincount.training.merge import again, merged
        from bincount.training.weights import read_weights
    logging.getLogger("bincount").setLevel(logging.INFO)
    if not members and (comparing or mirrored):
        raise click.UsageError("--comparing and --mirrored are about what several --member become")
    command = options.command_line()

    def made() -> "Artifact":
        if members:
            return merged(members, out, data, comparing=comparing, mirrored=mirrored, command=command)
        return again(out, data, command)

    artifact = options.or_fail(made, ArtifactError, DataMissing, OSError)
    if exact:
        options.or_fail(lambda: write_exact(read_weights(out), out / EXACT), OSError)
    options.tell_of(artifact, out, as_json)
