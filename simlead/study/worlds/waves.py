"""History matching: the places of a space that could have produced an observation.

A place (a world with a policy) is implausible for an observation z if

    I = |z - expected| / sqrt(variance of the expectation + variance of one firm + tolerance^2)

is more than 3 (Pukelsheim 1994: for any unimodal distribution 95 % lies within three
standard deviations; Craig and others 1997, and Vernon, Goldstein and Bower 2010, for the
method). The expectation is an emulator's (`statistics.emulator`), because a point's own few
replications show their noise more than the point. Where several numbers are observed, the
largest I counts. A place that is not implausible is not right, only not ruled out. Waves:
what is not ruled out is searched again, more densely.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.statistics.emulator import Emulator, Reference, fit_emulator
from simlead.study.studies.kinds import latin_hypercube

Floats = NDArray[np.float64]

CUTOFF = 3.0
CANDIDATES = 4096
"""Places of the whole space at which an emulator is evaluated, which costs next to nothing."""

Box = Mapping[str, tuple[float, float]]
Simulate = Callable[["pd.DataFrame"], Floats]
"""From points (a column per factor) to outcomes: numbers observed x points x replications."""


@dataclasses.dataclass(frozen=True)
class Observed:
    """A number of an observation: somewhere from `low` to `high`, with the standard deviation `tolerance` beyond.

    >>> Observed.stated("revenue_growth", {"at_least": 0.5})
    Observed(low=0.5, high=inf, tolerance=0.0)
    """

    low: float
    high: float
    tolerance: float = 0.0

    @classmethod
    def stated(cls, name: str, value: Any, tolerance: float = 0.0) -> Observed:
        """Read a target: a number, (low, high), {"at_least": low} or {"at_most": high}; ParameterError otherwise."""
        refusal = ParameterError(f"target {name} = {value!r:.80}: allowed is a number, (low, high), "
                                 '{"at_least": number} or {"at_most": number}')
        ends: tuple[Any, ...] = (value, value)
        if isinstance(value, Mapping):
            if len(value) != 1 or not set(value) <= {"at_least", "at_most"}:
                raise refusal
            ends = (value.get("at_least", -math.inf), value.get("at_most", math.inf))
        elif isinstance(value, (tuple, list)):
            ends = tuple(value)
        if len(ends) != 2 or any(isinstance(end, bool) or not isinstance(end, (int, float)) or math.isnan(end)
                                 for end in ends):
            raise refusal
        low, high = float(ends[0]), float(ends[1])
        if low > high or low == math.inf or high == -math.inf:
            raise ParameterError(f"target {name}: low = {low:g} is not below high = {high:g}")
        return cls(low, high, tolerance)

    def away(self, outcomes: Floats) -> Floats:
        """How far outcomes are from it.

        >>> Observed(1.0, math.inf).away(np.array([0.5, 1.5])).tolist()
        [0.5, 0.0]
        """
        return np.asarray(np.maximum(np.maximum(self.low - outcomes, outcomes - self.high), 0.0))

    def log_likelihood(self, expected: Floats, variance: Floats) -> Floats:
        """How well expectations explain it: of a number its density, of a range the probability to lie in it."""
        from scipy.special import log_ndtr, ndtr

        spread = np.sqrt(variance + self.tolerance**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.low == self.high:
                found = -0.5 * ((self.low - expected) / spread) ** 2 - np.log(spread)
            elif math.isinf(self.high):
                found = log_ndtr((expected - self.low) / spread)
            elif math.isinf(self.low):
                found = log_ndtr((self.high - expected) / spread)
            else:
                inside = ndtr((self.high - expected) / spread) - ndtr((self.low - expected) / spread)
                found = np.log(np.maximum(inside, 1e-300))
        certain = np.where(self.away(expected) > 0.0, -np.inf, 0.0)
        return np.where(spread > 0.0, found, certain)


def implausibility(expected: Floats, variance: Floats, observed: Observed, *, one_firm: float = 0.0) -> Floats:
    """Compute how many standard deviations lie between an observation and what is expected.

    `variance` is that of the expectation (it is known only so well); `one_firm` the variance of a single firm around
    its expectation, if the observation is one firm's with noise of its own, and 0 if it is held against what the
    point leads to on average.

    >>> implausibility(np.array([1.0, 2.0]), np.array([0.01, 0.01]), Observed(2.0, 2.0)).round(6).tolist()
    [10.0, 0.0]
    """
    spread = np.sqrt(variance + one_firm + observed.tolerance**2)
    away = observed.away(expected)
    return np.asarray(np.divide(away, spread, out=np.where(away > 0.0, np.inf, 0.0), where=spread > 0.0))


@dataclasses.dataclass(frozen=True, eq=False)
class Predicted:
    """What is expected at places: means and variances (numbers observed x places), and one firm's noise.

    `noise` is the covariance of one firm's numbers around their expectations: revenue and market share of a firm go
    up and down together, and to count both as if they did not would make too much of them.
    """

    means: Floats
    variances: Floats
    noise: Floats

    @property
    def one_run(self) -> Floats:
        """The variance of each number of one firm."""
        return np.asarray(np.diag(self.noise))

    def implausibility(self, observed: Sequence[Observed], one_firm: bool) -> Floats:
        """The largest implausibility over the numbers observed, place by place."""
        return np.asarray(np.max([
            implausibility(mean, variance, number, one_firm=noise if one_firm else 0.0)
            for number, mean, variance, noise in self._each(observed)], axis=0))

    def log_likelihood(self, observed: Sequence[Observed], one_firm: bool) -> Floats:
        """The log likelihood of the numbers, place by place: of exact ones together, of ranges and bounds each."""
        exact = [place for place, number in enumerate(observed) if number.low == number.high]
        together = len(exact) > 1 and one_firm
        found = np.zeros(self.means.shape[1])
        if together:
            tolerances = np.array([observed[place].tolerance for place in exact])
            covariance = self.noise[np.ix_(exact, exact)] + np.diag(tolerances**2)
            covariance = covariance + np.eye(len(exact)) * self.variances[exact].T[:, :, None]
            covariance = covariance + np.eye(len(exact)) * 1e-9 * np.diag(self.noise)[exact]
            apart = np.array([observed[place].low for place in exact]) - self.means[exact].T
            found -= 0.5 * (apart * np.linalg.solve(covariance, apart[:, :, None])[:, :, 0]).sum(axis=1)
            found -= 0.5 * np.linalg.slogdet(covariance)[1]
        for place, (number, mean, variance, noise) in enumerate(self._each(observed)):
            if not (together and place in exact):
                found += number.log_likelihood(mean, variance + (noise if one_firm else 0.0))
        return found

    def away(self, observed: Sequence[Observed]) -> Floats:
        """How far from the observation each place is expected, the farthest number counting.

        Where nothing reaches the observation this tells what comes near it; by implausibility
        a place would be near because little is known of it. Each number in standard deviations of a firm's.
        """
        return np.asarray(np.max([
            number.away(mean) / (math.sqrt(noise) or 1.0) for number, mean, _, noise in self._each(observed)], axis=0))

    def nearest(self, observed: Sequence[Observed]) -> int:
        """The place that is expected nearest to all numbers; among those equally near, the best known one."""
        away = self.away(observed)
        unknown = np.max(self.variances / np.where(self.one_run > 0.0, self.one_run, 1.0)[:, None], axis=0)
        equal = max(number.tolerance / (math.sqrt(noise) or 1.0) for number, _, _, noise in self._each(observed))
        return int(np.where(away <= away.min() + equal, unknown, np.inf).argmin())

    def _each(self, observed: Sequence[Observed]) -> Iterator[tuple[Observed, Floats, Floats, float]]:
        return zip(observed, self.means, self.variances, self.one_run.tolist(), strict=True)


@dataclasses.dataclass(frozen=True, eq=False)
class Emulated:
    """Observed numbers, compared with an emulator of each, over a box; `one_firm`: they are a single firm's."""

    box: Box
    observed: Sequence[Observed]
    emulators: Sequence[Emulator]
    one_firm: bool = False
    noise: Floats | None = None

    def predicted(self, table: pd.DataFrame) -> Predicted:
        """What is expected at these places."""
        where = scaled(table, self.box)
        return Predicted(
            np.array([emulator.mean(where) for emulator in self.emulators]),
            np.array([emulator.variance(where) for emulator in self.emulators]),
            np.diag([emulator.one_run for emulator in self.emulators]) if self.noise is None else self.noise)

    def implausibility(self, table: pd.DataFrame) -> Floats:
        """The largest implausibility over the numbers observed, place by place."""
        return self.predicted(table).implausibility(self.observed, self.one_firm)

    def nearest(self, table: pd.DataFrame) -> int:
        """The row that is expected nearest to all numbers; among those equally near, the best known one."""
        return self.predicted(table).nearest(self.observed)


