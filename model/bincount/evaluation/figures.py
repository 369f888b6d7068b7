"""Every figure of an evaluation as plain data: what figures.json holds, and what the page shows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bincount.calibration import folds_of
from bincount.evaluation.conformal import ALPHAS, covered, fit_level, one_a_group, sets
from bincount.evaluation.contenders import Contender
from bincount.evaluation.material import Labels
from bincount.evaluation.metrics import MODERATE, Distributions, moderate_part, score
from bincount.evaluation.resampling import Samples, interval, resampled
from bincount.evaluation.tables import by_class, confusion, reliability

SCHEMA = "bincount.evaluation/1"
COMPARED = ("accuracy", "mae", "nll", "rps")
_FOLDS = 5

type Figures = dict[str, Any]


def table_of(contenders: Sequence[Contender], labels: Labels, resamples: int, seed: int) -> list[Figures]:
    """A row a contender, each compared with the first, on the same resampled sets of groups."""
    rows: list[Figures] = []
    first: Mapping[str, Samples] = {}
    for contender in contenders:
        answered = np.flatnonzero(contender.answered)
        seen, said = labels.take(answered), contender.rows[answered]
        samples: dict[str, Samples] = {}
        row: Figures = {
            "name": contender.name,
            "kind": contender.kind,
            "k": contender.classes - 1,
            "photos": len(seen),
            "without_prediction": len(labels) - len(seen),
        }
        for task, (rows_of, counts, groups) in _tasks(said, seen).items():
            samples[task] = resampled(rows_of, counts, groups, resamples, seed)
            row[task] = _one_task(rows_of, counts, samples[task])
            same_task = first and _last_told(rows[0]["k"], task) == _last_told(contender.classes - 1, task)
            comparable = same_task and len(seen) == len(labels)
            row[task]["versus_first"] = (
                _differences(row, rows[0], samples, first, task) if comparable else None
            )
        row["conformal"] = _conformal(contender, said, seen, seed)
        if not rows and len(seen) == len(labels):
            first = samples
        rows.append(row)
    return rows


def _tasks(said: Distributions, seen: Labels) -> dict[str, tuple[Distributions, Any, NDArray[np.str_]]]:
    few = seen.counts < MODERATE
    return {
        "moderate": (*moderate_part(said, seen.counts), seen.groups[few]),
        "all": (said, seen.counts, seen.groups),
    }


def _last_told(k: int, task: str) -> int:
    """The last class of a task: with another one the figures mean something else.

    Given that there are 0 to 5 items, "5 or more" and "5" are one.
    """
    return min(k, MODERATE - 1) if task == "moderate" else k


def _one_task(rows: Distributions, counts: NDArray[np.int64], samples: Samples) -> Figures:
    values = asdict(score(rows, counts))
    photos = values.pop("photos")
    spans = {name: interval(samples[name]) for name in values}
    return {
        "photos": photos,
        "figures": {
            name: {"value": value, "low": spans[name].low, "high": spans[name].high}
            for name, value in values.items()
        },
        "confusion": confusion(rows, counts).tolist(),
        "per_class": [asdict(each) for each in by_class(rows, counts)],
        "reliability": [asdict(each) for each in reliability(rows, counts)],
    }


def _differences(
    row: Figures, first_row: Figures, samples: Mapping[str, Samples], first: Mapping[str, Samples], task: str
) -> Figures:
    """This contender's figure minus the first one's, with the interval of that difference."""
    found = {}
    for name in COMPARED:
        span = interval(samples[task][name] - first[task][name])
        value = row[task]["figures"][name]["value"] - first_row[task]["figures"][name]["value"]
        found[name] = {"value": value, "low": span.low, "high": span.high}
    return found


def _conformal(contender: Contender, said: Distributions, seen: Labels, seed: int) -> list[Figures]:
    """Sets at each alpha: as the artefact has them, or fitted on four fifths of the groups for the rest."""
    stored = contender.levels
    found = []
    for alpha in stored or ALPHAS:
        bounds = sets(said, stored[alpha]) if alpha in stored else _cross_fitted(said, seen, alpha, seed)
        sizes = bounds[:, 1] - bounds[:, 0] + 1
        found.append(
            {
                "alpha": alpha,
                "level": stored.get(alpha),  # None: fitted here, a level a fold
                "coverage": float(covered(bounds, seen.counts, contender.classes).mean()),
                "mean_size": float(sizes.mean()),
                "single": float((sizes == 1).mean()),
            }
        )
    return found


def _cross_fitted(said: Distributions, seen: Labels, alpha: float, seed: int) -> NDArray[np.int64]:
    """Sets of every photo, each from a level that no photo of its group has set."""
    fold_of = folds_of(seen.groups, _FOLDS, seed)
    bounds = np.tile(np.array([0, said.shape[1] - 1]), (len(said), 1))
    for fold in range(_FOLDS):
        rest = np.flatnonzero(fold_of != fold)
        rest = rest[one_a_group(seen.groups[rest], seed)] if len(rest) else rest
        bounds[fold_of == fold] = sets(said[fold_of == fold], fit_level(said[rest], seen.counts[rest], alpha))
    return bounds


def finite[T](tree: T) -> T:
    """The same with None for what is not a number: JSON knows no other way to say so."""
    found: Any = tree
    if isinstance(tree, dict):
        found = {key: finite(each) for key, each in tree.items()}
    elif isinstance(tree, list):
        found = [finite(each) for each in tree]
    elif isinstance(tree, float) and not math.isfinite(tree):
        found = None
    return cast("T", found)
