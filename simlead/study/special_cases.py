"""Scenarios in which the model becomes something that has a closed form.

Each function takes the case's own numbers and returns an ordinary Scenario: everything
else of the model is switched off by parameters, nothing by code. The closed forms stand in
`study.theory`. Each docstring says whether the case is exact or a limit.
"""

from __future__ import annotations

import math
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import NEUTRAL, Scenario
from simlead.model.units import HOURS_PER_WEEK, HOURS_PER_YEAR

_IDLE_MANAGERS: dict[str, Any] = {
    "coaching_share": 0.0, "own_selling_share": 0.0, "heroics": 0.0,
    "one_to_one": False, "pre_call": False, "post_call": False, "kpi_review": False,
}

QUIET: dict[str, Any] = {
    **NEUTRAL,
    **{f"policy.{lever}": value for lever, value in _IDLE_MANAGERS.items()},
    **{f"status_quo.{lever}": value for lever, value in _IDLE_MANAGERS.items()},
    "organisation.errands_per_week": 0.0,
    "organisation.people_duty_hours": 0.0,
    "organisation.information_duty_hours": 0.0,
    "organisation.admin_duty_hours": 0.0,
    "organisation.prospecting_floor_hours": 0.0,
    "market.growth_per_year": 0.0,
    "market.noticing_elasticity": 0.0,
    "market.account_loss_share": 0.0,
    "world.skill_effect": 0.0,
    "world.value_skill_effect": 0.0,
    "world.ageing_per_week": 0.0,
    "world.clarity_exponent": 0.0,
    "world.accountability_effect": 0.0,
    "world.accountability_overdose": 0.0,
    "world.natural_coach_share": 0.0,
    "world.manager_exits_per_year": 0.0,
    "world.quits_per_month": 0.0,
}
"""Changes that leave buyers and reps to themselves: managers do nothing, no one leaves, nothing
grows, skill, age, clarity and accountability have no effect, and mechanisms that can be left out are."""


def quiet(changes: dict[str, Any] | None = None) -> Scenario:
    """The default scenario with everything in :data:`QUIET` switched off, and further changes.

    >>> quiet().world.quits_per_month
    0.0
    """
    return Scenario().change(QUIET | (changes or {}))


def single_server(
    meetings_per_hour: float,
    handling_hours: float,
    handling_cv: float,
    prospecting_block_hours: float = 0.25,
    *,
    pace_days: float = 400.0,
    warmup_weeks: int = 60,
    weeks: int = 200,
) -> Scenario:
    """One rep as M/G/1 with vacations: meetings are customers, prospecting blocks vacations.

    Every opportunity is noticed and (nearly) none passes the discovery gate, so each brings
    two meetings. The first ones come Poisson. The second follows the first after an
    exponential gap of pace / 10, which makes this a limit and not exact: it needs gaps long
    beside a busy period, so that what comes back has forgotten when it left. At the default
    pace (a gap of 229 h) and half-hour meetings what is left of the dependence is of the order
    handling / gap, a fifth of a percent. Compare with `theory.mean_wait_with_vacations` at
    `meetings_per_hour`.

    Handling is lognormal with the given mean in hours and coefficient of variation.
    `warmup_weeks` should be several gaps, for second meetings to come at their full rate.

    >>> case = single_server(1.2, 0.5, 1.0)
    >>> round(case.market.opportunities_per_seat_year / 2080.0, 3)
    0.6
    """
    return quiet({
        "organisation.teams": 1,
        "organisation.seats_per_team": 1,
        "organisation.meeting_handling_hours": handling_hours,
        "organisation.meeting_handling_cv": handling_cv,
        "organisation.prospecting_block_hours": prospecting_block_hours,
        "market.opportunities_per_seat_year": meetings_per_hour / 2.0 * HOURS_PER_YEAR,
        "market.noticed_at_norm": 1.0,
        "market.pace_days_median": pace_days,
        "market.pace_cv": 0.0,
        "market.pace_size_elasticity": 0.0,
        "world.discovery_intercept": -8.0,
        "calendar.warmup_weeks": warmup_weeks,
        "calendar.horizon_weeks": weeks,
    })


def buyers_elsewhere(
    seats: int, opportunities_per_year: float, pace_days: float, *, weeks: int = 52
) -> Scenario:
    """Buyers whom no one notices, deciding alone: M/G/infinity, exact at every time.

    Starts empty at hour 0. Pace keeps its lognormal law and its elasticity to value.
    Compare with `theory.buyers_in_flight`.

    >>> buyers_elsewhere(10, 350.0, 72.0).market.noticed_at_norm
    0.0
    """
    return quiet({
        "organisation.teams": 1,
        "organisation.seats_per_team": seats,
        "organisation.prospecting_block_hours": 8.0,
        "market.noticed_at_norm": 0.0,
        "market.opportunities_per_seat_year": opportunities_per_year,
        "market.pace_days_median": pace_days,
        "calendar.warmup_weeks": 0,
        "calendar.horizon_weeks": weeks,
    })


