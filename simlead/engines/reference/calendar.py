"""The beginning of a week and of a day: plans, reviews of people, and due tasks."""

from __future__ import annotations

import math
from collections.abc import Generator

from simpy.events import Event

from simlead.engines.plan import levers_of_week
from simlead.engines.reference import coaching, ledger, levers, managers, people, people_plan, rivals
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Seat, Team
from simlead.model import draws, events
from simlead.model.events import STAGES, priority_key
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import managers as manager_rules
from simlead.model.rules import reps as rep_rules
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, WEEKS_PER_MONTH

Life = Generator[Event, object, None]


def weeks(firm: Firm) -> Life:
    """Week after week: close the ledger, look at people, plan anew."""
    while True:
        yield firm.clock.timed(priority_key(events.WEEK_BEGINS, 0, 0), HOURS_PER_WEEK)
        ledger.close_week(firm)
        firm.week += 1
        firm.people_rows.append([0, 0, 0, 0, 0])
        firm.won_rows.append([0.0, 0.0])
        firm.record_event(events.WEEK_BEGINS, 0, 0, 0, firm.weeks_since_start, firm.now)
        if firm.week < firm.plan.calendar.horizon_weeks:
            open_week(firm)


def days(firm: Firm) -> Life:
    """Day after day: yesterday's one-to-ones are over, today's work lands on desks."""
    day = 0
    while True:
        yield firm.clock.timed(priority_key(events.DAY_BEGINS, 0, 0), HOURS_PER_DAY)
        day += 1
        firm.record_event(events.DAY_BEGINS, 0, 0, 0, day, firm.now)
        if firm.week < firm.plan.calendar.horizon_weeks:
            open_day(firm, day % DAYS_PER_WEEK)


def open_week(firm: Firm) -> None:
    """Everything that is looked at once a week."""
    rivals.answer(firm)
    firm.levers = levers_of_week(firm.plan.status_quo, firm.plan.policy, firm.week)
    for team in firm.teams:
        plan = firm.plan.teams[team.number]
        levers.choose(firm, team)
        if firm.week == plan.rollout_week:
            if team.levers.replace_unfit:
                people.replace_unfit(firm, team)
            people.train(firm, team)
    people_plan.begin_teams(firm)
    started = firm.weeks_since_start > 0
    mean_skills = _mean_skills(firm)
    for team in firm.teams:
        people.set_adherence(firm, team)
        _share_out_cover(firm, team)
        for seat in team.seats:
            if started:
                _week_passes(firm, team, seat, mean_skills)
            if seat.filled:
                people.set_pace_of_work(firm, seat)
        if started:
            _who_quits(firm, team)
        if firm.week >= 0:
            people_plan.open_seats(firm, team)
            people_plan.close_seats(firm, team)
        _plan_week(firm, team)


def _share_out_cover(firm: Firm, team: Team) -> None:
    """Team-mates make up part of the working time of the seats that are vacant this week."""
    filled = sum(seat.filled for seat in team.seats)
    vacant = sum(not seat.filled and not seat.closed for seat in team.seats)
    team.cover = firm.rules.cover(firm.plan.organisation.cover_time_share, vacant, filled)


def _mean_skills(firm: Firm) -> list[float]:
    """The firm's mean skill by stage: the norm against which a review sees a rep fall behind."""
    totals, count = [0.0] * len(STAGES), 0
    for seat in firm.seats:
        if seat.filled:
            count += 1
            for stage in range(len(STAGES)):
                totals[stage] += _coached_skill(firm, seat, stage)
    return [total / max(1, count) for total in totals]


def _coached_skill(firm: Firm, seat: Seat, stage: int) -> float:
    skill: float = firm.rules.stage_skill(
        seat.ability, seat.stage_z[stage], seat.focus[stage], seat.gain, 0.0, firm.plan.skill_spread)
    return skill


