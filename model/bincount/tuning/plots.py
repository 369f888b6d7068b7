"""The plots of a search as SVG that stands in a page: lines and letters take the page's colour."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from bincount.svg import INK, STYLE, svg
from bincount.tuning.figures import Trial, best_of
from bincount.tuning.space import Choice, Real, Space, Whole

_DONE, _PRUNED, _BEST = "#3f83d8", "#9a948a", "#d9692b"
_STYLE = STYLE | {"font.size": 10, "grid.color": INK, "grid.alpha": 0.12}


def history(trials: Sequence[Trial]) -> str:
    """Validation NLL of each trial, and the best so far."""

    def draw(figure: Figure) -> None:
        axes = _axes(figure, "trial", "validation NLL")
        for pruned, colour, marker, label in (
            (False, _DONE, "o", "to its end"),
            (True, _PRUNED, "x", "pruned"),
        ):
            chosen = [each for each in trials if each.pruned is pruned and each.nll is not None]
            axes.scatter(
                [t.number for t in chosen],
                [t.nll for t in chosen],
                c=colour,
                marker=marker,
                s=28,
                label=label,
            )
        axes.step(*_best_so_far(trials), where="post", color=_BEST, lw=1.8, label="best so far")
        axes.legend(fontsize=9)

    return _drawn(draw, (7.6, 3.2))


def curves(trials: Sequence[Trial]) -> str:
    """Validation NLL of each trial, epoch by epoch."""

    def draw(figure: Figure) -> None:
        axes = _axes(figure, "epoch", "validation NLL")
        best = best_of(trials)
        for each in sorted(trials, key=lambda trial: trial is best):
            colour = _BEST if each is best else _PRUNED if each.pruned else _DONE
            epochs = range(1, len(each.epochs) + 1)
            axes.plot(epochs, each.epochs, "-", color=colour, lw=2.2 if each is best else 1, alpha=0.9)
            if each.pruned and each.epochs:
                axes.plot(epochs[-1], each.epochs[-1], "x", color=colour, ms=6)
        axes.xaxis.get_major_locator().set_params(integer=True)

    return _drawn(draw, (7.6, 3.2))


def importances(shares: dict[str, float]) -> str:
    """How much each setting decided."""

    def draw(figure: Figure) -> None:
        axes = _axes(figure, "share of the difference", "")
        names = sorted(shares, key=lambda name: shares[name])
        bars = axes.barh(names, [shares[name] for name in names], color=_DONE, height=0.6)
        axes.bar_label(bars, fmt="{:.0%}", padding=4, color=INK)
        axes.set_xlim(0, 1.15 * max(shares.values()))
        axes.xaxis.set_major_formatter("{x:.0%}")

    return _drawn(draw, (7.6, 0.6 + 0.34 * len(shares)))


def slices(trials: Sequence[Trial], space: Space) -> str:
    """Each setting against the NLL that came of it."""
    wide = min(3, len(space))
    rows = -(-len(space) // wide)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(rows, wide, sharey=True, squeeze=False)
        best = best_of(trials)
        for axes, (name, each) in zip(grid.flat, space.items(), strict=False):
            tried = [trial for trial in trials if trial.nll is not None and name in trial.settings]
            values = [trial.settings[name] for trial in tried]
            if isinstance(each, Choice):  # in no order: one place each
                values = [each.values.index(value) for value in values]
                axes.set_xticks(range(len(each.values)), [str(value) for value in each.values])
                axes.set_xlim(-0.5, len(each.values) - 0.5)
            else:
                _range_axis(axes, each)
            colours = [_BEST if trial is best else _PRUNED if trial.pruned else _DONE for trial in tried]
            axes.scatter(values, [trial.nll for trial in tried], c=colours, s=22)
            axes.set_title(name, loc="left", fontsize=10)
            axes.tick_params(labelsize=8)
            axes.grid(True)
        for empty in grid.flat[len(space) :]:
            empty.set_visible(False)
        for first in grid[:, 0]:
            first.set_ylabel("val NLL")

    return _drawn(draw, (7.6, 0.3 + 2.1 * rows))


def _range_axis(axes: Any, each: Real | Whole) -> None:  # noqa: ANN401
    """The whole range, whatever was tried of it."""
    if each.log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(each.low / 1.15, each.high * 1.15)
    else:
        margin = 0.05 * (each.high - each.low)
        axes.set_xlim(each.low - margin, each.high + margin)
    axes.xaxis.set_major_formatter("{x:g}")


def _best_so_far(trials: Sequence[Trial]) -> tuple[list[int], list[float]]:
    numbers: list[int] = []
    least: list[float] = []
    for each in trials:
        if not each.pruned and each.nll is not None:
            numbers.append(each.number)
            least.append(min([each.nll, *least[-1:]]))
    return [*numbers, *[trials[-1].number][: len(least)]], [*least, *least[-1:]]


def _axes(figure: Figure, x: str, y: str) -> Any:  # noqa: ANN401
    axes = figure.subplots()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True)
    return axes


def _drawn(draw: Callable[[Figure], None], inches: tuple[float, float]) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=inches, layout="constrained")
        draw(figure)
        return svg(figure)
