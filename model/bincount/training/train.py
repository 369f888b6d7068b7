"""Make a counter: photos -> weights -> artefact. Behind `bincount train`.

A trial of about a minute on a CPU:

    bincount draw build/drawn -n 400 && bincount prepare build/drawn --out build/data
    bincount train build/data --preset quick --out build/trial
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from bincount.artifact import Artifact
from bincount.data.dataset import Photos, fingerprint, joined, load, synthetic_photos
from bincount.data.origin import revision
from bincount.photos import SIDE
from bincount.training.clock import Clock
from bincount.training.config import TrainConfig
from bincount.training.distributed import Place, joined_run
from bincount.training.fitting import Run, fit
from bincount.training.network import Counter, Ensemble, build_counter
from bincount.training.observers import Observer
from bincount.training.release import release
from bincount.training.teacher import teacher_of
from bincount.training.weights import halve, version_of

NAME = "binwatch-counter"
LICENCE = (
    "that of the photos it was trained on; "
    "of the Amazon Bin Image Dataset: CC BY-NC-SA 3.0 US (non-commercial)"
)
PREPROCESSING = {
    "resize": [SIDE, SIDE],
    "method": "bilinear, squashed",
    "input": "uint8 NHWC RGB; the graph normalises",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run reads and writes."""

    data: Path  # prepared by `bincount prepare`
    weights: Path  # of trunks that cannot be downloaded
    out: Path


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run is made, which changes nothing of its result."""

    command: str
    device: str = "auto"
    observers: Sequence[Observer] = ()
    clock: Clock | None = None
    views: Path | None = None  # where other runs find the frozen stages' views; None: they go with this run


def train_counter(config: TrainConfig, places: Places, manner: Manner) -> Artifact | None:
    """Train, calibrate, measure and write one counter; None in all processes but the leading one.

    Raises:
        ArtifactError: the teacher is no counter.
        DataMissing: there is no prepared data set, or it lacks a split.
        UnknownBackbone: no trunk has that name.
        WeightsMissing: ImageNet's weights are not to be had.
        BadConfig: settings that do not go together.
        CheckpointMismatch: the folder holds another run.
        NonFiniteLoss: the loss became no number.
    """
    made_of = revision()  # now: the code may change while this runs
    teacher = teacher_of(config)  # first: a wrong one is told before any photo is read
    with joined_run(config, manner.device) as place:
        seen, val, counter = _prepared(config, places, place)
        observers = manner.observers if place.leads else ()
        data = fingerprint(places.data)
        run = Run(place, places.out, data, teacher, manner.views, observers, manner.clock or Clock())
        fit(counter, seen, val, config, run)
    if not place.leads:
        return None
    ensemble = Ensemble([counter.cpu()], mirrored=config.mirrored)
    halve(ensemble)
    trained = Artifact(
        name=NAME,
        version=version_of(ensemble),
        k=config.classes - 1,
        temperature=1.0,
        label_prior=label_prior(seen, config.classes),
        preprocessing=PREPROCESSING,
        config={"members": [asdict(config)], "mirrored": config.mirrored},
        made_by={
            "command": manner.command,
            "revision": made_of,
            "data": data,
            "trunks": [counter.trunk.source],
            "licence": LICENCE,
        },
    )
    return release(trained, ensemble, places.out, places.data)


def trial(config: TrainConfig, data: Path, weights: Path, observers: Sequence[Observer]) -> float:
    """Train without keeping anything; returns the least validation loss. For a search."""
    teacher = teacher_of(config)
    with joined_run(config) as place:
        seen, val, counter = _prepared(config, Places(data, weights, data), place)
        return fit(counter, seen, val, config, Run(place, teacher=teacher, observers=observers))


def label_prior(seen: Photos, classes: int) -> tuple[float, ...]:
    """How often each count was seen in training."""
    shares = np.bincount(seen.labels(classes), minlength=classes) / len(seen)
    return tuple(round(float(each), 6) for each in shares)


def _prepared(config: TrainConfig, places: Places, place: Place) -> tuple[Photos, Photos, Counter]:
    """Photos to learn from, photos to check on, and a counter on the device."""
    torch.manual_seed(config.seed)
    counter = build_counter(config, places.weights)  # first: an unknown backbone is told at once
    seen, val = load(places.data, "train", config.limit), load(places.data, "val", config.limit)
    if config.at_most is not None:
        seen, val = (each.take(np.flatnonzero(each.counts <= config.at_most)) for each in (seen, val))
    if config.synthetic:
        seen = joined(seen, synthetic_photos(config.synthetic, config.seed))
    _log.info("learning from %d photos, checking on %d", len(seen), len(val))
    return seen, val, counter.to(place.where, memory_format=torch.channels_last)
