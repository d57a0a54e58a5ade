"""The firm at the start of its warm-up: empty pipelines, people at their stationary law."""

from __future__ import annotations

from simlead.engines.compiled import calendar, levers, managers, market, people, people_plan
from simlead.engines.compiled.firm import exponential, index_since_base_year, tenure_hours, uniform
from simlead.engines.compiled.layout import created_at, levers_at, plan_of, seat_at, seat_plan_at, team_at
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.compiled.timers import later
from simlead.engines.plan import DOSE_OF_A_PLANNED_HOUR
from simlead.model import draws, events
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import people as people_rules
from simlead.model.units import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK


@part
def set_up(firm: FirmRecord) -> None:
    """Managers and reps are there, the first week and day begin, and everything is on its way."""
    for number in range(firm.teams_used):
        levers.set_effort(firm, team_at(firm, number))
    for stratum in range(firm.teams_used):
        _appoint_first_manager(firm, team_at(firm, team_at(firm, stratum).of_stratum), stratum)
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        for _ in range(team.seats_at_start):
            _seat_first_rep(firm, team, seat_at(firm, people_plan.new_seat(firm, team)))
    teams, seats = firm.teams_used, firm.created_used
    calendar.open_week(firm)  # without a warm-up it may open seats and make teams
    calendar.open_day(firm, 0)
    later(firm, events.WEEK_BEGINS, 0, 0, HOURS_PER_WEEK, 0)
    later(firm, events.DAY_BEGINS, 0, 0, HOURS_PER_DAY, 0)
    for number in range(teams):
        managers.next_errand(firm, number, 0)
    for order in range(seats):
        market.next_arrival(firm, created_at(firm, order).to, 0)


@part
def _appoint_first_manager(firm: FirmRecord, team: TeamRecord, stratum: int) -> None:
    """First managers are stratified: each quantile of coaching quality appears once per firm."""
    team.since = firm.now
    within = uniform(firm, draws.QUALITY, team.number, 0)
    z = draws.normal_quantile((stratum + within) / firm.teams_used)
    people.appoint(firm, team, z, 0.0, events.FIRST_APPOINTMENT, False)


@part
def _seat_first_rep(firm: FirmRecord, team: TeamRecord, seat: SeatRecord) -> None:
    """Who sits there at the start: nobody, or a rep with a tenure, coached as long as that."""
    plan = plan_of(firm)
    seat.prospecting = plan.prospecting_norm_hours
    if uniform(firm, draws.FIRST_VACANT, seat.number, 0) < plan.first_vacancy_share:
        people.seek_successor(firm, seat, exponential(firm, draws.VACANCY, seat.number, 0))
        return
    months = people_rules.stationary_tenure_months(
        uniform(firm, draws.FIRST_TENURE, seat.number, 0), plan.quits_per_month, plan.first_year_quit_factor)
    people.sit_down(firm, seat, firm.now - months * HOURS_PER_MONTH)
    share = plan.natural_coach_plan if team.natural_coach else levers_at(firm, team.levers).coaching_share
    seat.dose = share * HOURS_PER_MONTH / team.seats_at_start * DOSE_OF_A_PLANNED_HOUR
    receptive = coaching_rules.receptivity(
        seat.ability, plan.receptivity_slope, plan.receptivity_low, plan.receptivity_high)
    target = coaching_rules.gain_target(
        plan.coaching_gain_max, team.quality, receptive, seat.dose, plan.coaching_half_dose)
    seat.gain = coaching_rules.gain_after(
        0.0, target, tenure_hours(firm, seat), plan.learning_hours, plan.fading_hours, plan.gain_floor)
    _assume_quota_was_met(firm, seat)


@part
def _assume_quota_was_met(firm: FirmRecord, seat: SeatRecord) -> None:
    """Before the start everybody is taken to have sold at quota: pipelines begin empty, and a
    record of nothing would drive people out."""
    index = index_since_base_year(firm, 0.5 * 52 * HOURS_PER_WEEK)
    quota_per_week = seat_plan_at(firm, seat.slot).quota_per_year * index / 52.0
    for weeks_ago in range(1, 53):
        seat.sold_by_week[-weeks_ago % 52] = -quota_per_week * weeks_ago
    tenure_weeks = min(52.0, tenure_hours(firm, seat) / HOURS_PER_WEEK)
    seat.sold_at_hire = -quota_per_week * tenure_weeks
