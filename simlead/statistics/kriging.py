"""Gaussian processes for simulated means: a smooth function seen through noise that points may share.

Stochastic kriging (Ankenman, Nelson and Staum 2010, Operations Research 58). The mean of a point's replicates is

    y_i = f(x_i) + noise_i,     f = constant + Gaussian process,     Cov(noise) = N

with the Matern covariance of order 5/2, a length for each factor, factors scaled to their
ranges. Order 5/2 means twice differentiable: smooth enough for a peak to have a place, not
so smooth that a bend here settles what happens far away, as the squared exponential would.

N is known from the replicates. When the same replicate number means the same random numbers at every point, N is no
diagonal: on this model's revenue nine tenths of the variance are common to all points, and neighbours share part of
the rest. Taking such noise for independent gives the surface's shape intervals several times too wide and its level
intervals too narrow (Chen, Ankenman and Nelson 2012, ACM TOMACS 22). Regressors that take one noise variance a point
cannot hold this, hence the few lines of algebra here.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize

Array = NDArray[np.float64]

SHORTEST, LONGEST = 0.05, 20.0
"""Bounds of a factor's length, in its range: a bump of a twentieth, and next to no effect."""

SMALLEST, LARGEST = 1e-8, 1e4
"""Bounds of every variance, in the variance of what is fitted."""

LEVEL = 1e2
"""Prior variance of the constant, in the variance between points: anything goes."""

JITTER = 1e-8
"""Added to variances so that rounding leaves matrices positive definite."""

_AS_GOOD = 0.1
"""Likelihoods whose logarithms differ by less are the same for every purpose here."""


@dataclasses.dataclass(frozen=True)
class Smoothness:
    """A covariance function: `variance` x Matern(5/2; `lengths`) + `nugget` at a point itself + `common`.

    `converged` tells whether the search for the best likelihood, `log_likelihood`, ended as it should.
    """

    variance: float
    lengths: Array
    nugget: float = 0.0
    common: float = 0.0
    log_likelihood: float = math.nan
    converged: bool = True

    def between(self, here: Array, there: Array) -> Array:
        """Covariance of the smooth part and the common one between rows of two arrays (n x factors)."""
        distance = np.sqrt(_squares(here, there).transpose(1, 2, 0) @ self.lengths**-2.0)
        return np.asarray(self.variance * _matern(distance) + self.common)

    def of(self, points: Array) -> Array:
        """Covariance matrix of the rows of one array."""
        return self.between(points, points) + self.nugget * np.eye(len(points))


def _squares(here: Array, there: Array) -> Array:
    """Squared differences, factors x rows here x rows there."""
    return np.asarray((here.T[:, :, None] - there.T[:, None, :]) ** 2)


def _matern(distance: Array) -> Array:
    scaled = math.sqrt(5.0) * distance
    return np.asarray((1.0 + scaled + scaled * scaled / 3.0) * np.exp(-scaled))


def fit_smoothness(
    points: Array, scatter: Array, weight: float, fixed: Array, *, nugget: bool, common: bool
) -> Smoothness:
    """The covariance function under which data are most likely.

    Data are `weight` independent vectors with covariance matrix (covariance function at
    `points` + `fixed`); `scatter` is the mean of their outer products. The likelihood is
    that of the Gaussian,  -weight/2 (log det C + trace(C^-1 scatter)) + constant. The search
    (L-BFGS-B on logarithms) starts from several lengths and takes the best end.
    """
    factors = points.shape[1]
    squares = _squares(points, points)
    extra = int(nugget) + int(common)
    bounds = [(math.log(SMALLEST), math.log(LARGEST))] + [(math.log(SHORTEST), math.log(LONGEST))] * factors
    bounds += [(math.log(SMALLEST), math.log(LARGEST))] * extra
    identity, ones = np.eye(len(points)), np.ones((len(points), len(points)))
    flat_parts = [identity] * nugget + [ones] * common

    def loss(theta: Array) -> tuple[float, Array]:
        variance = math.exp(theta[0])
        inverse_squares = np.exp(-2.0 * theta[1:factors + 1])
        scaled = np.sqrt(5.0 * np.tensordot(inverse_squares, squares, 1))
        decay = np.exp(-scaled)
        smooth = variance * (1.0 + scaled + scaled * scaled / 3.0) * decay
        extras = [math.exp(log) * part for log, part in zip(theta[factors + 1:], flat_parts, strict=True)]
        root = root_of(sum(extras, smooth + fixed))
        inverse = np.asarray(cho_solve((root, True), identity))
        value = 2.0 * float(np.log(np.diag(root)).sum()) + float((inverse * scatter).sum())
        slope = inverse - inverse @ scatter @ inverse
        steep = slope * (variance * 5.0 / 3.0) * (1.0 + scaled) * decay
        by_length = [float((steep * squares[j]).sum()) * inverse_squares[j] for j in range(factors)]
        gradient = [float((slope * smooth).sum()), *by_length, *(float((slope * part).sum()) for part in extras)]
        return weight / 2.0 * value, weight / 2.0 * np.array(gradient)

    ends: list[Any] = [
        minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds) for start in _starts(factors, extra)]
    best = min(ends, key=lambda end: float(end.fun))
    log_variance, log_lengths, log_extras = best.x[0], best.x[1:factors + 1], list(best.x[factors + 1:])
    return Smoothness(
        variance=math.exp(log_variance), lengths=np.exp(log_lengths),
        nugget=math.exp(log_extras.pop(0)) if nugget else 0.0,
        common=math.exp(log_extras.pop(0)) if common else 0.0,
        log_likelihood=-float(best.fun),
        converged=any(end.success and float(end.fun) < float(best.fun) + _AS_GOOD for end in ends))


