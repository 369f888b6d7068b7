"""`bincount draw`."""

import json
from pathlib import Path

import click

from bincount.commands import options


@click.command()
@click.argument("out", type=options.folder)
@click.option("-n", "--number", type=click.IntRange(1), default=100, help="How many bins.")
@click.option("--seed", default=0, help="The same seed draws the same bins.")
@options.as_json
def draw(out: Path, number: int, seed: int, as_json: bool) -> None:
    """Draw synthetic bins into OUT: <id>.jpg, and <id>.json with the exact count as EXPECTED_QUANTITY."""
    from bincount.data.synthetic import bins

    out.mkdir(parents=True, exist_ok=True)
    for each in bins(number, seed):
        (out / f"{each.id}.jpg").write_bytes(each.jpeg)
        record = {"BIN_FCSKU_DATA": {}, "EXPECTED_QUANTITY": each.count}
        (out / f"{each.id}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    options.say(as_json, f"{number} bins in {out}", {"bins": number, "folder": str(out)})
