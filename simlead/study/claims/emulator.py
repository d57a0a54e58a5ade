"""An emulator: a surface fitted to simulated outcomes, which tells an expected outcome where nothing was simulated.

The replicates of all points are under the same luck: outcome = surface(point) + luck of the
replicate + the rest. Least squares with the replicates as fixed effects gives the surface's
slopes free of the shared luck; its level has it still, as the mean of so many replicates'
effects. A case that has more replicates than the points do (a reference) tells how lucky
these few were (a control variate, see :func:`corrected`).

Regression emulators, and what their variance must hold: Vernon, Goldstein and Bower (2010);
common random numbers help the slopes and harm the level: Chen, Ankenman and Nelson (2012).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.study.claims.runs import Floats

SQUARES = 3
"""So many parameters, those with the steepest slopes, may have a square as well."""


@dataclasses.dataclass(frozen=True, eq=False)
class Emulator:
    """A surface over factors that lie between -1 and 1, with what is not known of it.

    `squared` are the places of the factors that have a square; `unknown` is a root of the
    covariance of the coefficients, as the replicates differ. As variances: `shared_luck` is
    that of the surface's level (without a reference: variance of the replicates' effects /
    replicates; see :func:`corrected`), `residual` that of a point's mean around the surface,
    `lack_of_fit` the part of it that is not luck, and `one_firm` that of a single firm around
    what its point leads to on average. `left_out` are the root mean square errors of a point
    left out: of a plane, and of a plane with squares (nan if there are too few points).
    """

    coefficients: Floats
    unknown: Floats
    squared: tuple[int, ...]
    inverse: Floats
    shared_luck: float
    residual: float
    lack_of_fit: float
    one_firm: float
    left_out: tuple[float, float]

    def mean(self, where: Floats) -> Floats:
        """The expected outcome at these places, a row each."""
        return np.asarray(basis(where, self.squared) @ self.coefficients)

    def variance(self, where: Floats) -> Floats:
        """The variance of what is known of the expected outcome there.

        Each replicate tilts the surface too, not only lifts it: the spread of the surfaces that
        the replicates have one by one, or leverage x residual + shared luck if that is more
        (few replicates leave some directions without a spread); and the lack of fit.
        """
        rows = basis(where, self.squared)
        leverage = np.einsum("ij,jk,ik->i", rows, self.inverse, rows)
        one_by_one = ((rows @ self.unknown) ** 2).sum(axis=1) + leverage * self.lack_of_fit
        return np.asarray(np.maximum(one_by_one, leverage * self.residual + self.shared_luck) + self.lack_of_fit)


def basis(where: Floats, squared: tuple[int, ...] = ()) -> Floats:
    """A row a place: 1, the factors, and the squares of some of them.

    >>> basis(np.array([[0.5, -1.0]]), (1,)).tolist()
    [[1.0, 0.5, -1.0, 1.0]]
    """
    return np.column_stack([np.ones(len(where)), where, where[:, list(squared)] ** 2])


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
    """A case under the same luck as the points: in the points' replicates (`few`), and in those and more (`many`)."""

    few: Floats
    many: Floats


