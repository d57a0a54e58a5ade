"""What a selection found, as a table and in words."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.study.estimation.estimates import mean_interval, paired_difference
from simlead.study.selection.elimination import Race
from simlead.study.selection.rules import Intervals, OneWinner

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

BEST, TIED, UNDECIDED, ELIMINATED, NOT_CHOSEN = "best", "tied", "undecided", "eliminated", "not chosen"

COLUMNS = ("system", "measure", "unit", "status", "mean", "low", "high", "n", "eliminated_by", "difference",
           "difference_low", "difference_high", "indifference", "confidence", "larger_is_better")


@dataclasses.dataclass(frozen=True)
class Question:
    """What was asked: the systems' names, the measure and its unit, and how sure to be.

    `sign` is 1 if larger is better, -1 if smaller is; inside, outcomes are multiplied by it.
    """

    names: list[str]
    measure: str
    unit: str
    sign: float
    confidence: float

    def at_most(self, value: float) -> str:
        """A limit from above in words: to three digits, rounded up.

        >>> Question([], "revenue", "$/year", 1.0, 0.95).at_most(1234567.0)
        '1,240,000 $/year'
        """
        return self._amount(value, math.ceil)

    def at_least(self, value: float) -> str:
        """A limit from below in words: to three digits, rounded down.

        >>> Question([], "market_share", "share", 1.0, 0.95).at_least(0.012345)
        '0.0123 share'
        """
        return self._amount(value, math.floor)

    def _amount(self, value: float, rounded: Callable[[float], int]) -> str:
        number = f"{value:g}"
        if math.isfinite(value) and value != 0.0:
            decimals = 2 - math.floor(math.log10(abs(value)))
            # Rounded first at the sixteenth digit, or 0.3 would round up to 0.301.
            whole = rounded(round(value * 10.0**decimals, 9))
            number = f"{whole / 10.0**decimals:,.{max(decimals, 0)}f}"
            number = number.rstrip("0").rstrip(".") if "." in number else number
        return f"{number} {self.unit}".strip()

    @property
    def how_often(self) -> str:
        """The confidence as a frequency."""
        return f"In at least {100 * self.confidence:g} of 100 such selections"

    def listed(self, systems: tuple[str, ...]) -> str:
        """Names in a sentence.

        >>> Question([], "", "", 1.0, 0.95).listed(("a", "b", "c"))
        'a, b and c'
        """
        return systems[0] if len(systems) == 1 else f"{', '.join(systems[:-1])} and {systems[-1]}"


@dataclasses.dataclass(frozen=True)
class Finding:
    """The answer, as `select.Selection` describes it; larger `values` (replicates x systems) are better."""

    table: pd.DataFrame
    best: tuple[str, ...]
    promise: str
    promised: bool
    indifference: float | None
    values: Numbers


def found_by_elimination(question: Question, race: Race, relative: bool) -> Finding:
    """What a race found; the table's differences hold by the intervals of `rules.Intervals`."""
    left = race.left.tolist()
    order = sorted(left, key=lambda system: -float(race.values[: race.counts[system], system].mean()))
    best = tuple(question.names[system] for system in order)
    gaps, half_widths = _pairs(question, race)
    # The best is, while the intervals hold, one of those that nobody is proved to exceed.
    perhaps_best: Truths = np.all(gaps + half_widths >= 0.0, axis=1)
    rows = []
    for system, name in enumerate(question.names):
        by = int(race.beaten_by[system])
        status = ELIMINATED if by >= 0 else UNDECIDED if not race.over else BEST if len(best) == 1 else TIED
        rows.append(_row(
            question, name, status, race.values[: race.counts[system], system],
            question.names[by] if by >= 0 else None,
            _from_best_of_others(system, gaps, half_widths, perhaps_best), race.rule.indifference))
    table = _frame(rows)
    reached = float((gaps + half_widths)[np.ix_(left, left)].max())
    lead = float(np.delete((gaps - half_widths)[left[0]], left[0]).min())
    promise = _promise(question, race, best, reached, lead)
    if relative and race.over and isinstance(race.rule, OneWinner):
        promise += (f" The indifference was worked out from the first outcomes of {question.names[0]}, "
                    f"so the {100 * question.confidence:g} is approximate.")
    return Finding(table, best, promise, race.over, race.rule.indifference, race.values)


def _pairs(question: Question, race: Race) -> tuple[Numbers, Numbers]:
    """Mean difference of each pair over the replicates both were in for, and the half-width of its interval."""
    systems = len(question.names)
    rule = Intervals.of(race.values[: race.first_stage], race.rule.indifference, 1.0 - question.confidence)
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
    hold. If this system is the best, it leads each of the others by what their interval
    says, and by no less than 0; if another one is, it trails that one likewise.
    """
    others = np.arange(len(gaps)) != system
    lows, highs = (gaps - half_widths)[system], (gaps + half_widths)[system]
    ends = []
    if perhaps_best[system]:
        ends += [max(lows[others].min(), 0.0), max(highs[others].min(), 0.0)]
    for other in np.flatnonzero(perhaps_best & others):
        ends += [min(lows[other], 0.0), min(highs[other], 0.0)]
    return float(gaps[system][others].min()), float(min(ends)), float(max(ends))


def _promise(question: Question, race: Race, best: tuple[str, ...], reached: float, lead: float) -> str:
    near, named = question.at_most(race.rule.indifference), question.listed(best)
    settled = isinstance(race.rule, Intervals)
    if not race.over:
        said = (f"No promise as asked: after {race.counts.max()} replicates, the maximum, {named} were still in, "
                f"and cannot be told apart to {near}.")
        if settled:
            said += (f" {question.how_often} this much is true: the best is among them, "
                     f"and none is {question.at_most(reached)} or more away from it.")
        return said
    if not settled:
        how = "" if len(best) == 1 else " (their means are equal to the last digit)"
        return (f"{question.how_often} the best system is the one named, here {named}{how}, provided that it leads all "
                f"others by {near} or more; if it leads by less, nothing is promised.")
    if len(best) == 1:
        ahead = f", by {question.at_least(lead)} or more" if lead > 0.0 else ""
        return f"{question.how_often} this is true: {named} is the best{ahead}."
    return (f"{question.how_often} this is true: {named} are tied; the best is among them, "
            f"and none is {near} or more away from it.")


def found_by_allocation(question: Question, values: list[Numbers], budget: int) -> Finding:
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
    promise = (f"No promise: {question.names[first]} has the best mean after {budget} runs, which OCBA spent where "
               "they help most to tell the best; how surely it is the best remains unsaid.")
    side_by_side = np.full((max(map(len, values)), len(values)), np.nan)
    for system, series in enumerate(values):
        side_by_side[: len(series), system] = series
    return Finding(_frame(rows), (question.names[first],), promise, False, None, side_by_side)


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
    import pandas as pd

    return pd.DataFrame(rows, columns=list(COLUMNS))
