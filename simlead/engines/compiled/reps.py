"""Reps: the choice of the next task, and its end."""

from __future__ import annotations

from simlead.engines.compiled import people, pipeline
from simlead.engines.compiled.firm import call_away, occupy, on_grid, record, record_event, touch
from simlead.engines.compiled.layout import PROTECTED, plan_of, seat_at, session_at, team_at
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.compiled.timers import later
from simlead.model import events


@inlined
def task_ends(firm: FirmRecord, slot: int) -> None:
    """A prospecting block or a meeting is done, if it was not broken off."""
    seat = seat_at(firm, slot)
    if seat.task_ends != firm.now:
        return
    seat.task_ends = -1e300
    record_event(firm, events.REP_TASK_ENDS, seat.activity, seat.number, seat.number, seat.hire, seat.task_began)
    if seat.activity == events.CUSTOMER:
        pipeline.meeting_held(firm, seat, seat.meeting_deal)
    set_free(firm, seat)


@part
def set_free(firm: FirmRecord, seat: SeatRecord) -> None:
    """The task at hand is done; somebody who is to leave leaves now."""
    occupy(firm, seat, events.FREE)
    if seat.leaving >= 0:
        people.leave(firm, seat, seat.leaving)
    touch(firm, seat.team)


@inlined
def take_next(firm: FirmRecord, seat: SeatRecord, team: TeamRecord) -> None:
    """What a rep between two tasks takes up, coaching apart, which the manager begins.

    Team meeting; waiting, once, for a protected session; then customer meetings by due
    time, with a floor of prospecting before them while few of them wait; else prospecting.
    """
    waited = seat.activity == events.WAITING
    if not team.meeting_on and not waited and _waits_for_a_session(firm, seat, team):
        return
    if waited:
        record(firm, events.WAITING_ENDS, 1, seat.number, seat.number, seat.hire, seat.task_began)
    if team.meeting_on:
        seat.task_began = firm.now
        occupy(firm, seat, events.TEAM_MEETING)
        return
    plan = plan_of(firm)
    floor_first = (
        seat.hours[events.PROSPECTING] < plan.prospecting_floor_hours
        and seat.queue_count <= plan.prospecting_floor_queue)
    if seat.queue_count > 0 and not floor_first:
        activity = events.CUSTOMER
        seat.meeting_deal = pipeline.begin_meeting(firm, seat)
        hours = pipeline.handling_hours(firm, seat, seat.meeting_deal)
    else:
        activity = events.PROSPECTING
        hours = on_grid(firm, plan.prospecting_block_hours)
    seat.task_began = firm.now
    occupy(firm, seat, activity)
    seat.task_ends = firm.now + hours
    later(firm, events.REP_TASK_ENDS, seat.number, 0, hours, seat.slot)


@inlined
def join_team_meeting(firm: FirmRecord, seat: SeatRecord) -> None:
    """Break off prospecting for the team meeting."""
    call_away(firm, seat)
    seat.task_began = firm.now
    occupy(firm, seat, events.TEAM_MEETING)


@inlined
def _waits_for_a_session(firm: FirmRecord, seat: SeatRecord, team: TeamRecord) -> bool:
    if seat.awaitable == 0:
        return False
    return _wait(firm, seat, team)


@part
def _wait(firm: FirmRecord, seat: SeatRecord, team: TeamRecord) -> bool:
    patience = plan_of(firm).patience_hours
    if patience <= 0.0:
        return False
    slot = team.sessions_first[PROTECTED]
    while slot >= 0:
        session = session_at(firm, slot)
        if session.seat == seat.slot and not session.waited_for:
            session.waited_for = True
            seat.awaitable -= 1
            seat.task_began = firm.now
            seat.waiting_until = firm.now + patience
            occupy(firm, seat, events.WAITING)
            later(firm, events.PATIENCE_EXPIRES, seat.number, 0, patience, seat.slot)
            return True
        slot = session.after
    return False


@part
def patience_expires(firm: FirmRecord, slot: int) -> None:
    """Wake the dispatch pass: it may still match, else the rep goes on to other work."""
    seat = seat_at(firm, slot)
    if seat.activity == events.WAITING and firm.now >= seat.waiting_until:
        firm.events += 1
        touch(firm, seat.team)


@part
def present_in_meeting(firm: FirmRecord, team: TeamRecord) -> int:
    """Reps who sit in the team meeting."""
    present = 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        if seat_at(firm, slot).activity == events.TEAM_MEETING:
            present += 1
    return present


@part
def free_from_meeting(firm: FirmRecord, team_slot: int) -> None:
    """The team meeting is over for the reps in it."""
    team = team_at(firm, team_slot)
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        if seat.activity == events.TEAM_MEETING:
            set_free(firm, seat)
