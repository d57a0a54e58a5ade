"""The runs of a trial: the firm without the change and with it, under common random numbers, in many worlds.

Each matched pair has the firm as it goes on and the firm whose teams all start at once; a stepped roll-out is run as
such, in an order drawn by lot. Every assignment of teams to arms of one start is then put together from the pair: a
treated team's months are those with the change, another's those without. What teams do to each other is left out by
that; `experiments/07_trial` measures how little it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK, MONTHS_PER_YEAR, WEEKS_PER_YEAR
from simlead.results.money import weekly_profit
from simlead.results.seen import seen_by_month
from simlead.statistics.trial_designs import NEVER
from simlead.study.answers.nested import WorldsLike
from simlead.study.engines import engine_for
from simlead.study.runner import Job, Outcomes, run_records
from simlead.study.trial.plan import STEPPED, TrialPlan

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class TrialTask:
    """One world's runs; what a worker gets. `stepped` has a firm and the teams' start months for each replication."""

    world: int
    without: Scenario
    at_once: Scenario
    stepped: tuple[tuple[Scenario, tuple[int, ...]], ...]
    seed: int
    replications: tuple[int, ...]
    engine: str
    first: int
    months: int


@dataclasses.dataclass(frozen=True, eq=False)
class TrialRuns:
    """What the firm sees in all runs; replications of a world follow one another.

    Attributes
    ----------
    without, with_change : array
        Firms x columns x teams x months, the first month being `first`.
    starts : array
        Firms x teams: the months of the teams' starts in `with_change`.
    gains : array
        Firms x months from the switch on: profit with the change in all teams at once less that without.
    weights : array
        The weight of each firm: that of its world over its replications.
    replications, first : int
        Replications in each world; the first month.
    """

    without: Floats
    with_change: Floats
    starts: Whole
    gains: Floats
    weights: Floats
    replications: int
    first: int

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return len(self.weights) // self.replications

    def by_world(self, values: Floats) -> Floats:
        """Values of firms (the first axis) as worlds x replications."""
        return values.reshape(self.worlds, self.replications, *values.shape[1:])

    @property
    def world_weights(self) -> Floats:
        """The weights of the worlds, which add to 1."""
        of_worlds = self.by_world(self.weights).sum(axis=1)
        return np.asarray(of_worlds / of_worlds.sum())


def tasks(
    firm: Scenario, policy: Scenario, plan: TrialPlan, worlds: WorldsLike, *, replications: int, seed: int, engine: str,
    months: int,
) -> Iterator[TrialTask]:
    """A task for each world; data are counted over `months` from the switch on."""
    for number in range(len(worlds)):
        without, at_once = worlds.place(firm, number), worlds.place(policy, number)
        own = tuple(range(number * replications, (number + 1) * replications))
        stepped = []
        if plan.arms == STEPPED:
            for replicate in own:
                random = np.random.Generator(np.random.Philox(key=[seed, replicate]))
                starts = tuple(int(start) for start in random.permutation(np.array(plan.starts)))
                stepped.append((at_once.rollout(
                    {team: week_of(start) for team, start in enumerate(starts, start=1)}), starts))
        yield TrialTask(number, without, at_once, tuple(stepped), seed, own, engine, -plan.base_months,
                        plan.base_months + months)


def week_of(month: int) -> int:
    """The first week that begins in a month from the switch on; NEVER stays the model's never.

    >>> week_of(0), week_of(3), week_of(12)
    (0, 13, 52)
    """
    from simlead.model.team import NEVER as ROLLOUT_NEVER

    return ROLLOUT_NEVER if month == NEVER else int(-(-month * HOURS_PER_MONTH // HOURS_PER_WEEK))


def made(task: TrialTask) -> tuple[Floats, Floats, Whole, Floats]:
    """One world's runs: columns without and with the change, starts, monthly gains."""
    engine = engine_for(task.engine, [until_switch(task.without), until_switch(task.at_once)])
    without, with_change, starts, gains = [], [], [], []
    for place, replicate in enumerate(task.replications):
        def run(scenario: Scenario, number: int = replicate) -> tuple[Floats, Floats]:
            records = run_records(Job("", scenario, task.seed, number, task.engine, Outcomes(measures=())), engine)
            profit = weekly_profit(records.weeks, scenario)[records.weeks["week"] >= 0]
            return seen_by_month(records, scenario, task.first, task.months), by_month(profit)

        seen, profit = run(task.without)
        changed, earned = run(task.at_once)
        when = [0] * seen.shape[1]
        if task.stepped:
            scenario, order = task.stepped[place]
            changed, when = run(scenario)[0], list(order)
        without.append(seen)
        with_change.append(changed)
        starts.append(when)
        gains.append(earned - profit)
    return np.array(without), np.array(with_change), np.array(starts, dtype=np.int64), np.array(gains)


def by_month(weekly: Floats) -> Floats:
    """Sums by month of a weekly series that begins at the switch; a last month that is not whole is left out.

    >>> by_month(np.ones(52)).tolist()
    [5.0, 4.0, 4.0, 5.0, 4.0, 4.0, 5.0, 4.0, 4.0, 5.0, 4.0, 4.0]
    """
    months = len(weekly) * int(MONTHS_PER_YEAR) // WEEKS_PER_YEAR
    place = np.floor(np.arange(len(weekly)) * HOURS_PER_WEEK / HOURS_PER_MONTH + 1e-9).astype(int)
    return np.bincount(place, weekly, months).astype(float)[:months]


def together(
    results: list[tuple[Floats, Floats, Whole, Floats]], worlds: WorldsLike, replications: int, first: int
) -> TrialRuns:
    """The runs of the first worlds, as many as there are results."""
    own = worlds.table["weight"].to_numpy(float)[:len(results)]
    weights = np.repeat(own / own.sum() / replications, replications)
    parts = [np.concatenate([each[place] for each in results]) for place in range(4)]
    return TrialRuns(parts[0], parts[1], parts[2].astype(np.int64), parts[3], weights, replications, first)