def _week_passes(firm: Firm, team: Team, seat: Seat, mean_skills: list[float]) -> None:
    """Last week's coaching, clarity and prospecting take effect."""
    plan, world = firm.plan, firm.plan.world
    seat.prospecting = coaching_rules.smoothed(
        seat.prospecting, seat.prospected, world.prospecting_smoothing_weeks)
    if not seat.filled:
        return
    seat.dose = coaching_rules.smoothed(
        seat.dose, seat.coached_dose * WEEKS_PER_MONTH, world.dose_smoothing_weeks)
    seat.coached_dose = 0.0
    _turn_focus(firm, team, seat, mean_skills)
    z = seat.ability
    for stage in range(len(STAGES)):
        z += seat.focus[stage] * seat.stage_z[stage] / len(STAGES)
    target = firm.rules.gain_target(
        world.coaching_gain_max, team.quality,
        firm.rules.receptivity(z, world.receptivity_slope, world.receptivity_low, world.receptivity_high),
        seat.dose, world.coaching_half_dose)
    seat.gain = firm.rules.gain_after(
        seat.gain, target, HOURS_PER_WEEK, plan.learning_hours, plan.fading_hours, world.gain_floor)
    seat.clarity = rep_rules.toward(
        seat.clarity, _clarity_target(firm, team), plan.clarity_decay_per_week)
    if plan.ability_kept_per_week < 1.0:
        seat.ability = firm.rules.drifted(seat.ability, plan.ability_kept_per_week, firm.normal(
            draws.ABILITY_DRIFT, seat.number, seat.hire * 4096 + firm.weeks_since_start))
    tenure_weeks = firm.tenure_hours(seat) / HOURS_PER_WEEK
    slot = firm.weeks_since_start % 52
    seat.trailing_weeks = min(52.0, tenure_weeks)
    seat.trailing_sales = seat.sold - (seat.sold_by_week[slot] if tenure_weeks >= 52.0 else seat.sold_at_hire)
    seat.sold_by_week[slot] = seat.sold


def _clarity_target(firm: Firm, team: Team) -> float:
    world = firm.plan.world
    target: float = firm.rules.clarity_target(
        team.levers.role_clarity, world.clarity_quality_slope, team.quality,
        world.rep_clarity_shift if firm.week >= 0 else 0.0)
    return target


def _turn_focus(firm: Firm, team: Team, seat: Seat, mean_skills: list[float]) -> None:
    """Coaching turns to where the last KPI review saw the rep furthest below the firm's norm."""
    seen = team.levers.accountability if team.reviewed else 0.0
    weakest, furthest = 0, math.inf
    for stage in range(len(STAGES)):
        distance = _coached_skill(firm, seat, stage) - mean_skills[stage]
        if distance < furthest:
            weakest, furthest = stage, distance
    for stage in range(len(STAGES)):
        seat.focus[stage] = rep_rules.toward(
            seat.focus[stage], firm.rules.focus_target(stage == weakest, seen, len(STAGES)),
            firm.plan.focus_decay_per_week)


def _who_quits(firm: Firm, team: Team) -> None:
    for seat in list(team.seats):
        if seat.filled and seat.leaving is None and people.quits_this_week(firm, seat):
            people.dismiss(firm, seat, events.QUIT)


def _plan_week(firm: Firm, team: Team) -> None:
    """The manager's week as planned, and the one-to-ones that the coaching budget pays for."""
    plan, organisation = firm.plan, firm.plan.organisation
    coaching_share, own_selling_share, duties = team.levers.coaching_share, team.levers.own_selling_share, 1.0
    if team.natural_coach:
        coaching_share, own_selling_share = plan.world.natural_coach_plan, 0.0
        duties = plan.world.natural_coach_duties
    meeting = team.levers.kpi_review
    team.planned[events.PLANNED_COACHING] = coaching_share * HOURS_PER_WEEK
    team.duties = [
        organisation.information_duty_hours * duties, organisation.admin_duty_hours * duties,
        organisation.people_duty_hours * duties, own_selling_share * HOURS_PER_WEEK]
    (team.planned[events.PLANNED_INFORMATION], team.planned[events.PLANNED_ADMIN], team.planned[events.PLANNED_PEOPLE],
     team.planned[events.PLANNED_OWN_SELLING]) = team.duties
    if meeting:
        team.planned[events.PLANNED_PEOPLE] += (
            organisation.team_meeting_hours + organisation.meeting_preparation_hours)

    enough_numbers = team.information_lapsed <= (
        plan.world.shortage_review_share * team.information_released)
    team.review_planned = meeting and enough_numbers
    team.reviewed = False
    team.information_released = team.information_lapsed = team.others_lapsed = 0
    if meeting:
        timer = firm.clock.timed(
            priority_key(events.TEAM_MEETING_BEGINS, team.number, 0), organisation.team_meeting_start_hour)
        timer.then(lambda: managers.team_meeting_begins(firm, team))
    _plan_one_to_ones(firm, team)


def _plan_one_to_ones(firm: Firm, team: Team) -> None:
    budget = team.planned[events.PLANNED_COACHING]
    _choose_reps(firm, team, budget)
    chosen = _reps_chosen(team)
    paid = 0
    if team.levers.one_to_one:
        paid = min(len(chosen), firm.rules.sessions_within(budget, team.one_to_one_hours))
    for seat in team.seats:
        seat.one_to_one_day = None
        seat.one_to_ones_named = 0
    for order, seat in enumerate(chosen):
        if paid and manager_rules.rotated(order, firm.weeks_since_start, paid, len(chosen)) < paid:
            seat.one_to_one_day = seat.place_in_team % DAYS_PER_WEEK
    team.booked_hours = 0.0
    team.daily_allowance = max(0.0, budget - paid * team.one_to_one_hours) / DAYS_PER_WEEK


