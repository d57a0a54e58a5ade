"""What a week and a day begin with: plans, reviews of people, and what is due on the desk."""

# mypy: disable-error-code=no-any-return
# (a field of a record can be anything to the type checker)

from __future__ import annotations

import math

from simlead.engines.compiled import books, coaching, managers, people
from simlead.engines.compiled.firm import emit, happened, tenure_hours, touch, weeks_since_start
from simlead.engines.compiled.layout import (
    BETWEEN,
    LEVERS,
    POLICY,
    STATUS_QUO,
    Record,
    created_at,
    levers_at,
    levers_of,
    plan_of,
    seat_at,
    team_at,
    wanted_at,
)
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.timers import later
from simlead.model import events
from simlead.model.events import STAGES
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import managers as manager_rules
from simlead.model.rules import reps as rep_rules
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, WEEKS_PER_MONTH

_STAGES = len(STAGES)
_SIZE_OF_LEVERS = LEVERS.itemsize
COACHING, PEOPLE, INFORMATION, ADMIN, OWN_SELLING = range(5)  # planned hours, as in reference.state


@part
def week_begins(firm: Record) -> None:
    """Close the books, look at people, plan anew."""
    books.close_week(firm)
    firm.week += 1
    happened(firm, events.WEEK_BEGINS, 0, 0, 0, weeks_since_start(firm), firm.now)
    if firm.week < plan_of(firm).horizon_weeks:
        open_week(firm)
    later(firm, events.WEEK_BEGINS, 0, 0, HOURS_PER_WEEK, 0)


@part
def day_begins(firm: Record) -> None:
    """Yesterday's one-to-ones are over, today's work lands on desks."""
    firm.day += 1
    happened(firm, events.DAY_BEGINS, 0, 0, 0, firm.day, firm.now)
    if firm.week < plan_of(firm).horizon_weeks:
        open_day(firm, firm.day % DAYS_PER_WEEK)
    later(firm, events.DAY_BEGINS, 0, 0, HOURS_PER_DAY, 0)


@part
def _choose_levers(firm: Record) -> None:
    """The policy in force: the status quo before the switch, then the new one as adopted."""
    before = levers_at(firm, STATUS_QUO)
    after = levers_at(firm, POLICY)
    week, adoption_weeks = firm.week, after.adoption_weeks
    if week < 0:
        _put_in_force(firm, STATUS_QUO)
    elif week + 1 >= adoption_weeks:
        _put_in_force(firm, POLICY)
    else:
        _put_in_force(firm, BETWEEN)
        now = levers_at(firm, BETWEEN)
        now.coaching_share = manager_rules.adopted(
            before.coaching_share, after.coaching_share, week, adoption_weeks)
        now.role_clarity = manager_rules.adopted(before.role_clarity, after.role_clarity, week, adoption_weeks)
        now.accountability = manager_rules.adopted(
            before.accountability, after.accountability, week, adoption_weeks)
        now.own_selling_share = manager_rules.adopted(
            before.own_selling_share, after.own_selling_share, week, adoption_weeks)
        now.heroics = manager_rules.adopted(before.heroics, after.heroics, week, adoption_weeks)


@part
def _put_in_force(firm: Record, which: int) -> None:
    firm.levers_in_force = firm.levers + which * _SIZE_OF_LEVERS


@part
def open_week(firm: Record) -> None:
    """Everything that is looked at once a week."""
    _choose_levers(firm)
    set_effort(firm)
    if firm.week == 0:
        for number in range(firm.teams_used):
            team = team_at(firm, number)
            if levers_of(firm).replace_unfit:
                people.replace_unfit(firm, team)
            people.train(firm, team)
    started = weeks_since_start(firm) > 0
    _set_skill_norms(firm)
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        people.set_adherence(firm, team)
        for slot in range(team.first_seat, team.first_seat + team.seats_count):
            seat = seat_at(firm, slot)
            if started:
                _week_passes(firm, team, seat)
            if seat.filled:
                people.set_pace_of_work(firm, seat)
        if started:
            _who_quits(firm, team)
        if firm.week >= 0:
            _add_seats(firm, team)
        _plan_week(firm, team)


@part
def set_effort(firm: Record) -> None:
    """How much of a working hour takes effect at this week's accountability."""
    plan = plan_of(firm)
    firm.effort = rep_rules.effort(
        levers_of(firm).accountability, plan.accountability_effect, plan.accountability_overdose,
        plan.accountability_overdose_from)


@part
def new_seat(firm: Record, team: Record, number: int) -> int:
    """A desk in a team, still vacant; its slot."""
    slot = team.first_seat + team.seats_count
    created_at(firm, firm.created_used).to = slot
    firm.created_used += 1
    seat = seat_at(firm, slot)
    seat.use = events.VACANT
    seat.leaving = seat.queue = seat.deals = -1
    seat.slot = slot
    seat.team = team.number
    seat.number = number
    seat.place_in_team = team.seats_count
    seat.since = firm.now
    seat.task_began = math.nan
    seat.task_ends = -1e300
    seat.waiting_until = math.inf
    seat.one_to_one_day = -1
    seat.hired_at = seat.ability = seat.gain = seat.dose = seat.clarity = math.nan
    for stage in range(_STAGES):
        seat.stage_z[stage] = math.nan
        seat.focus[stage] = 1.0
    team.seats_count += 1
    return slot


