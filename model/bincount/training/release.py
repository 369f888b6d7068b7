"""From a trained counter to an artefact: quantise it, calibrate what came out, measure that, note it all."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import ONNX, PAIR, Artifact
from bincount.calibration import fit_temperature, probabilities
from bincount.data.dataset import Photos, load, synthetic_photos
from bincount.evaluation.changes import (
    MOST_CHANGED,
    difference_of,
    law_of,
    pairs_of,
    score_changes,
)
from bincount.evaluation.metrics import moderate, score
from bincount.onnx_graph import OnnxGraph, PairGraph
from bincount.training.engine import logits_of
from bincount.training.export import write_pair_graph, write_quantised
from bincount.training.network import Ensemble

_TYPICAL = 256  # photos that set the scales of the quantised graph
_DRAWN_TO_CHECK = 200
_UNSEEN_SEED = 10_001  # of the drawn bins that no training run draws

type Logits = Callable[[NDArray[np.uint8]], NDArray[np.floating]]


def release(artifact: Artifact, counter: Ensemble, folder: Path, data: Path) -> Artifact:
    """Complete an artefact whose weights are written: graphs, temperatures, figures, card.

    Args:
        artifact: what is known already.
        counter: its network.
        folder: to write to.
        data: prepared data set; training photos set the scales, validation photos the temperatures.
    """
    seen, val = load(data, "train"), load(data, "val")
    write_quantised(counter, _typical(seen), folder / ONNX)
    graph = OnnxGraph(folder)
    pixels = np.asarray(val.pixels)
    temperature = fit_temperature(graph.logits(pixels), val.labels(artifact.k + 1))
    prior = np.array(artifact.label_prior) + 1e-9
    counters: Mapping[str, Logits] = {
        "counter": graph.logits,
        "unquantised": lambda pixels: logits_of(counter, pixels),
        "constant": lambda pixels: np.tile(temperature * np.log(prior), (len(pixels), 1)),
    }
    finished = replace(
        artifact,
        temperature=temperature,
        metrics=_measure(counters, temperature, pixels, val.counts),
    )
    if counter.compares:
        write_pair_graph(counter, folder / PAIR)
        finished = _with_pairs(finished, folder, seen, val)
    finished.save(folder)  # last: a folder with a card has its weights
    return finished


def _with_pairs(artifact: Artifact, folder: Path, seen: Photos, val: Photos) -> Artifact:
    """Calibrate and measure the comparison of two looks, beside the difference of two counts."""
    pairs = pairs_of(val)
    if not len(pairs.changed):
        return artifact
    graph, pixels = OnnxGraph(folder), np.asarray(val.pixels)
    rows, counted = graph.rows(pixels), probabilities(graph.logits(pixels), artifact.temperature)
    compared = PairGraph(folder).logits(rows[pairs.before], rows[pairs.after])
    temperature = fit_temperature(compared, pairs.changed + MOST_CHANGED)
    law = law_of(pairs_of(seen).changed)
    told = {
        "pair": probabilities(compared, temperature),
        "difference of two counts": difference_of(counted[pairs.before], counted[pairs.after], law),
        "law of changes": np.tile(law, (len(pairs.changed), 1)),
    }
    figures = {name: asdict(score_changes(changes, pairs.changed)) for name, changes in told.items()}
    pair = {"temperature": temperature, "most_changed": MOST_CHANGED}
    return replace(artifact, pair=pair, metrics={**artifact.metrics, "val, pairs": figures})


def _typical(seen: Photos) -> NDArray[np.uint8]:
    """Some of the training photos, evenly from all of them."""
    step = max(1, len(seen) // _TYPICAL)
    return np.asarray(seen.pixels[::step])


def _measure(
    counters: Mapping[str, Logits], temperature: float, pixels: NDArray[np.uint8], counts: NDArray[np.int64]
) -> dict[str, dict[str, Any]]:
    """The figures of the model card: real photos apart from drawn ones."""
    drawn = synthetic_photos(_DRAWN_TO_CHECK, _UNSEEN_SEED)
    real = {name: probabilities(logits(pixels), temperature) for name, logits in counters.items()}
    artificial = probabilities(counters["counter"](np.asarray(drawn.pixels)), temperature)
    return {
        "val, 0 to 5": {name: asdict(moderate(rows, counts)) for name, rows in real.items()},
        "val, all counts": {name: asdict(score(rows, counts)) for name, rows in real.items()},
        "synthetic, all counts": {"counter": asdict(score(artificial, drawn.counts))},
    }
