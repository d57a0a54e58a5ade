"""The result of a selection: status and intervals of each system, the best one, and the guarantee."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.statistics.codes import BEST, ELIMINATED, NOT_CHOSEN, TIED, UNDECIDED
from simlead.statistics.elimination import Race
from simlead.statistics.elimination_rules import Intervals
from simlead.statistics.findings import Finding, finding
from simlead.statistics.intervals import mean_interval, paired_difference

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

COLUMNS = ("system", "measure", "unit", "status", "mean", "low", "high", "n", "eliminated_by", "difference",
           "difference_low", "difference_high", "indifference", "confidence", "larger_is_better")


@dataclasses.dataclass(frozen=True)
class Question:
    """The systems' names, the measure and its unit, and the confidence.

    `sign` is 1 if larger is better, -1 if smaller is; inside, outcomes are multiplied by it.
    """

    names: list[str]
    measure: str
    unit: str
    sign: float
    confidence: float


@dataclasses.dataclass(frozen=True)
class Selected:
    """The answer; larger `values` (replicates x systems) are better.

    `best` names the best or tied systems, the largest mean first; `guarantee` is the code of
    what holds, with its numbers; `guaranteed` is False where nothing is.
    """

    table: pd.DataFrame
    best: tuple[str, ...]
    guarantee: Finding
    guaranteed: bool
    indifference: float | None
    values: Numbers


def selected_by_elimination(question: Question, race: Race, relative: bool) -> Selected:
    """What a race found; the table's differences hold by the intervals of `elimination_rules.Intervals`."""
    left = race.left.tolist()
    order = sorted(left, key=lambda system: -float(race.values[: race.counts[system], system].mean()))
    best = tuple(question.names[system] for system in order)
    gaps, half_widths = _pairs(race, question.confidence)
    # The best is, while the intervals hold, one of those that none is proved to exceed.
    perhaps_best: Truths = np.all(gaps + half_widths >= 0.0, axis=1)
    rows = []
    for system, name in enumerate(question.names):
        by = int(race.beaten_by[system])
        status = ELIMINATED if by >= 0 else UNDECIDED if not race.over else BEST if len(best) == 1 else TIED
        rows.append(_row(
            question, name, status, race.values[: race.counts[system], system],
            question.names[by] if by >= 0 else None,
            _from_best_of_others(system, gaps, half_widths, perhaps_best), race.rule.indifference))
    lead = float(np.delete((gaps - half_widths)[left[0]], left[0]).min())
    guarantee = finding(
        f"selection.{_guarantee(race, len(best), lead > 0.0, relative)}", names=best, unit=question.unit,
        indifference=race.rule.indifference, per_hundred=100.0 * question.confidence,
        replications=int(race.counts.max()), reached=float((gaps + half_widths)[np.ix_(left, left)].max()), lead=lead,
        reference=question.names[0])
    return Selected(_frame(rows), best, guarantee, race.over, race.rule.indifference, race.values)


def _guarantee(race: Race, named: int, leads: bool, relative: bool) -> str:
    """The code of what holds."""
    settled = isinstance(race.rule, Intervals)
    if not race.over:
        return "stopped_within" if settled else "stopped"
    if not settled:
        return f"one_winner{'_equal' * (named > 1)}{'_relative' * relative}"
    if named > 1:
        return "tied"
    return "best_by" if leads else "best"


def _pairs(race: Race, confidence: float) -> tuple[Numbers, Numbers]:
    """Mean difference of each pair over the replicates both were in for, and the half-width of its interval."""
    systems = race.values.shape[1]
    rule = Intervals.of(race.values[: race.first_stage], race.rule.indifference, 1.0 - confidence)
    gaps, half_widths = np.zeros((systems, systems)), np.zeros((systems, systems))
    for one in range(systems):
        common = np.minimum(race.counts[one], race.counts)
        for number in np.unique(common):
            others = common == number
            apart = race.values[:number, [one]] - race.values[:number, others]
            gaps[one, others] = apart.mean(axis=0)
            half_widths[one, others] = rule.band(race.left, apart.var(axis=0, ddof=1), np.array(float(number)))
    return gaps, half_widths


def _from_best_of_others(
    system: int, gaps: Numbers, half_widths: Numbers, perhaps_best: Truths
) -> tuple[float, float, float]:
    """A system's mean less the best mean of the others, with limits.

    They hold for all systems at once while the intervals of the best system and each other
    hold. If this system is the best, it leads each of the others by their interval,
    and by no less than 0; if another one is, it trails that one likewise.
    """
    others = np.arange(len(gaps)) != system
    lows, highs = (gaps - half_widths)[system], (gaps + half_widths)[system]
    ends = []
    if perhaps_best[system]:
        ends += [max(lows[others].min(), 0.0), max(highs[others].min(), 0.0)]
    for other in np.flatnonzero(perhaps_best & others):
        ends += [min(lows[other], 0.0), min(highs[other], 0.0)]
    return float(gaps[system][others].min()), float(min(ends)), float(max(ends))


def selected_by_allocation(question: Question, values: list[Numbers], budget: int) -> Selected:
    """What was found by spending a budget; larger outcomes are better."""
    means = np.array([series.mean() for series in values])
    first = int(np.argmax(means))
    rows = []
    for system, name in enumerate(question.names):
        rival = _rival(means[system] - means, system)
        common = min(len(values[system]), len(values[rival]))
        paired = paired_difference(values[system][:common], values[rival][:common], question.confidence)
        rows.append(_row(question, name, BEST if system == first else NOT_CHOSEN, values[system], None,
                         (paired.mean, paired.low, paired.high), math.nan))
    side_by_side = np.full((max(map(len, values)), len(values)), np.nan)
    for system, series in enumerate(values):
        side_by_side[: len(series), system] = series
    name = question.names[first]
    return Selected(_frame(rows), (name,), finding("selection.allocated", names=(name,), runs=budget), False, None,
                    side_by_side)


def _rival(leads: Numbers, system: int) -> int:
    """The best of the others: the one over which a system's lead is the smallest."""
    others = leads.copy()
    others[system] = np.inf
    return int(np.argmin(others))


def _row(
    question: Question, name: str, status: str, values: Numbers, by: str | None,
    difference: tuple[float, float, float], indifference: float,
) -> tuple[object, ...]:
    """A system's line, with the signs of the measure again."""
    alone = mean_interval(question.sign * values, question.confidence)
    middle, *ends = (question.sign * number + 0.0 for number in difference)  # + 0.0: no minus zero
    return (name, question.measure, question.unit, status, alone.mean, alone.low, alone.high, alone.n, by,
            middle, min(ends), max(ends), indifference, question.confidence, question.sign > 0.0)


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))
