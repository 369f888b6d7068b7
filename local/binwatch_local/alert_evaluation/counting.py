"""The photos to evaluate on, counted now or by another program before."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import Artifact
from bincount.evaluation.baselines import label_shares
from bincount.evaluation.contenders import count_all, read_predictions
from bincount.evaluation.material import BATCH, Batch, Labels, Material
from bincount.predictor import load_predictor
from binwatch.prediction import Counted, Model
from binwatch_local.alert_evaluation.bins import Bins
from binwatch_local.alert_evaluation.evaluation import Track


class NothingToJudge(ValueError):
    """No photo with a record has a distribution."""


def counted_now(material: Material, artifact: Path, track: Track) -> Bins:
    """All readable photos, counted by an artefact.

    Raises:
        ArtifactError: the folder holds no counter.
        NothingToJudge: no photo can be read.
    """
    predictor = load_predictor(artifact)

    def shown(batches: Iterable[Batch]) -> Iterable[Batch]:
        return track(batches, "counting", -(-len(material.labels) // BATCH))

    found, readable = count_all([predictor], material, shown)
    if not len(readable):
        raise NothingToJudge(f"none of the {len(material.labels)} photos of {material.source} can be read")
    return _bins(material.labels.take(readable), found[0], Artifact.load(artifact).model)


def counted_before(material: Material, predictions: Path) -> Bins:
    """The photos of which a file says the distribution.

    Its label prior is that of the training photos; unknown, all counts count as equally frequent.

    Raises:
        PredictionsUnusable: it is no such file, or has none of the photos.
    """
    rows = read_predictions(predictions, material.labels)
    answered = np.flatnonzero(~np.isnan(rows).any(axis=1))
    model = Model(predictions.stem, "predictions")
    if material.train is not None and len(material.train):
        shares = label_shares(material.train, rows.shape[1])
        model = replace(model, label_prior=tuple(shares.tolist()))
    return _bins(material.labels.take(answered), rows[answered], model)


def _bins(labels: Labels, rows: NDArray[np.floating], model: Model) -> Bins:
    exact = rows.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    return Bins(labels, tuple(Counted(tuple(row.tolist())) for row in exact), model)
