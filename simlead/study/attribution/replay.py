"""States that a run's tables imply but do not list: the occupants of each seat, the coaching weights
of the stages, and smoothed prospecting hours.

Everything here is exact: the same rules in the same order as in the engines.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.plan import ANSWER_WEEKS, Plan, levers_of_week, plan_of
from simlead.model import draws, events
from simlead.model.number import total
from simlead.model.people_plan import FROM_THE_START
from simlead.model.rulebook import rule
from simlead.model.rules import buyers, coaching, people, reps
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.run import Run
from simlead.results.windows import Table

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class SeatHistory:
    """Every seat's occupants, by the rows of the trace at which they came and left.

    `weeks_begin` is the row of the reps' table at which each week begins, then the number of rows;
    `seats` are the numbers of all seats, in order, and `rows` each week's row of each of them, -1
    where the seat is not open yet or no longer.
    """

    run: Run
    plan: Plan
    seats: Whole
    weeks_begin: Whole
    rows: Whole
    _comings: dict[int, tuple[list[int], list[int]]]
    _teams: dict[int, list[tuple[int, int]]]  # the week from which a seat is in a team, and the team, the latest first
    _hired_at: dict[tuple[int, int], float]

    def occupant(self, seat: int, place: int) -> int:
        """The hire who was in the seat when this row of the trace was written; -1 while it was vacant."""
        places, hires = self._comings[seat]
        return hires[int(np.searchsorted(places, place))]

    def team_seats(self, team: int, hours: float) -> list[int]:
        """The numbers of a team's seats at this hour, those to be added included, in the team's order."""
        plan, week = self.plan.teams[team], math.floor(hours / HOURS_PER_WEEK)
        return [number for number, seat in zip(plan.seat_numbers, plan.planned, strict=True) if seat.moves > week]

    def team_of(self, seat: int, hours: float) -> int:
        """The team to which a seat belonged at this hour."""
        week = math.floor(hours / HOURS_PER_WEEK)
        return next(team for begins, team in self._teams[seat] if begins <= week)

    def hired_at(self, seat: int, hire: int) -> float:
        """The hour at which a seat's n-th rep began."""
        return self._hired_at[seat, hire]

    def row(self, hours: Floats, seat: NDArray[Any]) -> Whole:
        """The row of the reps' table of each seat in the week of each hour; -1 if it was not open then."""
        calendar = self.run.scenario.calendar
        week = np.floor(hours / HOURS_PER_WEEK).astype(np.int64) + calendar.warmup_weeks
        week = np.minimum(week, len(self.rows) - 1)  # the very end belongs to the last week
        found: Whole = self.rows[week, np.searchsorted(self.seats, seat)]
        return found

    def following(self) -> Whole:
        """The row of the same seat a week later, for each row of the reps' table; -1 for none."""
        found = np.full(self.weeks_begin[-1], -1)
        stays = (self.rows[:-1] >= 0) & (self.rows[1:] >= 0)
        found[self.rows[:-1][stays]] = self.rows[1:][stays]
        return found


def seat_history(run: Run) -> SeatHistory:
    """The seats of a run with a trace and their occupants over time."""
    plan, trace, table = plan_of(run.scenario), run.trace, run.records.reps
    weeks = np.unique(table["week"])
    begin = np.append(np.searchsorted(table["week"], weeks), len(table)).astype(np.int64)
    seats, column = np.unique(table["seat"].astype(np.int64), return_inverse=True)
    rows = np.full((len(weeks), len(seats)), -1)
    rows[np.searchsorted(weeks, table["week"]), column] = np.arange(len(table))
    comings: dict[int, tuple[list[int], list[int]]] = {int(seat): ([], [-1]) for seat in seats}
    hired_at: dict[tuple[int, int], float] = {}
    for seat in (seat for team in plan.teams for seat in team.seat_numbers[: team.seats]):
        name = (run.seed, run.replicate)
        if draws.uniform(*name, draws.FIRST_VACANT, seat, 0) >= plan.first_vacancy_share:
            months = people.stationary_tenure_months(
                draws.uniform(*name, draws.FIRST_TENURE, seat, 0),
                plan.world.quits_per_month, plan.world.first_year_quit_factor)
            hired_at[seat, 0] = plan.start_hour - months * HOURS_PER_MONTH
            comings[seat] = ([], [0])
    moves = (events.REP_HIRED, events.SEAT_ADDED, events.REP_LEAVES)
    for place in np.flatnonzero(np.isin(trace["kind"], moves)).tolist():
        event = trace[place]
        seat, comes = int(event["entity"]), int(event["kind"]) != events.REP_LEAVES
        places, hires = comings.setdefault(seat, ([], [-1]))
        places.append(place)
        hires.append(int(event["index"]) if comes else -1)
        if comes:
            hired_at[seat, int(event["index"])] = float(event["time"])
    teams: dict[int, list[tuple[int, int]]] = {}
    for team in plan.teams:
        for number, planned in zip(team.seat_numbers, team.planned, strict=True):
            teams.setdefault(number, []).insert(0, (planned.opens, team.number))
    return SeatHistory(run, plan, seats, begin, rows, comings, teams, hired_at)


