"""A response surface: the expected measure anywhere in the factors' ranges, and where it is best."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from simlead.statistics.codes import FLAT, TRUSTED
from simlead.statistics.emulator import Emulator
from simlead.statistics.errors import StatisticsError
from simlead.statistics.findings import Finding, finding
from simlead.statistics.kriging import Array
from simlead.statistics.ranges import Ranges
from simlead.statistics.surface_checks import LeaveOneOut, far

SAMPLES = 1_000
"""Surfaces drawn from all that the data allow, to see where the best policy may lie."""

WITHIN = 0.01
"""A policy is near the best if its value is within this fraction of it."""

_REACH = ("low", "high", "near_low", "near_high", "sure_low", "sure_high")

MOST_LEVELS = 25
"""A ridge has a row for each value that was simulated of the given factor, if there are not more."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Surface:
    """A response surface; `study.surface.Surface` explains its parts.

    `table` has a row per point: the factors, `mean` and its `standard_error`; `predicted`, the
    surface there; `left_out`, what the other points predict for its mean; `error` = mean -
    left_out; `standardised`, that in standard deviations of the prediction.
    """

    measure: str
    table: pd.DataFrame
    leave_one_out: LeaveOneOut
    condition: str
    flat: bool
    notes: tuple[Finding, ...]
    confidence: float
    seed: int
    ranges: Ranges
    emulator: Emulator

    def __repr__(self) -> str:
        return f"Surface({self.measure!r} of {', '.join(self.factors)}; {len(self.table)} points)"

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of the factors."""
        return self.ranges.names

    @property
    def trusted(self) -> bool:
        """Whether the errors of points left out are what the surface expects."""
        return self.condition in (TRUSTED, FLAT)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The condition with its numbers, then the notes."""
        check, n = self.leave_one_out, len(self.table)
        return (finding(
            f"surface.{self.condition.replace(' ', '_')}", measure=self.measure, n=n, point=check.worst_point,
            off=abs(check.worst), limit=far(n), times=check.standardised, share=check.explained), *self.notes)

    def predict(self, policies: pd.DataFrame) -> pd.DataFrame:
        """Estimate the outcome to expect at policies.

        The interval is that of the expected outcome, not of one run.

        Parameters
        ----------
        policies : pandas.DataFrame
            A row for each policy, a column per factor.

        Returns
        -------
        pandas.DataFrame
            The factors, then mean, standard_deviation, low, high, in the outcome's unit.

        Raises
        ------
        StatisticsError
            For a missing factor and outside the ranges, where a surface knows nothing.
        """
        names = list(self.factors)
        for name in names:
            if name not in policies.columns:
                raise StatisticsError(f"policies: no column {name}")
        where = self.ranges.scaled(policies)
        inside = (where >= -1e-9) & (where <= 1 + 1e-9)
        if not inside.all():
            row, j = np.argwhere(~inside)[0].tolist()
            raise StatisticsError(
                f"{names[j]} = {policies[names[j]].iloc[row]}: the surface reaches from "
                f"{self.ranges.lows[j]:g} to {self.ranges.highs[j]:g}")
        mean, deviation = self.emulator.mean(where), self.emulator.deviation(where)
        half = self._quantile() * deviation
        answer = policies[names].reset_index(drop=True)
        return answer.join(pd.DataFrame({
            "mean": mean, "standard_deviation": deviation, "low": mean - half, "high": mean + half}))

    def gain(self, policies: pd.DataFrame, over: Mapping[str, Any] | pd.Series[Any]) -> pd.DataFrame:
        """Estimate the difference of policies from one policy.

        Sharper than the difference of two predictions where points share random numbers, for most of their noise is
        the same at both.

        Parameters
        ----------
        policies : pandas.DataFrame
            A row for each policy, a column per factor.
        over : mapping or pandas.Series
            The policy to compare with, by factor.

        Returns
        -------
        pandas.DataFrame
            The factors, then difference, low, high, in the outcome's unit.

        Raises
        ------
        StatisticsError
            As `predict` does.
        """
        origin = self.predict(pd.DataFrame([dict(over)]))
        answer = self.predict(policies)
        here, there = (self.ranges.scaled(frame) for frame in (answer, origin))
        half = self._quantile() * self.emulator.difference_deviation(here, there)
        difference = answer["mean"].to_numpy(float) - float(origin["mean"].iloc[0])
        return answer[list(self.factors)].join(pd.DataFrame({
            "difference": difference, "low": difference - half, "high": difference + half}))

    def best(self, *, minimise: bool = False, within: float = WITHIN) -> pd.DataFrame:
        """Find the policy within the ranges at which the outcome is highest (or lowest), and how sure that is.

        The place of the best has the quantiles of the best places of surfaces drawn from all that the data allow.
        Where nothing stands out they reach from end to end.

        Parameters
        ----------
        minimise : bool
            Whether low outcomes are good.
        within : float
            How near to the best counts as near, as a fraction of it.

        Returns
        -------
        pandas.DataFrame
            A row per factor (role "factor"): best is its value where the surface is highest; low to high holds the
            place of the true best policy with the surface's confidence; near_low to near_high are the values around
            it at which, the other factors at their best, the surface is near its best value; sure_low to sure_high
            those that lose no more than that with the surface's confidence, nan if the points cannot show any. A row
            for the outcome (role "measure"): its expected value there, with its interval. A row of what is forgone
            (role "regret"): by how much the true best policy is better than this one, on average and at most, with
            the surface's confidence. Both in the outcome's unit.
        """
        self._check_part(within)
        sign = -1.0 if minimise else 1.0
        place, places, regrets = self._search(sign)
        random = self._random()
        lines: list[tuple[Any, ...]] = []
        for j, name in enumerate(self.factors):
            rows = self.ranges.along(place, j)
            losses = self._losses(sign * self._drawn(rows, random))
            reach = (*self._bounds(places[:, j], place[j]), *self._near(rows, place, j, sign, losses, within))
            lines.append((name, "factor", *(self.ranges.value(name, x) for x in (place[j], *reach))))
        nothing = (np.nan,) * 4
        lines.append((self.measure, "measure", *self._value(place), *nothing))
        lines.append((self.measure, "regret", float(regrets.mean()), 0.0,
                      float(np.quantile(regrets, self.confidence)), *nothing))
        return pd.DataFrame(lines, columns=["quantity", "role", "best", *_REACH])

    def ridge(
        self, factor: str, given: str, *, minimise: bool = False, within: float = WITHIN,
        at: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Find the best value of one factor for each value of another, and how sure that is.

        Intervals hold row by row with the surface's confidence.

        Parameters
        ----------
        factor : str
            The factor whose best value is sought.
        given : str
            The factor for each value of which it is sought.
        minimise : bool
            Whether low outcomes are good.
        within : float
            How near to the best counts as near, as a fraction of it.
        at : mapping, optional
            Values of other factors; where they are best if left out.

        Returns
        -------
        pandas.DataFrame
            A row per value of `given` that was simulated (or 25 even steps): `given` and `factor` under their own
            names, so that a row is a policy; low to high for the true best value of the factor; near and sure values
            as in `best`; value, value_low and value_high, the outcome to expect; regret_high, by how much the true
            best may be better at most.
        """
        self._check_part(within)
        j, k = self.ranges.index(factor), self.ranges.index(given)
        if j == k:
            raise StatisticsError(f"ridge: {factor} is given and sought at once")
        sign = -1.0 if minimise else 1.0
        held = self._held(at or {}, {factor, given}, sign)
        random = self._random()
        lines = []
        for level in self._levels(k):
            held[k] = level
            rows = self.ranges.along(held, j)
            if not len(rows):
                continue
            best = int((sign * self.emulator.mean(rows)).argmax())
            drawn = sign * self._drawn(rows, random)
            losses = self._losses(drawn)
            place = rows[best]
            reach = (*self._bounds(rows[drawn.argmax(axis=1), j], place[j]),
                     *self._near(rows, place, j, sign, losses, within))
            lines.append((self.ranges.value(given, level), *(self.ranges.value(factor, x) for x in (place[j], *reach)),
                          *self._value(place), float(losses[best])))
        return pd.DataFrame(lines, columns=[given, factor, *_REACH, "value", "value_low", "value_high", "regret_high"])

    def best_finding(self, *, minimise: bool = False, within: float = WITHIN) -> Finding:
        """Return what `best` found, as a finding; the surface's condition where no best can be read from it.

        Parameters
        ----------
        minimise : bool
            Whether low outcomes are good.
        within : float
            How near to the best counts as near, as a fraction of it.

        Returns
        -------
        Finding
            The code and its numbers.
        """
        if self.condition != TRUSTED:
            return self.findings[0]
        rows = self.best(minimise=minimise, within=within)[["best", *_REACH]].to_numpy(float).tolist()
        places = [(name, *row) for name, row in zip(self.factors, rows, strict=False)]
        value, regret = rows[-2][:3], rows[-1][:3]
        return finding(f"surface.{'lowest' if minimise else 'highest'}", measure=self.measure, places=places,
                       value=tuple(value), per_hundred=100.0 * self.confidence, within=within, regret=regret[2])

    # How the search is done.

    def _search(self, sign: float) -> tuple[Array, Array, Array]:
        """Where the surface is best, where drawn surfaces are, and by how much these are better there.

        First over all of the box, then again, more finely, over the part that holds the drawn best.
        """
        random = self._random()
        factors = len(self.factors)
        where = self.ranges.spread(np.zeros(factors), np.ones(factors))
        place, places, regrets = self._best_of(where, sign, random)
        edge = 0.5 * (places.max(axis=0) - places.min(axis=0)) / len(where) ** (1 / factors)
        low, high = np.maximum(places.min(axis=0) - edge, 0.0), np.minimum(places.max(axis=0) + edge, 1.0)
        if (high - low).max() > 0.8:
            return place, places, regrets
        finer = np.unique(np.vstack([self.ranges.spread(low, high), places, place]), axis=0)
        return self._best_of(finer, sign, random)

    def _best_of(self, where: Array, sign: float, random: np.random.Generator) -> tuple[Array, Array, Array]:
        best = int((sign * self.emulator.mean(where)).argmax())
        drawn = sign * self._drawn(where, random)
        return where[best], where[drawn.argmax(axis=1)], drawn.max(axis=1) - drawn[:, best]

    def _drawn(self, where: Array, random: np.random.Generator) -> Array:
        """Surfaces that the data allow, :data:`SAMPLES` x rows."""
        return self.emulator.samples(where, SAMPLES, random)

    def _losses(self, drawn: Array) -> Array:
        """What each row loses at most against the best of them, with the surface's confidence."""
        return np.asarray(np.quantile(drawn.max(axis=1, keepdims=True) - drawn, self.confidence, axis=0))

    def _near(
        self, rows: Array, place: Array, j: int, sign: float, losses: Array, within: float
    ) -> tuple[float, float, float, float]:
        """Values of factor j without a gap that are within a fraction of the best, and that surely are."""
        values = sign * self.emulator.mean(rows)
        at_best = int(np.abs(rows[:, j] - place[j]).argmin())
        room = within * abs(float(values[at_best])) + 1e-12 * self.emulator.scale
        surest = int(losses.argmin())
        near = _run(values >= values[at_best] - room, at_best)
        sure = _run(losses <= room, surest) if losses[surest] <= room else None
        places = rows[:, j]
        return (min(float(places[near[0]]), place[j]), max(float(places[near[1]]), place[j]),
                *((float(places[sure[0]]), float(places[sure[1]])) if sure else (np.nan, np.nan)))

    def _value(self, place: Array) -> tuple[float, float, float]:
        """The measure at a place with its interval."""
        mean = float(self.emulator.mean(place[None, :])[0])
        half = self._quantile() * float(self.emulator.deviation(place[None, :])[0])
        return mean, mean - half, mean + half

    def _levels(self, k: int) -> list[float]:
        """Values of the given factor, in its range of 0 to 1."""
        seen = np.unique(self.ranges.scaled(self.table)[:, k])
        seen = seen[(seen >= 0.0) & (seen <= 1.0)]
        levels = seen if len(seen) <= MOST_LEVELS else self.ranges.axis(k, MOST_LEVELS)
        return [float(level) for level in levels]

    def _held(self, at: Mapping[str, Any], free: set[str], sign: float) -> Array:
        for name in at:
            self.ranges.index(name)
            if name in free:
                raise StatisticsError(f"at: {name} is what the ridge runs over")
        held = self._search(sign)[0].copy() if len(self.factors) > len(free) + len(at) else np.zeros(len(self.factors))
        for name, value in at.items():
            j = self.ranges.index(name)
            held[j] = (float(value) - self.ranges.lows[j]) / (self.ranges.highs[j] - self.ranges.lows[j])
            if not 0.0 <= held[j] <= 1.0:
                raise StatisticsError(f"{name} = {value}: the surface reaches from {self.ranges.lows[j]:g} to "
                                     f"{self.ranges.highs[j]:g}")
        return held

    def _quantile(self) -> float:
        tail = 0.5 + self.confidence / 2
        return float(ndtri(tail) if np.isinf(self.emulator.degrees) else stdtrit(self.emulator.degrees, tail))

    def _bounds(self, places: Array, place: float) -> tuple[float, float]:
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(places, [tail, 1 - tail], method="nearest").tolist()
        return min(low, place), max(high, place)

    def _random(self) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=self.seed))

    @staticmethod
    def _check_part(within: float) -> None:
        if not 0.0 <= within < 1.0:
            raise StatisticsError(f"within = {within!r}: allowed is 0 or more and less than 1")


def _run(good: NDArray[np.bool_], start: int) -> tuple[int, int]:
    """First and last of the true values around one of them, without a gap."""
    first = last = start
    while first > 0 and good[first - 1]:
        first -= 1
    while last < len(good) - 1 and good[last + 1]:
        last += 1
    return first, last
