"""Many points at once, under common random numbers: the best, those not shown worse, and bounds on their differences.

`values` are points x replicates, nan where a run is missing; column r has the same random
numbers at all points. Every interval counts how many are looked at (Bonferroni).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simlead.statistics.intervals import Estimate, mean_interval, row_half_widths, row_moments

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def best_and_worse(values: Floats, confidence: float) -> tuple[int, Bools]:
    """The point with the highest mean, and which points are shown to be worse than it.

    All differences between points hold together with the confidence, so that no point which is
    as good as another is called worse: of k points each ordered pair has one side of the error,
    (1 - confidence) / (k (k - 1)), as in :func:`spread`.

    >>> best_and_worse(np.array([[1.0, 2.0, 3.0], [1.1, 2.2, 3.1], [9.0, 10.1, 11.0]]), 0.95)
    (2, array([ True,  True, False]))
    """
    means = row_moments(values)[1]
    best = int(np.nanargmax(means))
    n, mean, error = row_moments(values[best] - values)
    points = int(np.isfinite(means).sum())
    tail = (1.0 - confidence) / max(2, points * (points - 1))
    return best, np.asarray(mean - row_half_widths(n, error, 1.0 - tail) > 0.0, bool) & (n > 1)


def extremes(values: Floats, confidence: float) -> tuple[Floats, float]:
    """Highest less lowest point, replicate by replicate, and the confidence with which all pairs' intervals hold.

    >>> extremes(np.array([[1.0, 2.0], [5.0, 6.0], [2.0, 3.0]]), 0.94)
    (array([4., 4.]), 0.98)
    """
    means = row_moments(values)[1]
    points = int(np.isfinite(means).sum())
    return (np.asarray(values[int(np.nanargmax(means))] - values[int(np.nanargmin(means))]),
            1.0 - (1.0 - confidence) / max(1.0, points * (points - 1) / 2))


def spread(values: Floats, confidence: float) -> Estimate:
    """Highest mean less lowest mean, with an interval that holds for every pair of points."""
    return mean_interval(*extremes(values, confidence))


def range_bound(values: Floats, confidence: float) -> float:
    """An upper limit of the difference between any two points; infinite with fewer than two whole replicates.

    Of the points' deviations from their common mean, whose intervals hold together.

    >>> range_bound(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]), 0.95)
    0.0
    """
    whole = values[:, ~np.isnan(values).any(axis=0)]
    if whole.shape[1] < 2:
        return math.inf
    low, high = _limits(whole - whole.mean(axis=0), confidence)
    return float(high.max() - low.min())


def against(values: Floats, baseline: Floats, confidence: float) -> tuple[int, int, int]:
    """How many points are above the baseline, below it, and neither for sure, by intervals that hold together.

    >>> against(np.array([[3.0, 4.0, 5.0], [1.0, 2.0, 3.1], [-3.0, -2.0, -1.1]]), np.array([1.0, 2.0, 3.0]), 0.95)
    (1, 1, 1)
    """
    low, high = _limits(values - baseline, confidence)
    above, below = int((low > 0.0).sum()), int((high < 0.0).sum())
    return above, below, int(np.isfinite(row_moments(values)[1]).sum()) - above - below


def trends(where: Floats, values: Floats, confidence: float) -> list[Estimate]:
    """The change of the outcome over each factor's range, by a plane, with intervals that hold together.

    `where` is points x factors in ranges of 0 to 1. Each replicate has a plane of its own; replicates
    are independent, so that the planes' slopes have t intervals whatever points share.

    >>> where = np.array([[0.0], [0.5], [1.0]])
    >>> [round(found.mean, 6) for found in trends(where, 3.0 * where + np.array([0.1, -0.1, 0.3]), 0.95)]
    [3.0]
    """
    whole = values[:, ~np.isnan(values).any(axis=0)]
    rows = np.column_stack([np.ones(len(where)), where])
    if whole.shape[1] < 2 or len(where) <= rows.shape[1] or np.linalg.matrix_rank(rows) < rows.shape[1]:
        return [Estimate(math.nan, math.nan, math.nan, 0)] * where.shape[1]
    slopes = (np.linalg.pinv(rows) @ whole)[1:]
    return [mean_interval(slope, 1.0 - (1.0 - confidence) / len(slopes)) for slope in slopes]


def _limits(gaps: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Limits of each row's mean that hold together; infinite where a row has fewer than two values."""
    n, mean, error = row_moments(gaps)
    tail = (1.0 - confidence) / max(1, int((n > 0).sum())) / 2
    half = np.where(n > 1, row_half_widths(n, error, 1.0 - tail), np.inf)
    return mean - half, mean + half