def _starts(factors: int, extra: int) -> list[Array]:
    """Short, middling and long everywhere; then one factor at a time short, the others long."""
    lengths = [np.full(factors, length) for length in (0.2, 0.7, 2.5)]
    if factors > 1:
        lengths += [np.where(np.arange(factors) == j, 0.4, 4.0) for j in range(factors)]
    return [np.concatenate([[0.0], np.log(start), np.full(extra, -1.5)]) for start in lengths]


def root_of(covariance: Array, scale: float | None = None) -> Array:
    """The lower Cholesky factor, with as little added to the diagonal as it takes.

    What is added is a fraction of `scale`, by default the mean of the diagonal.
    """
    scale = float(np.diag(covariance).mean()) if scale is None else scale
    for added in (0.0, 1e-12, 1e-10, 1e-8, 1e-6):
        try:
            return np.asarray(cholesky(covariance + added * scale * np.eye(len(covariance)), lower=True))
        except np.linalg.LinAlgError:
            continue
    raise ArithmeticError("covariance matrix is not positive definite")


def likelihood(values: Array, covariance: Array) -> float:
    """Log likelihood of values under a Gaussian of mean 0, as `fit_smoothness` counts it."""
    root = root_of(covariance)
    whitened = solve_triangular(root, values, lower=True)
    return -float(np.log(np.diag(root)).sum()) - 0.5 * float(whitened @ whitened)


class Kriged:
    """A Gaussian process given the means at `points`: what they show of the function anywhere.

    `values` are the means, `noise` the covariance matrix of their noise, `smoothness` the
    covariance function, whose `common` is the prior variance of the constant.
    """

    def __init__(self, points: Array, values: Array, noise: Array, smoothness: Smoothness) -> None:
        """Invert once: everything asked later is a product with this inverse."""
        self.points, self.values, self.noise, self.smoothness = points, values, noise, smoothness
        self._root = root_of(smoothness.of(points) + noise)
        self._inverse = np.asarray(cho_solve((self._root, True), np.eye(len(points))))

    def mean(self, where: Array) -> Array:
        """Posterior mean of the function, one a row of `where`."""
        return np.asarray(self.smoothness.between(where, self.points) @ (self._inverse @ self.values), float)

    def weights(self, where: Array) -> Array:
        """By how much each point's mean moves the posterior mean: rows of `where` x points."""
        return np.asarray(self.smoothness.between(where, self.points) @ self._inverse)

    def across(self, here: Array, there: Array) -> Array:
        """Posterior covariance of the function between rows here and rows there."""
        return np.asarray(self.smoothness.between(here, there) - self._halved(here).T @ self._halved(there))

    def deviation(self, where: Array) -> Array:
        """Posterior standard deviation of the function, one a row of `where`."""
        halved = self._halved(where)
        prior = self.smoothness.variance + self.smoothness.common
        return np.asarray(np.sqrt(np.maximum(prior - (halved * halved).sum(axis=0), 0.0)))

    def samples(self, where: Array, number: int, degrees: float, random: np.random.Generator) -> Array:
        """Functions that the data allow: number x rows of `where`.

        Gaussian; or Student's, if the noise is known with so many degrees of freedom only.
        """
        # The constant's variance cancels from the covariance; rounding leaves a little of it.
        root = root_of(self.across(where, where), self.smoothness.variance + 1e-5 * self.smoothness.common)
        apart: Array = random.standard_normal((number, len(where))) @ root.T
        if math.isfinite(degrees):
            apart *= np.sqrt(degrees / random.chisquare(degrees, (number, 1)))
        return np.asarray(self.mean(where) + apart)

    def leave_one_out(self) -> tuple[Array, Array]:
        """For each point, what the others predict for its mean, and that prediction's standard deviation.

        y_i - prediction_i = (C^-1 y)_i / (C^-1)_ii,  variance 1 / (C^-1)_ii  (Dubrule 1983;
        Rasmussen and Williams 2006, section 5.4.2), the covariance function held.
        """
        own = np.diag(self._inverse)
        return self.values - (self._inverse @ self.values) / own, np.sqrt(1.0 / own)

    def _halved(self, where: Array) -> Array:
        return np.asarray(solve_triangular(self._root, self.smoothness.between(self.points, where), lower=True))
