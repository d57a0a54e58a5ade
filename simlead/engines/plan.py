"""The plan of a run: the numbers of a scenario in the units of the clock, read-only."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from simlead.engines.contract import SimulationError
from simlead.model.calendar import Calendar
from simlead.model.draws import normal_quantile
from simlead.model.market import Market
from simlead.model.organisation import Organisation
from simlead.model.people_plan import FROM_THE_START, MOST_HIRES, PlannedSeat, planned_seats, seats_added
from simlead.model.policy import NUMERIC_LEVERS, Policy
from simlead.model.rules import buyers, managers, people, reps
from simlead.model.scenario import Scenario
from simlead.model.team import NEVER
from simlead.model.units import (
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    HOURS_PER_YEAR,
    WEEKS_PER_YEAR,
    business_hours_of_calendar_days,
)
from simlead.model.world import World

REFERENCE_CLARITY = 0.4
"""Role clarity at which a meeting takes its mean handling time."""

ANSWER_WEEKS = 26
"""Weeks over which rivals look at our share of the value won."""

DOSE_OF_A_PLANNED_HOUR = 0.75
"""Part of planned coaching hours that happens at the start, before the model's own weeks tell."""

FURTHER_TASTES = 2048
"""Added to the appointment in the name of whom the manager of a new team prefers, which names the seat and no team."""

MOST_SEATS = 1 << 20
"""What `events.priority_key` has room for."""

NUMBERS_BEYOND = 1 << 18
"""From here on, seats are numbered that a team has beyond those which every team has."""

NUMBERS_PER_TEAM = 256
"""So many numbers from there on belong to each team."""

_ADDED_BEYOND = 64  # of those numbers, the first of a seat that the hiring rule adds
_HIRED_BEYOND = NUMBERS_PER_TEAM - MOST_HIRES  # and the first of a seat that the people plan opens


