"""An emulator: a smooth function through simulated outcomes, with its uncertainty.

The one in the package: response surfaces and history matching use it. A Gaussian process goes through the points'
means as closely as their noise demands (`kriging`), and the noise counts what points share because replicate r has
the same random numbers at all of them (`noise`; Chen, Ankenman and Nelson 2012: common random numbers help the slopes
and harm the level). A case with more replicates than the points (a `Reference`) shows how unusual these few random
numbers are: a control variate, by double sampling.

What the variance of an emulator must hold: Vernon, Goldstein and Bower (2010).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from simlead.statistics.errors import StatisticsError
from simlead.statistics.kriging import JITTER, LEVEL, Kriged, Smoothness, fit_smoothness
from simlead.statistics.noise import Noise, noise_of_runs

Floats = NDArray[np.float64]

SPARE_POINTS = 4
"""An emulator needs so many points more than it has factors."""


@dataclasses.dataclass(frozen=True, eq=False)
class Emulator:
    """A smooth function of the factors given simulated means; all numbers in the outcome's unit.

    `one_run` is the variance of a single run around its point's expectation, `shared_noise`
    the variance of the level from random numbers that all points share (nan if unknown);
    `roots` are a root of the sample covariance of the points' means (points x replicates).
    """

    kriged: Kriged
    centre: float
    scale: float
    width: float
    noise: Noise | None
    one_run: float = math.nan
    roots: Floats | None = None

    @property
    def smoothness(self) -> Smoothness:
        """The covariance function, in the scale of what was fitted."""
        return self.kriged.smoothness

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the noise; infinite where it was estimated from the scatter of the points."""
        return math.inf if self.noise is None else self.noise.degrees

    def mean(self, where: Floats) -> Floats:
        """The expected outcome at these places, a row each."""
        return np.asarray(self.centre + self.scale * self.kriged.mean(where / self.width))

    def deviation(self, where: Floats) -> Floats:
        """The standard deviation of what is known of the expected outcome there.

        No less than the spread of the functions that the replicates have one by one: their
        random numbers can tilt the function in a manner that the model of the noise misses.
        """
        deviation = np.asarray(self.scale * self.kriged.deviation(where / self.width))
        if self.roots is None:
            return deviation
        return np.asarray(np.maximum(deviation, np.sqrt(
            ((self.kriged.weights(where / self.width) @ self.roots) ** 2).sum(axis=1))))

    def variance(self, where: Floats) -> Floats:
        """The square of `deviation`."""
        return np.asarray(self.deviation(where) ** 2)

    def difference_deviation(self, here: Floats, there: Floats) -> Floats:
        """The standard deviation of the difference between rows here and one row there; less, where noise is shared."""
        here, there = here / self.width, there / self.width
        squares = (self.kriged.deviation(here) ** 2 + self.kriged.deviation(there) ** 2
                   - 2.0 * self.kriged.across(here, there)[:, 0])
        return np.asarray(self.scale * np.sqrt(np.maximum(squares, 0.0)))

    def samples(self, where: Floats, number: int, random: np.random.Generator) -> Floats:
        """Functions that the data allow: number x rows of `where`; wider where few replicates show the noise."""
        drawn = self.kriged.samples(where / self.width, number, self.degrees, random)
        return np.asarray(self.centre + self.scale * drawn)

    def left_out_points(self) -> tuple[Floats, Floats]:
        """For each point, what the others predict for its mean, and that prediction's standard deviation."""
        predicted, deviation = self.kriged.leave_one_out()
        return np.asarray(self.centre + self.scale * predicted), np.asarray(self.scale * deviation)

    @property
    def left_out(self) -> float:
        """The root mean square error of a point's mean predicted by the others."""
        return float(np.sqrt(((self.centre + self.scale * self.kriged.values - self.left_out_points()[0]) ** 2).mean()))

    @property
    def shared_noise(self) -> float:
        """The variance of the level from random numbers that the points share: the mean covariance of two points."""
        if self.noise is None:
            return math.nan
        covariance = self.noise.covariance
        return max(0.0, float(covariance[~np.eye(len(covariance), dtype=bool)].mean()))


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
    """A case under the same random numbers as the points: in the points' replicates (`few`), and in more (`many`)."""

    few: Floats
    many: Floats


