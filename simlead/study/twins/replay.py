"""What a run's tables do not say outright, played again from them: who sat where, how coaching's
attention was spread over the stages, how much the weeks before had been prospected.

Everything here is exact: the same rules in the same order as in the engines.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.plan import Plan, plan_of
from simlead.engines.reference.calendar import levers_of_week
from simlead.model import draws, events
from simlead.model.rulebook import rule
from simlead.model.rules import coaching, people, reps
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK
from simlead.results.run import Run
from simlead.results.windows import Table

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Desks:
    """Every seat's occupants, by the places in the trace at which they came and went.

    `seats` are the seats' numbers in the order of a week's rows; `weeks_begin` says where in
    the reps' table each week begins, and at its end how many rows there are.
    """

    run: Run
    plan: Plan
    seats: Whole
    weeks_begin: Whole
    _comings: dict[int, tuple[list[int], list[bool]]]
    _hired_at: dict[tuple[int, int], float]

    def filled(self, seat: int, place: int) -> bool:
        """Whether somebody sat there when this row of the trace was written."""
        places, filled = self._comings[seat]
        return filled[int(np.searchsorted(places, place))]

    def hired_at(self, seat: int, hire: int) -> float:
        """The hour at which a seat's n-th rep began."""
        return self._hired_at[seat, hire]

    def row(self, hours: Floats, seat: NDArray[Any]) -> Whole:
        """The row of the reps' table of each seat in the week of each hour; -1 if it was not there yet."""
        calendar = self.run.scenario.calendar
        week = np.floor(hours / HOURS_PER_WEEK).astype(np.int64) + calendar.warmup_weeks
        week = np.minimum(week, len(self.weeks_begin) - 2)  # the very end belongs to the last week
        order = np.argsort(self.seats)
        column = order[np.searchsorted(self.seats, seat, sorter=order)]
        found = self.weeks_begin[week] + column
        return np.where(found < self.weeks_begin[week + 1], found, -1)


def desks_of(run: Run) -> Desks:
    """The seats of a run with a trace, and who sat there when."""
    plan, trace, table = plan_of(run.scenario), run.trace, run.records.reps
    weeks = np.unique(table["week"])
    begin = np.append(np.searchsorted(table["week"], weeks), len(table)).astype(np.int64)
    seats = table["seat"][begin[-2]:].astype(np.int64)
    comings: dict[int, tuple[list[int], list[bool]]] = {int(seat): ([], [False]) for seat in seats}
    hired_at: dict[tuple[int, int], float] = {}
    for seat in range(plan.territories):
        name = (run.seed, run.replicate)
        if draws.uniform(*name, draws.FIRST_VACANT, seat, 0) >= plan.first_vacancy_share:
            months = people.stationary_tenure_months(
                draws.uniform(*name, draws.FIRST_TENURE, seat, 0),
                plan.world.quits_per_month, plan.world.first_year_quit_factor)
            hired_at[seat, 0] = plan.start_hour - months * HOURS_PER_MONTH
            comings[seat] = ([], [True])
    moves = (events.REP_HIRED, events.SEAT_ADDED, events.REP_LEAVES)
    for place in np.flatnonzero(np.isin(trace["kind"], moves)).tolist():
        event = trace[place]
        seat, comes = int(event["entity"]), int(event["kind"]) != events.REP_LEAVES
        places, filled = comings.setdefault(seat, ([], [False]))
        places.append(place)
        filled.append(comes)
        if comes:
            hired_at[seat, int(event["index"])] = float(event["time"])
    return Desks(run, plan, seats, begin, comings, hired_at)


def coaching_weights(desks: Desks) -> Floats:
    """The weight that each rep's coaching has had at each stage, a row per row of the reps' table.

    Weights are not in the tables, but everything is that they follow from: skill, gain, and
    whether the week before had its KPI review.
    """
    run, plan, table = desks.run, desks.plan, desks.run.records.reps
    managers = run.records.managers
    teams = run.scenario.organisation.teams
    reviewed = managers["kpi_review"].reshape(-1, teams)[:, np.argsort(managers["team"][:teams])]
    first = -run.scenario.calendar.warmup_weeks
    accountability = np.array([
        levers_of_week(plan.status_quo, plan.policy, first + week).accountability
        for week in range(len(desks.weeks_begin) - 1)])
    stage_z = np.column_stack([table[f"stage_skill_{stage}"] for stage in events.STAGES])
    weights = np.ones((len(table), len(events.STAGES)))
    _turn(
        desks.weeks_begin, table["team"].astype(np.int64), table["hire"].astype(np.int64), table["filled"].copy(),
        table["ability"].copy(), stage_z, table["coaching_gain"].copy(), reviewed, accountability,
        plan.focus_decay_per_week, plan.skill_spread, weights)
    return weights


