"""When a policy has earned what it cost: cumulative profit against the status quo, under the same luck."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_MONTH
from simlead.results.money import programme_cost, weekly_profit
from simlead.study.engines import FAST, engine_named, known_engine, ready
from simlead.study.estimation.estimates import CONFIDENCE, checked_confidence, mean_interval
from simlead.study.parallel import Job, Progress, counting, spread, whole_number, worker_count
from simlead.study.simulate import LARGEST_REPLICATE, LARGEST_SEED, checked_scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Payback:
    """What a policy earns from the switch on, more than the status quo would have.

    `table` has a row per month since the switch: `month`; `earned`, the profit so far less
    that of the status quo with the same luck, mean over firms, with its interval `low` to
    `high` (dollars of their weeks); `n`, the firms. Month 0 is the cost of the change alone.

    `months` is the month from which on the expected profit has made good for the cost and
    what coaching took from selling at first; 0 if it never fell below the status quo's, infinite if it
    has not by the end. `months_low` to `months_high` are the months that the interval of
    `earned` does not rule out: test by test it has the table's confidence.

    `share_paid_back` is the part of single firms that end above the status quo.
    """

    table: pd.DataFrame
    share_paid_back: float
    confidence: float
    seed: int

    @property
    def months(self) -> float:
        """The month from which on the expected profit is not below the status quo's."""
        return self._not_below_from("earned")

    @property
    def months_low(self) -> float:
        """The earliest month that it may be."""
        return self._not_below_from("high")

    @property
    def months_high(self) -> float:
        """The latest month that it may be; infinite if it may be after the end."""
        return self._not_below_from("low")

    def _not_below_from(self, column: str) -> float:
        return not_below_from(self.table[column].to_numpy(float))

    def __repr__(self) -> str:
        return f"Payback({self.months:g} months, {self.months_low:g} to {self.months_high:g}; seed={self.seed})"


def payback(
    policy: Scenario,
    status_quo: Scenario,
    *,
    replications: int = 40,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = CONFIDENCE,
    progress: Progress | None = None,
) -> Payback:
    """Ask when a policy has earned what it cost.

    Both scenarios are simulated with the same luck, and their weekly profits
    (`money.weekly_profit`, programme and training costs in it) subtracted and added up.

    Raises ParameterError for a bad argument, and if the two have not the same calendar.

    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 4,
    ...                           "calendar.horizon_weeks": 26})
    >>> found = payback(firm.change({"policy.role_clarity": 0.9}), firm, replications=2, workers=1)
    >>> found.table[["month", "earned"]].head(1).values.tolist(), len(found.table)
    ([[0.0, -6000.0]], 7)
    """
    pair = (checked_scenario(policy), checked_scenario(status_quo))
    if pair[0].calendar != pair[1].calendar:
        raise ParameterError("payback: the policy's calendar is not the status quo's; months need the same")
    replications = whole_number("replications", replications, 2, LARGEST_REPLICATE)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    checked_confidence(confidence)
    total = 2 * replications

    def jobs() -> Iterator[Job]:
        for number in range(replications):
            for scenario in pair:
                yield Job("", scenario, seed, number, engine)

    finished = counting(progress, total)
    ready(engine)
    profits = np.array(spread(profit_since_switch, jobs(), min(worker_count(workers), total), finished))
    at_once = programme_cost(pair[1]) - programme_cost(pair[0])
    return payback_of(profits[0::2] - profits[1::2], at_once, confidence, seed)


def payback_of(
    gains: NDArray[np.float64], at_once: float, confidence: float = CONFIDENCE, seed: int = 0
) -> Payback:
    """A policy's payback from weekly profits that are there already.

    `gains` are firms x weeks since the switch: its profit less the status quo's with the
    same luck, in dollars, two firms or more. `at_once` is what the change itself brings at
    month 0, a cost being negative.

    >>> payback_of(np.array([[-30.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 0.0, 30.0]] * 2), -30.0).months
    2.0
    """
    import pandas as pd

    earned = np.cumsum(gains, axis=1)
    ends = np.floor(np.arange(1, int(gains.shape[1] / WEEKS_PER_MONTH) + 1) * WEEKS_PER_MONTH + 0.5).astype(int) - 1
    lines = [(0, at_once, at_once, at_once, len(gains))]
    for month, week in enumerate(ends.tolist(), start=1):
        mean = mean_interval(earned[:, week], confidence)
        lines.append((month, mean.mean, mean.low, mean.high, mean.n))
    return Payback(
        table=pd.DataFrame(lines, columns=["month", "earned", "low", "high", "n"]).assign(seed=seed),
        share_paid_back=float((earned[:, -1] >= 0.0).mean()),
        confidence=confidence,
        seed=seed,
    )


def profit_since_switch(job: Job) -> NDArray[np.float64]:
    """The weekly profits of one run from the switch on; what a worker does."""
    weeks = engine_named(job.engine)(job.scenario, job.seed, job.replicate, False).weeks
    return weekly_profit(weeks[weeks["week"] >= 0], job.scenario)


def not_below_from(earned: NDArray[np.float64]) -> float:
    """The first place from which on nothing is below 0; infinite if the last is.

    >>> not_below_from(np.array([-2.0, 1.0, -1.0, 0.0, 3.0])), not_below_from(np.array([-1.0]))
    (3.0, inf)
    >>> not_below_from(np.array([0.0, 1.0]))
    0.0
    """
    below = np.flatnonzero(earned < 0.0)
    if not len(below):
        return 0.0
    return math.inf if below[-1] == len(earned) - 1 else float(below[-1] + 1)
