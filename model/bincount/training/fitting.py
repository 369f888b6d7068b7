"""Fit a counter to photos: epochs of training, of which the best on other photos is kept."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bincount.calibration import probabilities
from bincount.data.dataset import Photos
from bincount.evaluation.metrics import Scores, score
from bincount.training.checkpoints import read_checkpoint, save_checkpoint
from bincount.training.clock import Clock
from bincount.training.config import TrainConfig
from bincount.training.descent import Best, Descent, descent_of, put_back, state_of
from bincount.training.distributed import Place, shared
from bincount.training.engine import (
    Course,
    logits_of,
    train_one_epoch,
    wants_bfloat16,
)
from bincount.training.feed import Feed, Pixels
from bincount.training.lesson import Lesson, Records
from bincount.training.network import Counter
from bincount.training.observers import Epoch, Observer
from bincount.training.order import Order, Share
from bincount.training.teacher import answers
from bincount.training.views import Views

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """Where a fit takes place, and who watches it."""

    place: Place = field(default_factory=lambda: Place(Share(), torch.device("cpu")))
    folder: Path | None = None  # of checkpoints; None: keep nothing
    views: Path | None = None  # where other runs find the frozen stages' views; None: they go with this run
    observers: Sequence[Observer] = ()
    clock: Clock = field(default_factory=Clock)


def fit(counter: Counter, seen: Photos, val: Photos, config: TrainConfig, run: Run | None = None) -> float:
    """Train; ``counter`` ends with the weights of the best epoch. Returns that epoch's validation loss.

    Raises:
        NonFiniteLoss: the loss is no number any more.
        CheckpointMismatch: the folder holds another run.
    """
    run = run or Run()
    tuned = counter.tuned()
    order = Order(seen, config.batch_size, config.seed)
    descent = descent_of(counter, tuned, config, len(order))
    best = Best(float("inf"), deepcopy(counter.state_dict()))
    done = _resumed(run, config, counter, descent, best)
    lesson = shared(Lesson(counter, config).to(run.place.where), run.place)
    lesson = torch.compile(lesson) if config.compile else lesson
    autocast = wants_bfloat16(config.precision, run.place.where)
    label_counts = np.bincount(seen.labels(config.classes), minlength=config.classes)
    with _observed(run, counter, label_counts), _feed(counter, seen, config, run) as feed:
        records = Records(seen, run.place.where, _taught(seen, config))
        course = Course(order, feed, records, run.place.share, run.observers, autocast, run.clock)
        for epoch in range(done + 1, config.epochs + 1):
            begun = run.clock.now()
            loss = train_one_epoch(lesson, counter, epoch, course, descent)
            taken = run.clock.now() - begun
            now = score(probabilities(logits_of(descent.kept, val.pixels), 1.0), val.counts)
            best.keep(descent.kept, getattr(now, config.criterion), epoch)
            if run.folder is not None and run.place.leads:
                save_checkpoint(run.folder, config, state_of(counter, descent, best, epoch))
            photos = len(order) * min(config.batch_size, len(seen))
            _tell(run, _epoch(epoch, loss, now, descent, photos / taken, taken))
            if config.patience is not None and epoch - best.epoch >= config.patience:
                _log.info("no better for %d epochs: stopped early", config.patience)
                break
    counter.load_state_dict(best.weights)
    return best.least


@contextmanager
def _observed(run: Run, counter: nn.Module, label_counts: NDArray[np.int64]) -> Iterator[None]:
    try:
        for observer in run.observers:
            observer.begins(counter, label_counts)
        yield
    finally:
        for observer in run.observers:
            observer.ends()


@contextmanager
def _feed(counter: Counter, seen: Photos, config: TrainConfig, run: Run) -> Iterator[Feed]:
    """Views of the frozen stages where they are wanted, else photos."""
    if not config.views or not config.frozen:
        yield Pixels(seen, config.seed, run.place.where)
        return
    every, begun = max(1, len(seen) // 4), run.clock.now()

    def progress(done: int) -> None:
        if done % every < 64:
            rate = done / (run.clock.now() - begun)
            _log.info("frozen stages: %d of %d views, %.0f/s", done, len(seen) * (config.views or 0), rate)

    kept = run.views or (run.folder and run.folder / "views")
    views = Views(counter, seen, config.views, config.seed, kept, progress)
    yield views
    if run.views is None:
        views.remove()  # only now: a run that is interrupted finds them again


def _taught(seen: Photos, config: TrainConfig) -> NDArray[np.float32] | None:
    """What the teacher finds likely, where there is one."""
    if config.teacher is None:
        return None
    _log.info("asking the teacher about %d photos", len(seen))
    return answers(Path(config.teacher), seen.pixels, config.classes)


def _resumed(run: Run, config: TrainConfig, counter: Counter, descent: Descent, best: Best) -> int:
    """The last whole epoch of a run that was interrupted, everything as it then was; 0: a new run."""
    state = read_checkpoint(run.folder, config) if run.folder is not None else None
    if state is None:
        return 0
    put_back(state, counter, descent, best)
    _log.info("going on after epoch %d", state["epoch"])
    return int(state["epoch"])


def _epoch(number: int, loss: float, now: Scores, descent: Descent, speed: float, seconds: float) -> Epoch:
    rate = descent.schedule.get_last_lr()[0]
    return Epoch(number, loss, now.nll, now.rps, now.accuracy, now.mae, rate, speed, seconds)


def _tell(run: Run, epoch: Epoch) -> None:
    _log.info(
        "epoch %d: loss %.3f, val nll %.3f, accuracy %.3f, %.0f photos/s",
        epoch.number,
        epoch.train_loss,
        epoch.val_nll,
        epoch.val_accuracy,
        epoch.photos_per_second,
    )
    for observer in run.observers:
        observer.finished_epoch(epoch)