@rule
def _turn(
    begin: Any, team: Any, hire: Any, filled: Any, ability: Any, stage_z: Any, gain: Any, reviewed: Any,
    accountability: Any, decay: float, spread: float, weights: Any,
) -> None:
    """Week by week: weights turn to where the rep fell most below the firm's norm (`calendar._turn_focus`)."""
    stages = weights.shape[1]
    norms = np.zeros(stages)
    for week in range(len(begin) - 2):
        count = 0
        norms[:] = 0.0
        for row in range(begin[week], begin[week + 1]):
            if filled[row]:
                count += 1
                for stage in range(stages):
                    norms[stage] += reps.stage_skill(
                        ability[row], stage_z[row, stage], weights[row, stage], gain[row], 0.0, spread)
        for stage in range(stages):
            norms[stage] /= max(1, count)
        for row in range(begin[week], begin[week + 1]):
            after = begin[week + 1] + row - begin[week]
            if hire[after] != hire[row]:  # a newcomer's weights are even
                continue
            weakest, furthest = 0, np.inf
            for stage in range(stages):
                distance = reps.stage_skill(
                    ability[row], stage_z[row, stage], weights[row, stage], gain[row], 0.0, spread) - norms[stage]
                if distance < furthest:
                    weakest, furthest = stage, distance
            seen = accountability[week + 1] if reviewed[week, team[row]] else 0.0
            for stage in range(stages):
                target = coaching.focus_target(stage == weakest, seen, stages)
                weights[after, stage] = (
                    reps.toward(weights[row, stage], target, decay) if filled[row] else weights[row, stage])


def prospecting(desks: Desks) -> Floats:
    """Each seat's smoothed weekly prospecting hours, a row per row of the reps' table."""
    table, begin = desks.run.records.reps, desks.weeks_begin
    weeks = desks.plan.world.prospecting_smoothing_weeks
    hours = table["effective_prospecting_hours"]
    found = np.zeros(len(table))
    found[: begin[1]] = desks.plan.organisation.prospecting_norm_hours
    for week in range(len(begin) - 2):
        here = slice(begin[week], begin[week + 1])
        after = slice(begin[week + 1], begin[week + 1] + begin[week + 1] - begin[week])
        found[after] = found[here] + (hours[here] - found[here]) / weeks
    return found


def managers_quality(run: Run, team: NDArray[Any], place: Whole) -> Floats:
    """The coaching quality of each team's manager when this row of the trace was written.

    It is the one of the appointment, plus what the policy's training added at the switch to
    whoever was there before. (Without a warm-up, first managers are appointed under the status
    quo's training, and then looked at again.)
    """
    trace, world, scenario = run.trace, run.scenario.world, run.scenario
    trained_before = scenario.status_quo.manager_training and scenario.calendar.warmup_weeks == 0
    trains = scenario.policy.manager_training and not trained_before
    appointed = np.flatnonzero(trace["kind"] == events.MANAGER_APPOINTED)
    found = np.full(len(place), np.nan)
    for number in range(scenario.organisation.teams):
        mine = np.flatnonzero(team == number)
        places = appointed[trace["entity"][appointed] == number]
        last = trace[places[np.searchsorted(places, place[mine]) - 1]]
        quality = last["value"].copy()
        there_before = (last["time"] < 0.0) | (last["index"] == 0)
        for row in np.flatnonzero(trains & there_before & (trace["time"][place[mine]] >= 0.0)):
            u = draws.uniform(run.seed, run.replicate, draws.TRAINABLE, number, int(last["index"][row]))
            if u < world.trainable_share:
                quality[row] = min(world.quality_high, quality[row] + world.training_gain)
        found[mine] = quality
    return found


def rows_of_deals(table: Table, territory: NDArray[Any], number: NDArray[Any]) -> Whole:
    """The rows of the opportunities' table that have these names."""
    names = name_of(table["territory"], table["number"])
    order = np.argsort(names)
    return np.asarray(order[np.searchsorted(names, name_of(territory, number), sorter=order)])


def name_of(territory: NDArray[Any], number: NDArray[Any]) -> Whole:
    """One whole number that stands for the n-th opportunity of a territory.

    >>> name_of(np.array([1]), np.array([2])).tolist()
    [4294967298]
    """
    return territory.astype(np.int64) << 32 | number.astype(np.int64)