def fit_emulator(where: Floats, outcomes: Floats, reference: Reference | None = None) -> Emulator:
    """Fit an emulator to outcomes (points x replicates); column r has the same random numbers at all points.

    `where` is points x factors, each factor's range of the same width. A `reference` corrects the points' means
    (see `corrected`). Raises StatisticsError for fewer than two replicates or fewer points than factors and four.

    >>> places = np.linspace(-1.0, 1.0, 9)[:, None]
    >>> fitted = fit_emulator(places, 2.0 + 3.0 * places + np.array([-0.2, -0.1, 0.1, 0.2]))
    >>> fitted.mean(np.array([[0.5]])).round(2).tolist(), round(fitted.shared_noise, 4)
    ([3.5], 0.0083)
    """
    points, replicates = outcomes.shape
    if replicates < 2:
        raise StatisticsError(f"replicates = {replicates}: an emulator needs two or more to estimate the noise")
    if points < where.shape[1] + SPARE_POINTS:
        raise StatisticsError(
            f"points = {points}: {where.shape[1]} factors need {where.shape[1] + SPARE_POINTS} or more")
    width = float(np.ptp(where, axis=0).max()) or 1.0
    places = where / width
    means, rest, inflation, echo = _controlled(outcomes, reference)
    noise = noise_of_runs(places, rest)
    noise = noise._replace(covariance=inflation * noise.covariance + np.outer(echo, echo))
    apart = rest - rest.mean(axis=1, keepdims=True)
    roots = np.column_stack([apart * math.sqrt(inflation / (replicates * (replicates - 1))), echo])
    return dataclasses.replace(fit_to_means(places, means, noise), width=width, roots=roots,
                               one_run=float(outcomes.var(axis=1, ddof=1).mean()))


def fit_to_means(where: Floats, means: Floats, noise: Noise | None) -> Emulator:
    """Fit an emulator to points' means whose noise is known, or unknown and equal at all points.

    `where` is points x factors in ranges of 0 to 1.
    """
    centre = float(means.mean())
    known = np.zeros((len(means),) * 2) if noise is None else noise.covariance
    scale = math.sqrt(float(means.var()) + float(np.diag(known).mean())) or 1.0
    values, own = (means - centre) / scale, known / scale**2 + JITTER * np.eye(len(known))
    smoothness = fit_smoothness(
        where, np.outer(values, values), 1.0, own + LEVEL, nugget=noise is None, common=False)
    kriged = Kriged(where, values, own, dataclasses.replace(smoothness, common=LEVEL))
    return Emulator(kriged, centre, scale, 1.0, noise)


def corrected(level: Floats, reference: Reference | None) -> tuple[float, float]:
    """A mean over few replicates, corrected by a reference's noise in them, and its variance.

    The regression estimator of double sampling (Cochran 1977, chapter 12): with the slope b of
    level on reference in the few, and its residual variance s2 (few - 2 degrees of freedom),

        mean(level) + b (mean of many - mean of few)
        s2 (1 / few + (mean of many - mean of few)^2 / sum of squares of few) + b^2 var(many) / many

    Without a reference, or with two replicates, or if it does not vary, nothing is corrected.

    >>> few = np.array([1.0, 2.0, 3.0, 2.0])
    >>> corrected(2.0 * few, Reference(few, np.append(few, 7.0)))
    (6.0, 4.4...)
    """
    means, rest, inflation, echo = _controlled(level[None, :], reference)
    return float(means[0]), float(inflation * rest[0].var(ddof=1) / len(level) + echo[0] ** 2)


def _controlled(rows: Floats, reference: Reference | None) -> tuple[Floats, Floats, float, Floats]:
    """Corrected means of rows of replicates, the rows without the reference's noise, and two parts of the variance.

    The variance of a mean is that of the mean of its row of the second, times the third, plus
    the square of the fourth.
    """
    means, count = rows.mean(axis=1), rows.shape[1]
    apart = np.zeros(count) if reference is None else reference.few - reference.few.mean()
    squares = float(apart @ apart)
    if reference is None or count < 3 or not squares > 0.0:
        return np.asarray(means), rows, 1.0, np.zeros(len(rows))
    slopes = rows @ apart / squares
    missed = float(reference.many.mean() - reference.few.mean())
    inflation = (count - 1.0) / (count - 2.0) * (1.0 + count * missed * missed / squares)
    echo = slopes * math.sqrt(float(reference.many.var(ddof=1)) / len(reference.many))
    return np.asarray(means + slopes * missed), rows - np.outer(slopes, apart), inflation, np.asarray(echo)
