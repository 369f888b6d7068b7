"""`bincount export`."""

from pathlib import Path

import click

from bincount.commands import options


@click.command()
@options.artifact
@options.data
@options.as_json
def export(artifact: Path, data: Path, as_json: bool) -> None:
    """Make a counter's graph and figures anew from its weights (needs requirements/model.txt)."""
    with options.needing_torch():
        from bincount.artifact import ArtifactError
        from bincount.data.abid_slice import DataMissing
        from bincount.training.release import release_again
    made = options.or_fail(
        lambda: release_again(artifact, data / "abid", options.command_line()), ArtifactError, DataMissing
    )
    options.tell_of(made, artifact, as_json)