@part
def _set_skill_norms(firm: Record) -> None:
    """The firm's mean skill by stage: the norm against which a review sees a rep fall behind."""
    count = 0
    for stage in range(_STAGES):
        firm.norms[stage] = 0.0
    for order in range(firm.created_used):
        seat = seat_at(firm, created_at(firm, order).to)
        if seat.filled:
            count += 1
            for stage in range(_STAGES):
                firm.norms[stage] += _coached_skill(firm, seat, stage)
    for stage in range(_STAGES):
        firm.norms[stage] = firm.norms[stage] / max(1, count)


@part
def _coached_skill(firm: Record, seat: Record, stage: int) -> float:
    return rep_rules.stage_skill(
        seat.ability, seat.stage_z[stage], seat.focus[stage], seat.gain, 0.0, plan_of(firm).skill_spread)


@part
def _week_passes(firm: Record, team: Record, seat: Record) -> None:
    """Last week's coaching, clarity and prospecting take effect."""
    plan = plan_of(firm)
    seat.prospecting = coaching_rules.smoothed(
        seat.prospecting, seat.prospected, plan.prospecting_smoothing_weeks)
    if not seat.filled:
        return
    seat.dose = coaching_rules.smoothed(
        seat.dose, seat.coached_dose * WEEKS_PER_MONTH, plan.dose_smoothing_weeks)
    seat.coached_dose = 0.0
    _turn_focus(firm, seat, team.reviewed)
    z = seat.ability
    for stage in range(_STAGES):
        z += seat.focus[stage] * seat.stage_z[stage] / _STAGES
    target = coaching_rules.gain_target(
        plan.coaching_gain_max, team.quality,
        coaching_rules.receptivity(z, plan.receptivity_slope, plan.receptivity_low, plan.receptivity_high),
        seat.dose, plan.coaching_half_dose)
    seat.gain = coaching_rules.gain_after(
        seat.gain, target, HOURS_PER_WEEK, plan.learning_hours, plan.fading_hours, plan.gain_floor)
    clarity_target = rep_rules.clarity_target(
        levers_of(firm).role_clarity, plan.clarity_quality_slope, team.quality,
        plan.rep_clarity_shift if firm.week >= 0 else 0.0)
    seat.clarity = rep_rules.toward(seat.clarity, clarity_target, plan.clarity_decay_per_week)
    tenure_weeks = tenure_hours(firm, seat) / HOURS_PER_WEEK
    year_ago = weeks_since_start(firm) % 52
    seat.trailing_weeks = min(52.0, tenure_weeks)
    seat.trailing_sales = seat.sold - (
        seat.sold_by_week[year_ago] if tenure_weeks >= 52.0 else seat.sold_at_hire)
    seat.sold_by_week[year_ago] = seat.sold


@part
def _turn_focus(firm: Record, seat: Record, reviewed: bool) -> None:
    """Coaching turns to where the last KPI review saw the rep furthest below the firm's norm."""
    seen = levers_of(firm).accountability if reviewed else 0.0
    weakest, furthest = 0, math.inf
    for stage in range(_STAGES):
        distance = _coached_skill(firm, seat, stage) - firm.norms[stage]
        if distance < furthest:
            weakest, furthest = stage, distance
    for stage in range(_STAGES):
        seat.focus[stage] = rep_rules.toward(
            seat.focus[stage], coaching_rules.focus_target(stage == weakest, seen, _STAGES),
            plan_of(firm).focus_decay_per_week)


@part
def _who_quits(firm: Record, team: Record) -> None:
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        if seat.filled and seat.leaving < 0 and people.quits_this_week(firm, seat):
            people.dismiss(firm, seat, events.QUIT)


@part
def _add_seats(firm: Record, team: Record) -> None:
    """The hiring rule: new seats split the team's territories, with a new rep in each."""
    plan = plan_of(firm)
    wanted = wanted_at(firm, firm.week).to
    while team.seats_count < plan.seats_per_team + wanted:
        added = team.seats_count - plan.seats_per_team
        number = plan.territories + team.number * plan.seats_added_per_team + added
        seat = seat_at(firm, new_seat(firm, team, number))
        people.sit_down(firm, seat, firm.now)
        emit(firm, events.SEAT_ADDED, 0, seat.number, seat.number, 0, seat.ability)


