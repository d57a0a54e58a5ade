"""A sweep's combinations under one set of beliefs: the highest, its interval among many, and each in words."""

from __future__ import annotations

import dataclasses
import math
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.show.charts.style import UNCLEAR, UP, verdict
from simlead.show.language import say
from simlead.show.report.numbers import (
    change,
    count,
    in_percent_of_baseline,
    level,
    listed,
    measure_name,
    parameter_name,
    parameter_value,
    unit_of,
)
from simlead.show.wording import inside
from simlead.study.estimation.estimates import CONFIDENCE, paired_difference, relative_difference
from simlead.study.estimation.simultaneous import simultaneous_intervals
from simlead.study.sweeps.sweep import Sweep

MOST_AT_ONCE = 100
"""Combinations whose correlations are taken into account."""

MOST_RUNS_COMPARED = 1_000_000
"""In a larger sweep nobody waits until every combination is compared with the highest."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One combination: its factors, what it yields, and its difference from the baseline if there is one."""

    point: dict[str, Any]
    level: str
    change: str
    low: float
    high: float
    n: int


class Combinations:
    """The combinations of a sweep under one set of beliefs, without the baseline.

    Whoever picks the highest of many needs an interval that holds for all of them. Up to
    MOST_AT_ONCE whole rows of runs get those of `simultaneous_intervals`; otherwise each is given the
    confidence 1 - (1 - confidence) / number (Bonferroni), which is the wider one.
    """

    def __init__(self, found: Sweep, measure: str, beliefs: str) -> None:
        self.found, self.measure, self.beliefs = found, measure, beliefs
        self.unit = unit_of(measure)
        self.based = found.study.baseline

    @cached_property
    def levels(self) -> pd.DataFrame:
        """A row per combination: point, factors, n, and mean, low, high of the measure."""
        names = {self.measure: "mean", f"{self.measure}_low": "low", f"{self.measure}_high": "high"}
        return self._of_these(self.found.points([self.measure]).rename(columns=names))

    @cached_property
    def differences(self) -> pd.DataFrame:
        """A row per combination with its difference from the baseline, each interval for itself."""
        return self._of_these(self.found.paired(self.measure, self.relative))

    @cached_property
    def at_once(self) -> pd.DataFrame | None:
        """Differences as `simultaneous_intervals` tells them, a scenario being a point's number.

        None for too many combinations, where runs are missing, and where a precision made the numbers differ.
        """
        design = self.found.design
        points = design["point"][design["beliefs"] == self.beliefs].tolist()
        known = self._wide.reindex(columns=points) if len(points) <= MOST_AT_ONCE + 1 else pd.DataFrame()
        if not self.based or self.found.study.precision is not None or known.empty or known.isna().to_numpy().any():
            return None
        base = design["point"][design["baseline"] & (design["beliefs"] == self.beliefs)].iloc[0]
        values = {str(point): known[point].to_numpy(float) for point in points}
        try:
            return simultaneous_intervals(values, str(base), relative=self.relative, seed=self.found.study.seed)
        except ParameterError:
            return None

    @cached_property
    def family(self) -> pd.DataFrame:
        """The same with intervals that hold for all combinations together."""
        if self.at_once is None:
            return self._of_these(self.found.paired(self.measure, self.relative, self.together))
        by_point = self.at_once.set_index("scenario").reindex(self.differences["point"].astype(str))
        return self.differences.assign(**{name: by_point[name].to_numpy() for name in ("difference", "low", "high")})

    @property
    def count(self) -> int:
        """How many combinations have a number."""
        return int((self.levels["n"] > 0).sum())

    @property
    def there(self) -> bool:
        """Whether any run of any combination has come to its end."""
        return bool(self.levels["mean"].notna().any())

    @cached_property
    def paired(self) -> bool:
        """Whether any combination can be compared with a baseline."""
        return self.based and bool(self.differences["difference"].notna().any())

    @property
    def together(self) -> float:
        """The confidence that each of so many intervals needs so that all hold (Bonferroni)."""
        return 1.0 - (1.0 - CONFIDENCE) / max(self.count, 1)

    @cached_property
    def relative(self) -> bool:
        """Whether differences are told in percent of the baseline's mean."""
        if not self.based or not in_percent_of_baseline(self.unit):
            return False
        points = self.found.points([self.measure])
        base = points[points["baseline"] & (points["beliefs"] == self.beliefs)]
        return bool((base[self.measure] > 0).all())

    @cached_property
    def chosen(self) -> int:
        """The place of the combination that is spoken of: the highest.

        Where a baseline is there, the highest of those that can be told to lie above it, if any can.
        """
        if self.paired:
            family = self.family
            above = family["difference"].where(family["low"] > 0)
            column = above if above.notna().any() else family["difference"]
        else:
            column = self.levels["mean"]
        return int(np.nanargmax(column.to_numpy(float)))

    @cached_property
    def alike(self) -> int | None:
        """How many other combinations cannot be told from the chosen one; None where nobody would wait for it."""
        if self.levels["n"].sum() > MOST_RUNS_COMPARED:
            return None
        wide = self._wide
        here = wide[self.levels["point"].iloc[self.chosen]].to_numpy(float)
        number = 0
        for point in self.levels["point"]:
            if point != self.levels["point"].iloc[self.chosen] and point in wide:
                gap = paired_difference(wide[point].to_numpy(float), here)
                number += not (gap.low > 0 or gap.high < 0)
        return number

    def answer(self) -> str:
        """The combination that is spoken of, in one sentence with its interval."""
        if not self.there:
            return say("report.answers.none")
        n = count(int(self.levels["n"].iloc[self.chosen]))
        if int(self.levels["n"].max()) < 2:
            return say("report.answers.no_interval", n=n)
        what, points = inside(measure_name(self.measure)), count(self.count)
        if self.paired:
            line = self.family.iloc[self.chosen]
            low, high = float(line["low"]), float(line["high"])
            if not high - low >= 0:
                return say("report.answers.no_interval", n=n)
            said = verdict(low, high)
            key = "best_unclear" if said == UNCLEAR else "best_higher" if said == UP else "best_lower"
            moved = change(float(line["difference"]), low, high, self.unit,
                           float(self.levels["mean"].iloc[self.chosen]), self.relative)
            return say(f"report.answers.{key}", points=points, place=self.place_name(self.chosen), measure=what,
                       change=moved, n=n)
        if self.count == 1:
            return say("report.answers.one_point", place=self.place_name(self.chosen), measure=what,
                       level=self.row_at(self.chosen).level, n=n)
        return self._range(n)

    def _range(self, n: str) -> str:
        """Highest against lowest, with an interval that holds for every pair of combinations."""
        lowest = int(np.nanargmin(self.levels["mean"].to_numpy(float)))
        wide = self._wide
        high, low = (wide[self.levels["point"].iloc[place]].to_numpy(float) for place in (self.chosen, lowest))
        confidence = 1.0 - (1.0 - CONFIDENCE) / (self.count * (self.count - 1) / 2)
        relative = in_percent_of_baseline(self.unit) and float(self.levels["mean"].iloc[lowest]) > 0
        gap = (relative_difference if relative else paired_difference)(high, low, confidence)
        if not gap.high - gap.low >= 0:
            return say("report.answers.no_interval", n=n)
        higher = verdict(gap.low, gap.high) == UP
        moved = change(gap.mean, gap.low, gap.high, self.unit, float(self.levels["mean"].iloc[lowest]), relative)
        what = measure_name(self.measure)
        return say(
            f"report.answers.range_{'higher' if higher else 'unclear'}", measure=what if higher else inside(what),
            points=count(self.count), place=self.place_name(self.chosen), lowest=self.place_name(lowest),
            level=self.row_at(self.chosen).level, change=moved, n=n)

    def place_name(self, place: int) -> str:
        """A combination in words: the value of each of its factors."""
        point = self._point(place)
        return listed([say("report.numbers.place", factor=inside(parameter_name(path)),
                           value=parameter_value(path, point[path])) for path in self.found.study.factors])

    def values_at(self, place: int) -> list[str]:
        """The values of a combination's factors in words."""
        return [parameter_value(path, value) for path, value in self._point(place).items()]

    def ranked(self) -> list[tuple[float, int]]:
        """Place of every combination that has a number, the highest difference (or level) first, with that number."""
        column = self.differences["difference"] if self.paired else self.levels["mean"]
        told = [(value, place) for place, value in enumerate(column.tolist()) if math.isfinite(value)]
        return sorted(told, key=lambda pair: -pair[0])

    def row_at(self, place: int, among_all: bool = False) -> Row:
        """A combination in words; its difference with an interval for itself, or that holds for all of them."""
        line = self.levels.iloc[place]
        mean, low, high = (float(line[name]) for name in ("mean", "low", "high"))
        moved, ends = "", (math.nan, math.nan)
        if self.based:
            gap = (self.family if among_all else self.differences).iloc[place]
            ends = (float(gap["low"]), float(gap["high"]))
            moved = change(float(gap["difference"]), *ends, self.unit, mean, self.relative)
        return Row(self._point(place), level(mean, low, high, self.unit), moved, *ends, int(line["n"]))

    @cached_property
    def _wide(self) -> pd.DataFrame:
        runs = self.found.runs([self.measure])
        return runs.pivot(index="replicate", columns="point", values=self.measure)

    def _point(self, place: int) -> dict[str, Any]:
        return {path: values[place] for path, values in self._factors.items()}

    @cached_property
    def _factors(self) -> dict[str, list[Any]]:
        return {path: self.levels[path].tolist() for path in self.found.study.factors}

    def _of_these(self, table: pd.DataFrame) -> pd.DataFrame:
        these = (table["beliefs"] == self.beliefs) & ~table["baseline"]
        return table[these].reset_index(drop=True)
