"""Sobol indices: the fraction of an outcome's variance that each factor accounts for."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.statistics.errors import StatisticsError
from simlead.statistics.ranking import tidy
from simlead.statistics.replicates import Floats, Sampling, cross, estimated, noise_share


def sobol_table(names: list[str], codes: NDArray[np.int64], outcomes: Floats, sampling: Sampling) -> pd.DataFrame:
    """First and total order indices of the factors, with intervals, ranks and ties.

    `codes` (points x factors) in the order of a Saltelli sample, `outcomes` points x replicates;
    base points with a missing run (nan) are left out.
    """
    values = base_points(codes, outcomes)
    whole = values[~np.isnan(values).any(axis=(1, 2))]
    centred = whole - whole.mean(axis=(0, 1)) if len(whole) else whole
    estimates = estimated(indices, centred, sampling)
    ends = whole[:, [0, -1]].reshape(-1, whole.shape[2])
    width = len(names)
    return tidy(
        names, {"first": slice(0, width), "total": slice(width, 2 * width)}, estimates,
        uncorrected=indices(centred.mean(axis=2, keepdims=True), np.full((1, len(whole)), 1.0 / len(whole)))[0],
        noise=noise_share(ends), n=len(whole), replicates=whole.shape[2])


def indices(values: Floats, weights: Floats) -> Floats:
    """First, then total order indices; nan where the estimated variance is not above 0.

    `values` (base points x rows x replicates) hold a base point's rows in the sample's order:
    A, A with one factor from B in turn, B. `weights` as in `replicates.Estimator`.
    """
    a, swapped, b = values[:, 0], values[:, 1:-1], values[:, -1]
    factors = swapped.shape[1]
    step = swapped - a[:, None]
    first = cross(np.broadcast_to(b[:, None], step.shape), step)
    total = cross(step, step) / 2
    square = (cross(a, a) + cross(b, b)) / 2
    sums = weights @ np.concatenate([first, total, square[:, None], (a + b) / 2], axis=1)
    mean = sums[:, 2 * factors + 1:]
    variance = sums[:, 2 * factors] - cross(mean, mean)
    variance = np.where(variance > 0.0, variance, np.nan)
    return np.asarray(sums[:, : 2 * factors] / variance[:, None])


def base_points(codes: NDArray[np.int64], outcomes: Floats) -> Floats:
    """Outcomes as base points x rows x replicates, without the rows for the second order.

    `codes` (points x factors) are equal where a factor's values are. Raises StatisticsError
    where the rows are no Saltelli sample.
    """
    rows, factors = codes.shape
    for size in (factors + 2, 2 * factors + 2):
        if rows % size == 0 and _is_saltelli(codes.reshape(-1, size, factors)):
            kept = [*range(factors + 1), size - 1]
            return np.asarray(outcomes.reshape(-1, size, outcomes.shape[1])[:, kept])
    raise StatisticsError(
        f"{rows} points of {factors} factors: not the rows of design.sobol() in their order, which "
        f"come in groups of {factors + 2} or {2 * factors + 2}")


def _is_saltelli(points: NDArray[np.int64]) -> bool:
    """Whether each row after the first takes one factor, in turn, from the last row."""
    a, b = points[:, 0], points[:, -1]
    return all(
        np.array_equal(points[:, factor + 1], np.where(np.arange(a.shape[1]) == factor, b, a))
        for factor in range(a.shape[1]))