@dataclasses.dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team as an engine sees it.

    `seat_numbers` are the names of its seats in order, those of the start and then those that open later; `planned`
    says when each opens and closes.
    A team that never leaves its status quo starts its roll-out when the run is over. Factors and quota of a new team
    are those of who is hired into it; a seat that it has taken over keeps those of the team that it comes from.
    """

    number: int
    begins: int  # week
    seats: int  # at the start
    seat_numbers: tuple[int, ...]
    planned: tuple[PlannedSeat, ...]
    deal_value_factor: float
    arrivals_per_hour: float  # in each territory
    quota_per_year: float
    rollout_week: int
    status_quo: Policy

    @property
    def homes(self) -> tuple[int, ...]:
        """For each seat the team whose factors and quota it has."""
        return tuple(self.number if seat.comes_from is None else seat.comes_from[0] for seat in self.planned)


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """All that an engine sees: the scenario's groups and what follows from them.

    >>> plan_of(Scenario()).territories
    32
    """

    organisation: Organisation
    market: Market
    world: World
    policy: Policy
    status_quo: Policy
    calendar: Calendar
    teams: tuple[TeamPlan, ...]
    territories: int
    start_hour: float
    end_hour: float
    number_growth_per_hour: float  # log
    value_growth_per_hour: float  # log
    median_table_value: float  # of a table of deal values; 0 without
    season_by_month: tuple[float, ...]  # factors of mean 1, January first; empty without seasons
    quarter_end_hours: float  # a decision due this long after a quarter's end can be pulled before it
    pace_median_hours: float
    pace_sigma: float
    handling_sigma: float
    skill_spread: float
    heroic_value_z: float
    reference_selling_share: float
    least_noticing: float
    more_for_the_same_reps: int  # 1 if a larger plan goes to the same reps
    learning_hours: float
    fading_hours: float
    focus_decay_per_week: float
    clarity_decay_per_week: float
    ramp_hours: float
    vacancy_hours: float
    first_vacancy_share: float
    manager_exit_hours: float
    ability_kept_per_week: float  # phi; 1 where ability stays
    priced_dose: float  # at which a promoted seller's lack of quality is priced
    rivals_take_back: float  # m of the rivals' answer; 0 without


def plan_of(scenario: Scenario) -> Plan:
    """The plan of a scenario, with what its structural switches override."""
    scenario = scenario.in_force()
    organisation, market, world = scenario.organisation, scenario.market, scenario.world
    calendar, teams = scenario.calendar, _team_plans(scenario)
    log_growth_per_hour = math.log(1.0 + market.growth_per_year) / HOURS_PER_YEAR
    tenure_months = people.mean_tenure_months(world.quits_per_month, world.first_year_quit_factor)
    return Plan(
        organisation=organisation,
        market=market,
        world=world,
        policy=scenario.policy,
        status_quo=scenario.status_quo,
        calendar=calendar,
        teams=teams,
        territories=sum(team.seats for team in teams),
        start_hour=-calendar.warmup_weeks * HOURS_PER_WEEK,
        end_hour=calendar.horizon_weeks * HOURS_PER_WEEK,
        number_growth_per_hour=log_growth_per_hour * market.growth_in_number_share,
        value_growth_per_hour=log_growth_per_hour * (1.0 - market.growth_in_number_share),
        median_table_value=table_value(market.deal_value_quantiles, 0.5) if market.deal_value_quantiles else 0.0,
        season_by_month=_of_mean_one(market.season_by_month),
        quarter_end_hours=market.quarter_end_weeks * HOURS_PER_WEEK,
        pace_median_hours=business_hours_of_calendar_days(market.pace_days_median),
        pace_sigma=_sigma_of_cv(market.pace_cv),
        handling_sigma=_sigma_of_cv(organisation.meeting_handling_cv),
        skill_spread=max(1e-9, reps.skill_spread(world.skill_effect, world.value_skill_effect)),
        heroic_value_z=_normal_z(world.heroic_value_quantile),
        reference_selling_share=reps.selling_share(
            REFERENCE_CLARITY, world.selling_share_low, world.selling_share_slope, world.clarity_exponent),
        more_for_the_same_reps=int(scenario.structure.more_for_the_same_reps),
        least_noticing=market.noticed_at_norm * market.vacant_noticing_share,
        learning_hours=world.gain_months * HOURS_PER_MONTH,
        fading_hours=world.fade_months * HOURS_PER_MONTH,
        focus_decay_per_week=reps.step_decay(HOURS_PER_WEEK, world.focus_months * HOURS_PER_MONTH),
        clarity_decay_per_week=reps.step_decay(HOURS_PER_WEEK, world.clarity_months * HOURS_PER_MONTH),
        ramp_hours=world.ramp_months * HOURS_PER_MONTH,
        vacancy_hours=world.vacancy_months * HOURS_PER_MONTH,
        first_vacancy_share=people.vacancy_share(world.vacancy_months, tenure_months),
        manager_exit_hours=(
            HOURS_PER_YEAR / world.manager_exits_per_year if world.manager_exits_per_year > 0.0 else math.inf),
        ability_kept_per_week=_kept_per_week(world.ability_year_correlation),
        priced_dose=world.promotion_dose or world.reference_dose,
        rivals_take_back=world.rivals_answer_share if scenario.structure.rivals_answer else 0.0,
    )


def _team_plans(scenario: Scenario) -> tuple[TeamPlan, ...]:
    organisation, calendar = scenario.organisation, scenario.calendar
    most = max(team.seats for team in scenario.teams)
    most += seats_added(organisation.seat_growth_per_year, most, calendar.horizon_weeks / WEEKS_PER_YEAR)
    if organisation.teams * most >= MOST_SEATS:
        raise SimulationError(f"{organisation.teams} teams of up to {most} seats: less than {MOST_SEATS} fit")
    planned = planned_seats([team.seats for team in scenario.teams], organisation.seat_growth_per_year,
                            scenario.people_plan, calendar.horizon_weeks)
    numbers: list[tuple[int, ...]] = []
    for seats in planned:
        numbers.append(seat_numbers(organisation, len(numbers), seats, calendar.horizon_weeks, numbers))
    arrivals_per_hour = scenario.market.opportunities_per_seat_year / HOURS_PER_YEAR
    return tuple(
        TeamPlan(
            number=number,
            begins=begins,
            seats=team.seats if begins == FROM_THE_START else 0,
            seat_numbers=numbers[number],
            planned=tuple(planned[number]),
            deal_value_factor=team.deal_value_factor,
            arrivals_per_hour=arrivals_per_hour * team.buyers_factor,
            quota_per_year=organisation.quota_per_year * team.deal_value_factor,
            rollout_week=calendar.horizon_weeks if team.rollout_week == NEVER else team.rollout_week,
            status_quo=team.status_quo,
        ) for number, (team, begins) in enumerate(zip(scenario.every_team, scenario.teams_begin, strict=True)))


def seat_numbers(
    organisation: Organisation, team: int, planned: Sequence[PlannedSeat], horizon_weeks: int,
    teams_before: Sequence[Sequence[int]] = (),
) -> tuple[int, ...]:
    """The names of a team's seats in order.

    Every team has the numbers of the short form (`teams` times `seats_per_team`): its first seats in a row, team after
    team, then the rows of what the hiring rule adds to teams of that size. What a larger team has beyond those, and
    what the people plan opens, is numbered from NUMBERS_BEYOND on, a row for each team. So no number, and no random
    number that it names, depends on the size of another team or on a line of the plan for another team. A seat that has
    come from another team keeps its number, which is among those of the `teams_before`.

    >>> firm = Organisation(seats_per_team=2)
    >>> seat_numbers(firm, 1, [PlannedSeat()] * 2, 156), seat_numbers(firm, 1, [PlannedSeat()] * 3, 156)
    ((2, 3), (2, 3, 262400))
    """
    years = horizon_weeks * HOURS_PER_WEEK / HOURS_PER_YEAR
    usual = organisation.seats_per_team
    usually_added = seats_added(organisation.seat_growth_per_year, usual, years)
    seats = sum(seat.opens == FROM_THE_START for seat in planned)
    hires = sum(seat.hire >= 0 for seat in planned)
    added = len(planned) - seats - hires - sum(seat.comes_from is not None for seat in planned)
    first_added = organisation.teams * usual
    beyond = NUMBERS_BEYOND + team * NUMBERS_PER_TEAM
    differs = seats > usual or added > usually_added or hires > 0
    if differs and (first_added + organisation.teams * usually_added > NUMBERS_BEYOND
                    or added - usually_added > _HIRED_BEYOND - _ADDED_BEYOND):
        raise SimulationError(
            f"organisation.seat_growth_per_year = {organisation.seat_growth_per_year:g}: more seats than a firm of "
            f"unequal teams has numbers for; allowed are {_HIRED_BEYOND - _ADDED_BEYOND} added to a team")
    of_the_start = [*range(team * usual, team * usual + min(seats, usual)), *range(beyond, beyond + seats - usual)]
    first_added += team * usually_added
    of_the_rule = iter([
        *range(first_added, first_added + min(added, usually_added)),
        *range(beyond + _ADDED_BEYOND, beyond + _ADDED_BEYOND + added - usually_added)])
    later = [beyond + _HIRED_BEYOND + seat.hire if seat.hire >= 0
             else teams_before[seat.comes_from[0]][seat.comes_from[1]] if seat.comes_from else next(of_the_rule)
             for seat in planned[seats:]]
    return (*of_the_start, *later)


def table_value(quantiles: tuple[float, ...], u: float) -> float:
    """The value at probability u of a table of values at evenly spaced quantiles.

    >>> table_value((10.0, 20.0, 40.0), 0.5), table_value((10.0, 20.0, 40.0), 0.75)
    (20.0, 30.0)
    """
    below = buyers.quantile_below(u, len(quantiles))
    return buyers.value_between(u, len(quantiles), quantiles[below], quantiles[below + 1])


def _of_mean_one(factors: tuple[float, ...]) -> tuple[float, ...]:
    total = 0.0
    for factor in factors:
        total += factor
    return tuple(factor * len(factors) / total for factor in factors)


def levers_of_week(before: Policy, after: Policy, week: int) -> Policy:
    """The policy in force in a team so many weeks after its roll-out: before it the status quo, then as adopted.

    >>> levers_of_week(Policy(), Policy(role_clarity=0.9, adoption_weeks=10), 4).role_clarity
    0.65
    """
    if week < 0:
        return before
    if week + 1 >= after.adoption_weeks:
        return after
    between: dict[str, Any] = {
        name: managers.adopted(getattr(before, name), getattr(after, name), week, after.adoption_weeks)
        for name in NUMERIC_LEVERS}
    return dataclasses.replace(after, **between)


def _kept_per_week(year_correlation: float) -> float:
    return math.exp(math.log(year_correlation) / WEEKS_PER_YEAR) if year_correlation > 0.0 else 0.0


def _sigma_of_cv(cv: float) -> float:
    return math.sqrt(math.log(1.0 + cv * cv))


def _normal_z(quantile: float) -> float:
    if quantile <= 0.0:
        return -math.inf
    return math.inf if quantile >= 1.0 else normal_quantile(quantile)
