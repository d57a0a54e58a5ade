"""Logistic regression on counts: closed ranks of numbers, whole clusters weighted, many weightings at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError

ROUNDS = 60


def logistic(
    design: ArrayLike, wins: ArrayLike, trials: ArrayLike, ridge: ArrayLike | float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit wins / trials = 1 / (1 + exp(-design b)); the coefficients and the covariance of their errors.

    `design` has a row for each count of trials; `ridge` is the precision of a normal prior at 0, by coefficient, which
    keeps a coefficient finite where all trials are wins. Raises StatisticsError if the columns are not independent.

    >>> b, _ = logistic([[1.0], [1.0]], [1, 2], [4, 4])
    >>> round(float(b[0]), 4)
    -0.5108
    """
    x, y, n = np.asarray(design, np.float64), np.asarray(wins, np.float64), np.asarray(trials, np.float64)
    if x.ndim != 2 or y.shape != (len(x),) or n.shape != y.shape or (y > n).any() or (y < 0).any():
        raise StatisticsError("design, wins and trials: a row of each is needed, wins between 0 and trials")
    prior = np.broadcast_to(np.asarray(ridge, np.float64), (x.shape[1],))
    b: NDArray[np.float64] = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ b, -30.0, 30.0)))
        curvature = (x * (n * p * (1.0 - p))[:, None]).T @ x + np.diag(prior)
        try:
            step = np.linalg.solve(curvature, x.T @ (y - n * p) - prior * b)
        except np.linalg.LinAlgError:
            raise StatisticsError("design: its columns are not independent") from None
        size = float(np.abs(step).max())
        b += step if size <= 2.0 else step * (2.0 / size)
        if size < 1e-10:
            break
    return b, np.asarray(np.linalg.inv(curvature), np.float64)


def slopes(position: ArrayLike, wins: ArrayLike, trials: ArrayLike) -> NDArray[np.float64]:
    """The slope of the logit on a position, with a level of its own for each layer, for many weightings at once.

    `wins` and `trials` have the shape (weightings, layers, positions). nan where a weighting has no wins or no losses.

    >>> slopes([0.0, 1.0], [[[1.0, 1.0]]], [[[2.0, 2.0]]]).round(6).tolist()
    [0.0]
    """
    x, y, n = np.asarray(position, np.float64), np.asarray(wins, np.float64), np.asarray(trials, np.float64)
    if y.ndim != 3 or y.shape != n.shape or y.shape[2] != len(x):
        raise StatisticsError(f"wins of shape {y.shape} and trials of shape {n.shape}: weightings, layers, positions")
    level, slope = np.zeros(y.shape[:2]), np.zeros(len(y))
    for _ in range(ROUNDS):
        p = 1.0 / (1.0 + np.exp(-np.clip(level[..., None] + slope[:, None, None] * x, -30.0, 30.0)))
        weight = n * p * (1.0 - p)
        rest = y - n * p
        s0, s1, s2 = weight.sum(axis=2) + 1e-12, (weight * x).sum(axis=2), (weight * x * x).sum(axis=2)
        r0, r1 = rest.sum(axis=2), (rest * x).sum(axis=2)
        step = (r1 - s1 / s0 * r0).sum(axis=1) / np.maximum((s2 - s1 * s1 / s0).sum(axis=1), 1e-12)
        slope += np.clip(step, -2.0, 2.0)
        level += np.clip((r0 - s1 * step[:, None]) / s0, -2.0, 2.0)
        if float(np.abs(step).max(initial=0.0)) < 1e-9:
            break
    total, won = n.sum(axis=(1, 2)), y.sum(axis=(1, 2))
    return np.where((won > 0.0) & (won < total), slope, np.nan)
