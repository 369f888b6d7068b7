"""Learning curves as a picture that is there while the run goes on."""

import io
from pathlib import Path
from typing import Any

from bincount.artifact import write_atomically
from bincount.training.logs import read_epochs
from bincount.training.observers import Epoch, Observer

PICTURE = "curves.png"
_INK, _SOFT, _LINE = "#1d1b18", "#6a655d", "#e2ded6"
_TRAIN, _VAL, _RATE = "#d9692b", "#1f5fbf", "#6a655d"


class Curves(Observer):
    """Draws ``curves.png`` anew after every epoch; of a run that goes on, the epochs before it too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._epochs: list[Epoch] | None = None

    def finished_epoch(self, epoch: Epoch) -> None:
        """Draw all epochs so far."""
        if self._epochs is None:
            earlier = read_epochs(self._folder) if epoch.number > 1 else []
            self._epochs = [each for each in earlier if each.number < epoch.number]
        self._epochs.append(epoch)
        write_atomically(self._folder / PICTURE, drawn(self._epochs))


def drawn(epochs: list[Epoch]) -> bytes:
    """Loss, validation NLL, accuracy and rate over the epochs, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), dpi=110, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    (top_left, top_right), (low_left, low_right) = figure.subplots(2, 2, sharex=True)
    numbers = [each.number for each in epochs]
    best = min(epochs, key=lambda each: each.val_nll)
    _curve(top_left, numbers, [each.train_loss for each in epochs], "train loss", _TRAIN)
    _curve(top_right, numbers, [each.val_nll for each in epochs], "val NLL", _VAL)
    _curve(low_left, numbers, [each.val_accuracy for each in epochs], "val accuracy", _VAL)
    _curve(low_right, numbers, [each.rate for each in epochs], "learning rate of the head", _RATE)
    top_right.plot(best.number, best.val_nll, "o", ms=9, mfc="none", mec=_INK)
    top_right.set_title(
        f"best {best.val_nll:.3f} (epoch {best.number})", loc="right", fontsize=9, color=_SOFT
    )
    last = epochs[-1]
    low_left.set_title(f"now {last.val_accuracy:.3f}", loc="right", fontsize=9, color=_SOFT)
    low_left.yaxis.set_major_formatter("{x:.2f}")
    low_right.yaxis.set_major_formatter("{x:g}")
    for below in (low_left, low_right):
        below.set_xlabel("epoch", color=_SOFT)
        below.xaxis.get_major_locator().set_params(integer=True)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _curve(axes: Any, numbers: list[int], figures: list[float], title: str, colour: str) -> None:  # noqa: ANN401
    axes.plot(numbers, figures, "-o", color=colour, ms=4, lw=1.8)
    axes.set_title(title, loc="left", fontsize=11, color=_INK)
    axes.grid(color=_LINE, lw=0.8)
    axes.tick_params(colors=_SOFT, labelsize=9)
    axes.margins(x=0.04, y=0.12)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_LINE)
