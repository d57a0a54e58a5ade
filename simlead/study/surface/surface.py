"""A fitted surface, to be asked: what to expect where, which policy is best, and how sure that is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from simlead.model.parameters import ParameterError
from simlead.study.surface.kriging import Array, Kriged
from simlead.study.surface.ranges import Ranges
from simlead.study.surface.wording import short_name, spoken

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 1_000
"""Surfaces drawn from all that the data allow, to see where the best policy may lie."""

WITHIN = 0.01
"""A policy is near the best if its value is within this part of it."""

TRUSTED, FLAT, UNFINISHED, POINT_OFF, ERRORS_LARGE, LUCK_SHARED, UNEXPLAINED = CONDITIONS = (
    "trusted", "flat", "search unfinished", "point off", "errors large", "luck shared", "unexplained")
"""What a surface can be found to be; only the first two are to be trusted. `point off`: one point lies too far from
what the others predict; `errors large`: all do; `luck shared`: errors are smaller than the points' noise, which they
must share; `unexplained`: points differ by more than luck, and tell nothing of each other."""

_REACH = ("low", "high", "near_low", "near_high", "sure_low", "sure_high")

MOST_LEVELS = 25
"""A ridge has a row for each value that was simulated of the given factor, if there are not more."""


@dataclasses.dataclass(frozen=True)
class LeaveOneOut:
    """How well each point is predicted by the others.

    `error` is the root mean square of the errors, in the measure's unit; `explained` the
    part of the differences between points that the others predict (1 is all, below 0 is worse
    than their mean); `standardised` the root mean square of errors in their own standard
    deviations: 1 if the surface knows how sure it is. `worst` is the largest of these, at
    `worst_point`.
    """

    error: float
    explained: float
    standardised: float
    worst_point: int
    worst: float


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Surface:
    """A response surface; :func:`fit_surface` makes one.

    `table` has a row per point: point, the factors, `mean` and its `standard_error`;
    `predicted`, the surface there; `left_out`, what the other points predict for its mean;
    `error` = mean - left_out; `standardised`, that in standard deviations of the prediction.
    All but the last are in the measure's unit.

    `leave_one_out` sums these up. `trusted` tells whether the errors are what the surface
    expects, `flat` whether the measure is constant for all that the points can tell; `condition`
    says why, as one of :data:`CONDITIONS`, and `verdict` says it in a sentence; `findings` is what
    else there is to know. Intervals have the
    confidence `confidence`; those of a value are Student's with `degrees` degrees of freedom.
    """

    measure: str
    table: pd.DataFrame
    leave_one_out: LeaveOneOut
    trusted: bool
    flat: bool
    condition: str
    verdict: str
    findings: tuple[str, ...]
    confidence: float
    seed: int
    degrees: float
    ranges: Ranges
    kriged: Kriged
    centre: float
    scale: float

    def __repr__(self) -> str:
        return f"Surface({self.measure!r} of {', '.join(self.factors)}; {len(self.table)} points)"

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of the factors."""
        return self.ranges.names

    def predict(self, policies: pd.DataFrame) -> pd.DataFrame:
        """The measure to expect at policies: the factors, then mean, standard_deviation, low, high.

        The interval is that of the expected measure, not of one run. `policies` has a row for
        each, a column per factor. Raises ParameterError for a missing factor and outside the
        ranges: a surface knows nothing there.
        """
        import pandas as pd

        names = list(self.factors)
        for name in names:
            if name not in policies.columns:
                raise ParameterError(f"policies: no column {name}")
        where = self.ranges.scaled(policies)
        inside = (where >= -1e-9) & (where <= 1 + 1e-9)
        if not inside.all():
            row, j = np.argwhere(~inside)[0].tolist()
            raise ParameterError(
                f"{names[j]} = {policies[names[j]].iloc[row]}: the surface reaches from "
                f"{self.ranges.lows[j]:g} to {self.ranges.highs[j]:g}")
        mean, deviation = self._at(where)
        half = self._quantile() * deviation
        answer = policies[names].reset_index(drop=True)
        return answer.join(pd.DataFrame({
            "mean": mean, "standard_deviation": deviation, "low": mean - half, "high": mean + half}))

    def gain(self, policies: pd.DataFrame, over: Mapping[str, Any] | pd.Series[Any]) -> pd.DataFrame:
        """What policies have over one policy: the factors, then difference, low, high.

        In the measure's unit. Sharper than the difference of two predictions where points
        share their luck, for most of that luck is the same at both. Raises ParameterError as
        `predict` does.
        """
        import pandas as pd

        origin = self.predict(pd.DataFrame([dict(over)]))
        answer = self.predict(policies)
        here, there = (self.ranges.scaled(frame) for frame in (answer, origin))
        squares = (self.kriged.deviation(here) ** 2 + self.kriged.deviation(there) ** 2
                   - 2.0 * self.kriged.across(here, there)[:, 0])
        half = self._quantile() * self.scale * np.sqrt(np.maximum(squares, 0.0))
        difference = answer["mean"].to_numpy(float) - float(origin["mean"].iloc[0])
        return answer[list(self.factors)].join(pd.DataFrame({
            "difference": difference, "low": difference - half, "high": difference + half}))

    def best(self, *, minimise: bool = False, within: float = WITHIN) -> pd.DataFrame:
        """The policy within the ranges at which the measure is highest (or lowest), and how sure that is.

        A row per factor (role "factor"): `best` is its value where the surface is highest;
        `low` to `high` holds the place of the true best policy with the surface's confidence;
        `near_low` to `near_high` are the values around it at which, the other factors at their
        best, the surface is within the part `within` of its best value; `sure_low` to
        `sure_high` those that lose no more than that with the surface's confidence, nan if the
        points cannot tell of any. A row for the measure (role "measure"): its expected value
        there, with its interval. A row of what is forgone (role "regret"): by how much the true
        best policy is better than this one, on average and at most, with the surface's
        confidence. Both in the measure's unit.

        The place of the best has the quantiles of the best places of surfaces drawn from all
        that the data allow. Where nothing stands out they reach from end to end.
        """
        import pandas as pd

        self._check_part(within)
        sign = -1.0 if minimise else 1.0
        place, places, regrets = self._search(sign)
        luck = self._luck()
        lines: list[tuple[Any, ...]] = []
        for j, name in enumerate(self.factors):
            rows = self.ranges.along(place, j)
            losses = self._losses(rows, sign * self._drawn(rows, luck))
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
        """The best value of one factor for each value of another, and how sure that is.

        A row per value of `given` that was simulated (or 25 even steps): `given` and `factor`
        under their own names, so that a row is a policy; `low` to `high` for the true best
        value of the factor; near and sure values as in `best`; `value`, `value_low` and
        `value_high`, the measure to expect; `regret_high`, by how much the true best may be
        better at most. Intervals hold row by row with the surface's confidence. Other factors
        are held `at` the values named, or else where they are best.
        """
        import pandas as pd

        self._check_part(within)
        j, k = self.ranges.index(factor), self.ranges.index(given)
        if j == k:
            raise ParameterError(f"ridge: {factor} is given and sought at once")
        sign = -1.0 if minimise else 1.0
        held = self._held(at or {}, {factor, given}, sign)
        luck = self._luck()
        lines = []
        for level in self._levels(k):
            held[k] = level
            rows = self.ranges.along(held, j)
            if not len(rows):
                continue
            best = int((sign * self.kriged.mean(rows)).argmax())
            drawn = sign * self._drawn(rows, luck)
            losses = self._losses(rows, drawn)
            place = rows[best]
            reach = (*self._bounds(rows[drawn.argmax(axis=1), j], place[j]),
                     *self._near(rows, place, j, sign, losses, within))
            lines.append((self.ranges.value(given, level), *(self.ranges.value(factor, x) for x in (place[j], *reach)),
                          *self._value(place), float(losses[best])))
        return pd.DataFrame(lines, columns=[given, factor, *_REACH, "value", "value_low", "value_high", "regret_high"])

    def sentence(self, *, minimise: bool = False, within: float = WITHIN) -> str:
        """What `best` found, in words."""
        found = self.best(minimise=minimise, within=within)
        if self.flat or not self.trusted:
            return self.verdict
        policy, near = [], []
        for name, row in found[found["role"] == "factor"].set_index("quantity")[["best", *_REACH]].iterrows():
            j = self.ranges.index(str(name))
            numbers = row.to_numpy(float)
            step = (numbers[2] - numbers[1]) or (self.ranges.highs[j] - self.ranges.lows[j]) / 10
            said = [spoken(number, step) for number in numbers.tolist()]
            sure = "not surely" if np.isnan(numbers[-1]) else f"surely from {said[5]} to {said[6]}"
            policy.append(f"{short_name(str(name))} {said[0]} ({said[1]} to {said[2]})")
            near.append(f"{short_name(str(name))} from {said[3]} to {said[4]} ({sure})")
        value, regret = (found.loc[found["role"] == role, ["best", "low", "high"]].to_numpy(float)[0]
                         for role in ("measure", "regret"))
        said = [spoken(number, value[2] - value[1]) for number in value.tolist()]
        return (f"{short_name(self.measure).capitalize()} is {'lowest' if minimise else 'highest'} at "
                f"{' and '.join(policy)}: {said[0]} ({said[1]} to {said[2]}); {100 * self.confidence:.0f} % intervals. "
                f"Within {100 * within:g} % of that, one factor moved at a time: {', '.join(near)}. "
                f"The true best is better by at most {spoken(regret[2], regret[2])}.")

    # How the search is done.

    def _search(self, sign: float) -> tuple[Array, Array, Array]:
        """Where the surface is best, where drawn surfaces are, and by how much these are better there.

        First over all of the box, then again, more finely, over the part that holds the drawn best.
        """
        luck = self._luck()
        factors = len(self.factors)
        where = self.ranges.spread(np.zeros(factors), np.ones(factors))
        place, places, regrets = self._best_of(where, sign, luck)
        edge = 0.5 * (places.max(axis=0) - places.min(axis=0)) / len(where) ** (1 / factors)
        low, high = np.maximum(places.min(axis=0) - edge, 0.0), np.minimum(places.max(axis=0) + edge, 1.0)
        if (high - low).max() > 0.8:
            return place, places, regrets
        finer = np.unique(np.vstack([self.ranges.spread(low, high), places, place]), axis=0)
        return self._best_of(finer, sign, luck)

    def _best_of(self, where: Array, sign: float, luck: np.random.Generator) -> tuple[Array, Array, Array]:
        best = int((sign * self.kriged.mean(where)).argmax())
        drawn = sign * self._drawn(where, luck)
        return where[best], where[drawn.argmax(axis=1)], self.scale * (drawn.max(axis=1) - drawn[:, best])

    def _drawn(self, where: Array, luck: np.random.Generator) -> Array:
        """Surfaces that the data allow, :data:`SAMPLES` x rows; wider where few replicates tell the noise."""
        return self.kriged.samples(where, SAMPLES, self.degrees, luck)

    def _losses(self, rows: Array, drawn: Array) -> Array:
        """What each row loses at most against the best of them, with the surface's confidence."""
        losses = self.scale * (drawn.max(axis=1, keepdims=True) - drawn)
        return np.asarray(np.quantile(losses, self.confidence, axis=0))

    def _near(
        self, rows: Array, place: Array, j: int, sign: float, losses: Array, within: float
    ) -> tuple[float, float, float, float]:
        """Values of factor j without a gap that are within a part of the best, and that surely are."""
        values = sign * self._at(rows)[0]
        at_best = int(np.abs(rows[:, j] - place[j]).argmin())
        room = within * abs(float(values[at_best])) + 1e-12 * self.scale
        surest = int(losses.argmin())
        near = _run(values >= values[at_best] - room, at_best)
        sure = _run(losses <= room, surest) if losses[surest] <= room else None
        places = rows[:, j]
        return (min(float(places[near[0]]), place[j]), max(float(places[near[1]]), place[j]),
                *((float(places[sure[0]]), float(places[sure[1]])) if sure else (np.nan, np.nan)))

    def _value(self, place: Array) -> tuple[float, float, float]:
        """The measure at a place with its interval."""
        mean, deviation = (float(x[0]) for x in self._at(place[None, :]))
        half = self._quantile() * deviation
        return mean, mean - half, mean + half

    def _levels(self, k: int) -> list[float]:
        """Values of the given factor, in its range of 0 to 1."""
        seen = np.unique(self.ranges.scaled(self.table)[:, k])
        seen = seen[(seen >= 0.0) & (seen <= 1.0)]
        levels = seen if len(seen) <= MOST_LEVELS else self.ranges.axis(k, MOST_LEVELS)
        return [float(level) for level in levels]

    def _held(self, at: Mapping[str, Any], free: set[str], sign: float) -> Array:
        import pandas as pd

        for name in at:
            self.ranges.index(name)
            if name in free:
                raise ParameterError(f"at: {name} is what the ridge runs over")
        held = self._search(sign)[0].copy() if len(self.factors) > len(free) + len(at) else np.zeros(len(self.factors))
        for name, value in at.items():
            j = self.ranges.index(name)
            frame = pd.DataFrame({other: [value if other == name else self.ranges.lows[i]]
                                  for i, other in enumerate(self.factors)})
            held[j] = self.ranges.scaled(frame)[0, j]
            if not 0.0 <= held[j] <= 1.0:
                raise ParameterError(f"{name} = {value}: the surface reaches from {self.ranges.lows[j]:g} to "
                                     f"{self.ranges.highs[j]:g}")
        return held

    def _at(self, where: Array) -> tuple[Array, Array]:
        """Mean and standard deviation of the measure, in its unit."""
        return self.centre + self.scale * self.kriged.mean(where), self.scale * self.kriged.deviation(where)

    def _quantile(self) -> float:
        tail = 0.5 + self.confidence / 2
        return float(ndtri(tail) if np.isinf(self.degrees) else stdtrit(self.degrees, tail))

    def _bounds(self, places: Array, place: float) -> tuple[float, float]:
        low, high = self._ends(places)
        return min(low, place), max(high, place)

    def _ends(self, values: Array) -> tuple[float, float]:
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(values, [tail, 1 - tail], method="nearest").tolist()
        return low, high

    def _luck(self) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=self.seed))

    @staticmethod
    def _check_part(within: float) -> None:
        if not 0.0 <= within < 1.0:
            raise ParameterError(f"within = {within!r}: allowed is 0 or more and less than 1")


def _run(good: NDArray[np.bool_], start: int) -> tuple[int, int]:
    """First and last of the true values around one of them, without a gap."""
    first = last = start
    while first > 0 and good[first - 1]:
        first -= 1
    while last < len(good) - 1 and good[last + 1]:
        last += 1
    return first, last