def coaching_weights(history: SeatHistory) -> Floats:
    """The weight that each rep's coaching has had at each stage, a row per row of the reps' table.

    Weights are not in the tables, but everything they follow from is: skill, gain, and whether
    the week before had its KPI review.
    """
    run, plan, table = history.run, history.plan, history.run.records.reps
    managers = run.records.managers
    first = -run.scenario.calendar.warmup_weeks
    reviewed = np.zeros((len(history.weeks_begin) - 1, len(plan.teams)), np.bool_)
    reviewed[managers["week"] - first, managers["team"]] = managers["kpi_review"]
    accountability = np.array([
        [levers_of_week(team.status_quo, plan.policy, first + week - team.rollout_week).accountability
         for team in plan.teams] for week in range(len(history.weeks_begin) - 1)])
    stage_z = np.column_stack([table[f"stage_skill_{stage}"] for stage in events.STAGES])
    weights = np.ones((len(table), len(events.STAGES)))
    _turn_focus(
        history.weeks_begin, history.following(), table["team"].astype(np.int64), table["hire"].astype(np.int64),
        table["filled"].copy(), table["ability"].copy(), stage_z, table["coaching_gain"].copy(), reviewed,
        accountability, plan.focus_decay_per_week, plan.skill_spread, weights)
    return weights


@rule
def _turn_focus(
    begin: Any, following: Any, team: Any, hire: Any, filled: Any, ability: Any, stage_z: Any, gain: Any, reviewed: Any,
    accountability: Any, decay: float, spread: float, weights: Any,
) -> None:
    """Move weights weekly to the stage where the rep is furthest below the firm's mean (`calendar._turn_focus`)."""
    stages = weights.shape[1]
    means = np.zeros(stages)
    for week in range(len(begin) - 2):
        count = 0
        means[:] = 0.0
        for row in range(begin[week], begin[week + 1]):
            if filled[row]:
                count += 1
                for stage in range(stages):
                    means[stage] += reps.stage_skill(
                        ability[row], stage_z[row, stage], weights[row, stage], gain[row], 0.0, spread)
        for stage in range(stages):
            means[stage] /= max(1, count)
        for row in range(begin[week], begin[week + 1]):
            after = following[row]
            if after < 0 or hire[after] != hire[row]:  # a newcomer's weights are even
                continue
            weakest, furthest = 0, np.inf
            for stage in range(stages):
                distance = reps.stage_skill(
                    ability[row], stage_z[row, stage], weights[row, stage], gain[row], 0.0, spread) - means[stage]
                if distance < furthest:
                    weakest, furthest = stage, distance
            seen = accountability[week + 1, team[after]] if reviewed[week, team[after]] else 0.0
            for stage in range(stages):
                target = coaching.focus_target(stage == weakest, seen, stages)
                weights[after, stage] = (
                    reps.toward(weights[row, stage], target, decay) if filled[row] else weights[row, stage])


def prospecting(history: SeatHistory) -> Floats:
    """Each seat's smoothed weekly prospecting hours, a row per row of the reps' table."""
    table, begin = history.run.records.reps, history.weeks_begin
    weeks = history.plan.world.prospecting_smoothing_weeks
    hours = table["effective_prospecting_hours"]
    found = np.zeros(len(table))
    found[: begin[1]] = history.plan.organisation.prospecting_norm_hours
    following = history.following()
    for week in range(len(begin) - 2):
        here = np.arange(begin[week], begin[week + 1])
        here = here[following[here] >= 0]
        found[following[here]] = found[here] + (hours[here] - found[here]) / weeks
    return found


