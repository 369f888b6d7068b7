"""Calibration: what makes the counter as sure as it is right. A temperature, or a scale and a shift a class.

Temperature and vector scaling are those of Guo et al., On calibration of modern neural networks (2017).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bincount.artifact import Artifact

_GRID = np.geomspace(0.4, 4.0, 200)
_PENALTIES = (0.01, 0.1, 1.0)  # tried for vector scaling; more pulls harder towards the temperature
_FOLDS = 5
_STEPS = 30  # of Newton's method; it needs about six
_ENOUGH = 1e-9

type Logits = NDArray[np.floating]


def probabilities(logits: Logits, temperature: float) -> NDArray[np.float32]:
    """Softmax of ``logits / temperature``, row by row."""
    return _softmax(logits.astype(np.float64) / temperature).astype(np.float32)


def fit_temperature(logits: Logits, labels: NDArray[np.int64]) -> float:
    """The temperature of least negative log likelihood (one dimension, smooth: a fine grid is enough)."""
    losses = [_nll(probabilities(logits, t), labels).mean() for t in _GRID]
    return float(round(_GRID[int(np.argmin(losses))], 4))


@dataclass(frozen=True, slots=True)
class Scaling:
    """Logits times ``scale`` plus ``shift``, class by class: K + 1 of each.

    It may be folded into the last linear layer: its rows times scale, its bias times scale plus shift.
    """

    scale: tuple[float, ...]
    shift: tuple[float, ...]

    @classmethod
    def of_temperature(cls, temperature: float, classes: int) -> "Scaling":
        """The scaling that a temperature is."""
        return cls((1 / temperature,) * classes, (0.0,) * classes)

    @classmethod
    def of_artifact(cls, artifact: Artifact) -> "Scaling":
        """The scaling that an artefact's logits need."""
        if artifact.calibration.get("kind") == "vector":
            return cls(tuple(artifact.calibration["scale"]), tuple(artifact.calibration["shift"]))
        return cls.of_temperature(artifact.temperature, artifact.k + 1)

    def __call__(self, logits: Logits) -> NDArray[np.float64]:
        """The calibrated logits, for a softmax without temperature."""
        return np.asarray(logits.astype(np.float64) * np.array(self.scale) + np.array(self.shift))

    def probabilities(self, logits: Logits) -> NDArray[np.float32]:
        """The calibrated distributions: n x (K + 1)."""
        return _softmax(self(logits)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which calibration was taken, and the figures that say why: NLL of photos left out of each fit."""

    scaling: Scaling  # fitted on all photos
    kind: str  # "temperature" or "vector"
    temperature: float
    penalty: float | None = None  # of vector scaling
    nll_temperature: float | None = None  # None: too few groups to leave any out
    nll_vector: float | None = None  # of the best penalty
    gain: float | None = None  # the first minus the second
    gain_error: float | None = None  # its standard error, over groups

    def card(self) -> dict[str, Any]:
        """What an artefact keeps of it beside the temperature."""
        kept: dict[str, Any] = {"kind": self.kind}
        if self.kind == "vector":
            kept |= {"scale": list(self.scaling.scale), "shift": list(self.scaling.shift)}
        why = ("penalty", "nll_temperature", "nll_vector", "gain", "gain_error")
        return kept | {name: getattr(self, name) for name in why}


def fit_vector(logits: Logits, labels: NDArray[np.int64], penalty: float) -> Scaling:
    """The scale and shift of least negative log likelihood, pulled towards those of the temperature.

    Minimises mean NLL + penalty / 2 * (|scale - 1/T|^2 + |shift|^2) / (K + 1), which is convex, by Newton's
    method with halved steps.
    """
    z = logits.astype(np.float64)
    classes = z.shape[1]
    home = np.concatenate([np.full(classes, 1 / fit_temperature(logits, labels)), np.zeros(classes)])
    weight = penalty / classes
    truth = np.eye(classes)[labels]
    now, loss = home, _penalised(home, z, labels, home, weight)
    for _ in range(_STEPS):
        gradient, curvature = _slopes(now, z, truth)
        gradient += weight * (now - home)
        step = np.linalg.solve(curvature + weight * np.eye(2 * classes), gradient)
        size = 1.0
        while (next_loss := _penalised(now - size * step, z, labels, home, weight)) > loss and size > _ENOUGH:
            size /= 2
        if next_loss > loss - _ENOUGH:
            break
        now, loss = now - size * step, next_loss
    return Scaling(tuple(now[:classes].tolist()), tuple(now[classes:].tolist()))


def choose(logits: Logits, labels: NDArray[np.int64], groups: NDArray[np.str_], seed: int = 0) -> Choice:
    """Temperature scaling, unless vector scaling is better on bins left out of the fit.

    Args:
        logits: n x (K + 1), of validation photos.
        labels: n classes.
        groups: n; photos of one group are left out together.
        seed: of the folds.
    """
    _, member_of = np.unique(groups, return_inverse=True)
    temperature = fit_temperature(logits, labels)
    plain = Scaling.of_temperature(temperature, logits.shape[1])
    if int(member_of.max()) + 1 < _FOLDS:
        return Choice(plain, "temperature", temperature)
    fold_of = folds_of(groups, _FOLDS, seed)
    by_temperature = np.empty(len(labels))
    by_vector = {penalty: np.empty(len(labels)) for penalty in _PENALTIES}
    for fold in range(_FOLDS):
        out, rest = fold_of == fold, fold_of != fold
        without = fit_temperature(logits[rest], labels[rest])
        by_temperature[out] = _nll(probabilities(logits[out], without), labels[out])
        for penalty, losses in by_vector.items():
            fitted = fit_vector(logits[rest], labels[rest], penalty)
            losses[out] = _nll(fitted.probabilities(logits[out]), labels[out])
    penalty = min(by_vector, key=lambda each: by_vector[each].mean())
    gains = by_temperature - by_vector[penalty]
    error = float(np.sqrt((np.bincount(member_of, weights=gains - gains.mean()) ** 2).sum()) / len(gains))
    vector = bool(gains.mean() > 0)
    return Choice(
        scaling=fit_vector(logits, labels, penalty) if vector else plain,
        kind="vector" if vector else "temperature",
        temperature=temperature,
        penalty=penalty if vector else None,
        nll_temperature=float(by_temperature.mean()),
        nll_vector=float(by_vector[penalty].mean()),
        gain=float(gains.mean()),
        gain_error=error,
    )


def folds_of(groups: NDArray[np.str_], folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for every photo, drawn by lot; photos of one group are in one."""
    _, member_of = np.unique(groups, return_inverse=True)
    lots = np.random.default_rng(seed).permutation(int(member_of.max()) + 1)
    return np.asarray(lots[member_of] % folds)


def _slopes(
    now: NDArray[np.float64], z: NDArray[np.float64], truth: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient and curvature of the mean NLL by scale and shift: 2 (K + 1), and that squared."""
    n, classes = z.shape
    p = _softmax(z * now[:classes] + now[classes:])
    off = (p - truth) / n
    spread = np.einsum("ni,ij->nij", p, np.eye(classes)) - np.einsum("ni,nj->nij", p, p)
    scale_scale = np.einsum("nij,ni,nj->ij", spread, z, z, optimize=True) / n
    scale_shift = np.einsum("nij,ni->ij", spread, z, optimize=True) / n
    curvature = np.block([[scale_scale, scale_shift], [scale_shift.T, spread.mean(axis=0)]])
    return np.concatenate([(off * z).sum(axis=0), off.sum(axis=0)]), curvature


def _penalised(
    now: NDArray[np.float64],
    z: NDArray[np.float64],
    labels: NDArray[np.int64],
    home: NDArray[np.float64],
    weight: float,
) -> float:
    classes = z.shape[1]
    p = _softmax(z * now[:classes] + now[classes:])
    return float(_nll(p, labels).mean() + weight / 2 * ((now - home) ** 2).sum())


def _nll(rows: NDArray[np.floating], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(-np.log(rows[np.arange(len(labels)), labels].astype(np.float64) + 1e-12))


def _softmax(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