def thinned(noticing_probability: float, seats: int = 20, *, weeks: int = 52) -> Scenario:
    """Every seat notices with the same probability, whatever it prospects. Exact.

    Compare with `theory.noticed_per_hour`.

    >>> thinned(0.4).market.noticed_at_norm
    0.4
    """
    return quiet({
        "organisation.teams": 1,
        "organisation.seats_per_team": seats,
        "organisation.prospecting_block_hours": 8.0,
        "organisation.meeting_handling_hours": 0.05,
        "market.noticed_at_norm": noticing_probability,
        "calendar.warmup_weeks": 0,
        "calendar.horizon_weeks": weeks,
    })


def funnel(
    discovery: float, qualified: float, won: float, seats: int = 20, *,
    pace_days: float = 10.0, weeks: int = 104,
) -> Scenario:
    """Gates that pass with given probabilities, whoever sells and however late. Exact.

    At the last gate the rest is shared by no decision and two rivals in the default's
    proportion. Buyers are quick, so that nearly all deals of the first half have ended.
    Compare with `theory.funnel_yield`, `expected_sales` and `multinomial_logit`. Raises
    ParameterError unless the probabilities lie strictly between 0 and 1.

    >>> round(funnel(0.5, 0.5, 0.5).world.discovery_intercept, 12)
    0.0
    """
    for name, chance in (("discovery", discovery), ("qualified", qualified), ("won", won)):
        if not 0.0 < chance < 1.0:
            raise ParameterError(f"{name} = {chance!r}: allowed is more than 0 and less than 1")
    plain = Scenario()
    others = math.log(math.exp(plain.world.no_decision_utility) + plain.market.rivals)
    return quiet({
        "organisation.teams": 1,
        "organisation.seats_per_team": seats,
        "organisation.prospecting_block_hours": 8.0,
        "organisation.meeting_handling_hours": 0.05,
        "market.pace_days_median": pace_days,
        "market.noticed_at_norm": 1.0,
        "world.discovery_intercept": _logit(discovery),
        "world.qualified_intercept": _logit(qualified),
        "world.our_utility": _logit(won) + others,
        "calendar.warmup_weeks": 0,
        "calendar.horizon_weeks": weeks,
    })


def turnover(
    quits_per_month: float, vacancy_months: float, first_year_factor: float = 1.0, *,
    teams: int = 10, seats_per_team: int = 40, weeks: int = 156,
) -> Scenario:
    """Reps who leave at the bare hazard and seats that stand vacant: alternating renewal.

    No buyers, so that whoever quits leaves at once. The model asks once a week who quits, so
    stays are whole weeks after the first: within 0.1 % of the hazard's mean at the
    defaults. Vacancies are exponential. Starts at the stationary law. Compare with
    `theory.mean_stay_months`, `vacant_share` and `separations_per_filled_seat_year`.

    >>> turnover(0.022, 6.2).world.attainment_quit_effect
    0.0
    """
    return quiet({
        "organisation.teams": teams,
        "organisation.seats_per_team": seats_per_team,
        "organisation.prospecting_block_hours": 8.0,
        "market.opportunities_per_seat_year": 0.0,
        "world.quits_per_month": quits_per_month,
        "world.first_year_quit_factor": first_year_factor,
        "world.people_skill_quit_factor": 1.0,
        "world.coaching_hour_quit_effect": 0.0,
        "world.coached_quit_effect": 0.0,
        "world.attainment_quit_effect": 0.0,
        "world.vacancy_months": vacancy_months,
        "calendar.warmup_weeks": 0,
        "calendar.horizon_weeks": weeks,
    })


def coaching_only(
    hours_per_week: float, seats: int = 4, *, warmup_weeks: int = 52, weeks: int = 104
) -> Scenario:
    """A manager who has nothing to do but a weekly one-to-one with each rep, and stops at the switch.

    No customers and no other work, so every session is held and the dose is constant: from
    the second week on gains follow the skill equation exactly, until hour 0 towards the dose's
    target and then, the dose being forgotten at once, back to zero. Compare with
    `theory.gain_of_constant_coaching`; the dose is that many hours a month.

    >>> coaching_only(0.5, seats=4).status_quo.coaching_share
    0.05
    """
    return quiet({
        "organisation.teams": 1,
        "organisation.seats_per_team": seats,
        "organisation.one_to_one_hours": hours_per_week,
        "market.opportunities_per_seat_year": 0.0,
        "status_quo.one_to_one": True,
        "status_quo.coaching_share": seats * hours_per_week / HOURS_PER_WEEK,
        "world.dose_smoothing_weeks": 1.0,
        "world.skill_effect": 0.2,
        "calendar.warmup_weeks": warmup_weeks,
        "calendar.horizon_weeks": weeks,
    })


def _logit(probability: float) -> float:
    return math.log(probability / (1.0 - probability))
