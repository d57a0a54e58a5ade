"""The noise of points' means, from their replicates: how large, and how much of it points share."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from simlead.statistics.kriging import JITTER, Array, fit_smoothness


class Noise(NamedTuple):
    """What replicates show of the noise of points' means.

    `covariance` (points x points) is that of the means; `shared` the mean correlation between two points' runs of the
    same replicate; `degrees` the degrees of freedom that the variances rest on; `shared_known` is False where there
    were too few replicates to estimate what points share.
    """

    covariance: Array
    shared: float
    degrees: float
    shared_known: bool = True


LEAST_SHARED = 4
"""Replicates that all points must have before the noise they share is estimated."""


def independent_noise(variances: Array, counts: Array) -> Noise:
    """Noise of means of `counts` runs with these sample variances, independent between points."""
    steady = moderated_variances(variances, counts - 1)
    return Noise(np.diag(steady / counts), 0.0, float(np.maximum(counts - 1, 0).sum()))


def noise_of_runs(points: Array, table: Array) -> Noise:
    """Noise of points' means from their runs, where points may share random numbers.

    `table` is points x replicates, nan where a run is missing; a column has the same random numbers. The
    correlation between two points' runs is taken as  common + smooth(distance) + own, fitted
    to the replicates that all points have; with fewer than :data:`LEAST_SHARED` of them
    points count as independent. The mean of n_i runs and that of n_j, m of them of the same
    random numbers, then have the covariance  s_i s_j correlation_ij m / (n_i n_j). Degrees of freedom
    follow Satterthwaite: variances of shared noise are wrong together.
    """
    present = ~np.isnan(table)
    counts = present.sum(axis=1)
    deviations = np.where(present, table - _row_means(table), 0.0)
    variances = (deviations**2).sum(axis=1) / np.maximum(counts - 1, 1)
    spread = np.sqrt(moderated_variances(variances, counts - 1))
    complete = table[:, present.all(axis=0)]
    degrees = complete.shape[1] - 1.0
    if degrees + 1 < LEAST_SHARED or not spread.any():
        return independent_noise(variances, counts)._replace(shared_known=not spread.any())
    steady = np.divide(complete - _row_means(complete), spread[:, None],
                       out=np.zeros_like(complete), where=spread[:, None] > 0)
    model = fit_smoothness(points, steady @ steady.T / degrees, degrees, JITTER * np.eye(len(points)),
                           nugget=True, common=True)
    correlation = model.of(points)
    correlation /= correlation[0, 0]  # the same at every point
    overlap = present.astype(float) @ present.T.astype(float)
    standard = spread / counts
    apart = correlation[~np.eye(len(points), dtype=bool)]
    effective = (counts.mean() - 1.0) * correlation.size / float((correlation**2).sum())
    return Noise(np.outer(standard, standard) * correlation * overlap, float(apart.mean()), effective)


def _row_means(table: Array) -> Array:
    """Mean of each row's known values, as a column."""
    known = ~np.isnan(table)
    return np.asarray(np.where(known, table, 0.0).sum(axis=1, keepdims=True) / known.sum(axis=1, keepdims=True))


def moderated_variances(variances: Array, degrees: Array) -> Array:
    """Sample variances drawn towards each other as far as chance alone explains their spread.

    Few replicates give variances that are off by half; a point whose variance came out too small by chance would pull
    the surface to itself. With d degrees of freedom each, variances v_i of sources that differ little are replaced by
    (d v_i + d0 v0) / (d + d0), where d0 and v0 follow from mean and variance of log v_i (Smyth 2004, empirical
    Bayes). A point with one run gets the others' variance; a point whose runs do not vary at all keeps 0.

    >>> moderated_variances(np.array([1.0, 1.0, 1.0, 0.0]), np.array([7, 7, 0, 7])).tolist()
    [1.0, 1.0, 1.0, 0.0]
    """
    known = (variances > 0) & (degrees > 0)
    moderated = np.where(degrees > 0, variances, 0.0)
    if not known.any():
        return moderated
    d, logs = degrees[known].astype(float), np.log(variances[known])
    pooled = float((d * variances[known]).sum() / d.sum())
    moderated[degrees <= 0] = pooled
    if len(d) < 3:
        return moderated
    centred = logs - digamma(d / 2) + np.log(d / 2)
    excess = float(centred.var(ddof=1) - polygamma(1, d / 2).mean())
    if excess <= 1e-3:  # no more spread than chance makes: one variance for all
        moderated[known] = pooled
        return moderated
    half = float(brentq(lambda x: float(polygamma(1, x)) - excess, 1e-3, 1e4))
    prior = math.exp(float(centred.mean()) + float(digamma(half)) - math.log(half))
    moderated[known] = (d * variances[known] + 2.0 * half * prior) / (d + 2.0 * half)
    return moderated