def _choose_reps(firm: Firm, team: Team, budget: float) -> None:
    """Whom the manager coaches this week: as many as the budget reaches, those of highest attention.

    A natural coach reaches everybody. Of equal attention, the earlier seat comes first.
    """
    plan, world = firm.plan, firm.plan.world
    filled = [seat for seat in team.seats if seat.filled]
    count, hours = len(filled), world.hours_per_coached_rep
    if hours > 0.0 and not team.natural_coach:
        if plan.more_for_the_same_reps:
            hours = firm.rules.hours_for_a_coached_rep(
                hours, team.levers.coaching_share, plan.teams[team.number].status_quo.coaching_share)
        u = firm.uniform(draws.COACHED_REPS, team.number, firm.weeks_since_start)
        count = firm.rules.reps_coached(budget, hours, u, len(filled))
    team.reaches_all = count == len(filled)
    team.one_to_one_hours, team.sittings = plan.organisation.one_to_one_hours, 1
    for seat in team.seats:
        seat.chosen_for_coaching = team.reaches_all
    if 0 < count < len(filled):
        team.one_to_one_hours = firm.rules.one_to_one_length(team.one_to_one_hours, len(filled), count)
        team.sittings = coaching_rules.sittings(team.one_to_one_hours)
        for seat in sorted(filled, key=lambda seat: -_attention(firm, team, seat))[:count]:
            seat.chosen_for_coaching = True


def _attention(firm: Firm, team: Team, seat: Seat) -> float:
    world = firm.plan.world
    attention: float = firm.rules.attention(
        firm.normal(draws.ATTENTION, seat.number, seat.hire * 4096 + team.tastes + team.appointment),
        firm.uniform(draws.ATTENTION_OF_WEEK, seat.number, firm.weeks_since_start),
        world.attention_sd, world.attention_to_ability, seat.ability)
    return attention


def _reps_chosen(team: Team) -> list[Seat]:
    """The reps whom the manager coaches this week, in the order of their seats."""
    return [seat for seat in team.seats if seat.filled and seat.chosen_for_coaching]


def open_day(firm: Firm, weekday: int) -> None:
    """Yesterday's one-to-ones lapse, stale work is struck off, today's work is due."""
    for team in firm.teams:
        coaching.lapse_one_to_ones(firm, team)
        managers.strike_off_stale_blocks(firm, team)
        _put_duties_on_desk(firm, team, weekday)
        team.allowance_left = team.daily_allowance
        for seat in team.seats:
            if seat.one_to_one_day == weekday and seat.filled:
                coaching.book_one_to_one(firm, team, seat)
        if weekday == DAYS_PER_WEEK - 1:
            _spend_what_is_left(firm, team)
        firm.touch(team)


def _put_duties_on_desk(firm: Firm, team: Team, weekday: int) -> None:
    """A fifth of the week's duties each day, in blocks; what is less than a block waits."""
    organisation = firm.plan.organisation
    if team.levers.kpi_review and weekday == 0:
        left = organisation.meeting_preparation_hours
        while left > coaching.SLACK:
            managers.put_on_desk(firm, team, events.PREPARATION, min(1.0, left))
            left -= 1.0
    for number, task in enumerate(events.DUTIES):
        block = 1.0 if task == events.OWN_SELLING else organisation.duty_block_hours
        team.owed_hours[number] += team.duties[number] / DAYS_PER_WEEK
        while team.owed_hours[number] + coaching.SLACK >= block:
            team.owed_hours[number] -= block
            managers.put_on_desk(firm, team, task, block)


def _spend_what_is_left(firm: Firm, team: Team) -> None:
    """On the last day, coaching hours that no call claimed buy further one-to-ones, in rotation."""
    levers = team.levers
    if not levers.one_to_one:
        return
    kept_for_calls = team.allowance_left if levers.pre_call or levers.post_call else 0.0
    left = team.planned[events.PLANNED_COACHING] - team.booked_hours - kept_for_calls
    chosen = _reps_chosen(team)
    if not chosen:
        return
    count = min(firm.rules.sessions_within(left, team.one_to_one_hours), 60 // team.sittings * len(chosen))
    for further in range(count):
        coaching.book_one_to_one(firm, team, chosen[(team.rotation + further) % len(chosen)])
    team.rotation += count
