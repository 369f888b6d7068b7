"""How many photos a second are counted, from the bytes of JPEGs to probabilities: about three minutes.

    python -m benchmarks.inference_speed [--artifact FOLDER] [--json]

Every runtime of the CPU, and a GPU where one is, against the handler that the earlier projects deployed.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.counting_engines import EARLIER, Engine, cpu_engines, earlier_handler, gpu_engine
from benchmarks.interleaved import Lap, Spread, Turn, by_turns, milliseconds, rate, table, times_as_fast
from benchmarks.sample_photos import SOURCE_ERRORS, default_source, jpegs
from bincount.artifact import ArtifactError
from bincount.commands import options
from bincount.onnx_graph import available_cpus

HEADER = ("engine", "batch", "photos/s", "times as fast", "decode ms", "network ms", "off by")
GPU_BATCHES, GPU_PHOTOS = (1, 16, 256), 1024
COMPARED = 16  # photos on which the engines' answers are compared


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one engine with one size of batch."""

    engine: str
    batch: int
    photos_per_second: Spread
    times_as_fast: Spread
    decode: float  # milliseconds a photo
    network: float
    off_by: float | None  # largest difference of a probability from the exact counter's

    def cells(self) -> tuple[str, ...]:
        """For the table."""
        off_by = "" if self.off_by is None else f"{self.off_by:.1g}"
        times = (f"{self.decode:.2f}", f"{self.network:.2f}")
        return (
            self.engine,
            str(self.batch),
            str(self.photos_per_second),
            str(self.times_as_fast),
            *times,
            off_by,
        )


@click.command(help=__doc__)
@options.artifact
@click.option("--source", default=default_source, help="Folder, zip or S3 prefix of JPEGs; else drawn bins.")
@click.option("--photos", type=click.IntRange(1), default=32, show_default=True, help="A turn, on the CPU.")
@click.option("--batch", "batches", type=click.IntRange(1), multiple=True, default=(1, 16), show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=7, show_default=True, help="Turns that count.")
@click.option(
    "--threads", type=click.IntRange(1), default=available_cpus, help="Of a runtime; else one a core."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def main(
    artifact: Path,
    source: str | None,
    photos: int,
    batches: tuple[int, ...],
    rounds: int,
    threads: int,
    as_json: bool,
) -> None:
    """Measure and print."""
    measured: dict[str, list[Row]] = {}
    try:
        sample = jpegs(max(photos, COMPARED), source)
        with TemporaryDirectory() as scratch:
            engines = list(cpu_engines(artifact, Path(scratch), threads))
            exact = _answers(engines[0], sample)
            earlier = earlier_handler(torch.device("cpu"))
            measured["CPU"] = _rows(engines, earlier, sample[:photos], batches, rounds, exact)
        if torch.cuda.is_available():
            many, earlier = jpegs(GPU_PHOTOS, source), earlier_handler(torch.device("cuda"))
            measured["GPU"] = _rows([gpu_engine(artifact)], earlier, many, GPU_BATCHES, rounds, exact)
    except (ArtifactError, *SOURCE_ERRORS) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        facts = {"photos": photos, "rounds": rounds, "threads": threads}
        rows = {where: [asdict(row) for row in rows] for where, rows in measured.items()}
        click.echo(json.dumps(facts | rows))
        return
    for where, rows in measured.items():
        click.echo(f"On the {where}, middle of {rounds} rounds (least-most):")
        click.echo(table(HEADER, [row.cells() for row in rows]))
    if "GPU" not in measured:
        click.echo("No GPU here: its rows were left out.")


def _rows(
    engines: Sequence[Engine],
    earlier: Engine,
    sample: Sequence[bytes],
    batches: Sequence[int],
    rounds: int,
    exact: NDArray[np.float32],
) -> list[Row]:
    """Measure the engines by turns, each with every size of batch."""
    contenders = [(earlier, 1), *((engine, batch) for engine in engines for batch in batches)]
    ways = {f"{engine.name}, {batch}": _turn(engine, sample, batch) for engine, batch in contenders}
    laps = by_turns(ways, rounds, "counting")
    reference = laps[f"{EARLIER}, 1"]
    return [
        Row(
            engine.name,
            batch,
            rate(mine),
            times_as_fast(mine, reference),
            milliseconds(mine, "decode"),
            milliseconds(mine, "network"),
            None if engine is earlier else float(np.abs(_answers(engine, sample) - exact).max()),
        )
        for (engine, batch), mine in zip(contenders, laps.values(), strict=True)
    ]


def _turn(engine: Engine, sample: Sequence[bytes], batch: int) -> Turn:
    """All photos once, a request at a time."""

    def turn() -> Lap:
        decode = network = 0.0
        for start in range(0, len(sample), batch):
            begun = time.perf_counter()
            photos = engine.read(sample[start : start + batch])
            decoded = time.perf_counter()
            engine.count(photos)
            decode, network = decode + decoded - begun, network + time.perf_counter() - decoded
        return {"decode": decode / len(sample), "network": network / len(sample)}

    return turn


def _answers(engine: Engine, sample: Sequence[bytes]) -> NDArray[np.float32]:
    return engine.count(engine.read(sample[:COMPARED]))


if __name__ == "__main__":
    main()
