"""What is kept of the runs of a scenario, replicate by replicate."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES, all_parts
from simlead.results.money import weekly_profit
from simlead.study.engines import engine_named
from simlead.study.parallel import Job

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Seen:
    """What is kept of one run.

    `numerators` and `denominators` of every measure, in the order of MEASURES; `profit`,
    `revenue` and `rivals` (the value that rivals won), in dollars for each week since the switch.
    """

    numerators: Floats
    denominators: Floats
    profit: Floats
    revenue: Floats
    rivals: Floats


Look = Callable[[Job], Seen]
"""Makes one run and says what was seen; :func:`look` unless a test brings its own."""


def look(job: Job) -> Seen:
    """Make a run without a trace and keep what claims ask for; what a worker does."""
    records = engine_named(job.engine)(job.scenario, job.seed, job.replicate, False)
    parts = np.array(list(all_parts(records, job.scenario).values()), dtype=float)
    weeks = records.weeks[records.weeks["week"] >= 0]
    return Seen(
        parts[:, 0], parts[:, 1], weekly_profit(weeks, job.scenario),
        weeks["revenue"].astype(float), weeks["rival_value"].astype(float))


@dataclasses.dataclass(frozen=True, eq=False)
class Runs:
    """The replicates 0, 1, 2 ... of one scenario."""

    scenario: Scenario
    seen: tuple[Seen, ...]

    def parts(self, measure: str) -> tuple[Floats, Floats]:
        """Numerators and denominators of a measure, one a replicate."""
        if measure not in MEASURES:
            raise ParameterError(f"measure {measure!r}: no such measure{nearest(measure, MEASURES)}")
        place = list(MEASURES).index(measure)
        return (np.array([run.numerators[place] for run in self.seen]),
                np.array([run.denominators[place] for run in self.seen]))

    def values(self, measure: str) -> Floats:
        """A measure of each replicate; nan where it is not defined."""
        above, below = self.parts(measure)
        values: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0.0)
        return values

    @property
    def profit(self) -> Floats:
        """Profit since the switch: replicates x weeks."""
        return np.array([run.profit for run in self.seen])

    @property
    def revenue(self) -> Floats:
        """Revenue since the switch: replicates x weeks."""
        return np.array([run.revenue for run in self.seen])

    @property
    def rivals(self) -> Floats:
        """What rivals won since the switch: replicates x weeks."""
        return np.array([run.rivals for run in self.seen])


def rehearsed(job: Job) -> Seen:
    """A run that was not made: every measure is nearly 1, and about a dollar a week comes in."""
    noise = 1.0 - 0.01 * ((job.replicate * 37 + sum(map(ord, job.label))) % 11)
    weeks = np.full(job.scenario.calendar.horizon_weeks, noise)
    return Seen(np.full(len(MEASURES), noise), np.ones(len(MEASURES)), weeks, weeks, weeks)