def managers_quality(run: Run, team: NDArray[Any], place: Whole) -> Floats:
    """The coaching quality of each team's manager when this row of the trace was written.

    It is the quality at the appointment, plus what the policy's training added at the roll-out to
    managers who were there before. (Without a warm-up, the first managers are appointed under the
    status quo's training and then trained again.)
    """
    trace, world, scenario = run.trace, run.scenario.in_force().world, run.scenario
    appointed = np.flatnonzero(trace["kind"] == events.MANAGER_APPOINTED)
    found = np.full(len(place), np.nan)
    for number, plan in enumerate(plan_of(scenario).teams):
        trained_before = plan.status_quo.manager_training and -scenario.calendar.warmup_weeks >= plan.rollout_week
        trains = scenario.policy.manager_training and not trained_before
        rollout = plan.rollout_week * HOURS_PER_WEEK
        mine = np.flatnonzero(team == number)
        places = appointed[trace["entity"][appointed] == number]
        last = trace[places[np.searchsorted(places, place[mine]) - 1]]
        quality = last["value"].copy()
        there_before = (last["time"] < rollout) | ((last["index"] == 0) & (plan.begins == FROM_THE_START))
        for row in np.flatnonzero(trains & there_before & (trace["time"][place[mine]] >= rollout)):
            u = draws.uniform(run.seed, run.replicate, draws.TRAINABLE, number, int(last["index"][row]))
            if u < world.trainable_share:
                quality[row] = min(world.quality_high, quality[row] + world.training_gain)
        found[mine] = quality
    return found


def ability_of(history: SeatHistory, seat: int, hire: int, hours: float) -> float:
    """The ability of a seat's n-th rep at this hour, as it has drifted since the hire."""
    name, kept = (history.run.seed, history.run.replicate), history.plan.ability_kept_per_week
    ability = draws.normal(*name, draws.ABILITY, seat, hire)
    if kept < 1.0:
        first, last = (int(when // HOURS_PER_WEEK) + history.plan.calendar.warmup_weeks
                       for when in (max(history.hired_at(seat, hire), history.plan.start_hour), hours))
        for week in range(first + 1, last + 1):
            ability = reps.drifted(ability, kept, draws.normal(*name, draws.ABILITY_DRIFT, seat, hire * 4096 + week))
    return ability


def rivals_answers(history: SeatHistory, place: Whole) -> Floats:
    """What the rivals' answer had taken from our utility when these rows of the trace were written."""
    plan, trace, deals = history.plan, history.run.trace, history.run.records.opportunities
    if plan.rivals_take_back <= 0.0:
        return np.zeros(len(place))
    at = np.flatnonzero(np.isin(trace["kind"], (events.GATE, events.ELSEWHERE_DECIDES, events.DEAL_ABANDONED)))
    decided = trace[at]
    outcome = np.where(decided["kind"] == events.GATE, decided["detail"] & 7, decided["detail"])
    deal = deals[rows_of_deals(deals, decided["entity"], decided["index"])]
    begins = np.flatnonzero(trace["kind"] == events.WEEK_BEGINS)
    week, weeks = np.searchsorted(begins, at), len(begins) + 1
    ours, rivals = (np.bincount(week[mine], deal[value][mine], weeks) for mine, value in (
        (np.isin(outcome, (events.WON, events.WON_BY_MANAGER)), "won_value"), (outcome == events.RIVAL, "value")))
    switch = plan.calendar.warmup_weeks
    base, base_rivals = (total(won[max(0, switch - WEEKS_PER_YEAR):switch]) for won in (ours, rivals))
    answers = np.zeros(weeks)
    for now in range(switch, weeks):
        lately, lately_rivals = (total(won[max(0, now - ANSWER_WEEKS):now]) for won in (ours, rivals))
        answers[now] = buyers.rivals_answer(
            plan.rivals_take_back, lately, lately + lately_rivals, base, base + base_rivals)
    # The week that begins at the end of the horizon is not opened.
    return answers[np.minimum(np.searchsorted(begins, place), switch + plan.calendar.horizon_weeks - 1)]


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
