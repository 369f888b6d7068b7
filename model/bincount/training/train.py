"""Make a counter: photos -> weights -> artefact. Behind `bincount train`.

A trial of about a minute on a CPU:

    bincount train --out trial --epochs 1 --limit 400 --synthetic 50
"""

import hashlib
import logging
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from bincount.artifact import Artifact
from bincount.data.abid_slice import Photos, fingerprint, load_photos
from bincount.photos import SIDE
from bincount.training.config import TrainConfig
from bincount.training.engine import device
from bincount.training.fitting import fit
from bincount.training.network import Counter, load_trunk
from bincount.training.release import photos_to_learn_from, release
from bincount.training.weights import halve, write_weights

NAME = "binwatch-counter"
LICENCE = "CC BY-NC-SA 3.0 US (non-commercial): trained on photos of the Amazon Bin Image Dataset"
PREPROCESSING = {
    "resize": [SIDE, SIDE],
    "method": "bilinear, squashed",
    "input": "uint8 NHWC RGB; the graph normalises",
}
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
    seen = photos_to_learn_from(config, places.abid)
    val = load_photos(places.abid, "val", config.limit)
    _log.info("learning from %d photos, checking on %d", len(seen.ids), len(val.ids))

    counter = Counter(config.classes, config.dropout)
    trunk = load_trunk(counter, places.trunk)
    fit(counter.to(device(), memory_format=torch.channels_last), seen, val, config)
    halve(counter)
    write_weights(counter, places.out)

    prior = np.bincount(seen.labels(config.classes), minlength=config.classes) / len(seen.ids)
    trained = Artifact(
        name=NAME,
        version=_version(counter),
        k=config.classes - 1,
        temperature=1.0,
        label_prior=tuple(round(float(each), 6) for each in prior),
        preprocessing=PREPROCESSING,
        config=asdict(config),
        made_by=_origin(command, revision, seen, trunk),
    )
    return release(trained, counter, places.out, seen, val)


def _origin(command: str, revision: str, seen: Photos, trunk: str) -> dict[str, str]:
    """Where the counter comes from."""
    return {
        "command": command,
        "graph": command,
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
