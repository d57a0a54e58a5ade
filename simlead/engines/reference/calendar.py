"""What a week and a day begin with: plans, reviews of people, and what is due on the desk."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Generator
from typing import Any

from simpy.events import Event

from simlead.engines.plan import seats_added
from simlead.engines.reference import books, coaching, managers, people, reps
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import (
    PLANNED_ADMIN,
    PLANNED_COACHING,
    PLANNED_INFORMATION,
    PLANNED_OWN_SELLING,
    PLANNED_PEOPLE,
    Seat,
    Team,
)
from simlead.model import events
from simlead.model.events import STAGES, place
from simlead.model.policy import Policy
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import managers as manager_rules
from simlead.model.rules import reps as rep_rules
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, HOURS_PER_YEAR, WEEKS_PER_MONTH

Life = Generator[Event, object, None]
_NUMERIC_LEVERS = ("coaching_share", "role_clarity", "accountability", "own_selling_share", "heroics")


def weeks(firm: Firm) -> Life:
    """Week after week: close the books, look at people, plan anew."""
    while True:
        yield firm.clock.timed(place(events.WEEK_BEGINS, 0, 0), HOURS_PER_WEEK)
        books.close_week(firm)
        firm.week += 1
        firm.people_rows.append([0, 0, 0, 0, 0])
        firm.happened(events.WEEK_BEGINS, 0, 0, 0, firm.weeks_since_start, firm.now)
        if firm.week < firm.plan.calendar.horizon_weeks:
            open_week(firm)


def days(firm: Firm) -> Life:
    """Day after day: yesterday's one-to-ones are over, today's work lands on desks."""
    day = 0
    while True:
        yield firm.clock.timed(place(events.DAY_BEGINS, 0, 0), HOURS_PER_DAY)
        day += 1
        firm.happened(events.DAY_BEGINS, 0, 0, 0, day, firm.now)
        if firm.week < firm.plan.calendar.horizon_weeks:
            open_day(firm, day % DAYS_PER_WEEK)


def levers_of_week(before: Policy, after: Policy, week: int) -> Policy:
    """The policy in force: the status quo before the switch, then the new one as adopted."""
    if week < 0:
        return before
    if week + 1 >= after.adoption_weeks:
        return after
    on_the_way: dict[str, Any] = {
        name: manager_rules.adopted(
            float(getattr(before, name)), float(getattr(after, name)), week, after.adoption_weeks)
        for name in _NUMERIC_LEVERS}
    return dataclasses.replace(after, **on_the_way)


def open_week(firm: Firm) -> None:
    """Everything that is looked at once a week."""
    plan = firm.plan
    firm.levers = levers_of_week(plan.status_quo, plan.policy, firm.week)
    set_effort(firm)
    if firm.week == 0:
        for team in firm.teams:
            if firm.levers.replace_unfit:
                people.replace_unfit(firm, team)
            people.train(firm, team)
    started = firm.weeks_since_start > 0
    norms = _skill_norms(firm)
    for team in firm.teams:
        people.set_adherence(firm, team)
        for seat in team.seats:
            if started:
                _week_passes(firm, team, seat, norms)
            if seat.filled:
                people.set_pace_of_work(firm, seat)
        if started:
            _who_quits(firm, team)
        if firm.week >= 0:
            _add_seats(firm, team)
        _plan_week(firm, team)


def set_effort(firm: Firm) -> None:
    """How much of a working hour takes effect at this week's accountability."""
    world = firm.plan.world
    firm.effort = rep_rules.effort(
        firm.levers.accountability, world.accountability_effect, world.accountability_overdose,
        world.accountability_overdose_from)


def new_seat(firm: Firm, team: Team, number: int) -> Seat:
    """A desk in a team, with a working life of its own, still vacant."""
    seat = Seat(number, team, len(team.seats), since=firm.now)
    team.seats.append(seat)
    firm.seats.append(seat)
    seat.process = firm.clock.process(reps.working_life(firm, seat))
    return seat


def _skill_norms(firm: Firm) -> list[float]:
    """The firm's mean skill by stage: the norm against which a review sees a rep fall behind."""
    totals, count = [0.0] * len(STAGES), 0
    for seat in firm.seats:
        if seat.filled:
            count += 1
            for stage in range(len(STAGES)):
                totals[stage] += _coached_skill(firm, seat, stage)
    return [total / max(1, count) for total in totals]


