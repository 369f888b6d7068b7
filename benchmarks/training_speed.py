"""How fast training goes through photos, our loop and that of the five earlier projects: about three minutes.

    python -m benchmarks.training_speed [--json]

Each network is trained by both, in turns. ResNets start at random: speed does not depend on the weights.
"""

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import torch

from benchmarks.interleaved import Lap, Spread, Turn, by_turns, rate, table, times_as_fast
from benchmarks.sample_photos import SOURCE_ERRORS, default_source, jpegs
from benchmarks.training_loops import Material, Pass, earlier_pass, material, our_pass
from bincount.onnx_graph import available_cpus
from bincount.training.config import TrainConfig
from bincount.training.presets import PRESETS

EARLIER = "earlier: PIL in a data loader, fp32"
OURS, CACHED, COMPILED = "ours: prepared pixels", "ours: cached views", "ours: prepared pixels, compiled"
VIEWS = 4
HEADER = ("network", "loop", "photos/s", "times as fast", "photos/s, caching included")


@dataclass(frozen=True, slots=True)
class Loop:
    """One way to train one network."""

    turn: Turn
    caching: float = 0.0  # seconds a photo, spent once before the first epoch


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of it."""

    network: str
    loop: str
    photos_per_second: Spread
    times_as_fast: Spread
    whole_run: float  # photos/s over all epochs of the preset, what is done once before them included

    def cells(self) -> tuple[str, ...]:
        """For the table."""
        figures = (self.photos_per_second, self.times_as_fast, f"{self.whole_run:.1f}")
        return (self.network, self.loop, *map(str, figures))


@click.command(help=__doc__)
@click.option("--source", default=default_source, help="Folder, zip or S3 prefix of JPEGs; else drawn bins.")
@click.option(
    "--preset",
    "presets",
    multiple=True,
    type=click.Choice(("default", "linear", "last3", "scratch34")),
    default=("default", "linear", "scratch34"),
    show_default=True,
    help="Whose networks; may be repeated.",
)
@click.option("--photos", type=click.IntRange(1), show_default="32; 2048 on a GPU", help="A turn.")
@click.option("--batch", type=click.IntRange(1), show_default="16; 64 on a GPU", help="Photos a batch.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Turns that count.")
@click.option(
    "--workers", type=click.IntRange(0), default=available_cpus, help="Of the data loader; else one a core."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def main(
    source: str | None,
    presets: tuple[str, ...],
    photos: int | None,
    batch: int | None,
    rounds: int,
    workers: int,
    as_json: bool,
) -> None:
    """Measure and print."""
    where = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    photos, batch = (
        photos or (2048 if where.type == "cuda" else 32),
        batch or (64 if where.type == "cuda" else 16),
    )
    if photos % batch:
        raise click.UsageError("--photos must be a multiple of --batch: every loop shall see as many")
    with TemporaryDirectory() as temporary:
        try:
            made = material(jpegs(photos, source), Path(temporary))
        except SOURCE_ERRORS as error:
            raise click.ClickException(str(error)) from error
        rows = []
        for name in presets:
            config = replace(PRESETS[name], batch_size=batch, pretrained="lite" in PRESETS[name].backbone)
            loops = _loops(config, made, Path(temporary), workers, where)
            laps = by_turns({loop: each.turn for loop, each in loops.items()}, rounds, name)
            rows += [
                _row(f"{name}: {config.backbone}", loop, laps, loops[loop].caching, config) for loop in loops
            ]
    preparing = photos / made.seconds
    if as_json:
        facts = {"device": str(where), "photos": photos, "batch": batch, "rounds": rounds}
        click.echo(json.dumps(facts | {"preparing": preparing, "rows": [asdict(row) for row in rows]}))
        return
    click.echo(table(HEADER, [row.cells() for row in rows]))
    click.echo(f"Preparing, once for all runs: {preparing:.0f} photos/s on one core.")
    click.echo(
        f"On {where}; {photos} photos a turn in batches of {batch}; middle of {rounds} turns (least-most)."
    )
    if where.type == "cpu":
        click.echo("No GPU here: the GPU's rows were left out.")


def _loops(
    config: TrainConfig, made: Material, folder: Path, workers: int, where: torch.device
) -> dict[str, Loop]:
    """Every way to train this network here."""
    photos = len(made.files)
    fresh, cached = replace(config, views=None), replace(config, views=VIEWS)
    loops = {
        EARLIER: Loop(_timed(earlier_pass(config, made, workers, where), photos)),
        OURS: Loop(_timed(our_pass(fresh, made, folder, where)[0], photos)),
    }
    if config.frozen:
        train, spent = our_pass(cached, made, folder, where)
        loops[CACHED] = Loop(_timed(train, photos), spent / photos)
    if where.type == "cuda":
        loops[COMPILED] = Loop(_timed(our_pass(fresh, made, folder, where, compiled=True)[0], photos))
    return loops


def _timed(train: Pass, photos: int) -> Turn:
    """A pass as a turn; a GPU's work counts when it is done."""

    def turn() -> Lap:
        begun = time.perf_counter()
        train()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return {"training": (time.perf_counter() - begun) / photos}

    return turn


def _row(network: str, loop: str, laps: dict[str, list[Lap]], caching: float, config: TrainConfig) -> Row:
    found = rate(laps[loop])
    whole = 1 / (1 / found.median + caching / config.epochs)
    return Row(network, loop, found, times_as_fast(laps[loop], laps[EARLIER]), whole)


if __name__ == "__main__":
    main()
