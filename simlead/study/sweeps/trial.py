"""An estimate of what a sweep takes, from a few trial runs; nothing is written."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.deprecation import renamed_argument
from simlead.model.scenario import Scenario
from simlead.study.parallel import worker_count
from simlead.study.studies.study import Study
from simlead.study.sweeps.plan import Plan, asked, plan_of
from simlead.study.sweeps.running import RUNS_IN_A_BATCH, SECONDS_IN_A_BATCH
from simlead.study.sweeps.shards import Rectangle
from simlead.study.sweeps.size import refuse_points_too_large
from simlead.study.sweeps.time_limit import first_seconds
from simlead.study.sweeps.work import WEEKLY_PREFIX, Batch, Done, OwnMeasure, work

TRIALS = 5
ENOUGH_SECONDS = 10.0
"""Trials end after this time, if the engine is slow."""


@dataclasses.dataclass(frozen=True)
class SweepPlan:
    """What a sweep would do and take.

    `runs` at least, `runs_at_most` if a precision decides. `events`, `seconds` on the wall with so many `workers`,
    and `bytes` on the disk are for `runs`, by `trials` runs at points spread over the design. `failures` says what
    trial runs failed of, `undefined` which measures need a year that the calendar does not hold.
    """

    points: int
    runs: int
    runs_at_most: int
    events: float
    seconds: float
    bytes: float
    workers: int
    trials: int
    failures: tuple[str, ...]
    undefined: str = ""


@renamed_argument("beliefs", "effect_sizes")
def check(
    study: Study | pd.DataFrame,
    *,
    scenario: Scenario | None = None,
    replications: int | None = None,
    seed: int | None = None,
    measures: Sequence[str] | None = None,
    baseline: bool | None = None,
    effect_sizes: str | Sequence[str] | None = None,
    engine: str | None = None,
    trace_hashes: bool | None = None,
    processes: Sequence[Any] = (),
    own_measures: Mapping[str, OwnMeasure] | None = None,
    weekly: str | Sequence[str] = (),
    workers: int | None = None,
) -> SweepPlan:
    """What `sweep` would do with the same arguments, and about how long it would take.

    Makes a few runs in this process and writes nothing. Raises ParameterError where `sweep`
    would refuse its arguments.

    >>> import pandas
    >>> firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
    ...                           "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
    >>> plan = check(pandas.DataFrame({"market.rivals": [1, 5, 9]}), scenario=firm, replications=100, workers=2)
    >>> plan.points, plan.runs, plan.trials, plan.seconds > 0
    (3, 300, 3, True)
    """
    plan = plan_of(
        asked(study, scenario=scenario, replications=replications, seed=seed, measures=measures, baseline=baseline,
              effect_sizes=effect_sizes, engine=engine, trace_hashes=trace_hashes),
        processes, own_measures, weekly)
    number = worker_count(workers)
    refuse_points_too_large(plan, number)
    trials, failures = _trials(plan)
    precision = plan.study.precision
    points = len(plan.design)
    runs = points * (precision.minimum if precision is not None else plan.study.replications or 0)
    seconds, events, size = math.nan, math.nan, math.nan
    if trials:
        seconds_a_run = statistics.fmean(done.seconds for done in trials)
        seconds = runs * seconds_a_run / number
        events = runs * statistics.fmean(done.events for done in trials)
        size = _bytes(plan, runs, seconds_a_run, trials)
    return SweepPlan(
        points=points,
        runs=runs,
        runs_at_most=points * precision.maximum if precision is not None else runs,
        events=events,
        seconds=seconds,
        bytes=size,
        workers=number,
        trials=len(trials) + len(failures),
        failures=tuple(failures),
        undefined=plan.undefined,
    )


def _trials(plan: Plan) -> tuple[list[Done], list[str]]:
    """One replicate at points spread over the design: results, and causes of failure."""
    made: list[Done] = []
    failures: list[str] = []
    limit = first_seconds(plan.order.bases.values())
    for point in np.unique(np.linspace(0, len(plan.design) - 1, TRIALS).astype(int)).tolist():
        done = work(Batch(plan.order, Rectangle(point, point, 0, 0), plan.points(point, point), limit))
        if done.failures:
            failures.append(f"run {point}:0: {done.first_failure}")
        else:
            made.append(done)
        if sum(each.seconds for each in made) > ENOUGH_SECONDS:
            break
    return made, failures


def _bytes(plan: Plan, runs: int, seconds_a_run: float, trials: Sequence[Done]) -> float:
    """Disk for so many runs: a row is about its numbers, a shard what a shard of one row has besides."""
    weeks = max(base.calendar.horizon_weeks for base in plan.order.bases.values())
    row = sum(16 if name.endswith("_hash") else 8 * weeks if name.startswith(WEEKLY_PREFIX) else 8
              for name in plan.order.columns())
    shard = statistics.fmean(len(done.shard or b"") for done in trials) - row
    runs_a_shard = min(max(1, int(SECONDS_IN_A_BATCH[0] / max(seconds_a_run, 1e-6))), RUNS_IN_A_BATCH)
    return runs * row + math.ceil(runs / runs_a_shard) * shard
