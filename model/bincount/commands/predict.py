"""`bincount predict`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bincount.commands import options

if TYPE_CHECKING:
    from bincount.predictor import Device, Predictor
    from bincount.scoring.csv_file import Levels
    from bincount.scoring.score_file import Seen, Tally
    from bincount.scoring.sources import Listed

_NAMED = 20  # photos that the summary names


def _there(context: click.Context, parameter: click.Parameter, sources: tuple[str, ...]) -> tuple[str, ...]:
    """Local paths are looked for before anything is loaded."""
    from bincount.data.files import S3

    for source in sources:
        if not source.startswith(S3) and not Path(source).exists():
            raise click.BadParameter(f"{source!r} does not exist.")
    return sources


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, callback=_there)
@click.option("--out", type=options.file, help="CSV to write: id,count,expected_value,p0..pK (K or more).")
@click.option(
    "--errors", type=options.file, help="With --out, CSV to write: photos without a count, and why."
)
@click.option("--batch", type=click.IntRange(1, 1024), default=32, show_default=True, help="Photos a batch.")
@click.option(
    "--sets", is_flag=True, help="With --out: also the first and last count of the 90 % and 95 % sets."
)
@options.unsigned
@options.artifact
@options.device
@options.as_json
def predict(
    sources: tuple[str, ...],
    out: Path | None,
    errors: Path | None,
    batch: int,
    sets: bool,
    unsigned: bool,
    artifact: Path,
    device: "Device",
    as_json: bool,
) -> None:
    """Count the items on the photos of each SOURCE: a photo, a folder, a zip, or s3://bucket/prefix.

    With --out the distributions go to a CSV, which appears when it is whole; without, counts are printed. A
    photo's id is its file name without the ending. Exits with 1 when a photo cannot be counted; the others
    are counted all the same.
    """
    from bincount.data.files import SourceUnusable
    from bincount.scoring.sources import DuplicateId, check_ids, find

    if out is None and (errors is not None or sets):
        raise click.UsageError("--errors and --sets go with --out")
    if out is not None and errors is not None and out.resolve() == errors.resolve():
        raise click.UsageError("--out and --errors name one file: give each its own")
    photos = options.or_fail(lambda: find(sources, unsigned), SourceUnusable)
    if out is None:
        unreadable = options.or_fail(
            lambda: _print(options.loaded(artifact, device), photos, batch, as_json), SourceUnusable
        )
    else:
        options.or_fail(lambda: check_ids(photos), DuplicateId)
        levels = _levels(artifact) if sets else {}
        paper = _Paper(out, errors, levels)
        unreadable = _write(options.loaded(artifact, device), photos, paper, batch, as_json)
    if unreadable:
        sys.exit(1)


def _print(predictor: "Predictor", photos: "Sequence[Listed]", batch: int, as_json: bool) -> int:
    """Say each count as it is known, or all of them in the endpoint's own words; how many there are not."""
    from bincount.scoring.scoring import scored
    from binwatch.prediction import Counted, Prediction, Refused, to_json

    predictions: list[Prediction] = []
    for photo, result in scored(predictor, photos, batch):
        each = result if isinstance(result, Refused) else Counted(tuple(result.tolist()))
        predictions.append(each)
        if not as_json:
            said = each.message if isinstance(each, Refused) else f"{each.count} (p {each.confidence:.2f})"
            click.echo(f"{photo}: {said}")
    if as_json:
        click.echo(to_json(predictor.model, predictions))
    return sum(isinstance(each, Refused) for each in predictions)


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is written where."""

    out: Path
    errors: Path | None
    levels: "Levels"


def _levels(artifact: Path) -> "Levels":
    """Of the sets that the counter brings."""
    from bincount.artifact import Artifact, ArtifactError

    levels = options.or_fail(lambda: Artifact.load(artifact), ArtifactError).levels
    if not levels:
        remedy = "make it anew with `bincount export`, or leave out --sets"
        raise click.ClickException(f"the counter in {artifact} brings no sets of counts: {remedy}")
    return levels


def _write(
    predictor: "Predictor", photos: "Sequence[Listed]", paper: _Paper, batch: int, as_json: bool
) -> int:
    """Write the CSV and tell of it; how many photos could not be counted."""
    from bincount.data.files import SourceUnusable
    from bincount.scoring.score_file import score_to_csv

    skipped: list[str] = []
    try:
        with _progress(len(photos), skipped) as seen:
            tally = score_to_csv(
                predictor, photos, paper.out, paper.errors, batch=batch, levels=paper.levels, seen=seen
            )
    except SourceUnusable as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename or paper.out}: {error.strerror}") from error
    facts = {"out": str(paper.out), "counted": tally.counted, "unreadable": tally.unreadable}
    facts |= {"skipped": skipped[:_NAMED], "model": str(predictor.model)}
    options.say(as_json, _summary(paper, tally, skipped), facts)
    return tally.unreadable


def _summary(paper: _Paper, tally: "Tally", skipped: "Sequence[str]") -> str:
    lines = [f"{tally.counted} photos in {paper.out}"]
    if skipped:
        lines.append(f"{tally.unreadable} could not be counted:")
        lines += [f"  {each}" for each in skipped[:_NAMED]]
    if len(skipped) > _NAMED:
        where = f"are in {paper.errors}" if paper.errors else "go into a file with --errors FILE"
        lines.append(f"  and {len(skipped) - _NAMED} more; all of them {where}")
    return "\n".join(lines)


@contextmanager
def _progress(photos: int, skipped: list[str]) -> "Iterator[Seen]":
    """A bar on stderr; gathers the photos that cannot be counted, and why."""
    from bincount.bars import bar
    from binwatch.prediction import Refused

    with bar(transient=True) as progress:
        task = progress.add_task("counting", total=photos)

        def seen(photo: "Listed", result: object) -> None:
            if isinstance(result, Refused):
                skipped.append(f"{photo}: {result.message}")
            progress.advance(task)

        yield seen
