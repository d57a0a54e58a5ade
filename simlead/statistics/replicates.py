"""Sums of products that replication noise does not inflate, and their intervals.

The outcome of a point is known through replicates: y[r] = f + e[r], where e is noise. The square of the replicates'
mean has the expectation f f + var(e) / R: noise passes for signal. The product of two *different* replicates has the
expectation f f, whatever the noise is like, as long as replicates are independent. So every square and product of the
sensitivity analyses is one between different replicates (:func:`cross`).

**Common random numbers.** A sweep gives replicate r the same random numbers at each point. Then e[r] is a function of
the point. What is the same at all points cancels in differences between points; the rest looks like an effect of the
factors, which all rows show alike however many there are. A product of different replicates is free of it on average,
so the estimates are the same either way; but their error shrinks with the replicates only, and an interval counts
that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from simlead.statistics.errors import StatisticsError, checked_whole
from simlead.statistics.intervals import checked_confidence

Floats = NDArray[np.float64]

Estimator = Callable[[Floats, Floats], Floats]
"""From values (units x parts x replicates) and weights (draws x units, each row adding to 1) to estimates (draws x
quantities). A unit is what is drawn at random: a base point with its rows, a trajectory, a row."""

LEAST_UNITS = 8
"""Minimum number of base points, trajectories or rows for an interval."""

LEAST_REPLICATES = 3
"""Minimum number of replicates from which the error from common random numbers can be estimated."""

_BATCH = 100
_SHUFFLES = 8


def cross(a: Floats, b: Floats) -> Floats:
    """Mean of a[r] b[s] over pairs of different replicates, which stand on the last axis.

    (sum a sum b - sum a b) / (R (R - 1)); with one replicate the plain product.

    >>> round(float(cross(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))), 3)   # (2 + 3 + 6) / 3
    3.667
    """
    replicates = a.shape[-1]
    if replicates == 1:
        return np.asarray(a[..., 0] * b[..., 0])
    both = a.sum(axis=-1) * b.sum(axis=-1) - (a * b).sum(axis=-1)
    return np.asarray(both / (replicates * (replicates - 1)))


def noise_share(outcomes: Floats) -> float:
    """Part of the variance of the points' means that is replication noise; nan with one replicate.

    `outcomes` is points x replicates. Noise that is the same at all points is no part of it.

    >>> noise_share(np.array([[1.0, 1.0], [5.0, 5.0]])), noise_share(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    (0.0, 1.0)
    """
    if outcomes.shape[1] < 2:
        return float("nan")
    centred = outcomes - outcomes.mean(axis=0)
    means = centred.mean(axis=1)
    seen = float((means * means).mean())
    if seen <= 0.0:
        return 1.0 if np.any(centred) else 0.0
    return min(1.0, max(0.0, 1.0 - float(cross(centred, centred).mean()) / seen))


@dataclasses.dataclass(frozen=True)
class Sampling:
    """How intervals are made: whether replicate r has the same random numbers at all units, and the bootstrap.

    Raises StatisticsError for fewer than 100 bootstraps, and a confidence that is none.
    """

    common_random_numbers: bool
    confidence: float
    bootstraps: int
    seed: int

    def __post_init__(self) -> None:
        checked_confidence(self.confidence)
        checked_whole("bootstraps", self.bootstraps, 100, 10**6)
        checked_whole("seed", self.seed, 0, 2**63 - 1)


@dataclasses.dataclass(frozen=True)
class Bounds:
    """Intervals `low` to `high` of `estimate`, and the standard errors they are made of.

    `sampling` is the standard error from the finite number of units, `common` the one from
    random numbers that the units share (nan where it cannot be estimated), `reach` the latter
    times Student's quantile. An interval is infinite where the data allow no bound.
    """

    estimate: Floats
    low: Floats
    high: Floats
    sampling: Floats
    common: Floats
    reach: Floats


@dataclasses.dataclass(frozen=True)
class Estimates:
    """Quantities with what their intervals are made of.

    `draws` (draws x quantities) are estimates with the units drawn anew (bootstrap). `without` (replicates x
    quantities) leave out one replicate each, `unshared` do the same after the replicates were shuffled within every
    unit: the difference is what the units share. `without` is None without common random numbers, and empty where
    their error cannot be estimated.
    """

    estimate: Floats
    draws: Floats
    without: Floats | None
    unshared: tuple[Floats, ...]
    confidence: float

    def bounds(self, contrasts: Floats | None = None) -> Bounds:
        """Intervals of the quantities, or of linear combinations of them (quantities x combinations).

        The distance of the bootstrap's percentile from the estimate, and the common
        standard error times Student's quantile: the root of the sum of their squares.
        """
        def pick(values: Floats) -> Floats:
            return values if contrasts is None else np.asarray(values @ contrasts)

        estimate, draws = pick(self.estimate), pick(self.draws)
        tail = (1.0 - self.confidence) / 2
        lost = np.isnan(draws).mean(axis=0)  # draws in which nothing but noise was left
        open_ended = np.where(lost > tail, np.inf, 0.0)
        low, high = np.nanquantile(np.where(lost == 1.0, 0.0, draws), [tail, 1.0 - tail], axis=0)
        common, reach = np.zeros_like(estimate), np.zeros_like(estimate)
        if self.without is not None and not len(self.without):
            common = np.full_like(estimate, np.nan)
        elif self.without is not None:
            shuffled = np.mean([_jackknife(pick(values)) for values in self.unshared], axis=0)
            extra = np.maximum(0.0, _jackknife(pick(self.without)) - shuffled)
            common = np.sqrt(np.where(np.isnan(extra), np.inf, extra))
            reach = common * float(stdtrit(len(self.without) - 1, 1.0 - tail))
        return Bounds(
            estimate=estimate,
            low=estimate - np.hypot(np.maximum(0.0, estimate - low), reach) - open_ended,
            high=estimate + np.hypot(np.maximum(0.0, high - estimate), reach) + open_ended,
            sampling=(high - low) / (2 * float(ndtri(1.0 - tail))) + open_ended,
            common=common,
            reach=reach,
        )


def estimated(estimator: Estimator, values: Floats, sampling: Sampling) -> Estimates:
    """Apply an estimator to values (units x parts x replicates), and make what intervals need.

    Raises StatisticsError for fewer than 8 units.
    """
    random = np.random.Generator(np.random.Philox(sampling.seed))
    units, _, replicates = values.shape
    if units < LEAST_UNITS:
        raise StatisticsError(f"{units} complete base points, trajectories or rows: {LEAST_UNITS} or more are needed")
    even = np.full((1, units), 1.0 / units)
    draws = []
    for first in range(0, sampling.bootstraps, _BATCH):  # the weights of all draws at once would be large
        weights = random.multinomial(units, even[0], size=min(_BATCH, sampling.bootstraps - first)) / units
        draws.append(estimator(values, weights))
    without: Floats | None = None
    unshared: tuple[Floats, ...] = ()
    if sampling.common_random_numbers and replicates > 1:
        without = np.empty((0, draws[0].shape[1]))
        if replicates >= LEAST_REPLICATES:
            without = _without_each(estimator, values, even)
            unshared = tuple(
                _without_each(estimator, _shuffled(values, random), even) for _ in range(_SHUFFLES))
    return Estimates(estimator(values, even)[0], np.concatenate(draws), without, unshared, sampling.confidence)


def _without_each(estimator: Estimator, values: Floats, even: Floats) -> Floats:
    return np.array([
        estimator(np.delete(values, replicate, axis=2), even)[0] for replicate in range(values.shape[2])])


def _shuffled(values: Floats, random: np.random.Generator) -> Floats:
    """The values with the replicates in another order in every unit, the same for all its parts."""
    order = np.argsort(random.random((values.shape[0], values.shape[2])), axis=1)
    return np.take_along_axis(values, order[:, None, :], axis=2)


def _jackknife(without: Floats) -> Floats:
    """The jackknife's variance from estimates that left out one replicate each."""
    replicates = len(without)
    gaps = without - without.mean(axis=0)
    return np.asarray((replicates - 1) / replicates * (gaps * gaps).sum(axis=0))
