"""Nested runs: scenarios in many worlds, with a few replications in each.

All scenarios of a world and a replication share random numbers and, where they differ in policy alone, the warm-up.
Every world has random numbers of its own (replication number = world x replications + r), so that what random numbers
do and what the world does can be separated.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.results.ledger import money_row
from simlead.results.registry import ratio
from simlead.statistics.replicates import Floats
from simlead.study.engines import FAST, engine_for, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.runner import Job, Outcomes, run_records, summarise, warm_up_groups

Outcome = Callable[[Scenario, int, int], Mapping[str, float]]
"""A function of scenario, seed and replication that gives the measures, in place of a simulation."""


class WorldsLike(Protocol):
    """What is asked of worlds: `simlead.worlds` makes them."""

    @property
    def table(self) -> pd.DataFrame:
        """A row per world: world, weight, drawn and calibrated parameters."""

    @property
    def drawn(self) -> tuple[str, ...]:
        """The paths of the drawn parameters."""

    @property
    def effective_size(self) -> float:
        """How many worlds of equal weight tell as much."""

    def __len__(self) -> int:
        """The number of worlds."""

    def place(self, scenario: Scenario, number: int, /) -> Scenario:
        """The scenario in a world."""


@dataclasses.dataclass(frozen=True)
class Visit:
    """One world to look at: its scenarios by name and its replications; what a worker gets."""

    group: str
    world: int
    scenarios: Mapping[str, Scenario]
    seed: int
    replications: tuple[int, ...]
    engine: str
    outcomes: Outcomes
    outcome: Outcome | None = None


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Nested:
    """The runs of scenarios in worlds.

    `runs` has a row per world, replication and scenario: world, replicate, scenario, measures. `weights` are those of
    the worlds that were visited, and `drawn` the drawn parameters of these (a row per world).
    """

    runs: pd.DataFrame
    weights: Floats
    drawn: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The scenarios' names."""
        return [str(name) for name in self.runs["scenario"].unique()]

    def values(self, measure: str) -> dict[str, Floats]:
        """A measure by scenario: worlds x replications.

        Raises ParameterError where it is not defined in every run.
        """
        wide = self.runs.pivot(index=["world", "replicate"], columns="scenario", values=measure)
        if not np.isfinite(wide.to_numpy(float)).all():
            world = int(wide.index[~np.isfinite(wide.to_numpy(float)).all(axis=1)][0][0])
            raise ParameterError(f"{measure}: not defined in every run, such as one of world {world}")
        return {name: wide[name].to_numpy(float).reshape(len(self.weights), -1) for name in self.names}

    def first(self, worlds: int) -> Nested:
        """The same of the first few worlds."""
        return Nested(self.runs[self.runs["world"] < worlds], self.weights[:worlds], self.drawn.head(worlds))

    def __repr__(self) -> str:
        return f"Nested({', '.join(self.names)}; {len(self.weights)} worlds)"


def nested_runs(
    scenarios: Mapping[str, Scenario],
    worlds: WorldsLike,
    *,
    measures: Iterable[str],
    replications: int = 2,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: ProgressLike = None,
    outcome: Outcome | None = None,
) -> Nested:
    """Run scenarios in all worlds.

    >>> class One:
    ...     table, drawn, effective_size = pd.DataFrame({"world": [0], "weight": [1.0], "a": [2.0]}), ("a",), 1.0
    ...     def place(self, scenario, number):
    ...         return scenario
    ...     def __len__(self):
    ...         return 1
    >>> def sales(scenario, seed, replicate):
    ...     return {"revenue": 10.0 * scenario.policy.coaching_share + replicate}
    >>> found = nested_runs({"as it is": Scenario()}, One(), measures=["revenue"], workers=1, outcome=sales)
    >>> found.values("revenue")["as it is"].tolist()
    [[2.0, 3.0]]
    """
    visits = [visit_of("", scenarios, worlds, number, measures=measures, replications=replications, seed=seed,
                       engine=engine, outcome=outcome) for number in range(len(worlds))]
    finished = counting(progress, len(visits) * replications * len(scenarios), each=replications * len(scenarios))
    if outcome is None:
        warm_up_compiler(engine)
    rows = parallel_map(look, iter(visits), min(worker_count(workers), len(visits)), finished)
    return nested_of([row for of_world in rows for row in of_world], worlds, range(len(worlds)))


def visit_of(
    group: str,
    scenarios: Mapping[str, Scenario],
    worlds: WorldsLike,
    number: int,
    *,
    measures: Iterable[str],
    replications: int,
    seed: int,
    engine: str,
    outcome: Outcome | None,
    weekly: tuple[str, ...] = (),
) -> Visit:
    """One world's visit, scenarios that share their warm-up beside one another."""
    placed = {name: worlds.place(scenario, number) for name, scenario in scenarios.items()}
    together = {name: placed[name] for names in warm_up_groups(placed) for name in names}
    own = tuple(range(number * replications, (number + 1) * replications))
    return Visit(group, number, together, seed, own, engine, Outcomes(measures=tuple(measures), weekly=weekly),
                 outcome)


def look(visit: Visit) -> list[dict[str, Any]]:
    """Make one world's runs: a row per run, with its measures, its money (`results.ledger`), and series by week."""
    if visit.outcome is not None:
        return [{"group": visit.group, "world": visit.world, "replicate": replicate, "scenario": name,
                 **visit.outcome(scenario, visit.seed, replicate)}
                for replicate in visit.replications for name, scenario in visit.scenarios.items()]
    jobs = [Job(name, scenario, visit.seed, replicate, visit.engine, visit.outcomes)
            for replicate in visit.replications for name, scenario in visit.scenarios.items()]
    engine = engine_for(visit.engine, [until_switch(job.scenario) for job in jobs])
    rows = []
    for job in jobs:
        records = run_records(job, engine)
        made = summarise(job, records)
        rows.append({"group": visit.group, "world": visit.world, "replicate": made.replicate, "scenario": made.label,
                     **{name: ratio(parts) for name, parts in made.parts.items()},
                     **money_row(records, job.scenario), **made.weekly})
    return rows


def nested_of(rows: Sequence[Mapping[str, Any]], worlds: WorldsLike, numbers: Sequence[int]) -> Nested:
    """The runs as tables, in the order of worlds and replications."""
    runs = pd.DataFrame(rows).drop(columns="group")
    runs = runs.sort_values(["world", "replicate"], kind="stable", ignore_index=True)
    there = worlds.table.iloc[list(numbers)].reset_index(drop=True)
    return Nested(runs, there["weight"].to_numpy(float), there[list(worlds.drawn)].astype(float))


class Deadline:
    """Whether there is time for another task; without a deadline there always is."""

    def __init__(self, seconds: float | None, workers: int, least: int) -> None:
        self.seconds, self.workers, self.least = seconds, workers, least
        self.begun, self.started, self.done = time.monotonic(), 0, 0
        self.first = self.begun  # when the first task is taken; before it worlds are drawn and calibrated

    def tasks(self, visits: Iterable[Visit]) -> Iterator[Visit]:
        """Visits until one more would end too late; at least `least`."""
        for visit in visits:
            if not self.started:
                self.first = time.monotonic()
            if self.seconds is not None and self.started >= self.least and self.done:
                each = (time.monotonic() - self.first) / self.done
                if time.monotonic() - self.begun + each * (self.started - self.done + 1) > self.seconds:
                    return
            self.started += 1
            yield visit

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.seconds is not None and time.monotonic() - self.begun > self.seconds

    def finished(self, _: object) -> None:
        """Count a task that is done."""
        self.done += 1

