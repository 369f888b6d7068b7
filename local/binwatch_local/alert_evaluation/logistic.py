"""A logistic regression with a ridge penalty, and its answers for bins that it was not fitted on."""

import numpy as np
from numpy.typing import NDArray

from binwatch_local.alert_evaluation.bins import FOLDS
from binwatch_local.alert_evaluation.scores import Flags, Scores

PENALTY = 1.0  # half of it times the squares of the coefficients is added to the loss
_STEPS = 30  # of Newton's method; it needs about six

type Table = NDArray[np.float64]


def cross_fitted(features: Table, wrong: Flags, folds: NDArray[np.int64]) -> Scores:
    """The log odds of every case by the regression that was fitted on the other folds.

    Args:
        features: n x m; what is not a number is taken for the mean.
        wrong: n.
        folds: n; cases of one bin share a fold.
    """
    spread = np.nanstd(features, axis=0)
    known = (features - np.nanmean(features, axis=0)) / np.where(spread > 0, spread, 1)
    x = np.column_stack([np.ones(len(known)), np.nan_to_num(known)])
    odds = np.zeros(len(x))
    for fold in range(FOLDS):
        here = folds == fold
        odds[here] = x[here] @ fitted(x[~here], wrong[~here])
    return odds


def fitted(x: Table, wrong: Flags) -> Table:
    """The coefficients of least penalised loss, by Newton's method; the first, of the constant, is free."""
    penalty = PENALTY * np.diag(np.r_[0.0, np.ones(x.shape[1] - 1)])
    now = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ now, -30, 30)))
        curvature = (x * (p * (1 - p))[:, None]).T @ x + penalty + 1e-9 * np.eye(len(now))
        now -= np.linalg.solve(curvature, x.T @ (p - wrong) + penalty @ now)
    return now
