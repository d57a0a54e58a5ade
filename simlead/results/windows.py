"""The periods of a run that measures use: the base year, the final year, both, and from one to the other.

The base year is the 52 weeks before the switch (-52 to -1), the final year the last 52 weeks of the horizon. A year
exists if the run's calendar holds it; a measure of a year that does not exist is nan.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from simlead.engines.contract import Records

Table = NDArray[Any]
"""A structured array of one of the dtypes in `model/tables.py`."""

LEAST_WEEKS_OF_A_MANAGER = 26
"""A manager counts in a year in which they led the team for at least so many weeks."""

RAMPED_AFTER_WEEKS = 26.0
"""Tenure from which a rep counts as ramped where a quota is concerned."""


@dataclasses.dataclass(frozen=True, eq=False)
class Fates:
    """What became of the opportunities of a run; found once, because every year asks for it."""

    tables: Records

    @cached_property
    def of_teams(self) -> dict[tuple[int, ...], Years]:
        """The years of some teams alone, as far as a measure has asked for them."""
        return {}

    @cached_property
    def won(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of each deal that a rep won: hour of the decision, and hours from arrival to it."""
        rows = self.tables.opportunities
        at = np.flatnonzero(rows["outcome"] == events.WON)
        decided = rows["decided"][at]
        return decided, decided - rows["arrived"][at]

    @cached_property
    def qualified(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Of each qualified opportunity: hour of its fate (nan while open), and was it no decision?

        Qualified: noticed and past the discovery gate. Its fate is the gate that ended it,
        not the end of the silence that may follow; of an abandoned deal, the loss.
        """
        rows = self.tables.opportunities
        at = np.flatnonzero((rows["stage"] >= events.QUALIFIED) & rows["noticed"])
        proposed = rows["stage"][at] == events.PROPOSAL
        gate = np.where(proposed, rows["proposal_gate"][at], rows["qualified_gate"][at])
        fate = np.where(np.isnan(gate), rows["decided"][at], gate)
        return fate, np.asarray(rows["silent"][at] | (rows["outcome"][at] == events.NO_DECISION))


@dataclasses.dataclass(frozen=True, eq=False)
class Span:
    """The weeks `first` to `last` (both included) of a run, with the rows that belong to them.

    Every measure of a year is a pure function of a Span. Rows are selected once, when
    first asked for, because some seventy measures share them.

    >>> import numpy as np
    >>> from simlead.model import tables
    >>> weeks = np.zeros(4, tables.WEEKS_DTYPE)
    >>> weeks["week"] = [-2, -1, 0, 1]
    >>> class Two: weeks = weeks
    >>> Span(Two, Scenario(), -1, 0).weeks["week"].tolist()
    [-1, 0]
    """

    tables: Records
    scenario: Scenario
    first: int
    last: int
    shared: Fates | None = None

    @cached_property
    def fates(self) -> Fates:
        """What became of the run's opportunities, shared with the run's other spans where these were made together."""
        return self.shared or Fates(self.tables)

    @property
    def length(self) -> int:
        """Weeks in the span."""
        return self.last - self.first + 1

    def _rows(self, table: Table) -> Table:
        week = table["week"]
        inside = np.flatnonzero((week >= self.first) & (week <= self.last))
        together = len(inside) and inside[-1] - inside[0] + 1 == len(inside)
        # Engines write week by week, so that a look is enough; a table in another order is copied.
        rows: Table = table[inside[0]:inside[-1] + 1] if together else table[inside]
        return rows

    @cached_property
    def weeks(self) -> Table:
        """The firm's weeks in the span."""
        return self._rows(self.tables.weeks)

    @cached_property
    def reps(self) -> Table:
        """Seat-weeks in the span."""
        return self._rows(self.tables.reps)

    @cached_property
    def managers(self) -> Table:
        """Team-weeks in the span."""
        return self._rows(self.tables.managers)

    def holds(self, hours: Table) -> NDArray[np.bool_]:
        """Which of these moments (hours, nan for never) fall in the span, its end excluded."""
        start, end = self.first * HOURS_PER_WEEK, (self.last + 1) * HOURS_PER_WEEK
        return np.asarray((hours >= start) & (hours < end))

    @cached_property
    def won_cycle_hours(self) -> NDArray[np.float64]:
        """Hours from arrival to decision of each deal that a rep won in the span."""
        decided, cycle = self.fates.won
        return np.asarray(cycle[self.holds(decided)])

    @cached_property
    def settled_as_no_decision(self) -> NDArray[np.bool_]:
        """Of each qualified opportunity whose fate fell in the span: was it no decision?"""
        fate, undecided = self.fates.qualified
        return np.asarray(undecided[self.holds(fate)])

    @cached_property
    def coaching_shares(self) -> NDArray[np.float64]:
        """Realised coaching share of each manager: coaching hours / (40 h * weeks in office).

        A manager is a team's appointment with at least 26 weeks in the span. One entry each, by team and appointment.
        """
        rows = self.managers
        person = rows["team"].astype(np.int64) << 32 | rows["appointment"]
        _, who = np.unique(person, return_inverse=True)
        weeks = np.bincount(who)
        hours = np.bincount(who, weights=rows["coaching_hours"])
        counts = weeks >= LEAST_WEEKS_OF_A_MANAGER
        return np.asarray(hours[counts] / (HOURS_PER_WEEK * weeks[counts]))

    @cached_property
    def ramped_rep_sales(self) -> NDArray[np.float64]:
        """Sales ($) over the span of each ramped rep: one entry per rep, in seat order."""
        return self.ramped_reps[0]

    @cached_property
    def ramped_reps(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Sales ($) over the span of each ramped rep, and the rep's team at the end: one entry each, by team and seat.

        Ramped: in the seat at the end of every week of the span, and for at least 26 weeks when it began.
        """
        rows = self.reps
        if not len(rows):
            return np.zeros(0), np.zeros(0, np.int64)
        rows = rows[np.lexsort((rows["week"], rows["seat"]))]
        starts = np.flatnonzero(np.r_[True, rows["seat"][1:] != rows["seat"][:-1]])
        team = rows["team"][np.r_[starts[1:], len(rows)] - 1].astype(np.int64)
        complete = np.diff(np.r_[starts, len(rows)]) == self.length

        def everywhere(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
            return np.asarray(np.logical_and.reduceat(flags, starts))

        same_rep = np.minimum.reduceat(rows["hire"], starts) == np.maximum.reduceat(rows["hire"], starts)
        tenure_at_start = rows["tenure_weeks"][starts] - 1.0  # the column is as of the week's end
        ramped = complete & everywhere(rows["filled"]) & same_rep & (tenure_at_start >= RAMPED_AFTER_WEEKS)
        found = np.flatnonzero(ramped)
        found = found[np.argsort(team[found], kind="stable")]
        return np.add.reduceat(rows["sales"], starts)[found], team[found]

    @cached_property
    def rep_hours(self) -> float:
        """Hours of filled seats: 40 a seat and week less those vacant."""
        return HOURS_PER_WEEK * len(self.reps) - float(self.reps["vacant_hours"].sum())

    @cached_property
    def manager_hours(self) -> float:
        """Hours of managers: 40 a team and week."""
        return HOURS_PER_WEEK * len(self.managers)

    @cached_property
    def filled_seat_weeks(self) -> int:
        """Seats filled at the end of a week, summed over the weeks."""
        return int(self.weeks["filled_seats"].sum())

    @cached_property
    def growth_index(self) -> float:
        """Mean over the span of the value of a deal relative to the switch."""
        return float(self.weeks["growth_index"].mean()) if len(self.weeks) else float("nan")


@dataclasses.dataclass(frozen=True, eq=False)
class Years:
    """A run's base year and final year (None where the calendar does not hold one).

    `since_base` spans all weeks from the base year's first to the run's last.
    """

    base: Span | None
    final: Span | None
    since_base: Span | None


def years(tables: Records, scenario: Scenario) -> Years:
    """The base year and the final year of a run.

    A horizon under 52 weeks has no final year, a warm-up under 52 weeks no base year.

    >>> short = Scenario().change({"calendar.horizon_weeks": 40})
    >>> two = years(None, short)
    >>> two.final is None, two.base.first, two.base.last
    (True, -52, -1)
    """
    calendar = scenario.calendar
    base = final = since_base = None
    fates = Fates(tables)
    if calendar.warmup_weeks >= WEEKS_PER_YEAR:
        base = Span(tables, scenario, -WEEKS_PER_YEAR, -1, fates)
        since_base = Span(tables, scenario, -WEEKS_PER_YEAR, calendar.horizon_weeks - 1, fates)
    if calendar.horizon_weeks >= WEEKS_PER_YEAR:
        final = Span(
            tables, scenario, calendar.horizon_weeks - WEEKS_PER_YEAR, calendar.horizon_weeks - 1, fates)
    return Years(base, final, since_base)
