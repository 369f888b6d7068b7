"""Fit a counter to photos: epochs of training, of which the best on other photos is kept."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bincount.artifact import write_atomically
from bincount.calibration import probabilities
from bincount.data.dataset import Photos
from bincount.evaluation.metrics import Scores, score
from bincount.training.checkpoints import Studied, read_checkpoint, save_checkpoint
from bincount.training.clock import Clock
from bincount.training.config import CONFIG, TrainConfig
from bincount.training.descent import Best, Descent, descent_of, put_back, state_of
from bincount.training.distributed import Place, shared
from bincount.training.engine import (
    Course,
    NonFiniteLoss,
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

_VIEWS = "views"  # in the folder of a run, while it goes on
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """Where a fit takes place, and who watches it."""

    place: Place = field(default_factory=lambda: Place(Share(), torch.device("cpu")))
    folder: Path | None = None  # of checkpoints; None: keep nothing
    data: str | None = None  # fingerprint of the prepared set that the photos are of
    teacher: str | None = None  # version of the counter that teaches (`teacher_of`)
    views: Path | None = None  # where other runs find the frozen stages' views; None: they go with this run
    observers: Sequence[Observer] = ()
    clock: Clock = field(default_factory=Clock)


def fit(counter: Counter, seen: Photos, val: Photos, config: TrainConfig, run: Run | None = None) -> float:
    """Train; ``counter`` ends with the weights of the best epoch. Returns that epoch's validation loss.

    Of a run that has ended, by its epochs or its patience, only the weights are read; nobody watches that.

    Raises:
        NonFiniteLoss: the loss is no number any more, or what the counter answers.
        CheckpointMismatch: the folder holds another run.
        ArtifactError: the teacher is no counter.
        BadConfig: the teacher tells other counts apart than the student.
    """
    run = run or Run()
    tuned = counter.tuned()
    order = Order(seen, config.batch_size, config.seed)
    descent = descent_of(counter, tuned, config, len(order))
    best = Best(float("inf"), deepcopy(counter.state_dict()))
    studied = Studied(run.data, len(seen), len(val), run.teacher)
    done = _resumed(run, config, studied, counter, descent, best)
    if not _ended(config, done, best):
        lesson = shared(Lesson(counter, config).to(run.place.where), run.place)
        lesson = torch.compile(lesson) if config.compile else lesson
        with _course(counter, seen, order, config, run) as course:
            for epoch in range(done + 1, config.epochs + 1):
                begun = run.clock.now()
                torch.manual_seed(draws(config.seed, epoch, run.place.share.rank))
                loss = train_one_epoch(lesson, counter, epoch, course, descent)
                taken = run.clock.now() - begun
                now = _checked(descent.kept, val, epoch)
                best.keep(descent.kept, getattr(now, config.criterion), epoch)
                if run.folder is not None and run.place.leads:
                    save_checkpoint(run.folder, config, studied, state_of(counter, descent, best, epoch))
                photos = len(order) * min(config.batch_size, len(seen))
                _tell(run, _epoch(epoch, loss, now, descent, photos / taken, taken))
                if _ended(config, epoch, best):
                    break
    if run.folder is not None and run.views is None:  # only now: an interrupted run finds them again
        shutil.rmtree(run.folder / _VIEWS, ignore_errors=True)  # another process may do the same
    counter.load_state_dict(best.weights)
    return best.least


def draws(seed: int, epoch: int, rank: int) -> int:
    """The seed of what a process draws in a pass (dropout, blends), whatever was drawn before.

    So a run that goes on draws what it would have drawn, on any device, and no two processes draw alike.
    """
    return int(np.random.SeedSequence((seed, epoch, rank)).generate_state(1, np.uint64)[0])


def _ended(config: TrainConfig, epoch: int, best: Best) -> bool:
    """Whether an epoch was the last one."""
    if epoch >= config.epochs:
        return True
    patient = config.patience is None or epoch - best.epoch < config.patience
    if not patient:
        _log.info("no better for %d epochs: stopped early", epoch - best.epoch)
    return not patient


def _checked(kept: nn.Module, val: Photos, epoch: int) -> Scores:
    """How well the counter does after an epoch.

    Raises:
        NonFiniteLoss: its last step spoilt it.
    """
    logits = logits_of(kept, val.pixels)
    if not np.isfinite(logits).all():
        raise NonFiniteLoss(
            f"the counter's answers are no numbers after epoch {epoch}: lower the learning rates"
        )
    return score(probabilities(logits, 1.0), val.counts)


@contextmanager
def _course(counter: Counter, seen: Photos, order: Order, config: TrainConfig, run: Run) -> Iterator[Course]:
    """What the passes of a run go through, and who watches."""
    autocast = wants_bfloat16(config.precision, run.place.where)
    label_counts = np.bincount(seen.labels(config.classes), minlength=config.classes)
    with _observed(run, counter, label_counts):
        feed = _feed(counter, seen, config, run)
        records = Records(seen, run.place.where, _taught(seen, config))
        yield Course(order, feed, records, run.place.share, run.observers, autocast, run.clock)


@contextmanager
def _observed(run: Run, counter: nn.Module, label_counts: NDArray[np.int64]) -> Iterator[None]:
    try:
        for observer in run.observers:
            observer.begins(counter, label_counts)
        yield
    finally:
        for observer in run.observers:
            observer.ends()


def _feed(counter: Counter, seen: Photos, config: TrainConfig, run: Run) -> Feed:
    """Views of the frozen stages where they are wanted, else photos."""
    views = config.views
    if views is None or not config.frozen:
        return Pixels(seen, config.seed, run.place.where, config.augmentation)
    every, begun = max(1, len(seen) // 4), run.clock.now()

    def progress(done: int) -> None:
        if done % every < 64:
            rate = done / (run.clock.now() - begun)
            _log.info("frozen stages: %d of %d views, %.0f/s", done, len(seen) * views, rate)

    kept = run.views or (run.folder and run.folder / _VIEWS)
    return Views(counter, seen, views, config.seed, kept, progress, config.augmentation)


def _taught(seen: Photos, config: TrainConfig) -> NDArray[np.float32] | None:
    """What the teacher finds likely, where there is one."""
    if config.teacher is None:
        return None
    _log.info("asking the teacher about %d photos", len(seen))
    return answers(Path(config.teacher), seen.pixels, config.classes)


def _resumed(
    run: Run, config: TrainConfig, studied: Studied, counter: Counter, descent: Descent, best: Best
) -> int:
    """The last whole epoch of a run that was interrupted, everything as it then was; 0: a new run."""
    state = read_checkpoint(run.folder, config, studied) if run.folder is not None else None
    if run.folder is not None and run.place.leads:
        write_atomically(run.folder / CONFIG, config.text().encode())  # now that the run is not refused
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
