"""The beginning of a week and of a day: plans, reviews of people, and due tasks."""

from __future__ import annotations

import math

from simlead.engines.compiled import coaching, ledger, levers, managers, people, people_plan, rivals
from simlead.engines.compiled.firm import (
    normal,
    record_event,
    tenure_hours,
    touch,
    uniform,
    weeks_since_start,
)
from simlead.engines.compiled.layout import created_at, levers_at, plan_of, rollout_at, seat_at, team_at
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.compiled.timers import later
from simlead.model import draws, events
from simlead.model.events import STAGES
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import managers as manager_rules
from simlead.model.rules import reps as rep_rules
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, WEEKS_PER_MONTH

_STAGES = len(STAGES)


@part
def week_begins(firm: FirmRecord) -> None:
    """Close the ledger, look at people, plan anew."""
    ledger.close_week(firm)
    firm.week += 1
    record_event(firm, events.WEEK_BEGINS, 0, 0, 0, weeks_since_start(firm), firm.now)
    if firm.week < plan_of(firm).horizon_weeks:
        open_week(firm)
    later(firm, events.WEEK_BEGINS, 0, 0, HOURS_PER_WEEK, 0)


@part
def day_begins(firm: FirmRecord) -> None:
    """Yesterday's one-to-ones are over, today's work lands on desks."""
    firm.day += 1
    record_event(firm, events.DAY_BEGINS, 0, 0, 0, firm.day, firm.now)
    if firm.week < plan_of(firm).horizon_weeks:
        open_day(firm, firm.day % DAYS_PER_WEEK)
    later(firm, events.DAY_BEGINS, 0, 0, HOURS_PER_DAY, 0)


@part
def open_week(firm: FirmRecord) -> None:
    """Everything that is looked at once a week."""
    rivals.answer(firm)
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        levers.choose(firm, team)
        if firm.week == rollout_at(firm, number).to:
            if levers_at(firm, team.levers).replace_unfit:
                people.replace_unfit(firm, team)
            people.train(firm, team)
    people_plan.begin_teams(firm)
    started = weeks_since_start(firm) > 0
    _set_mean_skills(firm)
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        people.set_adherence(firm, team)
        _share_out_cover(firm, team)
        for slot in range(team.first_seat, team.first_seat + team.seats_count):
            seat = seat_at(firm, slot)
            if started:
                _week_passes(firm, team, seat)
            if seat.filled:
                people.set_pace_of_work(firm, seat)
        if started:
            _who_quits(firm, team)
        if firm.week >= 0:
            people_plan.open_seats(firm, team)
            people_plan.close_seats(firm, team)
        _plan_week(firm, team)


@part
def _share_out_cover(firm: FirmRecord, team: TeamRecord) -> None:
    """Team-mates make up part of the working time of the seats that are vacant this week."""
    filled, vacant = filled_seats(firm, team), 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        if not seat_at(firm, slot).filled and not seat_at(firm, slot).closed:
            vacant += 1
    team.cover = rep_rules.cover(plan_of(firm).cover_time_share, vacant, filled)


@part
def _set_mean_skills(firm: FirmRecord) -> None:
    """The firm's mean skill by stage: the norm against which a review sees a rep fall behind."""
    count = 0
    for stage in range(_STAGES):
        firm.mean_skills[stage] = 0.0
    for order in range(firm.created_used):
        seat = seat_at(firm, created_at(firm, order).to)
        if seat.filled:
            count += 1
            for stage in range(_STAGES):
                firm.mean_skills[stage] += _coached_skill(firm, seat, stage)
    for stage in range(_STAGES):
        firm.mean_skills[stage] = firm.mean_skills[stage] / max(1, count)


@part
def _coached_skill(firm: FirmRecord, seat: SeatRecord, stage: int) -> float:
    return rep_rules.stage_skill(
        seat.ability, seat.stage_z[stage], seat.focus[stage], seat.gain, 0.0, plan_of(firm).skill_spread)


@part
def _week_passes(firm: FirmRecord, team: TeamRecord, seat: SeatRecord) -> None:
    """Last week's coaching, clarity and prospecting take effect."""
    plan = plan_of(firm)
    seat.prospecting = coaching_rules.smoothed(
        seat.prospecting, seat.prospected, plan.prospecting_smoothing_weeks)
    if not seat.filled:
        return
    seat.dose = coaching_rules.smoothed(
        seat.dose, seat.coached_dose * WEEKS_PER_MONTH, plan.dose_smoothing_weeks)
    seat.coached_dose = 0.0
    _turn_focus(firm, team, seat)
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
        levers_at(firm, team.levers).role_clarity, plan.clarity_quality_slope, team.quality,
        plan.rep_clarity_shift if firm.week >= 0 else 0.0)
    seat.clarity = rep_rules.toward(seat.clarity, clarity_target, plan.clarity_decay_per_week)
    if plan.ability_kept_per_week < 1.0:
        seat.ability = rep_rules.drifted(seat.ability, plan.ability_kept_per_week, normal(
            firm, draws.ABILITY_DRIFT, seat.number, seat.hire * 4096 + weeks_since_start(firm)))
    tenure_weeks = tenure_hours(firm, seat) / HOURS_PER_WEEK
    year_ago = weeks_since_start(firm) % 52
    seat.trailing_weeks = min(52.0, tenure_weeks)
    seat.trailing_sales = seat.sold - (
        seat.sold_by_week[year_ago] if tenure_weeks >= 52.0 else seat.sold_at_hire)
    seat.sold_by_week[year_ago] = seat.sold


