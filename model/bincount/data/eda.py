"""The data page: what is in a prepared data set, in plots and examples. Behind `bincount eda`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.data import plots
from bincount.data.dataset import Photos, fingerprint, load_several
from bincount.data.figures import spearman
from bincount.data.looks import repeated_looks
from bincount.data.manifest import MANIFEST, SPLITS, Split, read_manifest
from bincount.data.pictures import thumbnail
from bincount.data.report import LICENCE, REPORT
from bincount.data.sources import Track
from bincount.data.suspects import Doubts
from bincount.pages import templates

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
    photos = load_several(folder, splits)
    counts = _counts(folder)
    report = _report(folder)
    rng = np.random.default_rng(seed)
    doubt = doubting(photos) if doubting else None
    facts = {
        "photos": len(photos),
        "splits": list(splits),
        "fingerprint": fingerprint(folder),
        "bins_seen_again": len(repeated_looks(photos)),
        "sum_differs": report.get("sum_differs", {}).get("number"),
        **_correlations(photos),
    }
    if doubt:
        order = doubt.order()[:SUSPECTS]
        facts["most_doubtful"] = [photos.ids[each] for each in order]
    page = (
        templates(Path(__file__).parent)
        .get_template(TEMPLATE)
        .render(
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
    )
    return page, facts


def _counts(folder: Path) -> dict[Split, NDArray[np.int64]]:
    """The recorded counts of every split."""
    rows = [row for row in read_manifest(folder / MANIFEST) if row.count is not None]
    return {split: np.array([row.count for row in rows if row.split == split], np.int64) for split in SPLITS}


def _report(folder: Path) -> dict[str, Any]:
    """The data report that lies beside the photos; empty when it does not."""
    try:
        content = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _measures(photos: Photos) -> dict[str, NDArray[np.float64]]:
    """What records say of a bin beside its count, by name."""
    units = np.where(photos.counts > 0, photos.counts, np.nan)
    return {
        "distinct items": photos.items,
        "mean item volume, cubic inches": photos.volume / units,
        "total volume, cubic inches": photos.volume,
        "mean item weight, pounds": photos.weight / units,
        "total weight, pounds": photos.weight,
    }


def _correlations(photos: Photos) -> dict[str, float | None]:
    """Spearman's rho of each measure with the count; None where it is not known."""
    counts = photos.counts.astype(float)
    rhos = {name: spearman(counts, values) for name, values in _measures(photos).items()}
    return {f"rho({name})": round(rho, 3) if np.isfinite(rho) else None for name, rho in rhos.items()}


def _plots(
    photos: Photos, counts: dict[Split, NDArray[np.int64]], report: dict[str, Any], track: Track
) -> dict[str, Any]:
    """Every plot of the page, as SVG."""
    histogram = report.get("sizes", {}).get("histogram") or []
    measures = _measures(photos).items()
    return {
        "labels": plots.labels_per_split(counts),
        "sizes": plots.sizes(histogram, report["sizes"]["step"]) if len(histogram) > 1 else None,
        "distinct": plots.items_per_bin(photos) if not np.isnan(photos.items).all() else None,
        "changes": plots.changes(photos),
        "measures": [
            plots.against_count(photos, values, name)
            for name, values in track(list(measures), "Plotting", len(measures))
            if not np.isnan(values).all()
        ],
    }


def _shown(photos: Photos, place: int, note: str = "") -> Shown:
    return Shown(photos.ids[place], thumbnail(photos.pixels[int(place)]), int(photos.counts[place]), note)


def _examples(photos: Photos, rng: np.random.Generator) -> list[tuple[str, int, list[Shown]]]:
    """Photos of every count: its name, how many there are, and some of them."""
    rows = []
    for count in range(COUNTS_SHOWN + 1):
        last = count == COUNTS_SHOWN
        here = np.flatnonzero(photos.counts >= count if last else photos.counts == count)
        chosen = rng.permutation(here)[:EXAMPLES]
        rows.append(
            (f"{count}+" if last else str(count), len(here), [_shown(photos, each) for each in chosen])
        )
    return [row for row in rows if row[1]]


def _groups(photos: Photos, rng: np.random.Generator) -> list[list[Shown]]:
    """Bins that were photographed more than once: what changed from look to look."""
    found = repeated_looks(photos)
    chosen = [found[each][:LOOKS] for each in rng.permutation(len(found))[:GROUPS]]
    return [
        [_shown(photos, place, _change(photos, before, place)) for before, place in _steps(bin_)]
        for bin_ in chosen
    ]


def _steps(bin_: NDArray[np.int64]) -> list[tuple[int | None, int]]:
    """Every look at a bin with the one before it."""
    return list(zip([None, *bin_[:-1]], bin_, strict=True))


def _change(photos: Photos, before: int | None, place: int) -> str:
    if before is None:
        return ""
    change = int(photos.counts[place] - photos.counts[before])
    return f"{change:+d}".replace("-", "−") if change else "no change"


def _suspects(photos: Photos, doubt: Doubts) -> list[Shown]:
    """The photos whose recorded count the counter finds least likely."""
    return [_shown(photos, place, _opinion(doubt, place)) for place in doubt.order()[:SUSPECTS]]


def _opinion(doubt: Doubts, place: int) -> str:
    likeliest = int(doubt.likeliest[place])
    more = "+" if likeliest == doubt.last else ""
    return f"counter: {likeliest}{more}, p(record) {doubt.likelihood[place]:.1e}"


def _contradictory(photos: Photos, report: dict[str, Any]) -> list[Shown]:
    """The photos whose record lists items that do not add up to its count."""
    summed = {each["id"]: each["summed"] for each in report.get("sum_differs", {}).get("listed", [])}
    places = [place for place, identifier in enumerate(photos.ids) if identifier in summed]
    return [_shown(photos, each, f"items add up to {summed[photos.ids[each]]}") for each in places[:SUSPECTS]]
