"""A team's year in a run, as the film shows it: where each deal is from when on, and the manager's weeks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.diary import CANCELLED, diary, sessions_cancelled
from simlead.show.animation.scenes import Pipeline, pipeline_of
from simlead.study.engines import FAST
from simlead.study.simulate import simulate

if TYPE_CHECKING:
    from simlead.results.run import Run

_HOURS_OF = (events.MANAGER_TASK_ENDS, events.TEAM_MEETING_ENDS, events.BLOCK_LAPSES, events.SESSION_ENDS,
             events.SESSION_LAPSES)


@dataclasses.dataclass(frozen=True)
class Week:
    """A manager's week: what was done from when until when, sessions that lapsed (hours of the week), and its sums."""

    done: list[tuple[float, float, str]]
    lapsed: list[float]
    planned: float
    held: float


@dataclasses.dataclass(frozen=True)
class Side:
    """One of the film's two runs: the pipeline, where each deal is from when on, the weeks, and what wins are worth."""

    pipeline: Pipeline
    moves: list[list[tuple[float, int]]]
    weeks: list[Week]
    won_value: list[float]


def filmed(scenario: Scenario, seed: int) -> Run:
    """The run of a scenario, gone on with for a week, so that all that was begun in its last one has ended."""
    weeks = scenario.calendar.horizon_weeks
    return simulate(scenario.change({"calendar.horizon_weeks": weeks + 1}), seed=seed, engine=FAST)


def year_of(scenario: Scenario) -> tuple[int, int]:
    """The film's first week and its length: the final year, or all of a shorter horizon.

    >>> year_of(Scenario())
    (104, 52)
    """
    horizon = scenario.calendar.horizon_weeks
    weeks = min(WEEKS_PER_YEAR, horizon)
    return horizon - weeks, weeks


def side_of(run: Run, team: int, first: int, weeks: int) -> Side:
    """A team's year in a run made by :func:`filmed`."""
    begin, end = first * HOURS_PER_WEEK, (first + weeks) * HOURS_PER_WEEK
    pipeline = pipeline_of(run, team, begin, end)
    deals = run.records.opportunities
    value = dict(zip(deals[["territory", "number"]].tolist(), deals["won_value"].tolist(), strict=True))
    return Side(pipeline, pipeline.changes(), weeks_of(run, team, first, weeks),
                [value[tuple(name)] for name in pipeline.name.tolist()])


def weeks_of(run: Run, team: int, first: int, weeks: int) -> list[Week]:
    """The manager's weeks, hour by hour."""
    trace, reps, books = run.trace, run.records.reps, run.records.managers
    # A diary looks through the whole trace: here it is cut to what diaries of these weeks are made of.
    begin, end = first * HOURS_PER_WEEK, (first + weeks + 1) * HOURS_PER_WEEK
    trace = trace[np.isin(trace["kind"], _HOURS_OF) & (trace["time"] > begin) & (trace["time"] <= end)]
    reps = reps[(reps["week"] >= first - 1) & (reps["week"] < first + weeks)]
    books = books[books["team"] == team]
    found = []
    for week in range(first, first + weeks):
        table = diary(trace, reps, run.scenario, team, week)
        (row,) = books[books["week"] == week]
        done = table[~table["use"].isin([CANCELLED, "unallocated"])]
        found.append(Week(
            list(done[["begin", "end", "use"]].itertuples(index=False, name=None)),
            sessions_cancelled(table)["end"].tolist(), float(row["planned_coaching_hours"]),
            float(row["coaching_hours"])))
    return found