def emulate(where: Floats, outcomes: Floats, reference: Reference | None = None) -> Emulator:
    """Fit a surface to outcomes, points x replicates, at places between -1 and 1, points x factors.

    A plane, or a plane with squares of the steepest :data:`SQUARES` factors if these tell a
    left out point better by more than one standard error (the rule of Breiman and others
    1984, paired by points). Which factors are steepest is found without that point too, so that
    the squares have no advantage from having been chosen.

    Raises ParameterError for fewer than two replicates, or too few points for a plane.

    >>> places = np.linspace(-1.0, 1.0, 9)[:, None]
    >>> fitted = emulate(places, 2.0 + 3.0 * places + np.array([-0.1, 0.1]))
    >>> fitted.mean(np.array([[0.5]])).round(6).tolist(), round(fitted.shared_luck, 6)
    ([3.5], 0.01)
    """
    points, replicates = outcomes.shape
    if replicates < 2:
        raise ParameterError(f"replicates = {replicates}: history matching needs two or more to know their spread")
    if points < where.shape[1] + 4:
        raise ParameterError(
            f"points = {points}: {where.shape[1]} parameters need {where.shape[1] + 4} or more for a plane")
    means = outcomes.mean(axis=1)
    plane, curved = errors_left_out(where, means, 0), np.full(points, np.nan)
    if points >= 2 * (where.shape[1] + 1 + SQUARES) and where.shape[1] >= SQUARES:
        curved = errors_left_out(where, means, SQUARES)
    better = plane**2 - curved**2
    bent = float(better.mean()) > float(better.std(ddof=1)) / math.sqrt(points)
    squared = steepest(where, means, SQUARES) if bent else ()
    rows = basis(where, squared)
    each = np.linalg.pinv(rows) @ outcomes  # the coefficients, replicate by replicate
    coefficients, unknown = seen_through(each, reference)
    residual = float(((means - rows @ each.mean(axis=1)) ** 2).sum() / (points - rows.shape[1]))
    level = outcomes.mean(axis=0)
    rest = outcomes - means[:, None] - level + level.mean()
    own_luck = float((rest**2).sum() / ((points - 1) * (replicates - 1)))
    _, shared_luck = corrected(level, reference)
    return Emulator(
        coefficients, unknown, squared, np.asarray(np.linalg.pinv(rows.T @ rows), dtype=float),
        shared_luck=shared_luck, residual=residual, lack_of_fit=max(0.0, residual - own_luck / replicates),
        one_firm=float(outcomes.var(axis=1, ddof=1).mean()),
        left_out=(float(np.sqrt((plane**2).mean())), float(np.sqrt((curved**2).mean()))))


def corrected(level: Floats, reference: Reference | None) -> tuple[float, float]:
    """A mean over few replicates, corrected by a reference's luck in them, and its variance.

    The regression estimator of double sampling (Cochran 1977, chapter 12): with the slope b of
    level on reference in the few, and its residual variance s2 (few - 2 degrees of freedom),

        mean(level) + b (mean of many - mean of few)
        s2 (1 / few + (mean of many - mean of few)^2 / sum of squares of few) + b^2 var(many) / many

    Without a reference, or with two replicates, or if it has no luck, nothing is corrected.

    >>> few = np.array([1.0, 2.0, 3.0, 2.0])
    >>> corrected(2.0 * few, Reference(few, np.append(few, 7.0)))
    (6.0, 4.4...)
    """
    mean, roots = seen_through(level[None, :], reference)
    return float(mean[0]), float((roots**2).sum())


def seen_through(rows: Floats, reference: Reference | None) -> tuple[Floats, Floats]:
    """As :func:`corrected`, for several rows of replicates at once, with a root of the means' covariance."""
    means, count = rows.mean(axis=1), rows.shape[1]
    apart = np.zeros(count) if reference is None else reference.few - reference.few.mean()
    squares = float(apart @ apart)
    if reference is None or count < 3 or not squares > 0.0:
        return np.asarray(means), np.asarray((rows - means[:, None]) / math.sqrt(count * (count - 1)))
    slopes = rows @ apart / squares
    missed = float(reference.many.mean() - reference.few.mean())
    rest = rows - means[:, None] - np.outer(slopes, apart)
    luck = rest * math.sqrt((1.0 / count + missed * missed / squares) / (count - 2))
    echo = slopes * math.sqrt(float(reference.many.var(ddof=1)) / len(reference.many))
    return np.asarray(means + slopes * missed), np.column_stack([luck, echo])


def steepest(where: Floats, means: Floats, count: int) -> tuple[int, ...]:
    """The places of the factors with the steepest slopes of a plane."""
    slopes = np.linalg.lstsq(basis(where), means, rcond=None)[0][1:]
    return tuple(int(place) for place in np.argsort(-np.abs(slopes), kind="stable")[:count])


def errors_left_out(where: Floats, means: Floats, squares: int) -> Floats:
    """By how much each point's mean is missed by the surface that is fitted to the others.

    Of a plane: residual / (1 - leverage), which is the same without fitting again.
    """
    if not squares:
        rows = basis(where)
        hat = rows @ np.linalg.pinv(rows)
        return np.asarray((means - hat @ means) / (1.0 - np.diag(hat)))
    errors = []
    for place in range(len(means)):
        others: NDArray[np.bool_] = np.arange(len(means)) != place
        squared = steepest(where[others], means[others], squares)
        fitted = np.linalg.lstsq(basis(where[others], squared), means[others], rcond=None)[0]
        errors.append(float(means[place] - (basis(where[place][None, :], squared) @ fitted)[0]))
    return np.array(errors)
