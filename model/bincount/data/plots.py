"""The plots of the data page: SVG that takes its ink from the page, to be read on light and on dark."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bincount.data.dataset import Photos
from bincount.data.figures import by_count, differences, spearman
from bincount.data.manifest import SPLITS, Split
from bincount.svg import INK, STYLE, svg

COLOURS = {"train": "#3b6fd4", "val": "#e08a1e", "test": "#2f9e73"}
_STYLE = STYLE | {
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
}


def labels_per_split(counts: Mapping[Split, NDArray[np.int64]], last: int = 15) -> str:
    """How often each count is recorded, as a share of each split."""
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(10, 3.4)
        for place, split in enumerate(SPLITS):
            if not len(counts[split]):
                continue
            shares = np.bincount(np.minimum(counts[split], last), minlength=last + 1) / len(counts[split])
            x = np.arange(last + 1) + (place - 1) * 0.28
            label = f"{split} ({len(counts[split]):,})"
            axes.bar(x, 100 * shares, 0.26, color=COLOURS[split], label=label)
        axes.set_xticks(range(last + 1), [*map(str, range(last)), f"{last}+"])
        axes.set(xlabel="recorded count", ylabel="% of the split")
        axes.legend()
        return svg(figure)


def sizes(histogram: Sequence[Sequence[int]], step: int) -> str:
    """Width and height of the photos as they came."""
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(6.2, 4)
        width, height, photos = np.array(histogram, float).T
        area = 12 + 500 * photos / photos.max()
        axes.scatter(width + step / 2, height + step / 2, area, color=COLOURS["train"], alpha=0.45, lw=0)
        axes.set(xlabel="width, pixels", ylabel="height, pixels", title="Before squashing")
        axes.set_xlim(0, None)
        axes.set_ylim(0, None)
        axes.axline((0, 0), slope=1, color=INK, lw=0.6, alpha=0.35)
        return svg(figure)


def items_per_bin(photos: Photos, last: int = 12) -> str:
    """How many distinct items the records list."""
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(6.2, 4)
        items = photos.items[~np.isnan(photos.items)].astype(int)
        shares = np.bincount(np.minimum(items, last), minlength=last + 1) / max(1, len(items))
        axes.bar(range(last + 1), 100 * shares, 0.7, color=COLOURS["train"])
        axes.set_xticks(range(last + 1), [*map(str, range(last)), f"{last}+"])
        axes.set(xlabel="distinct items", ylabel="% of bins", title=f"{len(items):,} bins with a record")
        return svg(figure)


def changes(photos: Photos, most: int = 6) -> str:
    """What changed between two looks at one bin."""
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(6.2, 4)
        found = differences(photos)
        shown = np.clip(found, -most, most)
        heights = np.bincount(shown + most, minlength=2 * most + 1) / max(1, len(found))
        axes.bar(np.arange(-most, most + 1), 100 * heights, 0.7, color=COLOURS["val"])
        ticks = range(-most, most + 1)
        axes.set_xticks(ticks, [_signed(each, most) for each in ticks])
        axes.set(xlabel="change of the count", ylabel="% of pairs", title=f"{len(found):,} pairs of looks")
        return svg(figure)


def against_count(photos: Photos, values: NDArray[np.float64], name: str, last: int = 12) -> str:
    """A measure of the bin against its count: median, middle half and middle four fifths."""
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(6.2, 3.6)
        rows = [
            (count, *np.quantile(here, (0.1, 0.25, 0.5, 0.75, 0.9)))
            for count, here in by_count(photos.counts, values, last)
            if len(here) >= 5
        ]
        rho = spearman(photos.counts.astype(float), values)
        title = f"{name} (Spearman {rho:+.2f})" if np.isfinite(rho) else name
        axes.set(xlabel="recorded count", ylabel=name, title=title)
        if rows:
            _bands(axes, np.array(rows))
        axes.set_xticks(range(last + 1), [*map(str, range(last)), f"{last}+"])
        return svg(figure)


def _bands(axes: Axes, rows: NDArray[np.float64]) -> None:
    """One band of quantiles over counts; rows: count and the five quantiles."""
    count, low, lower, median, upper, high = rows.T
    colour = COLOURS["test"]
    axes.fill_between(count, low, high, color=colour, alpha=0.16, lw=0, label="middle 80 %")
    axes.fill_between(count, lower, upper, color=colour, alpha=0.32, lw=0, label="middle 50 %")
    axes.plot(count, median, color=colour, marker="o", ms=4, label="median")
    axes.set_ylim(0, None)
    axes.legend(fontsize=9)


def _signed(change: int, most: int) -> str:
    if abs(change) == most:
        return f"≤−{most}" if change < 0 else f"≥+{most}"
    return f"{change:+d}".replace("-", "−") if change else "0"


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure((width, height), layout="constrained")
    return figure, figure.add_subplot()
