"""Which settings mattered: a smooth surface through all trials, and how much of it each setting makes.

Optuna's own importances read only trials that ran to their end, and compare the best of them with the rest.
A sampler that seeks the best and a pruner that ends the others leave them little to compare: on a function
of three settings among ten they named the wrong ones even after 80 trials. Here every trial counts, a pruned
one with the end that it was heading for, and the surface says how well it foretells trials it has not seen.

The surface is a ridge regression on each setting and its square. How smooth it is to be is chosen by how well
it foretells: trials crowd around the best, where little of a square's rise and fall is left, and a fixed pull
would flatten it. Bad trials weigh less, since how bad one is says little about good ones; cutting them off
would bend the surface.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bincount.tuning.figures import Trial
from bincount.tuning.space import Choice, Range, Space

type Column = NDArray[np.float64]

_ENOUGH = 16  # trials; of fewer, luck alone often seems to explain a fifth
_BELIEVABLE = 0.2  # explained share
_RIDGES = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)  # pull each effect towards none; which, the trials say
_FAR = 2.0  # median distances from the best, at which a trial weighs half as much as the best
_SQUARE_MEAN, _SQUARE_SPREAD = 1 / 3, 4 / 45  # of x^2 for x even over -1 to 1; that of x is 1/3


@dataclass(frozen=True, slots=True)
class Importances:
    """What the trials say of the settings."""

    explained: float  # share of the differences between trials that the surface foretells, each left out once
    shares: dict[str, float]  # of the surface's rise and fall over the whole space, largest first; sum 1

    @property
    def believable(self) -> bool:
        """Whether the trials say anything: below, settings drawn by lot would explain as much."""
        return self.explained >= _BELIEVABLE


@dataclass(frozen=True, slots=True)
class _Surface:
    """A smooth surface through the trials."""

    explained: float
    effects: Column  # one a term


def importances_of(trials: Sequence[Trial], space: Space) -> Importances | None:
    """Weigh the settings against each other; None while the trials are too few, or all alike."""
    ends = _ends(trials)
    used = [(trial, end) for trial, end in zip(trials, ends, strict=True) if np.isfinite(end)]
    target = np.array([end for _, end in used])
    if len(used) < _ENOUGH or np.ptp(target) == 0:
        return None
    blocks = {
        name: _columns([trial.settings[name] for trial, _ in used], each) for name, each in space.items()
    }
    surface = _fitted(np.concatenate(list(blocks.values()), axis=1), target)
    parts = np.split(surface.effects, np.cumsum([block.shape[1] for block in blocks.values()])[:-1])
    spread = {name: _spread(part, space[name]) for name, part in zip(blocks, parts, strict=True)}
    whole = sum(spread.values()) or 1.0
    ordered = sorted(spread, key=lambda name: spread[name], reverse=True)
    return Importances(surface.explained, {name: spread[name] / whole for name in ordered})


def _fitted(terms: NDArray[np.float64], target: Column) -> _Surface:
    """The surface that foretells best: terms n x t, target n."""
    weights = _weights(target)
    root = np.sqrt(weights)
    terms = root[:, None] * (terms - np.average(terms, axis=0, weights=weights))
    target = root * (target - np.average(target, weights=weights))
    surfaces = [_ridge(terms, target, weights, strength) for strength in _RIDGES]
    return max(surfaces, key=lambda surface: surface.explained)


def _ridge(terms: NDArray[np.float64], target: Column, weights: Column, strength: float) -> _Surface:
    """One surface; what it explains: 1 less its squared errors on trials left out, against those of none."""
    solve = np.linalg.inv(terms.T @ terms + strength * np.eye(terms.shape[1])) @ terms.T
    fit = terms @ solve
    own = np.diag(fit) + weights / weights.sum()  # how far each trial pulls the surface to itself
    errors = (target - fit @ target) / np.maximum(1 - own, 1e-6)
    return _Surface(float(1 - (errors**2).sum() / (target**2).sum()), solve @ target)


def _weights(target: Column) -> Column:
    """Of mean 1; a trial's shrinks with the square of its distance from the best."""
    gaps = target - target.min()
    weights: Column = 1 / (1 + (gaps / (_FAR * np.median(gaps) or gaps.max())) ** 2)
    return weights / weights.mean()


def _ends(trials: Sequence[Trial]) -> list[float]:
    """The NLL of each trial at its end; of a pruned one, less what the others still gained from there on."""
    complete = [each for each in trials if not each.pruned and each.nll is not None and each.epochs]

    def gained_after(epochs: int) -> float:
        gains = [min(each.epochs[:epochs]) - (each.nll or 0.0) for each in complete]
        return float(np.mean(gains)) if gains else 0.0

    return [
        np.nan if each.nll is None else each.nll - (gained_after(len(each.epochs)) if each.pruned else 0.0)
        for each in trials
    ]


def _columns(values: Sequence[int | float | str], each: Range) -> NDArray[np.float64]:
    """A setting as terms of the surface: a choice as all options but one, a number as x and x squared."""
    if isinstance(each, Choice):
        return np.array(
            [[value == option for option in each.values[1:]] for value in values], dtype=np.float64
        )
    numbers = np.array(values, dtype=np.float64)
    bounds = np.array([each.low, each.high], dtype=np.float64)
    if each.log:
        numbers, bounds = np.log(numbers), np.log(bounds)
    x = 2 * (numbers - bounds[0]) / (bounds[1] - bounds[0]) - 1
    return np.stack([x, x**2 - _SQUARE_MEAN], axis=1)


def _spread(effects: Column, each: Range) -> float:
    """The variance of a setting's effect when all its values are as likely."""
    if isinstance(each, Choice):
        return float(np.array([0.0, *effects]).var())
    return float(effects[0] ** 2 / 3 + effects[1] ** 2 * _SQUARE_SPREAD)
