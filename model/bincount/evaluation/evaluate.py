"""The evaluation as a whole: contenders and baselines where bins are kept together, a random split beside."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bincount.artifact import Artifact
from bincount.evaluation.baselines import Neighbours
from bincount.evaluation.contenders import Contender, baselines, count_all, read_predictions
from bincount.evaluation.figures import SCHEMA, Figures, finite, table_of
from bincount.evaluation.material import Batch, Labels, Material
from bincount.evaluation.metrics import MODERATE, constant
from bincount.evaluation.resampling import RESAMPLES
from bincount.predictor import Predictor

_CLASSES = 11  # of the baselines, when nobody is beside them

type Track = Callable[[Iterable[Batch]], Iterable[Batch]]


@dataclass(frozen=True, slots=True)
class Named:
    """A path and what it is called in the table."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Counting:
    """An artefact ready to count, and what it is called."""

    name: str
    predictor: Predictor
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class Settings:
    """How intervals are made."""

    resamples: int = RESAMPLES
    seed: int = 0


def evaluated(
    material: Material,
    counting: Sequence[Counting],
    predictions: Sequence[Named],
    settings: Settings,
    track: Track = lambda batches: batches,
) -> Figures:
    """One table: the contenders in the order given, then the baselines.

    Raises:
        PredictionsUnusable: see `read_predictions`.
        ValueError: no photo can be read.
    """
    labels, contenders = _contenders(material, counting, predictions, track)
    classes = contenders[0].classes if contenders else _CLASSES
    if material.train is not None and len(material.train):
        contenders += baselines(labels, material.train, classes)
    elif counting:
        prior = np.array(counting[0].artifact.label_prior)
        name = f"constant (label frequencies of {counting[0].name})"
        contenders.append(Contender(name, "baseline", constant(prior, len(labels))))
    notes = [note for each in counting if (note := _learnt_elsewhere(each, material.fingerprint))]
    return {
        "data": _said_of(material, labels, classes) | {"notes": notes},
        "rows": finite(table_of(contenders, labels, settings.resamples, settings.seed)),
    }


def redrawn(material: Material, seed: int) -> Material | None:
    """The same photos split at random: as many to evaluate, the others to learn from; labels only."""
    if material.train is None or not len(material.train) or material.split in ("train", "all"):
        return None
    pool = material.train.joined(material.labels)
    order = np.random.default_rng(seed).permutation(len(pool))
    chosen, rest = np.split(order, [len(material.labels)])
    return Material(
        source=f"{material.source}, split at random (seed {seed})",
        split=material.split,
        labels=pool.take(np.sort(chosen)),
        train=pool.take(np.sort(rest)),
        read=lambda: iter(()),
        unlabelled=0,
    )


def report_of(
    grouped: Figures, random: Figures | None, settings: Settings, made_by: dict[str, Any]
) -> Figures:
    """What figures.json holds."""
    return {
        "schema": SCHEMA,
        "made_by": made_by,
        "intervals": {"resamples": settings.resamples, "seed": settings.seed, "share": 0.95, "of": "groups"},
        "grouped": grouped,
        "random": random,
    }


def _contenders(
    material: Material, counting: Sequence[Counting], predictions: Sequence[Named], track: Track
) -> tuple[Labels, list[Contender]]:
    """All on the photos that can be read; without an artefact no photo is."""
    labels, found = material.labels, []
    if counting:
        rows, readable = count_all([each.predictor for each in counting], material, track)
        if not len(readable):
            raise ValueError(f"none of the {len(labels)} photos of {material.source} can be read")
        labels = labels.take(readable)
        found = [
            Contender(each.name, "counter", said, each.artifact.levels)
            for each, said in zip(counting, rows, strict=True)
        ]
    found += [
        Contender(each.name, "predictions", read_predictions(each.path, labels)) for each in predictions
    ]
    return labels, found


def _said_of(material: Material, labels: Labels, classes: int) -> Figures:
    train = material.train
    reach = Neighbours.fit(train, classes).reach(labels) if train is not None and len(train) else None
    return {
        "source": material.source,
        "split": material.split,
        "fingerprint": material.fingerprint,
        "photos": len(labels),
        "groups": len(set(labels.groups.tolist())),
        "moderate": int((labels.counts < MODERATE).sum()),
        "bins_shared_with_training": _shared(labels, train),
        "neighbour_in_training": reach,
        "skipped": {
            "unlabelled": material.unlabelled,
            "unreadable": len(material.unreadable),
            "named": sorted(material.unreadable)[:20],
        },
    }


def _learnt_elsewhere(counting: Counting, fingerprint: str | None) -> str | None:
    """What to say of a counter that learnt from another prepared set than the one it is measured on."""
    made_by = counting.artifact.made_by
    sets = {each.get("data") for each in (made_by, *made_by.get("members", ()))}
    strange = sorted(sets - {None, fingerprint})
    if fingerprint is None or not strange:
        return None
    return (
        f"{counting.name} learnt from data of another fingerprint ({', '.join(strange)}): "
        "where that was split otherwise, it has seen photos that it is measured on"
    )


def _shared(labels: Labels, train: Labels | None) -> float | None:
    """The share of photos whose bin is among the training photos, too: 0 where bins are kept together."""
    return None if train is None else float(np.isin(labels.groups, train.groups).mean())
