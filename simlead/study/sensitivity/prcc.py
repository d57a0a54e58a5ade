"""Partial rank correlation: does the outcome rise or fall with a factor, the others held fixed?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr
from scipy.stats import rankdata

from simlead.model.parameters import ParameterError
from simlead.study.sensitivity.outcomes import Factors, columns_of, on_unit_scale, outcome_array
from simlead.study.sensitivity.replicates import Floats, estimated, noise_share
from simlead.study.sensitivity.table import tidy

if TYPE_CHECKING:
    import pandas as pd

ROWS_PER_FACTOR = 3
"""With fewer rows than this a factor, a bootstrap of the rows can no longer fit all factors."""

_LARGEST = 1.0 - 1e-9


def prcc(
    design: pd.DataFrame | ArrayLike,
    outcomes: ArrayLike,
    factors: Factors = None,
    *,
    shared_luck: bool = True,
    confidence: float = 0.95,
    bootstraps: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Partial rank correlation of each factor with the expected outcome, -1 to 1.

    The correlation of what is left of a factor's ranks and of the outcome's ranks when both
    have been regressed on the ranks of all other factors (Saltelli and Marivoet 1990; Marino
    and others 2008). It tells of monotone effects: 0 does not mean no effect, and a factor
    with a hump can be anything. Noise in the outcome draws it towards 0 and is taken out, by
    what two halves of the replicates have in common; `uncorrected` has it still. Where nearly
    all that the factors leave unexplained is noise, the correction stops at what so few rows
    can show: the estimate is then too small, and its interval may miss the truth.

    Any design will do in which the factors are not copies of each other, such as a Latin
    hypercube; the rows must be at least three times as many as the factors. `outcomes` are
    rows x replicates; a row in which a run is missing (nan) is left out. `factors` and
    `shared_luck` as in :func:`~simlead.study.sensitivity.sobol_indices`. From less than 200
    rows a correlation beyond .9 comes out too small by up to some hundredths: it is the
    ranks of so few rows that agree no better.

    Returns a row per factor with the columns of
    :func:`~simlead.study.sensitivity.sobol_indices` (`index` is `prcc`, `n` the rows used;
    intervals from a bootstrap over rows, on Fisher's scale) and `p_value`: how often as
    large a correlation would come about if there were none, the shared luck counted.

    Raises ParameterError for too few rows and for factors that are copies of each other.

    >>> random = np.random.Generator(np.random.Philox(1))
    >>> points = random.random((200, 2))
    >>> table = prcc(points, points[:, 0] + 0.1 * random.normal(size=200), ["a", "b"])
    >>> bool(table["low"][0] > 0.9), bool(table["low"][1] < 0 < table["high"][1])
    (True, True)
    """
    columns = columns_of(design, factors)
    points = on_unit_scale(columns, factors)
    values = outcome_array(outcomes, len(points))
    complete = ~np.isnan(values).any(axis=1)
    points, values = points[complete], values[complete]
    rows, width = points.shape
    if rows < ROWS_PER_FACTOR * width:
        raise ParameterError(f"{rows} complete rows for {width} factors: {ROWS_PER_FACTOR * width} or more are needed")
    ranks = np.column_stack([rankdata(points, axis=0), np.ones(rows)])
    if np.linalg.matrix_rank(ranks) <= width:
        raise ParameterError("factors that are constant or copies of each other have no partial correlation")

    def estimator(of: Floats, weights: Floats) -> Floats:
        counts = np.rint(weights * rows).astype(int)
        drawn = (np.repeat(np.arange(rows), count) for count in counts)
        found = [np.concatenate(correlations(points[place], of[place, 0])) for place in drawn]
        return np.asarray(np.arctanh(np.clip(found, -_LARGEST, _LARGEST)))

    estimates = estimated(
        estimator, values[:, None, :], shared_luck=shared_luck, confidence=confidence, bootstraps=bootstraps,
        seed=seed)
    bounds = estimates.bounds()
    table = tidy(
        list(columns),
        {"prcc": slice(0, width)},
        estimates,
        uncorrected=np.tanh(bounds.estimate[width:]),
        noise=noise_share(values),
        n=rows,
        replicates=values.shape[1],
        shown=np.tanh,
    )
    error = np.hypot(bounds.sampling, np.nan_to_num(bounds.luck))[width:]
    table["p_value"] = 2.0 * ndtr(-np.abs(bounds.estimate[width:]) / np.maximum(error, 1e-300))
    return table


def correlations(points: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
    """Each factor's partial rank correlation with the outcome: free of noise, and as it comes.

    `points` is rows x factors, `outcomes` rows x replicates. What the factors leave
    unexplained is noise and misfit together; two halves of the replicates, ranked apart,
    have the misfit in common. It is taken to be no less than twice its own standard error:
    correlations that the rows are too few to show are not claimed.
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
