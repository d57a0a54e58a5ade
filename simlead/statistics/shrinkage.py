"""Differences between units, such as reps and their managers, shrunk by what chance alone would make.

Each unit has an estimate with its error; units belong to groups. The model: estimate = design + group + unit + error,
with normal groups and units whose spreads are estimated by restricted maximum likelihood (REML).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError

LEAST = 1e-3
"""The smallest spread above 0 that is looked at, as a fraction of the estimates' own."""


@dataclasses.dataclass(frozen=True)
class Spread:
    """A standard deviation between units or groups with its profile-likelihood interval.

    `low` is 0 where no difference at all is as good an account of the data; `high` is infinite where no end was found.
    `separated` says whether the data tell a spread from 0.
    """

    value: float
    low: float
    high: float

    @property
    def separated(self) -> bool:
        """Whether no difference at all is ruled out."""
        return self.low > 0.0


@dataclasses.dataclass(frozen=True)
class Shrunk:
    """Spreads of units and groups, and the best prediction of each one's difference from the mean."""

    units: Spread
    groups: Spread
    unit_effects: NDArray[np.float64]
    group_effects: NDArray[np.float64]


def shrunken_normal(estimates: ArrayLike, errors: ArrayLike) -> tuple[float, float, NDArray[np.float64]]:
    """Mean, spread and shrunken values of estimates with known standard errors (DerSimonian and Laird 1986).

    The spread is by the method of moments, at least 0; a value moves to the mean by error^2 / (error^2 + spread^2).

    >>> mean, spread, values = shrunken_normal([1.0, 3.0], [1.0, 1.0])
    >>> mean, round(spread, 3), values.round(2).tolist()
    (2.0, 1.0, [1.5, 2.5])
    """
    x, error = np.asarray(estimates, np.float64), np.asarray(errors, np.float64)
    if x.shape != error.shape or x.ndim != 1 or not len(x) or (error <= 0.0).any():
        raise StatisticsError("estimates and errors: as many of each are needed, errors above 0")
    weight = 1.0 / error**2
    mean = float((weight * x).sum() / weight.sum())
    between = float((weight * (x - mean) ** 2).sum()) - (len(x) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    variance = max(0.0, between / scale) if scale > 0.0 else 0.0
    total = 1.0 / (error**2 + variance)
    mean = float((total * x).sum() / total.sum())
    return mean, math.sqrt(variance), mean + variance / (variance + error**2) * (x - mean)


def nested_effects(
    estimates: ArrayLike, covariance: ArrayLike, groups: ArrayLike, design: ArrayLike | None = None,
    confidence: float = 0.9, steps: int = 24,
) -> Shrunk:
    """Spreads between units and between their groups, with intervals, by REML on a grid of both.

    `covariance` is that of the estimates' errors (a matrix, or their variances), `groups` the number of each unit's
    group (-1: none), `design` has a row per unit for what is fixed besides the mean. What the design explains is no
    group's doing: a group that is the same thing as a column of the design has no spread of its own.

    Raises StatisticsError for shapes that do not fit and for fewer than two units.
    """
    x = np.asarray(estimates, np.float64)
    errors = np.asarray(covariance, np.float64)
    errors = np.diag(errors) if errors.ndim == 1 else errors
    group = np.asarray(groups, np.int64)
    if x.ndim != 1 or len(x) < 2 or errors.shape != (len(x), len(x)) or group.shape != x.shape:
        raise StatisticsError("estimates, covariance and groups: two units or more are needed, as many of each")
    fixed = np.ones((len(x), 1)) if design is None else np.column_stack((np.ones(len(x)), np.asarray(design)))
    fixed = _independent(fixed)
    belongs = (group[:, None] == np.arange(int(group.max(initial=0)) + 1)[None, :]).astype(np.float64)
    together = belongs @ belongs.T
    scale = max(float(x.std()), 1e-9)
    grid = np.concatenate(([0.0], scale * np.geomspace(LEAST * 20, 4.0, steps)))
    surface = np.array([[_restricted(x, errors, together, fixed, unit, each) for each in grid] for unit in grid])
    best = np.unravel_index(int(surface.argmax()), surface.shape)
    unit_sd, group_sd = _climbed(x, errors, together, fixed, float(grid[best[0]]), float(grid[best[1]]), grid)
    top = _restricted(x, errors, together, fixed, unit_sd, group_sd)
    fall = _chi2(confidence) / 2.0
    units = _profile(grid, _ridge(surface), unit_sd, top, fall)
    there = np.unique(group[group >= 0])
    of_groups = _profile(grid, _ridge(surface.T), group_sd, top, fall)
    if len(there) < 2:
        of_groups = Spread(math.nan, 0.0, math.inf)
        group_sd = 0.0
    total = errors + unit_sd**2 * np.eye(len(x)) + group_sd**2 * together
    left = np.linalg.solve(total, x - fixed @ _weighted(fixed, total, x))
    return Shrunk(units, of_groups, unit_sd**2 * left, group_sd**2 * (belongs.T @ left))


def _restricted(x: NDArray[np.float64], errors: NDArray[np.float64], together: NDArray[np.float64],
                fixed: NDArray[np.float64], unit: float, group: float) -> float:
    """The restricted log-likelihood of two spreads."""
    total = errors + unit**2 * np.eye(len(x)) + group**2 * together
    try:
        lower = np.linalg.cholesky(total)
    except np.linalg.LinAlgError:
        return -math.inf
    white = np.linalg.solve(lower, np.column_stack((x, fixed)))
    gram = white[:, 1:].T @ white[:, 1:]
    beta = np.linalg.solve(gram, white[:, 1:].T @ white[:, 0])
    rest = white[:, 0] - white[:, 1:] @ beta
    return -float(np.log(np.diag(lower)).sum() + np.linalg.slogdet(gram)[1] / 2.0 + rest @ rest / 2.0)


def _climbed(x: NDArray[np.float64], errors: NDArray[np.float64], together: NDArray[np.float64],
             fixed: NDArray[np.float64], unit: float, group: float, grid: NDArray[np.float64]) -> tuple[float, float]:
    """The best spreads near a point of the grid, by ever smaller steps."""
    step = 1.3
    here = _restricted(x, errors, together, fixed, unit, group)
    floor = float(grid[1])
    while step > 1.01:
        moves = [(a, b) for a in {unit, unit * step, unit / step, 0.0 if unit <= floor else unit}
                 for b in {group, group * step, group / step, 0.0 if group <= floor else group}]
        found = max((_restricted(x, errors, together, fixed, a, b), a, b) for a, b in moves)
        if found[0] > here + 1e-9:
            here, unit, group = found
        else:
            step = math.sqrt(step)
    return unit, group


def _ridge(surface: NDArray[np.float64]) -> NDArray[np.float64]:
    """The top of each row, between the grid's points: the parabola through the highest one and its neighbours."""
    tops = []
    for row in surface:
        peak = int(row.argmax())
        top = float(row[peak])
        if 0 < peak < len(row) - 1 and np.isfinite(row[peak - 1: peak + 2]).all():
            before, here, after = row[peak - 1: peak + 2]
            bend = 2.0 * here - before - after
            top += (after - before) ** 2 / (8.0 * bend) if bend > 0.0 else 0.0
        tops.append(top)
    return np.array(tops)


def _profile(grid: NDArray[np.float64], curve: NDArray[np.float64], best: float, top: float, fall: float) -> Spread:
    """The interval in which a profile likelihood is within `fall` of its top, linear between the grid's points."""
    height = np.maximum(top, float(curve.max())) - fall - curve  # below 0 inside
    peak = int(curve.argmax())
    low, high = 0.0, math.inf
    for place in range(peak, 0, -1):
        if height[place - 1] > 0.0:
            low = _crossing(grid[place - 1], grid[place], height[place - 1], height[place])
            break
    for place in range(peak, len(grid) - 1):
        if height[place + 1] > 0.0:
            high = _crossing(grid[place], grid[place + 1], height[place], height[place + 1])
            break
    return Spread(best, min(low, best), max(high, best))


def _crossing(a: float, b: float, at_a: float, at_b: float) -> float:
    return float(a + (b - a) * at_a / (at_a - at_b)) if at_a != at_b else float(a)


def _weighted(fixed: NDArray[np.float64], total: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    white = np.linalg.solve(total, fixed)
    return np.asarray(np.linalg.solve(fixed.T @ white, white.T @ x))


def _independent(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns that no earlier ones make up."""
    kept: list[NDArray[np.float64]] = []
    for column in columns.T:
        trial = np.column_stack((*kept, column))
        if np.linalg.matrix_rank(trial, tol=1e-8 * max(1.0, float(np.abs(column).max()) * len(column))) > len(kept):
            kept.append(column)
    return np.column_stack(kept)


def _chi2(confidence: float) -> float:
    from scipy.special import chdtri

    return float(chdtri(1, 1.0 - confidence))
