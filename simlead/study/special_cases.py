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
    """Make the default scenario with everything in `QUIET` switched off, and further changes.

    Parameters
    ----------
    changes : dict, optional
        Values by parameter path, such as ``{"organisation.teams": 1}``; where both name a parameter, these count.

    Returns
    -------
    Scenario
        A firm whose buyers and reps are left to themselves.

    Raises
    ------
    ParameterError
        For a path or a value that is not allowed.

    Examples
    --------
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
    """Make one rep an M/G/1 with vacations: meetings are customers, prospecting blocks vacations.

    Every opportunity is noticed and (nearly) none passes the discovery gate, so each brings two meetings. The first
    ones come Poisson. The second follows the first after an exponential gap of pace / 10, which makes this a limit and
    not exact: it needs gaps long beside a busy period, so that what comes back has forgotten when it left. At the
    default pace (a gap of 229 h) and half-hour meetings what is left of the dependence is of the order handling / gap,
    a fifth of a percent.

    Parameters
    ----------
    meetings_per_hour : float
        Customers an hour, first and second meetings together.
    handling_hours : float
        Mean hours of a meeting; they are lognormal.
    handling_cv : float
        Coefficient of variation of these hours.
    prospecting_block_hours : float
        Hours of a vacation.
    pace_days : float
        Days that each buyer takes.
    warmup_weeks : int
        Weeks before hour 0; several gaps, for second meetings to come at their full rate.
    weeks : int
        Weeks after it.

    Returns
    -------
    Scenario
        The case. Compare with `theory.mean_wait_with_vacations` at `meetings_per_hour`.

    Raises
    ------
    ParameterError
        For a value that is not allowed.

    Examples
    --------
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
    """Make buyers whom no one notices, deciding alone: M/G/infinity, exact at every time.

    Starts empty at hour 0. Pace keeps its lognormal law and its elasticity to value.

    Parameters
    ----------
    seats : int
        Seats, each with buyers of its own.
    opportunities_per_year : float
        Buyers a seat and year.
    pace_days : float
        Median days that a buyer takes.
    weeks : int
        Weeks from hour 0.

    Returns
    -------
    Scenario
        The case. Compare with `theory.buyers_in_flight`.

    Raises
    ------
    ParameterError
        For a value that is not allowed.

    Examples
    --------
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
    """Make every seat notice with the same probability, whatever it prospects. Exact.

    Parameters
    ----------
    noticing_probability : float
        Probability that an opportunity is noticed, from 0 to 1.
    seats : int
        Seats of the one team.
    weeks : int
        Weeks from hour 0.

    Returns
    -------
    Scenario
        The case. Compare with `theory.noticed_per_hour`.

    Raises
    ------
    ParameterError
        For a value that is not allowed.

    Examples
    --------
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
    """Make gates that pass with given probabilities, whoever sells and however late. Exact.

    At the last gate the rest is shared by no decision and two rivals in the default's proportion. Buyers are quick, so
    that nearly all deals of the first half have ended.

    Parameters
    ----------
    discovery, qualified, won : float
        Probability of passing each gate; more than 0 and less than 1.
    seats : int
        Seats of the one team.
    pace_days : float
        Median days that a buyer takes.
    weeks : int
        Weeks from hour 0.

    Returns
    -------
    Scenario
        The case. Compare with `theory.funnel_yield`, `expected_sales` and `multinomial_logit`.

    Raises
    ------
    ParameterError
        For a probability of 0 or 1 or beyond, or another value that is not allowed.

    Examples
    --------
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
    """Make reps who leave at the bare hazard and seats that stand vacant: alternating renewal.

    No buyers, so that whoever quits leaves at once. The model asks once a week who quits, so stays are whole weeks
    after the first: within 0.1 % of the hazard's mean at the defaults. Vacancies are exponential. Starts at the
    stationary law.

    Parameters
    ----------
    quits_per_month : float
        Hazard of quitting a month after the first year.
    vacancy_months : float
        Mean months that a seat stands vacant.
    first_year_factor : float
        How many times as high the hazard is in the first year.
    teams, seats_per_team : int
        Size of the firm.
    weeks : int
        Weeks from hour 0.

    Returns
    -------
    Scenario
        The case. Compare with `theory.mean_stay_months`, `vacant_share` and `separations_per_filled_seat_year`.

    Raises
    ------
    ParameterError
        For a value that is not allowed.

    Examples
    --------
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
    """Make a manager who has nothing to do but a weekly one-to-one with each rep, and stops at the switch.

    No customers and no other work, so every session is held and the dose is constant: from the second week on gains
    follow the skill equation exactly, until hour 0 towards the dose's target and then, the dose being forgotten at
    once, back to zero.

    Parameters
    ----------
    hours_per_week : float
        Hours of the one-to-one with each rep: four and a third times as many a month is the dose.
    seats : int
        Reps of the one team.
    warmup_weeks : int
        Weeks of coaching.
    weeks : int
        Weeks after it without.

    Returns
    -------
    Scenario
        The case. Compare with `theory.gain_of_constant_coaching`.

    Raises
    ------
    ParameterError
        For a value that is not allowed.

    Examples
    --------
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
