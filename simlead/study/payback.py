"""Payback of a policy in one world: cumulative profit against the status quo, with common random numbers.

`simlead.payback` (`study.money`) counts what is unknown of the world too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.ledger import month_ends
from simlead.results.money import programme_cost
from simlead.statistics.intervals import CONFIDENCE, checked_confidence, mean_interval
from simlead.statistics.series import not_below_from
from simlead.study.comparison import of_the_firm
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import Job, Outcomes, checked_runs, run_each
from simlead.study.simulate import checked_scenario


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Payback:
    """What a policy earns from the switch on, more than the status quo would have.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per month since the switch: `month`; `earned`, the profit so far less that of the status quo with the same
        random numbers, mean over replications, with its interval `low` to `high` (dollars of their weeks); `n`, the
        replications. Month 0 is the cost of the change alone.
    share_paid_back : float
        The fraction of replications that end above the status quo.
    confidence : float
        The intervals' confidence.
    seed : int
        Seed of the random numbers.

    Notes
    -----
    `months` is the month from which on the expected profit has made good for the cost and
    what coaching took from selling at first; 0 if it never fell below the status quo's, infinite if it
    has not by the end. `months_low` to `months_high` are the months that the interval of
    `earned` does not rule out: test by test it has the table's confidence.
    """

    table: pd.DataFrame
    share_paid_back: float
    confidence: float
    seed: int

    @property
    def months(self) -> float:
        """The month from which on the expected profit is not below the status quo's."""
        return not_below_from(self.table["earned"].to_numpy(float))

    @property
    def months_low(self) -> float:
        """The earliest month that it may be."""
        return not_below_from(self.table["high"].to_numpy(float))

    @property
    def months_high(self) -> float:
        """The latest month that it may be; infinite if it may be after the end."""
        return not_below_from(self.table["low"].to_numpy(float))

    def __repr__(self) -> str:
        return f"Payback({self.months:g} months, {self.months_low:g} to {self.months_high:g}; seed={self.seed})"


@refusals()
def payback_in_one_world(
    policy: Scenario,
    status_quo: Scenario,
    *,
    replications: int = 40,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = CONFIDENCE,
    progress: ProgressLike = None,
) -> Payback:
    """Ask when a policy has earned what it cost, with the parameters as they stand.

    Both scenarios are simulated with the same random numbers, and their weekly profits (programme and training costs
    in it) subtracted and added up. The interval counts the random numbers alone; :func:`simlead.payback` counts what
    is unknown of the world too.

    Parameters
    ----------
    policy, status_quo : Scenario
        The same firm with the policy and without it.
    replications : int, default 40
        Matched pairs, 2 or more.
    seed : int, default 0
        Seed of the random numbers.
    workers : int, optional
        Worker processes (default: all cores); they do not change the result.
    engine : str, default "compiled"
        The engine.
    confidence : float, default 0.95
        The intervals' confidence.
    progress : callable or bool, optional
        Called with (runs done, runs in all); True shows a line, False none.

    Returns
    -------
    Payback
        `table` month by month, and `months`, `months_low` and `months_high`.

    Raises
    ------
    ParameterError
        For a bad argument, a policy of another firm, and if the two have not the same calendar.

    Examples
    --------
    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 4,
    ...                           "calendar.horizon_weeks": 26})
    >>> found = payback_in_one_world(firm.change({"policy.role_clarity": 0.9}), firm, replications=2, workers=1)
    >>> found.table[["month", "earned"]].head(1).values.tolist(), len(found.table)
    ([[0.0, -6000.0]], 7)
    """
    pair = (checked_scenario(policy), checked_scenario(status_quo))
    if other := [path for path in pair[1].differences(pair[0]) if of_the_firm(path)]:
        raise ParameterError(f"payback: the policy is of another firm than the status quo: {other[0]} differs before "
                             "the switch, and a difference of levels pays nothing back")
    if pair[0].calendar != pair[1].calendar:
        raise ParameterError("payback: the policy's calendar is not the status quo's; months need the same")
    replications, seed = checked_runs(replications, seed, engine, 2)
    checked_confidence(confidence)

    def jobs() -> Iterator[list[Job]]:
        for number in range(replications):
            yield [Job("", scenario, seed, number, engine, Outcomes(measures=(), weekly=("profit",)))
                   for scenario in pair]

    finished = counting(progress, 2 * replications, each=2)
    warm_up_compiler(engine)
    pairs = parallel_map(run_each, jobs(), min(worker_count(workers), replications), finished)
    profits = np.array([run.weekly["profit"] for pair in pairs for run in pair])
    at_once = programme_cost(pair[1]) - programme_cost(pair[0])
    return payback_of(profits[0::2] - profits[1::2], at_once, confidence, seed)


def payback_of(
    gains: NDArray[np.float64], at_once: float, confidence: float = CONFIDENCE, seed: int = 0
) -> Payback:
    """A policy's payback from weekly profits that are there already.

    `gains` are replications x weeks since the switch: its profit less the status quo's with the
    same random numbers, in dollars, two replications or more. `at_once` is what the change itself brings at
    month 0, a cost being negative.

    >>> payback_of(np.array([[-30.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 0.0, 30.0]] * 2), -30.0).months
    2.0
    """
    earned = np.cumsum(gains, axis=1)
    return payback_by_month(earned[:, month_ends(gains.shape[1])], at_once, confidence, seed)


def payback_by_month(
    earned: NDArray[np.float64], at_once: float, confidence: float = CONFIDENCE, seed: int = 0
) -> Payback:
    """The same from what is earned to the end of each month, replications x months.

    >>> payback_by_month(np.array([[-10.0, 20.0]] * 2), -30.0).months
    2.0
    """
    lines = [(0, at_once, at_once, at_once, len(earned))]
    for month, values in enumerate(earned.T, start=1):
        mean = mean_interval(values, confidence)
        lines.append((month, mean.mean, mean.low, mean.high, mean.n))
    table = pd.DataFrame(lines, columns=["month", "earned", "low", "high", "n"]).assign(seed=seed)
    return Payback(table, float((earned[:, -1] >= 0.0).mean()), confidence, seed)
