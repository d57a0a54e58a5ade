"""Sobol indices: how the variance of an outcome divides among the factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.model.parameters import ParameterError
from simlead.study.sensitivity.outcomes import Factors, columns_of, outcome_array
from simlead.study.sensitivity.replicates import Floats, cross, estimated, noise_share
from simlead.study.sensitivity.table import tidy

if TYPE_CHECKING:
    import pandas as pd


def sobol_indices(
    design: pd.DataFrame | ArrayLike,
    outcomes: ArrayLike,
    factors: Factors = None,
    *,
    shared_luck: bool = True,
    confidence: float = 0.95,
    bootstraps: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """First and total order Sobol indices of each factor, free of replication noise.

    With f the expected outcome at a point, V its variance over the design's ranges, and
    x[i] a factor:

        first = V(E(f | x[i])) / V              alone: what knowing x[i] would take from V
        total = E(V(f | all but x[i])) / V      alone and in interactions

    The estimators are those of Saltelli and others (2010) for the first and of Jansen (1999)
    for the total order, as in SALib, with every product taken between different replicates.
    Left in, the noise variance s of the points' means makes (total V + s) / (V + s) of a
    total index: with as much noise as signal, .24 reads .62. The column `uncorrected` shows
    that number.

    `design` is a sample as `design.sobol()` makes it (SALib's Saltelli sample: base point,
    one row per factor, second base point; with rows for the second order or without), as a
    frame or as an array, points x factors. `outcomes` are rows x replicates (nan where a run
    is missing: its base point is left out). `shared_luck` says that replicate r had the same
    luck at all points, as in a sweep; the interval then counts the error that comes from
    having few replicates, which takes three of them.

    Returns a row per factor and index (`first`, `total`): `estimate` with its interval `low`
    to `high` (bootstrap over base points), `uncorrected`, `rank`, `tied_with` (the factors
    that it cannot be told from), `n_to_rank` (base points that would tell it from the next
    one), `luck` (standard error from shared luck), `noise_share` (part of the variance of
    the points' means that is noise), `n` (base points used) and `replicates`. Indices have
    no unit. Each interval is for itself: of forty factors that do nothing, one seems to do
    something.

    **Why an index can be below 0.** The indices are not; their estimates are differences of
    large sums, and those of an index near 0 fall on either side of it. A negative estimate
    whose interval holds 0 says "small". If the interval does not hold 0, the rows are not in
    the design's order or another model made them.

    Raises ParameterError where the rows are no Saltelli sample or fewer than 8 base points
    are complete.

    >>> from SALib.sample import sobol
    >>> problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 1]]}
    >>> points = sobol.sample(problem, 256, calc_second_order=False, seed=1)
    >>> luck = np.random.default_rng(1).normal(size=(len(points), 8))
    >>> table = sobol_indices(points, (3 * points[:, 0] + points[:, 1])[:, None] + luck, ["a", "b"])
    >>> table[["factor", "index"]].values.tolist()
    [['a', 'first'], ['b', 'first'], ['a', 'total'], ['b', 'total']]
    >>> bool(table["low"][2] < 0.9 < table["high"][2] < 1.2)
    True
    """
    columns = columns_of(design, factors)
    rows = len(next(iter(columns.values())))
    values = _base_points(columns, outcome_array(outcomes, rows))
    whole = values[~np.isnan(values).any(axis=(1, 2))]
    centred = whole - whole.mean(axis=(0, 1)) if len(whole) else whole
    estimates = estimated(
        indices, centred, shared_luck=shared_luck, confidence=confidence, bootstraps=bootstraps, seed=seed)
    ends = whole[:, [0, -1]].reshape(-1, whole.shape[2])
    width = len(columns)
    return tidy(
        list(columns),
        {"first": slice(0, width), "total": slice(width, 2 * width)},
        estimates,
        uncorrected=indices(centred.mean(axis=2, keepdims=True), np.full((1, len(whole)), 1.0 / len(whole)))[0],
        noise=noise_share(ends),
        n=len(whole),
        replicates=whole.shape[2],
    )


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


def _base_points(columns: Mapping[str, NDArray[Any]], outcomes: Floats) -> Floats:
    """Outcomes as base points x rows x replicates, without the rows for the second order."""
    import pandas as pd

    codes = np.column_stack([pd.factorize(column)[0] for column in columns.values()])
    rows, factors = codes.shape
    for size in (factors + 2, 2 * factors + 2):
        if rows % size == 0 and _is_saltelli(codes.reshape(-1, size, factors)):
            kept = [*range(factors + 1), size - 1]
            return np.asarray(outcomes.reshape(-1, size, outcomes.shape[1])[:, kept])
    raise ParameterError(
        f"{rows} points of {factors} factors: not the rows of design.sobol() in their order, which "
        f"come in groups of {factors + 2} or {2 * factors + 2}")


def _is_saltelli(points: NDArray[Any]) -> bool:
    """Whether each row after the first takes one factor, in turn, from the last row."""
    a, b = points[:, 0], points[:, -1]
    return all(
        np.array_equal(points[:, factor + 1], np.where(np.arange(a.shape[1]) == factor, b, a))
        for factor in range(a.shape[1]))
