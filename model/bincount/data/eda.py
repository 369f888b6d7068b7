"""The data page: what is in a prepared data set, in plots and examples. Behind `bincount eda`."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray

from bincount.data import plots
from bincount.data.dataset import DataMissing, Photos, fingerprint, joined_views, load
from bincount.data.figures import bins_by_group
from bincount.data.manifest import MANIFEST, SPLITS, Split, read_manifest
from bincount.data.pictures import thumbnail
from bincount.data.report import LICENCE, REPORT
from bincount.data.sources import Track
from bincount.data.suspects import Doubts

TEMPLATE = "eda.html.j2"
COUNTS_SHOWN = 12  # the last row holds so many and more
EXAMPLES = 7  # photos a count
GROUPS = 12
LOOKS = 3  # photos a group
SUSPECTS = 28

type Doubting = Callable[[Photos], Doubts]


@dataclass(frozen=True, slots=True)
class Shown:
    """One photo on the page."""

    id: str
    picture: str  # a data URL
    count: int
    note: str = ""


def look(
    folder: Path, splits: Sequence[Split], seed: int, doubting: Doubting | None, track: Track
) -> tuple[str, dict[str, Any]]:
    """Look at the photos of some splits; returns the page and its figures.

    Args:
        folder: a prepared data set.
        splits: whose photos are looked at; of the others only the counts are.
        seed: chooses the examples.
        doubting: a counter's opinion of the labels.
        track: shows how far it is.

    Raises:
        DataMissing: there is no such data set, or nothing in those splits.
    """
    photos = _photos(folder, splits)
    counts = _counts(folder)
    report = _report(folder)
    rng = np.random.default_rng(seed)
    doubt = doubting(photos) if doubting else None
    facts = {
        "photos": len(photos),
        "splits": list(splits),
        "fingerprint": fingerprint(folder),
        "bins_seen_again": len(bins_by_group(photos)),
        "sum_differs": report.get("sum_differs", {}).get("number"),
        **_correlations(photos),
    }
    if doubt:
        order = doubt.order()[:SUSPECTS]
        facts["most_doubtful"] = [photos.ids[each] for each in order]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    page = environment.get_template(TEMPLATE).render(
        folder=folder.name,
        facts=facts,
        report=report,
        totals={split: len(counts[split]) for split in SPLITS},
        plots=_plots(photos, counts, report, track),
        examples=_examples(photos, rng),
        groups=_groups(photos, rng),
        doubt=doubt,
        suspects=_suspects(photos, doubt) if doubt else [],
        contradictory=_contradictory(photos, report),
        licence=LICENCE,
    )
    return page, facts
