"""Scenario -> Plan: the scenario's numbers in the clock's units, read-only."""

from __future__ import annotations

import dataclasses
import math

from simlead.model.draws import normal_quantile
from simlead.model.market import Market
from simlead.model.organisation import Organisation
from simlead.model.policy import Policy
from simlead.model.rules import people, reps
from simlead.model.scenario import Calendar, Scenario
from simlead.model.units import (
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    HOURS_PER_YEAR,
    business_hours_of_calendar_days,
)
from simlead.model.world import World

NORM_CLARITY = 0.4
"""Role clarity at which a meeting takes its mean handling time."""

DOSE_OF_A_PLANNED_HOUR = 0.75
"""Part of planned coaching hours that happens at the start, before the model's own weeks tell."""


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
    territories: int
    start_hour: float
    end_hour: float
    arrivals_per_hour: float
    number_growth_per_hour: float  # log
    value_growth_per_hour: float  # log
    pace_median_hours: float
    pace_sigma: float
    handling_sigma: float
    skill_spread: float
    heroic_value_z: float
    norm_selling_share: float
    least_noticing: float
    learning_hours: float
    fading_hours: float
    focus_decay_per_week: float
    clarity_decay_per_week: float
    ramp_hours: float
    vacancy_hours: float
    first_vacancy_share: float
    manager_exit_hours: float
    seats_added_per_team: int  # by the end of the horizon


def plan_of(scenario: Scenario) -> Plan:
    """The plan of a scenario."""
    organisation, market, world = scenario.organisation, scenario.market, scenario.world
    calendar = scenario.calendar
    log_growth_per_hour = math.log(1.0 + market.growth_per_year) / HOURS_PER_YEAR
    horizon_years = calendar.horizon_weeks * HOURS_PER_WEEK / HOURS_PER_YEAR
    tenure_months = people.mean_tenure_months(world.quits_per_month, world.first_year_quit_factor)
    return Plan(
        organisation=organisation,
        market=market,
        world=world,
        policy=scenario.policy,
        status_quo=scenario.status_quo,
        calendar=calendar,
        territories=organisation.teams * organisation.seats_per_team,
        start_hour=-calendar.warmup_weeks * HOURS_PER_WEEK,
        end_hour=calendar.horizon_weeks * HOURS_PER_WEEK,
        arrivals_per_hour=market.opportunities_per_seat_year / HOURS_PER_YEAR,
        number_growth_per_hour=log_growth_per_hour * market.growth_in_number_share,
        value_growth_per_hour=log_growth_per_hour * (1.0 - market.growth_in_number_share),
        pace_median_hours=business_hours_of_calendar_days(market.pace_days_median),
        pace_sigma=_sigma_of_cv(market.pace_cv),
        handling_sigma=_sigma_of_cv(organisation.meeting_handling_cv),
        skill_spread=max(1e-9, reps.skill_spread(world.skill_effect, world.value_skill_effect)),
        heroic_value_z=_normal_z(world.heroic_value_quantile),
        norm_selling_share=reps.selling_share(
            NORM_CLARITY, world.selling_share_low, world.selling_share_slope, world.clarity_exponent),
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
        seats_added_per_team=seats_added(organisation, horizon_years),
    )


def seats_added(organisation: Organisation, years_since_switch: float) -> int:
    """Seats that the hiring rule has added to each team by then.

    >>> seats_added(Organisation(seat_growth_per_year=0.13), 3.0)
    3
    """
    if years_since_switch <= 0.0:
        return 0
    grown = (1.0 + organisation.seat_growth_per_year) ** years_since_switch - 1.0
    return int(math.floor(organisation.seats_per_team * grown + 1e-9))


def _sigma_of_cv(cv: float) -> float:
    return math.sqrt(math.log(1.0 + cv * cv))


def _normal_z(quantile: float) -> float:
    if quantile <= 0.0:
        return -math.inf
    return math.inf if quantile >= 1.0 else normal_quantile(quantile)
