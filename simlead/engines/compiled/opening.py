"""The firm at the start of its warm-up: empty pipelines, people at their stationary law."""

from __future__ import annotations

from simlead.engines.compiled import calendar, managers, market, people
from simlead.engines.compiled.firm import exponential, index_since_base_year, tenure_hours, uniform
from simlead.engines.compiled.layout import Record, levers_of, plan_of, seat_at, team_at
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.timers import later
from simlead.engines.plan import DOSE_OF_A_PLANNED_HOUR
from simlead.model import draws, events
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import people as people_rules
from simlead.model.units import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK


@part
def open_firm(firm: Record) -> None:
    """Managers and reps are there, the first week and day begin, and everything is on its way."""
    plan = plan_of(firm)
    calendar.set_effort(firm)
    for stratum in range(firm.teams_used):
        _appoint_first_manager(firm, team_at(firm, team_at(firm, stratum).of_stratum), stratum)
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        for place_in_team in range(plan.seats_per_team):
            name = number * plan.seats_per_team + place_in_team
            _seat_first_rep(firm, team, seat_at(firm, calendar.new_seat(firm, team, name)))
    calendar.open_week(firm)
    calendar.open_day(firm, 0)
    later(firm, events.WEEK_BEGINS, 0, 0, HOURS_PER_WEEK, 0)
    later(firm, events.DAY_BEGINS, 0, 0, HOURS_PER_DAY, 0)
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        managers.next_errand(firm, number, 0)
        for slot in range(team.first_seat, team.first_seat + plan.seats_per_team):
            market.next_arrival(firm, slot, 0)


@part
def _appoint_first_manager(firm: Record, team: Record, stratum: int) -> None:
    """First managers are stratified: each quantile of coaching quality appears once per firm."""
    team.since = firm.now
    within = uniform(firm, draws.QUALITY, team.number, 0)
    z = draws.normal_quantile((stratum + within) / firm.teams_used)
    people.appoint(firm, team, z, 0.0, events.FIRST_APPOINTMENT, False)


@part
def _seat_first_rep(firm: Record, team: Record, seat: Record) -> None:
    """Who sits there at the start: nobody, or a rep with a tenure, coached as long as that."""
    plan = plan_of(firm)
    seat.prospecting = plan.prospecting_norm_hours
    if uniform(firm, draws.FIRST_VACANT, seat.number, 0) < plan.first_vacancy_share:
        people.seek_successor(firm, seat, exponential(firm, draws.VACANCY, seat.number, 0))
        return
    months = people_rules.stationary_tenure_months(
        uniform(firm, draws.FIRST_TENURE, seat.number, 0), plan.quits_per_month, plan.first_year_quit_factor)
    people.sit_down(firm, seat, firm.now - months * HOURS_PER_MONTH)
    share = plan.natural_coach_plan if team.natural_coach else levers_of(firm).coaching_share
    seat.dose = share * HOURS_PER_MONTH / plan.seats_per_team * DOSE_OF_A_PLANNED_HOUR
    receptive = coaching_rules.receptivity(
        seat.ability, plan.receptivity_slope, plan.receptivity_low, plan.receptivity_high)
    target = coaching_rules.gain_target(
        plan.coaching_gain_max, team.quality, receptive, seat.dose, plan.coaching_half_dose)
    seat.gain = coaching_rules.gain_after(
        0.0, target, tenure_hours(firm, seat), plan.learning_hours, plan.fading_hours, plan.gain_floor)
    _assume_quota_was_met(firm, seat)


@part
def _assume_quota_was_met(firm: Record, seat: Record) -> None:
    """Before the start everybody is taken to have sold at quota: pipelines begin empty, and a
    record of nothing would drive people out."""
    index = index_since_base_year(firm, 0.5 * 52 * HOURS_PER_WEEK)
    quota_per_week = plan_of(firm).quota_per_year * index / 52.0
    for weeks_ago in range(1, 53):
        seat.sold_by_week[-weeks_ago % 52] = -quota_per_week * weeks_ago
    tenure_weeks = min(52.0, tenure_hours(firm, seat) / HOURS_PER_WEEK)
    seat.sold_at_hire = -quota_per_week * tenure_weeks
