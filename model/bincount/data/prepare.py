"""From photos wherever they are to a data set. Behind `bincount prepare`.

List, group, split, decode, arrange, report. Of half a million photos, rows are in memory, and a handful of
pictures at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bincount.data.arrange import Arrangement, Form, arrangement
from bincount.data.assignment import assigned, rule
from bincount.data.building import built_beside
from bincount.data.decoding import Undecodable, decoded
from bincount.data.groups import WINDOW
from bincount.data.manifest import Row
from bincount.data.origin import revision
from bincount.data.report import REPORT, SCHEMA, warnings, write_report
from bincount.data.selection import Wanted, select
from bincount.data.sources import Photo, Track, silently
from bincount.data.splits import DEFAULT_SHARES, Shares, SplitBy
from bincount.data.tally import Tally


class NoPhotos(Exception):
    """There is nothing to make a data set of."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the photos are to be split and arranged."""

    form: Form = "shards"
    shares: Shares = DEFAULT_SHARES
    split_by: SplitBy | None = None  # None: as the source says where it does, else by group
    window: int = WINDOW
    blocks: int | None = None
    seed: int = 0
    workers: int = 4
    replace: bool = False


def prepare(
    wanted: Wanted, out: Path, plan: Plan, command: str = "", track: Track = silently
) -> dict[str, Any]:
    """Make the data set; returns its report.

    Raises:
        NoPhotos: there is none, or none that can be decoded.
        NotBuilt: it cannot be written there.
    """
    made_by = {"command": command, "revision": revision()}  # now: the code may change while this runs
    with built_beside(out, REPORT, SCHEMA, replace=plan.replace) as folder:
        tally = Tally()
        photos = select(wanted, tally, track)
        if not photos:
            raise NoPhotos(f"no photo in {wanted.described}: <id>.jpg, .png or .webp, with <id>.json")
        by = rule(photos, plan.split_by)
        rows = assigned(photos, by, plan.shares, plan.seed, plan.window, plan.blocks)
        arranged = arrangement(plan.form, folder)
        kept = _decode(photos, rows, arranged, tally, track, plan.workers)
        if not kept:
            why = f"{tally.corrupt[0]['where']}: {tally.corrupt[0]['why']}"
            raise NoPhotos(f"none of the {len(photos)} photos in {wanted.described} can be decoded; {why}")
        told = tally.told(kept)
        made = {"source": wanted.described, "made_by": made_by, "split_by": by}
        how = {"form": plan.form, "seed": plan.seed, "window": plan.window, "blocks": plan.blocks}
        report = {"schema": SCHEMA, **made, **how, **told, "download": wanted.download}
        report["warnings"] = warnings(report)
        write_report(folder, report)
        splits = {name: each["photos"] for name, each in told["splits"].items()}
        arranged.finish(kept, {"splits": splits, **made})
    return report


def _decode(
    photos: Sequence[Photo],
    rows: Sequence[Row],
    arranged: Arrangement,
    tally: Tally,
    track: Track,
    workers: int,
) -> list[Row]:
    """Decode every photo into its place; the rows of those that could be."""
    kept = []
    results = track(decoded(photos, workers), "Decoding photos", len(photos))
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Undecodable):
            tally.refuses(result)
        else:
            kept.append(arranged.add(result, row))
            tally.keeps(result)
    return kept
