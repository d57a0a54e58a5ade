"""The reading of a sweep: the result for a measure, as codes and numbers.

Surface, sensitivity, boxes, status and report show it before anything of their own, so that
they do not contradict each other. Too few replications come first; that no difference could
be shown is never taken for evidence that there is none.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.results.measures import MEASURES
from simlead.statistics.comparisons import against, best_and_worse, extremes, range_bound, spread, trends
from simlead.statistics.errors import StatisticsError
from simlead.statistics.findings import Finding, finding
from simlead.statistics.intervals import CONFIDENCE, Estimate, checked_confidence, mean_interval
from simlead.statistics.noise import LEAST_SHARED
from simlead.statistics.precision import replications_needed
from simlead.study.outcomes import Floats, runs_by_point
from simlead.study.refusals import refusals
from simlead.study.studies.points import factors_of, of_effect_sizes

if TYPE_CHECKING:
    from simlead.study.surface import Surface
    from simlead.study.sweeps.sweep import Sweep

ENOUGH_REPLICATIONS = LEAST_SHARED
"""Replications of every point below which no difference between points is reported: what points share of their
noise cannot be separated from their own."""

SMALLEST_EFFECT = 0.01
"""The smallest difference that matters, as a fraction of the measure's mean over the points, unless it is given."""

CODES = NO_RUNS, TOO_FEW, ONE_POINT, EQUAL, BEST, BEST_GROUP, TREND, UNDECIDED = (
    "no_runs", "too_few_replications", "one_point", "equal", "best", "best_group", "trend", "undecided")
"""What a sweep can show of a measure; the first that applies. `equal`: all points are shown to be within the smallest
effect of each other; `best`: one point is shown to be better than all others; `best_group`: some points are shown to be
worse than the best; `trend`: no point is, but a factor has a clear direction; `undecided`: none of these."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class SweepReading:
    """What a sweep shows of a measure, as :func:`simlead.read_sweep` decides it.

    Parameters
    ----------
    code : str
        One of `CODES`.
    measure : str
        The name of the measure.
    unit : str
        Its unit.
    effect_sizes : str
        The set of effect sizes.
    confidence : float
        Confidence of each kind of statement.
    points : int
        Points without the baseline.
    replications : int
        The least number of replications of any of them.
    best : int or None
        The number of the point with the highest mean.
    not_worse : tuple of int
        The numbers of the points that are not shown to be worse than it.
    spread : Estimate
        Highest less lowest mean, in the measure's unit, with an interval that holds for all pairs.
    smallest_effect : float
        The difference that matters, in the measure's unit.
    needed : int or None
        Replications that would show highest less lowest to the smallest effect, if known.
    above : int or None
        Points above the baseline, by intervals that hold together; None without a baseline.
    below : int or None
        Points below it.
    unclear : int or None
        Points that are neither.
    trends : dict
        The change of the measure over each numeric factor's range, by the factor's name.
    surface : str or None
        The condition of a response surface, if one was given.
    table : pandas.DataFrame
        A row per point: `point`, `n`, `mean` with its t interval `low` to `high`, `worse`.
    """

    code: str
    measure: str
    unit: str
    effect_sizes: str
    confidence: float
    points: int
    replications: int
    best: int | None
    not_worse: tuple[int, ...]
    spread: Estimate
    smallest_effect: float
    needed: int | None
    above: int | None
    below: int | None
    unclear: int | None
    trends: dict[str, Estimate]
    surface: str | None
    table: pd.DataFrame

    def __repr__(self) -> str:
        return f"SweepReading({self.measure}: {self.code}; {self.points} points, {self.replications} replications)"

    @property
    def enough(self) -> bool:
        """Whether differences between points may be reported at all."""
        return self.code not in (NO_RUNS, TOO_FEW)

    @property
    def clear_trends(self) -> list[str]:
        """The factors with a clear direction, the largest change first."""
        clear = [name for name, trend in self.trends.items() if trend.low > 0.0 or trend.high < 0.0]
        return sorted(clear, key=lambda name: -abs(self.trends[name].mean))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The code with its numbers; then what more would take, the clear trends, and points against the baseline."""
        found = [finding(
            f"reading.{self.code}", measure=self.measure, points=self.points, replications=self.replications,
            enough_replications=ENOUGH_REPLICATIONS, smallest_effect=self.smallest_effect, point=self.best,
            not_worse=len(self.not_worse), spread=(self.spread.mean, self.spread.low, self.spread.high),
            factors=self.clear_trends)]
        if not self.enough:
            return tuple(found)
        if self.needed is not None and self.needed > self.replications and self.code in (UNDECIDED, TREND):
            found.append(finding("reading.needed", needed=self.needed, smallest_effect=self.smallest_effect,
                                 measure=self.measure))
        if self.clear_trends and self.code != TREND:
            found.append(finding("reading.trends", factors=self.clear_trends, measure=self.measure))
        if self.above is not None:
            found.append(finding("reading.against_baseline", above=self.above, below=self.below, unclear=self.unclear))
        return tuple(found)

    def with_surface(self, surface: Surface) -> tuple[Finding, ...]:
        """Return the reading's findings, and of a surface through the same points what does not contradict them.

        Parameters
        ----------
        surface : Surface
            A surface through the same points.

        Returns
        -------
        tuple of Finding
            Codes and numbers.
        """
        condition, *notes = surface.findings
        if not self.enough:
            return (*self.findings, *notes)
        if surface.flat:
            condition = finding("reading.surface_flat")
        return (*self.findings, condition, *notes)