def _coached_skill(firm: Firm, seat: Seat, stage: int) -> float:
    return rep_rules.stage_skill(
        seat.ability, seat.stage_z[stage], seat.focus[stage], seat.gain, 0.0, firm.plan.skill_spread)


def _week_passes(firm: Firm, team: Team, seat: Seat, norms: list[float]) -> None:
    """Last week's coaching, clarity and prospecting take effect."""
    plan, world = firm.plan, firm.plan.world
    seat.prospecting = coaching_rules.smoothed(
        seat.prospecting, seat.prospected, world.prospecting_smoothing_weeks)
    if not seat.filled:
        return
    seat.dose = coaching_rules.smoothed(
        seat.dose, seat.coached_dose * WEEKS_PER_MONTH, world.dose_smoothing_weeks)
    seat.coached_dose = 0.0
    _turn_focus(firm, team, seat, norms)
    z = seat.ability
    for stage in range(len(STAGES)):
        z += seat.focus[stage] * seat.stage_z[stage] / len(STAGES)
    target = coaching_rules.gain_target(
        world.coaching_gain_max, team.quality,
        coaching_rules.receptivity(z, world.receptivity_slope, world.receptivity_low, world.receptivity_high),
        seat.dose, world.coaching_half_dose)
    seat.gain = coaching_rules.gain_after(
        seat.gain, target, HOURS_PER_WEEK, plan.learning_hours, plan.fading_hours, world.gain_floor)
    seat.clarity = rep_rules.toward(
        seat.clarity, _clarity_target(firm, team), plan.clarity_decay_per_week)
    tenure_weeks = firm.tenure_hours(seat) / HOURS_PER_WEEK
    slot = firm.weeks_since_start % 52
    seat.trailing_weeks = min(52.0, tenure_weeks)
    seat.trailing_sales = seat.sold - (seat.sold_by_week[slot] if tenure_weeks >= 52.0 else seat.sold_at_hire)
    seat.sold_by_week[slot] = seat.sold


def _clarity_target(firm: Firm, team: Team) -> float:
    world = firm.plan.world
    return rep_rules.clarity_target(
        firm.levers.role_clarity, world.clarity_quality_slope, team.quality,
        world.rep_clarity_shift if firm.week >= 0 else 0.0)


def _turn_focus(firm: Firm, team: Team, seat: Seat, norms: list[float]) -> None:
    """Coaching turns to where the last KPI review saw the rep furthest below the firm's norm."""
    seen = firm.levers.accountability if team.reviewed else 0.0
    weakest, furthest = 0, math.inf
    for stage in range(len(STAGES)):
        distance = _coached_skill(firm, seat, stage) - norms[stage]
        if distance < furthest:
            weakest, furthest = stage, distance
    for stage in range(len(STAGES)):
        seat.focus[stage] = rep_rules.toward(
            seat.focus[stage], coaching_rules.focus_target(stage == weakest, seen, len(STAGES)),
            firm.plan.focus_decay_per_week)


def _who_quits(firm: Firm, team: Team) -> None:
    for seat in list(team.seats):
        if seat.filled and seat.leaving is None and people.quits_this_week(firm, seat):
            people.dismiss(firm, seat, events.QUIT)


def _add_seats(firm: Firm, team: Team) -> None:
    """The hiring rule: new seats split the team's territories, with a new rep in each."""
    organisation = firm.plan.organisation
    wanted = seats_added(organisation, firm.now / HOURS_PER_YEAR)
    while len(team.seats) < organisation.seats_per_team + wanted:
        place_in_team = len(team.seats)
        added = place_in_team - organisation.seats_per_team
        number = firm.plan.territories + team.number * firm.plan.seats_added_per_team + added
        seat = new_seat(firm, team, number)
        people.sit_down(firm, seat, firm.now)
        firm.emit(events.SEAT_ADDED, 0, seat.number, seat.number, 0, seat.ability)