def emulated(
    table: pd.DataFrame, outcomes: Floats, box: Box, observed: Sequence[Observed], *, one_firm: bool = False,
    references: Sequence[Reference | None] | None = None,
) -> Emulated:
    """Emulators fitted to simulated points (numbers x points x replications).

    `references` (one a number) are a case with more replications than the points have.
    """
    where = scaled(table, box)
    emulators = [fit_emulator(where, number, reference)
                 for number, reference in zip(outcomes, references or [None] * len(observed), strict=True)]
    apart = outcomes - outcomes.mean(axis=2, keepdims=True)
    points, replications = outcomes.shape[1:]
    noise = np.einsum("ipr,jpr->ij", apart, apart) / (points * (replications - 1))
    return Emulated(box, observed, emulators, one_firm, noise)


def waves(
    simulate: Simulate,
    box: Box,
    observed: Sequence[Observed],
    *,
    points: int,
    count: int = 2,
    keep: float = 0.05,
    one_firm: bool = False,
    references: Sequence[Reference | None] | None = None,
    seed: int = 0,
) -> tuple[pd.DataFrame, Floats]:
    """Search for the observation: simulated points, the wave of each, and outcomes (numbers x points x replications).

    The first wave is spread over the whole box; each later one over the box around what an emulator of all before
    leaves plausible. Where less than the fraction `keep` is left, the nearest that many count: an observation
    that nothing can produce is still searched for where it comes nearest.

    >>> found, _ = waves(lambda table: np.repeat(table.to_numpy().T[:, :, None], 4, axis=2), {"a": (0.0, 1.0)},
    ...                  [Observed(0.9, 0.9)], points=20)
    >>> bool(found[found["wave"] == 2]["a"].min() > 0.8)
    True
    """
    inner, tables, seen = dict(box), [], []
    places = spread_over(box, CANDIDATES, seed)
    for number in range(1, count + 1):
        table = spread_over(inner, points, seed + number)
        seen.append(simulate(table))
        tables.append(table.assign(wave=number))
        if number < count:
            match = emulated(pd.concat(tables, ignore_index=True), np.concatenate(seen, axis=1), box, observed,
                             one_firm=one_firm, references=references)
            predicted = match.predicted(places)
            plausible = predicted.implausibility(observed, one_firm) <= CUTOFF
            away = predicted.away(observed)
            if plausible.mean() < keep:
                plausible = away <= np.sort(away)[math.ceil(keep * len(away)) - 1]
            left = places[plausible]
            inner = {path: (float(left[path].min()), float(left[path].max())) for path in box}
    return pd.concat(tables, ignore_index=True), np.concatenate(seen, axis=1)


def spread_over(box: Box, points: int, seed: int) -> pd.DataFrame:
    """A Latin hypercube over a box, a column a factor."""
    # A path would be checked as a parameter with that range; here it names an axis of the unit cube.
    cube = latin_hypercube({f"factor {place}": {"low": 0.0, "high": 1.0} for place in range(len(box))}, points, seed)
    return pd.DataFrame({path: low + (high - low) * cube[f"factor {place}"].to_numpy(float)
                         for place, (path, (low, high)) in enumerate(box.items())})


def scaled(table: pd.DataFrame, box: Box) -> Floats:
    """Points x factors, each factor's range from -1 to 1."""
    return np.column_stack([2.0 * (table[path].to_numpy(float) - low) / (high - low) - 1.0
                            for path, (low, high) in box.items()])
