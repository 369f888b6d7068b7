"""From a trained counter to an artefact: quantise it, calibrate what came out, measure that, note it all."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import ONNX, PAIR, Artifact, made_anew
from bincount.calibration import Scaling, choose, fit_temperature, probabilities
from bincount.data.dataset import Photos, load, on_every_photo, synthetic_photos
from bincount.evaluation.changes import (
    MOST_CHANGED,
    Pairs,
    difference_of,
    law_of,
    pairs_of,
    score_changes,
)
from bincount.evaluation.conformal import ALPHAS, fit_level, one_a_group
from bincount.evaluation.figures import finite
from bincount.evaluation.metrics import Counts, Distributions, constant, moderate, score
from bincount.onnx_graph import OnnxGraph, PairGraph
from bincount.training.engine import logits_of
from bincount.training.export import write_pair_graph, write_quantised
from bincount.training.network import Ensemble
from bincount.training.weights import write_weights

_TYPICAL = 256  # photos that set the scales of the quantised graph
_DRAWN_TO_CHECK = 200
_UNSEEN_SEED = 10_001  # of the drawn bins that no training run draws


def release(artifact: Artifact, counter: Ensemble, folder: Path, data: Path) -> Artifact:
    """Write a whole artefact: weights, graphs, calibration, figures, card.

    Args:
        artifact: what is known already.
        counter: its network.
        folder: to write to; an artefact that is there stays until the new one is whole.
        data: prepared data set; training photos set the scales, validation photos the calibration (of
            a counter that never saw more than so many items, those of so many at most).

    Raises:
        DataMissing: there is no prepared data set, or it lacks a split.
        OSError: the folder cannot be written to.
    """
    seen, val = load(data, "train"), _of_its_task(load(data, "val"), artifact)
    with made_anew(folder) as unfinished:
        return _written(artifact, counter, unfinished, seen, val)


def _written(artifact: Artifact, counter: Ensemble, folder: Path, seen: Photos, val: Photos) -> Artifact:
    """Write the files, measuring what is in them."""
    write_weights(counter, folder)
    write_quantised(counter, _typical(seen), folder / ONNX)
    graph = OnnxGraph(folder)
    logits = on_every_photo(graph.logits, val.pixels)
    choice = choose(logits, val.labels(artifact.k + 1), val.groups)
    told = {
        "counter": choice.scaling.probabilities(logits),
        "unquantised": choice.scaling.probabilities(logits_of(counter, val.pixels)),
        "constant": constant(np.array(artifact.label_prior), len(val)),
    }
    finished = replace(
        artifact,
        pair=None,
        temperature=choice.temperature,
        calibration=choice.card(),
        conformal=_levels(told["counter"], val),
        metrics=finite(_measure(told, val.counts) | _drawn(graph, choice.scaling)),
    )
    pairs = pairs_of(val)
    if counter.compares and len(pairs.changed):  # uncalibrated, it would be worse than none
        write_pair_graph(counter, folder / PAIR)
        finished = _with_pairs(finished, (graph, PairGraph(folder)), told["counter"], seen, val, pairs)
    finished.save(folder)
    return finished


def _of_its_task(val: Photos, artifact: Artifact) -> Photos:
    """The photos that the counter was trained to tell apart: fuller bins would pass as its last class."""
    limits = [each.get("at_most") for each in artifact.config.get("members", ())]
    most = min((each for each in limits if each is not None), default=None)
    return val if most is None else val.take(np.flatnonzero(val.counts <= most))


def _with_pairs(
    artifact: Artifact,
    graphs: tuple[OnnxGraph, PairGraph],
    counted: Distributions,
    seen: Photos,
    val: Photos,
    pairs: Pairs,
) -> Artifact:
    """Calibrate and measure the comparison of two looks, beside the difference of two counts."""
    whole, comparing = graphs
    rows = on_every_photo(whole.rows, val.pixels)
    compared = comparing.logits(rows[pairs.before], rows[pairs.after])
    temperature = fit_temperature(compared, pairs.changed + MOST_CHANGED)
    law = law_of(pairs_of(seen).changed)
    told = {
        "pair": probabilities(compared, temperature),
        "difference of two counts": difference_of(counted[pairs.before], counted[pairs.after], law),
        "law of changes": np.tile(law, (len(pairs.changed), 1)),
    }
    figures = {name: asdict(score_changes(changes, pairs.changed)) for name, changes in told.items()}
    pair = {"temperature": temperature, "law": [round(float(each), 6) for each in law]}
    return replace(artifact, pair=pair, metrics={**artifact.metrics, "val, pairs": figures})


def _typical(seen: Photos) -> NDArray[np.uint8]:
    """Some of the training photos, evenly from all of them."""
    step = max(1, len(seen) // _TYPICAL)
    return np.asarray(seen.pixels[::step])


def _levels(rows: Distributions, val: Photos) -> dict[str, float]:
    """How much probability a set of counts must hold, by the share of photos that it may miss."""
    chosen = one_a_group(val.groups)
    return {str(alpha): fit_level(rows[chosen], val.counts[chosen], alpha) for alpha in ALPHAS}


def _measure(told: Mapping[str, Distributions], counts: Counts) -> dict[str, dict[str, Any]]:
    """The figures of the model card on real photos."""
    return {
        "val, 0 to 5": {name: asdict(moderate(rows, counts)) for name, rows in told.items()},
        "val, all counts": {name: asdict(score(rows, counts)) for name, rows in told.items()},
    }


def _drawn(graph: OnnxGraph, scaling: Scaling) -> dict[str, dict[str, Any]]:
    """The same on drawn ones."""
    drawn = synthetic_photos(_DRAWN_TO_CHECK, _UNSEEN_SEED)
    rows = scaling.probabilities(on_every_photo(graph.logits, drawn.pixels))
    return {"synthetic, all counts": {"counter": asdict(score(rows, drawn.counts))}}
