"""From a trained counter to an artefact: quantise it, calibrate what came out, measure that, note it all."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import Artifact
from bincount.calibration import fit_temperature, probabilities
from bincount.data.abid_slice import Photos, joined, load_photos, synthetic_photos
from bincount.evaluation.metrics import constant, moderate, score
from bincount.onnx_graph import OnnxGraph
from bincount.training.config import TrainConfig
from bincount.training.engine import logits_of
from bincount.training.export import write_graph
from bincount.training.network import Counter
from bincount.training.weights import read_weights

_TYPICAL = 256  # photos that set the scales of the quantised graph
_DRAWN_TO_CHECK = 200
_UNSEEN_SEED = 10_001  # of the drawn bins that no training run draws

type Logits = Callable[[NDArray[np.uint8]], NDArray[np.floating]]


def release(artifact: Artifact, counter: Counter, folder: Path, seen: Photos, val: Photos) -> Artifact:
    """Complete an artefact whose weights are written: graph, temperature, figures, card."""
    write_graph(counter, _typical(seen), folder)
    served = OnnxGraph(folder).logits
    temperature = fit_temperature(served(val.pixels), val.labels(artifact.k + 1))
    counters: Mapping[str, Logits] = {
        "counter": served,
        "unquantised": lambda pixels: logits_of(counter, pixels),
        "constant": lambda pixels: (
            temperature * np.log(constant(np.array(artifact.label_prior), len(pixels)))
        ),
    }
    finished = replace(artifact, temperature=temperature, metrics=_measure(counters, temperature, val))
    finished.save(folder)  # last: a folder with a card has its weights
    return finished


def release_again(folder: Path, abid: Path, command: str) -> Artifact:
    """Make graph, temperature and figures of an artefact anew from its weights."""
    artifact = Artifact.load(folder)
    config = TrainConfig(**artifact.config)
    seen, val = photos_to_learn_from(config, abid), load_photos(abid, "val", config.limit)
    artifact = replace(artifact, made_by={**artifact.made_by, "graph": command})
    return release(artifact, read_weights(folder, config.classes), folder, seen, val)


def photos_to_learn_from(config: TrainConfig, abid: Path) -> Photos:
    """The training split, and the drawn bins that season it."""
    real = load_photos(abid, "train", config.limit)
    return joined(real, synthetic_photos(config.synthetic, config.seed)) if config.synthetic else real


def _typical(seen: Photos) -> NDArray[np.uint8]:
    """Some of the training photos, evenly from all of them."""
    step = max(1, len(seen.ids) // _TYPICAL)
    return np.ascontiguousarray(seen.pixels[::step])


def _measure(counters: Mapping[str, Logits], temperature: float, val: Photos) -> dict[str, dict[str, Any]]:
    """The figures of the model card: real photos apart from drawn ones."""
    drawn = synthetic_photos(_DRAWN_TO_CHECK, _UNSEEN_SEED)
    real = {name: probabilities(logits(val.pixels), temperature) for name, logits in counters.items()}
    artificial = probabilities(counters["counter"](drawn.pixels), temperature)
    return {
        "val, 0 to 5": {name: asdict(moderate(rows, val.counts)) for name, rows in real.items()},
        "val, all counts": {name: asdict(score(rows, val.counts)) for name, rows in real.items()},
        "synthetic, all counts": {"counter": asdict(score(artificial, drawn.counts))},
    }
