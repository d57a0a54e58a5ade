"""Worlds calibrated to the status quo that their firm shows, from few replications each.

Few replications do not calibrate well, so three things help. Every world has the **same random numbers** as a
calibration of the firm itself: what the firm lacks in these few is what its worlds lack, and is taken out (a control
variate). The targets are what the **firm itself shows** in these replications, so that a world like the firm's
own is the firm. And an **emulator over the worlds** (`statistics.additive`) takes out noise that neighbours do not
share; what is left of it, by the emulator's own account and by leaving each world out, is `calibration_error`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.statistics.additive import LEAST_POINTS, fit_additive
from simlead.study.base_year import until_the_switch
from simlead.study.calibration import (
    CALIBRATED,
    TRACED,
    Targets,
    YearSeen,
    fixed_point_step,
    shown_levels,
    solved_levels,
    year_seen,
)
from simlead.study.engines import FAST
from simlead.study.parallel import parallel_map
from simlead.study.runner import Job
from simlead.study.worlds.ranges import Range

Floats = NDArray[np.float64]

ROUNDS = (2, 4)
"""Warm-ups in each round of a world's calibration: the first brings it near, the second solves."""

RUNS = sum(ROUNDS)

LEVELS = tuple(path for path in CALIBRATED if path != "world.clarity_exponent")
"""The parameters that are solved for in each world; clarity's exponent follows its effect (`ranges.in_world`)."""

SALES = "organisation.ramped_revenue_per_year"
NORM = "organisation.prospecting_norm_hours"
DOSE = "world.reference_dose"
_POSITIVE = (SALES, NORM, DOSE)
"""Levels whose logarithms add up, and `_LEAST`, what counts as next to nothing of them."""
_LEAST = 1e-3
_PER_SALES = {"organisation.quota_per_year": True, "organisation.overhead_per_seat_year": False}
"""Levels that go with a rep's sales, and whether their ratio to them is always above 0."""


@dataclasses.dataclass(frozen=True)
class Task:
    """A world to calibrate: the scenario in it, under the status quo."""

    scenario: Scenario
    targets: Targets
    seed: int
    rounds: tuple[int, ...] = ROUNDS


Solution = tuple[dict[str, float], dict[str, float], dict[str, float]]
"""Levels from all replications of the last round, and from each half of them."""


