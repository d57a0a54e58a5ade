"""Records of the results of a study, computed once; the report shows them and computes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.results.headlines import headlines
from simlead.results.measures import MEASURES
from simlead.statistics.codes import leading, may_be_nothing
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import CONFIDENCE, Estimate, paired_difference, relative_difference
from simlead.statistics.simultaneous import simultaneous_intervals
from simlead.study.answers.of_sweep import answer_of_sweep
from simlead.study.answers.result import Answer
from simlead.study.comparison import Comparison, paired_table
from simlead.study.reading import SweepReading, read_sweep
from simlead.study.records import relative_unit
from simlead.study.sensitivity import morris_effects, outcomes_of, prcc, sobol_indices
from simlead.study.surface import Surface, fit_surface
from simlead.study.sweeps.failures import failure_kinds
from simlead.study.sweeps.status import SweepStatus
from simlead.study.sweeps.store import open_store
from simlead.study.sweeps.sweep import Sweep

MOST_AT_ONCE = 100
"""Combinations whose correlations are taken into account."""

MOST_SIDE_BY_SIDE = 9
"""Combinations that are shown one by one; of more, a surface through them."""

MOST_POINTS, MOST_FACTORS = 400, 4
"""Points and factors of a surface that a report fits."""

RANKING_DESIGNS = ("sobol", "morris")
"""Kinds of design that ask which factor matters, not where the measure is highest."""


# --- a comparison


@dataclasses.dataclass(frozen=True, eq=False)
class ComparisonRecord:
    """A comparison at 95 % confidence, and the differences whose intervals hold all at once.

    `measure` is the one reported first, `measures` are all; `together` is None with one difference, or
    where it cannot be computed. `answer` is the one over worlds on the same measure, None if there is none.
    """

    comparison: Comparison
    measure: str
    measures: tuple[str, ...]
    together: pd.DataFrame | None
    answer: Answer | None = None


def record_of_comparison(
    found: Comparison, measure: str | None, where: str, answer: Answer | None = None
) -> ComparisonRecord:
    """The record of a comparison, of its baseline's firm alone: a difference between firms is no effect of a policy.

    Raises ParameterError for a measure that was not compared, and where every other scenario is another firm.
    """
    if others := found.differing_firms:
        if len(others) == len(found.scenarios) - 1:
            raise ParameterError(f"{where}: nothing to report on one firm; {found.other_firms}")
        found = found.without(others)
    measures = list(dict.fromkeys(found.table["measure"].astype(str)))
    if measure is not None and measure not in measures:
        raise ParameterError(f"measure {measure!r} was not compared in {where}{nearest(measure, measures)}")
    chosen = measure or headlines(measures)[0]
    if found.confidence != CONFIDENCE:
        table = paired_table(found.runs, list(found.scenarios), found.baseline, measures, CONFIDENCE)
        found = dataclasses.replace(found, table=table, confidence=CONFIDENCE)
    together = None
    if len(found.scenarios) > 2:
        rows = found.table[(found.table["measure"] == chosen) & (found.table["scenario"] == found.baseline)]
        relative = relative_unit(str(rows["unit"].iloc[0])) and float(rows["mean"].iloc[0]) > 0
        try:
            together = found.simultaneous(chosen, relative=relative)
        except ParameterError:
            together = None
    return ComparisonRecord(found, chosen, tuple(measures), together, _on(answer, chosen))


def _on(answer: Answer | None, measure: str) -> Answer | None:
    """The answer, if it is about this measure."""
    return answer if answer is not None and answer.measure == measure else None


# --- a sweep


@dataclasses.dataclass(frozen=True)
class Leading:
    """The assumption that moves a measure most, of those that a design varied (one row of an index table)."""

    factor: str
    index: str
    estimate: float
    low: float
    high: float
    nothing: bool
    tied: tuple[str, ...]


class Part:
    """The combinations of a sweep under one set of effect sizes, without the baseline.

    The highest of many needs an interval that holds for all of them. Up to MOST_AT_ONCE whole rows of
    runs get those of `simultaneous_intervals`; otherwise each is given the confidence
    1 - (1 - confidence) / number (Bonferroni), which is wider.
    """

    def __init__(self, found: Sweep, measure: str, effect_sizes: str) -> None:
        self._found = found
        self.measure, self.effect_sizes = measure, effect_sizes
        self.unit = MEASURES[measure].unit if measure in MEASURES else ""
        self.based, self.factors = found.study.baseline, found.study.factors

    @cached_property
    def levels(self) -> pd.DataFrame:
        """A row per combination: point, factors, n, and mean, low, high of the measure."""
        names = {self.measure: "mean", f"{self.measure}_low": "low", f"{self.measure}_high": "high"}
        return self._of_these(self._found.points([self.measure]).rename(columns=names))

    @cached_property
    def differences(self) -> pd.DataFrame:
        """A row per combination with its difference from the baseline, each interval for itself."""
        return self._of_these(self._found.paired(self.measure, self.relative))

    @cached_property
    def at_once(self) -> pd.DataFrame | None:
        """Differences with simultaneous intervals, a scenario being a point's number.

        None for too many combinations, where runs are missing, and where a precision made the numbers differ.
        """
        study, design = self._found.study, self._found.design
        mine = design["effect_sizes"] == self.effect_sizes
        points = design["point"][mine].tolist()
        known = self._wide.reindex(columns=points) if len(points) <= MOST_AT_ONCE + 1 else pd.DataFrame()
        if not self.based or study.precision is not None or known.empty or known.isna().to_numpy().any():
            return None
        base = design["point"][design["baseline"] & mine].iloc[0]
        values = {str(point): known[point].to_numpy(float) for point in points}
        try:
            return simultaneous_intervals(values, str(base), relative=self.relative, seed=study.seed)
        except StatisticsError:
            return None

    @cached_property
    def family(self) -> pd.DataFrame:
        """The differences with intervals that hold for all combinations together."""
        if self.at_once is None:
            return self._of_these(self._found.paired(self.measure, self.relative, self.together))
        by_point = self.at_once.set_index("scenario").reindex(self.differences["point"].astype(str))
        return self.differences.assign(**{name: by_point[name].to_numpy() for name in ("difference", "low", "high")})

    @property
    def count(self) -> int:
        """How many combinations have a number."""
        return int((self.levels["n"] > 0).sum())

    @property
    def there(self) -> bool:
        """Whether any run of any combination has ended."""
        return bool(self.levels["mean"].notna().any())

    @cached_property
    def paired(self) -> bool:
        """Whether any combination can be compared with a baseline."""
        return self.based and bool(self.differences["difference"].notna().any())

    @property
    def together(self) -> float:
        """The confidence that each interval needs so that all hold (Bonferroni)."""
        return 1.0 - (1.0 - CONFIDENCE) / max(self.count, 1)

    @cached_property
    def relative(self) -> bool:
        """Whether differences are fractions of the baseline's mean."""
        if not self.based or not relative_unit(self.unit):
            return False
        points = self._found.points([self.measure])
        base = points[points["baseline"] & (points["effect_sizes"] == self.effect_sizes)]
        return bool((base[self.measure] > 0).all())

    @cached_property
    def chosen(self) -> int:
        """The row of the highest combination; with a baseline, of those shown to lie above it, if any."""
        if self.paired:
            above = self.family["difference"].where(self.family["low"] > 0)
            column = above if above.notna().any() else self.family["difference"]
        else:
            column = self.levels["mean"]
        return int(np.nanargmax(column.to_numpy(float)))

    @cached_property
    def lowest(self) -> int:
        """The row of the lowest combination."""
        return int(np.nanargmin(self.levels["mean"].to_numpy(float)))

    @cached_property
    def reading(self) -> SweepReading:
        """What the runs allow to say of the measure: the one reading that every account of the sweep shows."""
        return read_sweep(self._found, self.measure, self.effect_sizes)

    @cached_property
    def range(self) -> tuple[Estimate, bool]:
        """Highest less lowest with an interval that holds for every pair of combinations; whether it is a fraction."""
        high, low = (self._wide[self.levels["point"].iloc[row]].to_numpy(float) for row in (self.chosen, self.lowest))
        confidence = 1.0 - (1.0 - CONFIDENCE) / (self.count * (self.count - 1) / 2)
        relative = relative_unit(self.unit) and float(self.levels["mean"].iloc[self.lowest]) > 0
        return (relative_difference if relative else paired_difference)(high, low, confidence), relative

    @cached_property
    def index(self) -> pd.DataFrame | None:
        """Which factor matters, as the design allows to compute; None if it does not."""
        return index_table(self._found, self.measure, self.effect_sizes)

    @cached_property
    def surface(self) -> Surface:
        """A surface through the combinations; ParameterError where none can be fitted."""
        return fit_surface(self._found.design, self.measure, runs=self._found.runs([self.measure]),
                           effect_sizes=self.effect_sizes)

    def points(self) -> dict[str, list[Any]]:
        """The values of each factor, a list per factor in the order of the combinations."""
        return {path: self.levels[path].tolist() for path in self.factors}

    @cached_property
    def _wide(self) -> pd.DataFrame:
        return self._found.runs([self.measure]).pivot(index="replicate", columns="point", values=self.measure)

    def _of_these(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[(table["effect_sizes"] == self.effect_sizes) & ~table["baseline"]].reset_index(drop=True)


@dataclasses.dataclass(frozen=True, eq=False)
class SweepRecord:
    """What a sweep found: its state, its design, and the combinations under each set of effect sizes.

    `unreached` counts the points at which a precision was not reached; `failures` are `failure_kinds`. `answer` is the
    one over worlds about some of the points, None if there is none on this measure.
    """

    folder: Path
    study: Any
    design: pd.DataFrame
    measure: str
    state: SweepStatus
    parts: Mapping[str, Part]
    unreached: int
    failures: pd.DataFrame
    manifest: Mapping[str, Any]
    identity: Mapping[str, Any]
    batches: tuple[str, ...]
    answer: Answer | None = None

    @property
    def seen(self) -> dict[str, Part]:
        """The parts of which any run has ended."""
        return {effect_sizes: part for effect_sizes, part in self.parts.items() if part.there}

    @property
    def ranks(self) -> bool:
        """Whether the design asks which factor matters."""
        return self.study.design.kind in RANKING_DESIGNS

    @property
    def drawable(self) -> bool:
        """Whether a surface through the points is quick to fit and can be drawn."""
        return len(self.design) <= MOST_POINTS and len(self.study.factors) <= MOST_FACTORS


def record_of_sweep(found: Sweep, measure: str | None) -> SweepRecord:
    """The record of a sweep, of the runs that are there; ParameterError for a measure that was not asked for."""
    if measure is not None and measure not in found.measures:
        raise ParameterError(f"measure {measure!r}: not in this sweep{nearest(measure, found.measures)}")
    chosen, study, store = measure or found.headlines[0], found.study, open_store(found.folder)
    state = found.status()
    return SweepRecord(
        folder=found.folder, study=study, design=found.design, measure=chosen, state=state,
        parts={name: Part(found, chosen, name) for name in study.effect_sizes},
        unreached=0 if study.precision is None else int((~found.points([])["reached"]).sum()),
        failures=failure_kinds(found.failures()) if state.failures else pd.DataFrame(),
        manifest=store.manifest, identity=store.identity,
        batches=tuple(str(entry["time"]) for entry in store.logged()
                      if entry.get("what") == "batch" and "time" in entry),
        answer=_on(answer_of_sweep(found), chosen))


def index_table(found: Sweep, measure: str, effect_sizes: str) -> pd.DataFrame | None:
    """The table of which factor matters, as the design allows to compute; None if it does not."""
    analyses: dict[str, Callable[..., pd.DataFrame]] = {"sobol": sobol_indices, "morris": morris_effects}
    try:
        points, outcomes = outcomes_of(found.design, found.runs([measure]), measure, effect_sizes)
        return analyses.get(found.study.design.kind, prcc)(points, outcomes, found.study.design.factors or None)
    except ParameterError:
        return None


def leading_assumption(table: pd.DataFrame | None, assumptions: Sequence[str]) -> Leading | None:
    """The assumption with the highest rank, if any was varied and an index could be computed."""
    if table is None:
        return None
    kind = leading(table)
    rows = table[(table["index"] == kind) & table["factor"].isin(assumptions)].sort_values("rank")
    if rows.empty or not rows["estimate"].notna().all():
        return None
    first: Any = next(iter(rows.itertuples()))
    tied = tuple(name for name in str(first.tied_with).split(", ") if name in assumptions and name != first.factor)
    return Leading(str(first.factor), kind, float(first.estimate), float(first.low), float(first.high),
                   bool(may_be_nothing(first)), tied)