@part
def _turn_focus(firm: FirmRecord, team: TeamRecord, seat: SeatRecord) -> None:
    """Coaching turns to where the last KPI review saw the rep furthest below the firm's norm."""
    seen = levers_at(firm, team.levers).accountability if team.reviewed else 0.0
    weakest, furthest = 0, math.inf
    for stage in range(_STAGES):
        distance = _coached_skill(firm, seat, stage) - firm.mean_skills[stage]
        if distance < furthest:
            weakest, furthest = stage, distance
    for stage in range(_STAGES):
        seat.focus[stage] = rep_rules.toward(
            seat.focus[stage], coaching_rules.focus_target(stage == weakest, seen, _STAGES),
            plan_of(firm).focus_decay_per_week)


@part
def _who_quits(firm: FirmRecord, team: TeamRecord) -> None:
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        if seat.filled and seat.leaving < 0 and people.quits_this_week(firm, seat):
            people.dismiss(firm, seat, events.QUIT)


@part
def _plan_week(firm: FirmRecord, team: TeamRecord) -> None:
    """The manager's week as planned, and the one-to-ones that the coaching budget pays for."""
    plan, policy = plan_of(firm), levers_at(firm, team.levers)
    coaching_share, own_selling_share, duties = policy.coaching_share, policy.own_selling_share, 1.0
    if team.natural_coach:
        coaching_share, own_selling_share = plan.natural_coach_plan, 0.0
        duties = plan.natural_coach_duties
    team.duties[0] = plan.information_duty_hours * duties
    team.duties[1] = plan.admin_duty_hours * duties
    team.duties[2] = plan.people_duty_hours * duties
    team.duties[3] = own_selling_share * HOURS_PER_WEEK
    team.planned[events.PLANNED_COACHING] = coaching_share * HOURS_PER_WEEK
    team.planned[events.PLANNED_INFORMATION] = team.duties[0]
    team.planned[events.PLANNED_ADMIN] = team.duties[1]
    team.planned[events.PLANNED_PEOPLE] = team.duties[2]
    team.planned[events.PLANNED_OWN_SELLING] = team.duties[3]
    if policy.kpi_review:
        team.planned[events.PLANNED_PEOPLE] += plan.team_meeting_hours + plan.meeting_preparation_hours

    enough_numbers = team.information_lapsed <= plan.shortage_review_share * team.information_released
    team.review_planned = policy.kpi_review and enough_numbers
    team.reviewed = False
    team.information_released = team.information_lapsed = team.others_lapsed = 0
    if policy.kpi_review:
        later(firm, events.TEAM_MEETING_BEGINS, team.number, 0, plan.team_meeting_start_hour, team.number)
    _plan_one_to_ones(firm, team)


@part
def _plan_one_to_ones(firm: FirmRecord, team: TeamRecord) -> None:
    budget = team.planned[events.PLANNED_COACHING]
    _choose_reps(firm, team, budget)
    chosen = _reps_chosen(firm, team)
    paid = 0
    if levers_at(firm, team.levers).one_to_one:
        paid = min(chosen, manager_rules.sessions_within(budget, team.one_to_one_hours))
    order = 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        seat.one_to_one_day = -1
        seat.one_to_ones_named = 0
        if seat.filled and seat.chosen_for_coaching:
            if paid > 0 and manager_rules.rotated(order, weeks_since_start(firm), paid, chosen) < paid:
                seat.one_to_one_day = seat.place_in_team % DAYS_PER_WEEK
            order += 1
    team.booked_hours = 0.0
    team.daily_allowance = max(0.0, budget - paid * team.one_to_one_hours) / DAYS_PER_WEEK


