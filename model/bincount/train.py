"""Make a counter: photos -> weights -> temperature -> figures -> artefact. Behind `bincount train`.

A trial of about a minute on a CPU:

    bincount train --out trial --epochs 1 --limit 400 --synthetic 50
"""

import hashlib
import logging
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bincount.artifact import Artifact
from bincount.calibration import fit_temperature, probabilities
from bincount.config import TrainConfig
from bincount.data import Photos, fingerprint, joined, load_photos, synthetic_photos
from bincount.engine import device, logits_of
from bincount.export import export, halve
from bincount.fitting import fit
from bincount.metrics import Distributions, constant, moderate, score
from bincount.network import Counter, load_trunk
from bincount.photos import SIDE

NAME = "binwatch-counter"
LICENCE = "CC BY-NC-SA 3.0 US (non-commercial): trained on photos of the Amazon Bin Image Dataset"
PREPROCESSING = {
    "resize": [SIDE, SIDE],
    "method": "bilinear, squashed",
    "input": "uint8 NHWC RGB; the graph normalises",
}
_DRAWN_TO_CHECK = 200
_UNSEEN_SEED = 10_001  # of the drawn bins that no training run draws
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run reads and writes."""

    abid: Path
    trunk: Path
    out: Path


def train_counter(config: TrainConfig, places: Places, command: str) -> Artifact:
    """Train, calibrate, measure and write one counter."""
    torch.manual_seed(config.seed)
    revision = _revision()  # now: the files may change while this runs
    seen = _photos_to_learn_from(config, places)
    val = load_photos(places.abid, "val", config.limit)
    _log.info("learning from %d photos, checking on %d", len(seen.ids), len(val.ids))

    counter = Counter(config.classes, config.dropout)
    trunk = load_trunk(counter, places.trunk)
    fit(counter.to(device(), memory_format=torch.channels_last), seen, val, config)
    halve(counter)  # from here on, the weights are those that are served
    temperature = fit_temperature(logits_of(counter, val), val.labels(config.classes))

    prior = np.bincount(seen.labels(config.classes), minlength=config.classes) / len(seen.ids)
    artifact = Artifact(
        name=NAME,
        version=_version(counter),
        k=config.classes - 1,
        temperature=temperature,
        label_prior=tuple(round(float(each), 6) for each in prior),
        preprocessing=PREPROCESSING,
        metrics=_measure(lambda photos: probabilities(logits_of(counter, photos), temperature), val, prior),
        config=asdict(config),
        made_by=_origin(command, revision, seen, trunk),
    )
    export(counter, places.out)
    artifact.save(places.out)  # last: a folder with a card has its weights
    return artifact


def _photos_to_learn_from(config: TrainConfig, places: Places) -> Photos:
    real = load_photos(places.abid, "train", config.limit)
    return joined(real, synthetic_photos(config.synthetic, config.seed)) if config.synthetic else real


def _measure(
    predict: Callable[[Photos], Distributions], val: Photos, prior: Distributions
) -> dict[str, dict[str, Any]]:
    """The figures of the model card: this counter, and for real photos the one without eyes beside it."""
    drawn = synthetic_photos(_DRAWN_TO_CHECK, _UNSEEN_SEED)
    rows = {"counter": predict(val), "constant": constant(prior, len(val.ids))}
    return {
        "val, 0 to 5": {name: asdict(moderate(each, val.counts)) for name, each in rows.items()},
        "val, all counts": {name: asdict(score(each, val.counts)) for name, each in rows.items()},
        "synthetic, all counts": {"counter": asdict(score(predict(drawn), drawn.counts))},
    }


def _origin(command: str, revision: str, seen: Photos, trunk: str) -> dict[str, str]:
    """Where the counter comes from."""
    return {
        "command": command,
        "revision": revision,
        "data": fingerprint(seen),
        "trunk": trunk,
        "licence": LICENCE,
    }


def _version(counter: Counter) -> str:
    """Eight characters that name the weights: the same weights, the same version."""
    digest = hashlib.sha256()
    for name, tensor in counter.state_dict().items():
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:8]


def _revision() -> str:
    """The git revision of this code, with a + when the code has changes that no commit holds."""
    try:
        revision = _git("rev-parse", "--short=12", "HEAD")
        return revision + ("+" if _git("status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()
