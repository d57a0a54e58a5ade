"""Partial rank correlation: the direction of a factor's effect, the others held fixed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import rankdata

from simlead.statistics.errors import StatisticsError
from simlead.statistics.ranking import tidy
from simlead.statistics.replicates import Floats, Sampling, estimated, noise_share

ROWS_PER_FACTOR = 3
"""With fewer rows than this a factor, a bootstrap of the rows can no longer fit all factors."""

_LARGEST = 1.0 - 1e-9


def prcc_table(names: list[str], points: Floats, outcomes: Floats, sampling: Sampling) -> pd.DataFrame:
    """The factors' partial rank correlations with the outcome, with intervals, ranks, ties and p-values.

    `points` is rows x factors, `outcomes` rows x replicates; rows with a missing run (nan) are left out.
    """
    complete = ~np.isnan(outcomes).any(axis=1)
    points, values = points[complete], outcomes[complete]
    rows, width = points.shape
    if rows < ROWS_PER_FACTOR * width:
        raise StatisticsError(f"{rows} complete rows for {width} factors: {ROWS_PER_FACTOR * width} or more are needed")
    ranks = np.column_stack([rankdata(points, axis=0), np.ones(rows)])
    if np.linalg.matrix_rank(ranks) <= width:
        raise StatisticsError("factors that are constant or copies of each other have no partial correlation")

    def estimator(of: Floats, weights: Floats) -> Floats:
        counts = np.rint(weights * rows).astype(int)
        drawn = (np.repeat(np.arange(rows), count) for count in counts)
        found = [np.concatenate(correlations(points[place], of[place, 0])) for place in drawn]
        return np.asarray(np.arctanh(np.clip(found, -_LARGEST, _LARGEST)))

    estimates = estimated(estimator, values[:, None, :], sampling)
    bounds = estimates.bounds()
    table = tidy(
        names, {"prcc": slice(0, width)}, estimates, uncorrected=np.tanh(bounds.estimate[width:]),
        noise=noise_share(values), n=rows, replicates=values.shape[1], shown=np.tanh)
    # Intervals are made on Fisher's scale; there the slope of what is shown is 1 - r^2 (delta method).
    table["common_error"] *= 1.0 - table["estimate"] ** 2
    error = np.hypot(bounds.sampling, np.nan_to_num(bounds.common))[width:]
    table["p_value"] = 2.0 * ndtr(-np.abs(bounds.estimate[width:]) / np.maximum(error, 1e-300))
    return table


def correlations(points: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
    """Each factor's partial rank correlation with the outcome: free of noise, and as it comes.

    `points` is rows x factors, `outcomes` rows x replicates. What the factors leave unexplained is noise and misfit
    together; two halves of the replicates, ranked apart, have the misfit in common. It is taken to be no less than
    twice its own standard error: correlations that the rows are too few to show are not claimed.
    """
    ranks = _centred(np.asarray(rankdata(points, axis=0)))
    products = np.asarray(np.linalg.pinv(ranks.T @ ranks, hermitian=True), dtype=np.float64)
    apart = np.diag(products)  # 1 / what is left of a factor's ranks once the others explain it
    slopes, rest = _regressed(ranks, products, outcomes)
    raw = _correlation(slopes, apart, float(rest @ rest))
    if outcomes.shape[1] == 1:
        return raw, raw
    halves = [_regressed(ranks, products, outcomes[:, half::2]) for half in (0, 1)]
    squares = [float(half @ half) for _, half in halves]
    misfit = max(float(halves[0][1] @ halves[1][1]), 2.0 * math.sqrt(squares[0] * squares[1] / len(points)))
    return _correlation((halves[0][0] + halves[1][0]) / 2, apart, misfit), raw


def _regressed(ranks: Floats, products: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
    """Slopes of the outcome's ranks on the factors' ranks, and what they leave of the mean outcome's."""
    values = _centred(rankdata(np.asarray(outcomes.mean(axis=1))))
    slopes = products @ (ranks.T @ values)
    return slopes, values - ranks @ slopes


def _correlation(slopes: Floats, apart: Floats, unexplained: float) -> Floats:
    # Nothing is left of a factor that a resample of few points holds at one value: no correlation then.
    alone = np.divide(slopes * slopes, apart, out=np.zeros_like(slopes), where=apart > 0.0)
    return np.asarray(np.sign(slopes) * np.sqrt(alone / np.maximum(alone + unexplained, 1e-300)))


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean(axis=0), dtype=np.float64)