@part
def _choose_reps(firm: FirmRecord, team: TeamRecord, budget: float) -> None:
    """Whom the manager coaches this week: as many as the budget reaches, those of highest attention.

    A natural coach reaches everybody. Of equal attention, the earlier seat comes first.
    """
    plan, filled = plan_of(firm), filled_seats(firm, team)
    count, hours = filled, plan.hours_per_coached_rep
    if hours > 0.0 and not team.natural_coach:
        if plan.more_for_the_same_reps != 0:
            hours = coaching_rules.hours_for_a_coached_rep(
                hours, levers_at(firm, team.levers).coaching_share, levers_at(firm, team.status_quo).coaching_share)
        u = uniform(firm, draws.COACHED_REPS, team.number, weeks_since_start(firm))
        count = coaching_rules.reps_coached(budget, hours, u, filled)
    team.reaches_all = count == filled
    team.one_to_one_hours = plan.one_to_one_hours
    team.sittings = 1
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat_at(firm, slot).chosen_for_coaching = team.reaches_all
    if 0 < count < filled:
        team.one_to_one_hours = coaching_rules.one_to_one_length(plan.one_to_one_hours, filled, count)
        team.sittings = coaching_rules.sittings(team.one_to_one_hours)
        _choose_by_attention(firm, team, count)


@part
def _choose_by_attention(firm: FirmRecord, team: TeamRecord, count: int) -> None:
    """Choose the reps to whom fewer than `count` of the team are preferred."""
    plan = plan_of(firm)
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        if seat.filled:
            seat.attention = coaching_rules.attention(
                normal(firm, draws.ATTENTION, seat.number, seat.hire * 4096 + team.tastes + team.appointment),
                uniform(firm, draws.ATTENTION_OF_WEEK, seat.number, weeks_since_start(firm)),
                plan.attention_sd, plan.attention_to_ability, seat.ability)
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        preferred = 0
        for other_slot in range(team.first_seat, team.first_seat + team.seats_count):
            other = seat_at(firm, other_slot)
            if other.filled and (other.attention > seat.attention
                                 or other.attention == seat.attention and other_slot < slot):
                preferred += 1
        seat.chosen_for_coaching = seat.filled and preferred < count


@part
def filled_seats(firm: FirmRecord, team: TeamRecord) -> int:
    """How many of the team's seats are filled."""
    filled = 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        if seat_at(firm, slot).filled:
            filled += 1
    return filled


@part
def _reps_chosen(firm: FirmRecord, team: TeamRecord) -> int:
    """How many reps the manager coaches this week."""
    chosen = 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        if seat_at(firm, slot).filled and seat_at(firm, slot).chosen_for_coaching:
            chosen += 1
    return chosen


@part
def open_day(firm: FirmRecord, weekday: int) -> None:
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
                coaching.book_one_to_one(firm, team, seat)
        if weekday == DAYS_PER_WEEK - 1:
            _spend_what_is_left(firm, team)
        touch(firm, number)


@part
def _put_duties_on_desk(firm: FirmRecord, team: TeamRecord, weekday: int) -> None:
    """A fifth of the week's duties each day, in blocks; what is less than a block waits."""
    plan = plan_of(firm)
    if levers_at(firm, team.levers).kpi_review and weekday == 0:
        left = plan.meeting_preparation_hours
        while left > coaching.SLACK:
            managers.put_on_desk(firm, team, events.PREPARATION, min(1.0, left))
            left -= 1.0
    for number in range(len(events.DUTIES)):
        task = events.DUTIES[number]
        block = 1.0 if task == events.OWN_SELLING else plan.duty_block_hours
        team.owed_hours[number] += team.duties[number] / DAYS_PER_WEEK
        while team.owed_hours[number] + coaching.SLACK >= block:
            team.owed_hours[number] -= block
            managers.put_on_desk(firm, team, task, block)


@part
def _spend_what_is_left(firm: FirmRecord, team: TeamRecord) -> None:
    """On the last day, coaching hours that no call claimed buy further one-to-ones, in rotation."""
    policy = levers_at(firm, team.levers)
    if not policy.one_to_one:
        return
    kept_for_calls = team.allowance_left if policy.pre_call or policy.post_call else 0.0
    left = team.planned[events.PLANNED_COACHING] - team.booked_hours - kept_for_calls
    chosen = _reps_chosen(firm, team)
    if chosen == 0:
        return
    count = min(manager_rules.sessions_within(left, team.one_to_one_hours), 60 // team.sittings * chosen)
    for further in range(count):
        slot = _chosen_seat(firm, team, (team.rotation + further) % chosen)
        coaching.book_one_to_one(firm, team, seat_at(firm, slot))
    team.rotation += count


@part
def _chosen_seat(firm: FirmRecord, team: TeamRecord, order: int) -> int:
    """The seat of the `order`-th of the reps whom the manager coaches this week."""
    slot = team.first_seat
    while True:
        if seat_at(firm, slot).filled and seat_at(firm, slot).chosen_for_coaching:
            if order == 0:
                return slot
            order -= 1
        slot += 1