@part
def _plan_week(firm: Record, team: Record) -> None:
    """The manager's week as planned, and the one-to-ones that the coaching budget pays for."""
    plan, levers = plan_of(firm), levers_of(firm)
    coaching_share, own_selling_share, duties = levers.coaching_share, levers.own_selling_share, 1.0
    if team.natural_coach:
        coaching_share, own_selling_share = plan.natural_coach_plan, 0.0
        duties = plan.natural_coach_duties
    team.duties[0] = plan.information_duty_hours * duties
    team.duties[1] = plan.admin_duty_hours * duties
    team.duties[2] = plan.people_duty_hours * duties
    team.duties[3] = own_selling_share * HOURS_PER_WEEK
    team.planned[COACHING] = coaching_share * HOURS_PER_WEEK
    team.planned[INFORMATION] = team.duties[0]
    team.planned[ADMIN] = team.duties[1]
    team.planned[PEOPLE] = team.duties[2]
    team.planned[OWN_SELLING] = team.duties[3]
    if levers.kpi_review:
        team.planned[PEOPLE] += plan.team_meeting_hours + plan.meeting_preparation_hours

    enough_numbers = team.information_lapsed <= plan.shortage_review_share * team.information_released
    team.review_planned = levers.kpi_review and enough_numbers
    team.reviewed = False
    team.information_released = team.information_lapsed = team.others_lapsed = 0
    if levers.kpi_review:
        later(firm, events.TEAM_MEETING_BEGINS, team.number, 0, plan.team_meeting_start_hour, team.number)
    _plan_one_to_ones(firm, team)


@part
def _plan_one_to_ones(firm: Record, team: Record) -> None:
    plan, budget, filled = plan_of(firm), team.planned[COACHING], filled_seats(firm, team)
    paid = 0
    if levers_of(firm).one_to_one:
        paid = min(filled, manager_rules.sessions_within(budget, plan.one_to_one_hours))
    order = 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        seat.one_to_one_day = -1
        seat.one_to_ones_named = 0
        if seat.filled:
            if paid > 0 and manager_rules.rotated(order, weeks_since_start(firm), paid, filled) < paid:
                seat.one_to_one_day = seat.place_in_team % DAYS_PER_WEEK
            order += 1
    team.booked_hours = 0.0
    team.daily_allowance = max(0.0, budget - paid * plan.one_to_one_hours) / DAYS_PER_WEEK


@part
def filled_seats(firm: Record, team: Record) -> int:
    """How many of the team's seats are filled."""
    filled = 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        if seat_at(firm, slot).filled:
            filled += 1
    return filled


@part
def open_day(firm: Record, weekday: int) -> None:
    """Yesterday's one-to-ones lapse, stale work is struck off, today's work is due."""
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        coaching.lapse_one_to_ones(firm, team)
        managers.strike_off_stale_blocks(firm, team)
        _put_duties_on_desk(firm, team, weekday)
        team.allowance_left = team.daily_allowance
        for slot in range(team.first_seat, team.first_seat + team.seats_count):
            seat = seat_at(firm, slot)
            if seat.one_to_one_day == weekday and seat.filled:
                coaching.book_one_to_one(firm, seat)
        if weekday == DAYS_PER_WEEK - 1:
            _spend_what_is_left(firm, team)
        touch(firm, number)


_DUTIES = (events.INFORMATION_DUTY, events.ADMIN_DUTY, events.PEOPLE_DUTY, events.OWN_SELLING)


@part
def _put_duties_on_desk(firm: Record, team: Record, weekday: int) -> None:
    """A fifth of the week's duties each day, in blocks; what is less than a block waits."""
    plan = plan_of(firm)
    if levers_of(firm).kpi_review and weekday == 0:
        left = plan.meeting_preparation_hours
        while left > coaching.SLACK:
            managers.put_on_desk(firm, team, events.PREPARATION, min(1.0, left))
            left -= 1.0
    for number in range(len(_DUTIES)):
        task = _DUTIES[number]
        block = 1.0 if task == events.OWN_SELLING else plan.duty_block_hours
        team.owed_hours[number] += team.duties[number] / DAYS_PER_WEEK
        while team.owed_hours[number] + coaching.SLACK >= block:
            team.owed_hours[number] -= block
            managers.put_on_desk(firm, team, task, block)


@part
def _spend_what_is_left(firm: Record, team: Record) -> None:
    """On the last day, coaching hours that no call claimed buy further one-to-ones, in rotation."""
    plan, levers = plan_of(firm), levers_of(firm)
    if not levers.one_to_one:
        return
    kept_for_calls = team.allowance_left if levers.pre_call or levers.post_call else 0.0
    left = team.planned[COACHING] - team.booked_hours - kept_for_calls
    filled = filled_seats(firm, team)
    if filled == 0:
        return
    count = min(manager_rules.sessions_within(left, plan.one_to_one_hours), 60 * filled)
    for further in range(count):
        slot = _filled_seat(firm, team, (team.rotation + further) % filled)
        coaching.book_one_to_one(firm, seat_at(firm, slot))
    team.rotation += count


@part
def _filled_seat(firm: Record, team: Record, order: int) -> int:
    """The team's filled seat that stands `order`-th."""
    slot = team.first_seat
    while True:
        if seat_at(firm, slot).filled:
            if order == 0:
                return slot
            order -= 1
        slot += 1
