"""History matching: which worlds and policies could have produced what was seen.

A point (a world with a policy) is implausible for an observation z if

    I = |z - expected| / sqrt(variance of the expectation + spread of one firm + tolerance^2)

is more than 3 (Pukelsheim 1994: for any unimodal distribution 95 % lies within three
standard deviations; Craig and others 1997, and Vernon, Goldstein and Bower 2010, for the
method). The expectation is an emulator's (see `emulator`), because a point's own few
replicates tell its luck rather than the point. Where several numbers are told, the largest I
counts. A point that is not implausible is not right, only not ruled out. Waves: what is
not ruled out is searched again, more densely.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simlead.study.claims.emulator import Emulator, Reference, emulate
from simlead.study.claims.runs import Floats
from simlead.study.studies.kinds import latin_hypercube

if TYPE_CHECKING:
    import pandas as pd

CUTOFF = 3.0
CANDIDATES = 4096
"""So many places of the whole space are asked from an emulator, which costs nothing."""

Ranges = Mapping[str, tuple[float, float]]
Simulate = Callable[["pd.DataFrame"], Floats]
"""From points (a column per factor) to outcomes: numbers told x points x replicates."""


@dataclasses.dataclass(frozen=True)
class Told:
    """A number of an observation: that value, or with `at_least` that value or more."""

    value: float
    at_least: bool = False

    def away(self, outcomes: Floats) -> Floats:
        """How far outcomes are from it.

        >>> Told(1.0).away(np.array([0.5, 1.5])).tolist(), Told(1.0, at_least=True).away(np.array([0.5, 1.5])).tolist()
        ([0.5, 0.5], [0.5, 0.0])
        """
        short = self.value - outcomes
        return np.asarray(np.maximum(short, 0.0) if self.at_least else np.abs(short))


def implausibility(
    expected: Floats, variance: Floats, told: Told, *, tolerance: float = 0.0, one_firm: float = 0.0
) -> Floats:
    """How many standard deviations lie between what was told and what is expected.

    `variance` is that of the expectation (it is known only so well); `one_firm` the variance
    of a single firm around its expectation, if the observation is one firm's with luck of its
    own, and 0 if it is held against what the point leads to on average; `tolerance` the
    standard deviation of the observation itself.

    >>> implausibility(np.array([1.0, 2.0]), np.array([0.01, 0.01]), Told(2.0)).round(6).tolist()
    [10.0, 0.0]
    """
    spread = np.sqrt(variance + one_firm + tolerance * tolerance)
    away = told.away(expected)
    return np.asarray(np.divide(away, spread, out=np.where(away > 0.0, np.inf, 0.0), where=spread > 0.0))


@dataclasses.dataclass(frozen=True, eq=False)
class Match:
    """What was told, held against emulators of it, one a number, over `ranges`."""

    ranges: Ranges
    told: Sequence[Told]
    emulators: Sequence[Emulator]
    tolerance: float = 0.0

    def implausibility(self, table: pd.DataFrame, one_firm: bool = False) -> Floats:
        """The largest implausibility over the numbers told, point by point."""
        where = scaled(table, self.ranges)
        return np.asarray(np.max([implausibility(
            emulator.mean(where), emulator.variance(where), told, tolerance=self.tolerance,
            one_firm=emulator.one_firm if one_firm else 0.0)
            for told, emulator in zip(self.told, self.emulators, strict=True)], axis=0))

    def away(self, table: pd.DataFrame) -> Floats:
        """How far from what was told each point is expected, the farthest number counting.

        Where nothing reaches the observation this tells what comes near it; by implausibility
        a point would be near because little is known of it.
        """
        where = scaled(table, self.ranges)
        return np.asarray(np.max([told.away(emulator.mean(where))
                                  for told, emulator in zip(self.told, self.emulators, strict=True)], axis=0))

    def nearest(self, table: pd.DataFrame) -> int:
        """The row that is expected nearest to all that was told; among those equally near, the best known one."""
        where, away = scaled(table, self.ranges), self.away(table)
        unknown = np.max([emulator.variance(where) for emulator in self.emulators], axis=0)
        return int(np.where(away <= away.min() + self.tolerance, unknown, np.inf).argmin())


def matched(
    table: pd.DataFrame,
    outcomes: Floats,
    ranges: Ranges,
    told: Sequence[Told],
    *,
    tolerance: float = 0.0,
    references: Sequence[Reference | None] | None = None,
) -> Match:
    """Emulators fitted to simulated points (numbers told x points x replicates), and the match with them.

    `references` (one a number told) are a case with more replicates than the points have.
    """
    where = scaled(table, ranges)
    emulators = [emulate(where, number, reference)
                 for number, reference in zip(outcomes, references or [None] * len(told), strict=True)]
    return Match(ranges, told, emulators, tolerance)


def waves(
    simulate: Simulate,
    ranges: Ranges,
    told: Sequence[Told],
    *,
    points: int,
    count: int = 2,
    tolerance: float = 0.0,
    references: Sequence[Reference | None] | None = None,
    keep: float = 0.05,
    seed: int = 0,
) -> tuple[pd.DataFrame, Floats]:
    """Points wave by wave, each wave in the box of what the emulator of those before does not rule out.

    The first wave is a Latin hypercube over `ranges`. The next one lies in the smallest box
    around the :data:`CANDIDATES` whose expected outcome is not ruled out (or, if fewer than
    the part `keep` of them are left, that part which comes nearest). Returns the points
    of all waves, with the column `wave`, and their outcomes, numbers told x points x replicates.

    >>> def line(table): return (table["a"].to_numpy(float)[:, None] + np.array([0.0, 0.01]))[None]
    >>> found, _ = waves(line, {"a": (0.0, 1.0)}, [Told(0.9)], points=20)
    >>> bool(found[found["wave"] == 2]["a"].min() > 0.8)
    True
    """
    import pandas as pd

    box, tables, seen = dict(ranges), [], []
    places = spread_over(ranges, CANDIDATES, seed)
    for number in range(1, count + 1):
        table = spread_over(box, points, seed + number)
        seen.append(simulate(table))
        tables.append(table.assign(wave=number))
        if number < count:
            match = matched(pd.concat(tables, ignore_index=True), np.concatenate(seen, axis=1), ranges, told,
                            tolerance=tolerance, references=references)
            plausible, away = match.implausibility(places) <= CUTOFF, match.away(places)
            if plausible.mean() < keep:
                plausible = away <= np.sort(away)[math.ceil(keep * len(away)) - 1]
            left = places[plausible]
            if len(left):  # else nothing was seen: a firm that never sold has no growth
                box = {path: (float(left[path].min()), float(left[path].max())) for path in ranges}
    return pd.concat(tables, ignore_index=True), np.concatenate(seen, axis=1)


def spread_over(ranges: Ranges, points: int, seed: int) -> pd.DataFrame:
    """A Latin hypercube over ranges, a column a factor."""
    import pandas as pd

    # A path would be checked as a parameter with that range; here it names an axis of the unit cube.
    cube = latin_hypercube({f"factor {place}": {"low": 0.0, "high": 1.0} for place in range(len(ranges))}, points, seed)
    return pd.DataFrame({path: low + (high - low) * cube[f"factor {place}"].to_numpy(float)
                         for place, (path, (low, high)) in enumerate(ranges.items())})


def scaled(table: pd.DataFrame, ranges: Ranges) -> Floats:
    """Points x factors, each factor's range from -1 to 1."""
    return np.column_stack([2.0 * (table[path].to_numpy(float) - low) / (high - low) - 1.0
                            for path, (low, high) in ranges.items()])
