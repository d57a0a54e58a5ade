"""An emulator for many inputs: straight lines and parabolas, one of each an input, shrunk as the data demand.

A Gaussian process with a length for each of seventy inputs (`kriging`) has more lengths than a few hundred points can
show. Where effects mostly add up, a sum does better:

    f(x) = level + sum of a_j x_j + sum of b_j (3 x_j^2 - 1) / 2,    x_j from -1 to 1

with normal priors on all a_j (one variance) and on all b_j (another): a ridge regression whose two penalties are those
under which the data are most likely (restricted likelihood, the level being anything). The numbers of an emulator are
few enough to be stored, which those of a process through all its points are not.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky
from scipy.optimize import minimize

from simlead.statistics.errors import StatisticsError

Floats = NDArray[np.float64]

LEAST_POINTS = 8
"""With fewer points nothing can be learned about the penalties."""

_SMALLEST, _LARGEST = -14.0, 3.0
"""Bounds of the log of a variance, in the variance of what is fitted."""


@dataclasses.dataclass(frozen=True, eq=False)
class Additive:
    """A sum of lines and parabolas; all in the outcome's unit.

    `coefficients` are the level, the inputs' slopes and their curvatures; `covariance` is theirs. `rest` is the
    variance that the sum leaves unexplained: noise of the points and what is no sum.
    """

    coefficients: Floats
    covariance: Floats
    rest: float

    def mean(self, where: Floats) -> Floats:
        """The expected outcome at these places (rows x inputs, each input from -1 to 1)."""
        return np.asarray(terms(where) @ self.coefficients)

    def variance(self, where: Floats) -> Floats:
        """How well the sum is known there: the variance of `mean`, without `rest`."""
        rows = terms(where)
        return np.asarray(np.einsum("ij,jk,ik->i", rows, self.covariance, rows))


def terms(where: Floats) -> Floats:
    """The columns of the sum: 1, the inputs, and their second Legendre polynomials.

    >>> terms(np.array([[0.0, 1.0]])).tolist()
    [[1.0, 0.0, 1.0, -0.5, 1.0]]
    """
    return np.column_stack([np.ones(len(where)), where, (3.0 * where * where - 1.0) / 2.0])


@dataclasses.dataclass(frozen=True, eq=False)
class Smoothed:
    """A sum fitted to points, and what it makes of each point's own value.

    `values` are the points' expected outcomes given all points: their own, as far as their noise is small against what
    is no sum, and the sum for the rest; `deviation` how well these are known. `left_out` is what the other points say
    of each point: its own value less their prediction.
    """

    emulator: Additive
    values: Floats
    deviation: Floats
    left_out: Floats


def fit_additive(where: Floats, outcomes: Floats, noise: float = 0.0) -> Smoothed:
    """Fit lines and parabolas to outcomes at points (rows x inputs, each input from -1 to 1).

    `noise` is the variance of an outcome's own noise, as far as it is known to be noise: `Smoothed.values` takes out as
    much. Raises StatisticsError for too few points or what is not finite.

    >>> places = np.linspace(-1.0, 1.0, 21)[:, None]
    >>> fitted = fit_additive(places, 1.0 + 2.0 * places[:, 0] ** 2)
    >>> fitted.emulator.mean(np.array([[0.0], [0.5]])).round(2).tolist()
    [1.0, 1.5]
    """
    points, inputs = where.shape
    if points < LEAST_POINTS:
        raise StatisticsError(f"points = {points}: an emulator of sums needs {LEAST_POINTS} or more")
    if not (np.isfinite(where).all() and np.isfinite(outcomes).all()):
        raise StatisticsError("points or outcomes that are not finite: an emulator needs numbers")
    rows = terms(where)
    level, lines, bends = rows[:, :1], rows[:, 1:inputs + 1], rows[:, inputs + 1:]
    spread = float(outcomes.var())
    if not spread > 0.0:
        return Smoothed(Additive(np.append(outcomes[0], np.zeros(2 * inputs)), np.zeros((2 * inputs + 1,) * 2), 0.0),
                        outcomes, np.zeros(points), np.zeros(points))
    y = outcomes / math.sqrt(spread)
    of_lines, of_bends = lines @ lines.T / inputs, bends @ bends.T / inputs

    def parts(theta: Floats) -> tuple[Floats, Floats, Floats, float]:
        line, bend, rest = np.exp(theta)
        root = np.asarray(cholesky(line * of_lines + bend * of_bends + rest * np.eye(points), lower=True))
        inverse = np.asarray(cho_solve((root, True), np.eye(points)))
        of_level = inverse @ level[:, 0]
        precision = float(level[:, 0] @ of_level)
        project = inverse - np.outer(of_level, of_level) / precision
        log = 2.0 * float(np.log(np.diag(root)).sum()) + math.log(precision)
        return inverse, project, np.array([line, bend, rest]), log

    def loss(theta: Floats) -> tuple[float, Floats]:
        _, project, variances, log = parts(theta)
        seen = project @ y
        slopes = [variances[0] * (float((project * of_lines).sum()) - float(seen @ of_lines @ seen)),
                  variances[1] * (float((project * of_bends).sum()) - float(seen @ of_bends @ seen)),
                  variances[2] * (float(np.trace(project)) - float(seen @ seen))]
        return 0.5 * (log + float(y @ seen)), 0.5 * np.array(slopes)

    best = minimize(loss, np.array([-0.7, -3.0, -0.7]), jac=True, method="L-BFGS-B",
                    bounds=[(_SMALLEST, _LARGEST)] * 3, options={"ftol": 1e-7})
    inverse, project, (line, bend, rest), _ = parts(np.asarray(best.x))
    penalties = np.concatenate([[0.0], np.full(inputs, inputs / line), np.full(inputs, inputs / bend)])
    covariance = np.linalg.inv(rows.T @ rows / rest + np.diag(penalties))
    coefficients = covariance @ (rows.T @ y) / rest
    own = min(noise / spread, rest)
    seen = project @ y
    return Smoothed(
        emulator=Additive(math.sqrt(spread) * coefficients, spread * covariance, spread * rest),
        values=np.asarray(math.sqrt(spread) * (y - own * seen)),
        deviation=np.asarray(np.sqrt(spread * np.maximum(own - own * own * np.diag(project), 0.0))),
        left_out=np.asarray(math.sqrt(spread) * seen / np.diag(project)))