def _plan_week(firm: Firm, team: Team) -> None:
    """The manager's week as planned, and the one-to-ones that the coaching budget pays for."""
    plan, organisation = firm.plan, firm.plan.organisation
    coaching_share, own_selling_share, duties = firm.levers.coaching_share, firm.levers.own_selling_share, 1.0
    if team.natural_coach:
        coaching_share, own_selling_share = plan.world.natural_coach_plan, 0.0
        duties = plan.world.natural_coach_duties
    meeting = firm.levers.kpi_review
    team.planned[PLANNED_COACHING] = coaching_share * HOURS_PER_WEEK
    team.duties = [
        organisation.information_duty_hours * duties, organisation.admin_duty_hours * duties,
        organisation.people_duty_hours * duties, own_selling_share * HOURS_PER_WEEK]
    (team.planned[PLANNED_INFORMATION], team.planned[PLANNED_ADMIN], team.planned[PLANNED_PEOPLE],
     team.planned[PLANNED_OWN_SELLING]) = team.duties
    if meeting:
        team.planned[PLANNED_PEOPLE] += (
            organisation.team_meeting_hours + organisation.meeting_preparation_hours)

    enough_numbers = team.information_lapsed <= (
        plan.world.shortage_review_share * team.information_released)
    team.review_planned = meeting and enough_numbers
    team.reviewed = False
    team.information_released = team.information_lapsed = team.others_lapsed = 0
    if meeting:
        timer = firm.clock.timed(
            place(events.TEAM_MEETING_BEGINS, team.number, 0), organisation.team_meeting_start_hour)
        timer.then(lambda: managers.team_meeting_begins(firm, team))
    _plan_one_to_ones(firm, team)


def _plan_one_to_ones(firm: Firm, team: Team) -> None:
    organisation = firm.plan.organisation
    budget = team.planned[PLANNED_COACHING]
    filled = [seat for seat in team.seats if seat.filled]
    paid = 0
    if firm.levers.one_to_one:
        paid = min(len(filled), manager_rules.sessions_within(budget, organisation.one_to_one_hours))
    for seat in team.seats:
        seat.one_to_one_day = None
        seat.one_to_ones_named = 0
    for order, seat in enumerate(filled):
        if paid and manager_rules.rotated(order, firm.weeks_since_start, paid, len(filled)) < paid:
            seat.one_to_one_day = seat.place_in_team % DAYS_PER_WEEK
    team.booked_hours = 0.0
    team.daily_allowance = max(0.0, budget - paid * organisation.one_to_one_hours) / DAYS_PER_WEEK


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


_DUTIES = (events.INFORMATION_DUTY, events.ADMIN_DUTY, events.PEOPLE_DUTY, events.OWN_SELLING)


def _put_duties_on_desk(firm: Firm, team: Team, weekday: int) -> None:
    """A fifth of the week's duties each day, in blocks; what is less than a block waits."""
    organisation = firm.plan.organisation
    if firm.levers.kpi_review and weekday == 0:
        left = organisation.meeting_preparation_hours
        while left > coaching.SLACK:
            managers.put_on_desk(firm, team, events.PREPARATION, min(1.0, left))
            left -= 1.0
    for number, task in enumerate(_DUTIES):
        block = 1.0 if task == events.OWN_SELLING else organisation.duty_block_hours
        team.owed_hours[number] += team.duties[number] / DAYS_PER_WEEK
        while team.owed_hours[number] + coaching.SLACK >= block:
            team.owed_hours[number] -= block
            managers.put_on_desk(firm, team, task, block)


def _spend_what_is_left(firm: Firm, team: Team) -> None:
    """On the last day, coaching hours that no call claimed buy further one-to-ones, in rotation."""
    organisation, levers = firm.plan.organisation, firm.levers
    if not levers.one_to_one:
        return
    kept_for_calls = team.allowance_left if levers.pre_call or levers.post_call else 0.0
    left = team.planned[PLANNED_COACHING] - team.booked_hours - kept_for_calls
    filled = [seat for seat in team.seats if seat.filled]
    if not filled:
        return
    count = min(manager_rules.sessions_within(left, organisation.one_to_one_hours), 60 * len(filled))
    for further in range(count):
        coaching.book_one_to_one(firm, team, filled[(team.rotation + further) % len(filled)])
    team.rotation += count