def calibrate_worlds(
    base: Scenario, scenarios: Sequence[Scenario], drawn: pd.DataFrame, ranges: Mapping[str, Range], seed: int,
    workers: int, finished: Callable[[object], None], rounds: tuple[int, ...] = ROUNDS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The levels of each world (a column each), and how well each level is known, as in :func:`levels_of`.

    `scenarios` are the base in each world of `drawn`.
    """
    own, tasks = calibration_tasks(base, scenarios, seed, rounds)
    solutions = parallel_map(solve, iter(tasks), max(1, min(workers, len(tasks))), finished)
    return levels_of(base, own, solutions, drawn, ranges, rounds)


def calibration_tasks(
    base: Scenario, scenarios: Sequence[Scenario], seed: int, rounds: tuple[int, ...] = ROUNDS
) -> tuple[Solution, list[Task]]:
    """The firm's own solution, which takes some warm-ups, and for each world the task that :func:`solve` does."""
    firm = until_the_switch(base)
    years = [year_seen(Job("", firm, seed, number, FAST, TRACED)) for number in range(rounds[-1])]
    targets = shown_levels(firm, years)
    own = solve(Task(firm, targets, seed, rounds))
    return own, [Task(until_the_switch(scenario), targets, seed, rounds) for scenario in scenarios]


def levels_of(
    base: Scenario, own: Solution, solutions: Sequence[Solution], drawn: pd.DataFrame, ranges: Mapping[str, Range],
    rounds: tuple[int, ...] = ROUNDS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The levels of each world (a column each) from their solutions, and how well each level is known.

    The second table has a row per level: parameter, unit, `sd` (the standard deviation of the error that is left),
    `left_out` (root mean square of what a world's own runs and the other worlds' emulator differ by),
    `between_worlds` (standard deviation of the level over the worlds) and `replications`.
    """
    where = np.column_stack([extent.scaled(drawn[path].to_numpy(float)) for path, extent in ranges.items()])
    shifts, errors = _shifts(own, solutions, where)
    return _levels(base, shifts), _errors(base, shifts, errors).assign(replications=rounds[-1])


def solve(task: Task) -> Solution:
    """Solve one world's levels in two rounds."""
    scenario, last = task.scenario, None
    years: list[YearSeen] = []
    for count in task.rounds:
        years = [year_seen(Job("", scenario, task.seed, number, FAST, TRACED)) for number in range(count)]
        found = solved_levels(scenario, task.targets, years)
        norm = scenario.organisation.prospecting_norm_hours
        now = norm, found[NORM]
        step = fixed_point_step(last, now)
        last = now
        before, scenario = scenario, scenario.change(_inside({**found, NORM: step}))
    halves = [solved_levels(before, task.targets, years[half::2]) for half in (0, 1)]
    return {**found, NORM: step}, halves[0], halves[1]


def _shifts(own: Solution, solutions: Sequence[Solution], where: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How far each world's levels lie from the firm's, on the scale of `_scale`; and how well each is known."""
    found, firsts, seconds = (pd.DataFrame([_scale(each[part]) for each in solutions]) - pd.Series(_scale(own[part]))
                              for part in range(3))
    rows = {}
    for path in found:
        shift = found[path].to_numpy(float)
        noise = float(((firsts[path] - seconds[path]) ** 2).mean()) / 4.0
        if len(found) < LEAST_POINTS:
            rows[path] = {"sd": np.sqrt(noise), "left_out": np.nan}
            continue
        smooth = fit_additive(where, shift, noise)
        found[path] = smooth.values
        rows[path] = {"sd": float(np.sqrt((smooth.deviation ** 2).mean())),
                      "left_out": float(np.sqrt((smooth.left_out ** 2).mean()))}
    return found, pd.DataFrame(rows).T


def _scale(levels: Mapping[str, float]) -> dict[str, float]:
    """Levels such that effects add up: what goes with sales by its ratio to them, logarithms of what is positive."""
    sales = levels[SALES]
    found = dict(levels)
    for path in _POSITIVE:
        found[path] = float(np.log(max(levels[path], _LEAST)))
    for path, positive in _PER_SALES.items():
        found[path] = float(np.log(levels[path] / sales)) if positive else levels[path] / sales
    return found


def _levels(base: Scenario, shifts: pd.DataFrame) -> pd.DataFrame:
    """The worlds' levels from their distance to the firm's own."""
    values = base.values()
    own = _scale({path: values[path] for path in LEVELS})
    there = shifts + pd.Series(own)
    sales = np.exp(there[SALES])
    found = there.assign(**{path: np.exp(there[path]) for path in _POSITIVE})
    for path, positive in _PER_SALES.items():
        found[path] = (np.exp(there[path]) if positive else there[path]) * sales
    return pd.DataFrame({path: np.clip(found[path], REGISTRY[path].low, REGISTRY[path].high) for path in LEVELS})


def _errors(base: Scenario, shifts: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    """How well each level is known, in its own unit."""
    values, levels = base.values(), _levels(base, shifts)
    sales = errors.loc[SALES].to_numpy(float)
    rows = []
    for path in LEVELS:
        error, unit = errors.loc[path].to_numpy(float), 1.0
        if path in _POSITIVE:
            unit = float(values[path])
        elif path in _PER_SALES:
            unit = float(values[path]) if _PER_SALES[path] else float(values[SALES])
            share = 1.0 if _PER_SALES[path] else float(values[path]) / float(values[SALES])
            error = np.sqrt(error**2 + (share * sales) ** 2)
        rows.append({"parameter": path, "unit": REGISTRY[path].unit, "sd": unit * float(error[0]),
                     "left_out": unit * float(error[1]), "between_worlds": float(levels[path].std(ddof=0))})
    return pd.DataFrame(rows)


def _inside(levels: Mapping[str, float]) -> dict[str, Any]:
    """Levels within their allowed ranges."""
    return {path: float(np.clip(value, REGISTRY[path].low, REGISTRY[path].high)) for path, value in levels.items()}


def refuse_short(base: Scenario) -> None:
    """Raise ParameterError where the warm-up holds no base year to calibrate."""
    if base.calendar.warmup_weeks < 52:
        raise ParameterError(f"calendar.warmup_weeks = {base.calendar.warmup_weeks}: 52 or more are needed, for worlds "
                             "are calibrated to the firm's year before the switch")