@refusals()
def read_sweep(
    found: Sweep,
    measure: str,
    effect_sizes: str | None = None,
    *,
    smallest_effect: float | None = None,
    confidence: float = CONFIDENCE,
    surface: Surface | None = None,
) -> SweepReading:
    """Decide what a sweep shows of a measure.

    Parameters
    ----------
    found : Sweep
        The sweep, finished or not.
    measure : str
        The name of the measure.
    effect_sizes : str, optional
        One set of effect sizes; it must be named where the sweep has several.
    smallest_effect : float, optional
        The difference between points that matters, in the measure's unit (default: 1 % of its mean).
    confidence : float
        Confidence of each kind of statement.
    surface : Surface, optional
        A surface fitted to the same sweep, whose condition the reading takes over.

    Returns
    -------
    SweepReading
        Codes and numbers; `simlead.sentences` words them.

    Raises
    ------
    ParameterError
        For a measure, effect sizes or a confidence that cannot be.

    Examples
    --------
    >>> import pandas, simlead, tempfile
    >>> firm = simlead.Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
    ...                                   "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = simlead.sweep(pandas.DataFrame({"market.rivals": [1, 5]}), scenario=firm, replications=3,
    ...                           measures=["market_share_base"], workers=1, out=folder)
    ...     reading = read_sweep(found, "market_share_base")
    >>> reading.code, simlead.sentences(reading)
    ('too_few_replications', ['Too few replications: 3 at some of the 2 points; ...'])
    """
    checked_confidence(confidence)
    if smallest_effect is not None and not 0.0 < smallest_effect < math.inf:
        raise ParameterError(f"smallest_effect = {smallest_effect!r}: allowed is more than 0")
    design = of_effect_sizes(found.design, effect_sizes)
    values = runs_by_point(design, found.runs([measure]), measure)
    baseline = design["baseline"].to_numpy(bool)
    return reading_of(
        design[~baseline], values[~baseline], values[baseline][0] if baseline.any() else None, measure=measure,
        unit=MEASURES[measure].unit if measure in MEASURES else "", smallest_effect=smallest_effect,
        confidence=confidence, surface=None if surface is None else surface.condition)


def reading_of(
    design: pd.DataFrame, values: Floats, baseline: Floats | None, *, measure: str, unit: str = "",
    smallest_effect: float | None = None, confidence: float = CONFIDENCE, surface: str | None = None,
) -> SweepReading:
    """The reading of points x replicates (nan where a run is missing), a row of `design` each."""
    numbers = design["point"].to_numpy()
    alone = [mean_interval(row, confidence) for row in values]
    n = np.array([estimate.n for estimate in alone], int)
    mean = np.array([estimate.mean for estimate in alone])
    table = pd.DataFrame({"point": numbers, "n": n, "mean": mean, "low": [estimate.low for estimate in alone],
                          "high": [estimate.high for estimate in alone], "worse": False})
    there = n > 0
    level = abs(float(mean[there].mean())) if there.any() else math.nan
    matters = SMALLEST_EFFECT * level if smallest_effect is None else smallest_effect
    least = int(n[there].min()) if there.any() else 0
    gap, best, needed, changes = Estimate(math.nan, math.nan, math.nan, 0), None, None, dict[str, Estimate]()
    above = below = unclear = None
    if there.any():
        place, worse = best_and_worse(values, confidence)
        table["worse"], best, gap = worse, int(numbers[place]), spread(values, confidence)
        needed = _needed(values, matters, confidence)
        changes = _trends(design[there], values[there], confidence)
        if baseline is not None and not np.isnan(baseline).all():
            above, below, unclear = against(values, baseline, confidence)
    not_worse = tuple(int(number) for number in numbers[there & ~table["worse"].to_numpy(bool)])
    clear = any(trend.low > 0.0 or trend.high < 0.0 for trend in changes.values())
    if not there.any():
        code = NO_RUNS
    elif least < ENOUGH_REPLICATIONS:
        code = TOO_FEW
    elif there.sum() == 1:
        code = ONE_POINT
    elif range_bound(values[there], confidence) <= matters:
        code = EQUAL
    elif len(not_worse) == 1:
        code = BEST
    elif len(not_worse) < there.sum():
        code = BEST_GROUP
    else:
        code = TREND if clear else UNDECIDED
    return SweepReading(
        code, measure, unit, str(design["effect_sizes"].iloc[0]) if "effect_sizes" in design.columns else "",
        confidence, int(there.sum()), least, best, not_worse, gap, matters, needed, above, below, unclear,
        changes, surface, table)


def _needed(values: Floats, matters: float, confidence: float) -> int | None:
    """Replications after which highest less lowest is known to the smallest effect; None if none is known to do."""
    apart, level = extremes(values, confidence)
    try:
        return replications_needed(apart, matters, confidence=level)
    except StatisticsError:
        return None


def _trends(design: pd.DataFrame, values: Floats, confidence: float) -> dict[str, Estimate]:
    """The change of the measure over the range of each factor that is a number or a switch."""
    try:
        names = [name for name in factors_of(design, None) if design[name].dtype.kind in "biuf"]
    except ParameterError:
        return {}
    if not names:
        return {}
    columns = design[names].to_numpy(float)
    low, high = columns.min(axis=0), columns.max(axis=0)
    return dict(zip(names, trends((columns - low) / (high - low), values, confidence), strict=True))
