"""Reps: the process of a seat, and the choice of the next task."""

from __future__ import annotations

from collections.abc import Generator

import simpy
from simpy.events import Event

from simlead.engines.reference import people, pipeline
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import PROSPECT, TEAM_MEETING, Deal, Seat, Session
from simlead.model import events
from simlead.model.events import priority_key


def working_life(firm: Firm, seat: Seat) -> Generator[Event, object, None]:
    """A seat's working life: meetings and people first, prospecting in what is left.

    What comes next is decided by the dispatch pass. A rep who prospects can be called
    away; the call carries the task it is for.
    """
    task: object = None
    seat.next_task = firm.clock.handover()
    while True:
        if task is None:
            task = yield seat.next_task
        try:
            if task is PROSPECT:
                hours = firm.on_grid(firm.plan.organisation.prospecting_block_hours)
                yield firm.clock.timed(priority_key(events.REP_TASK_ENDS, seat.number, 0), hours)
                block_ends(firm, seat)
            elif isinstance(task, Deal):
                hours = pipeline.handling_hours(firm, seat, task)
                yield firm.clock.timed(priority_key(events.REP_TASK_ENDS, seat.number, 0), hours)
                meeting_ends(firm, seat, task)
            elif isinstance(task, Session):
                assert task.over is not None
                yield task.over
                set_free(firm, seat)
            elif task is TEAM_MEETING:
                assert seat.team.meeting_over is not None
                yield seat.team.meeting_over
            task = None
        except simpy.Interrupt as call:
            task = call.cause


def block_ends(firm: Firm, seat: Seat) -> None:
    """A block of looking for opportunities is over."""
    firm.record_event(events.REP_TASK_ENDS, events.PROSPECTING, seat.number, seat.number, seat.hire, seat.task_began)
    set_free(firm, seat)


def meeting_ends(firm: Firm, seat: Seat, deal: Deal) -> None:
    """A customer meeting is over, with its travel, preparation and admin; the buyer goes on or not."""
    firm.record_event(events.REP_TASK_ENDS, events.CUSTOMER, seat.number, seat.number, seat.hire, seat.task_began)
    pipeline.meeting_held(firm, seat, deal)
    assert deal.met is not None
    deal.met.hand(deal.outcome == events.OPEN and not deal.silent)
    set_free(firm, seat)


def set_free(firm: Firm, seat: Seat) -> None:
    """The task at hand is done; somebody who is to leave leaves now."""
    firm.occupy(seat, events.FREE)
    if seat.leaving is not None:
        people.leave(firm, seat, seat.leaving)
    firm.touch(seat.team)


def take_next(firm: Firm, seat: Seat) -> None:
    """What a rep between two tasks takes up, coaching apart, which the manager begins.

    Team meeting; waiting, once, for a protected session; then customer meetings by due
    time, with a floor of prospecting before them while few of them wait; else prospecting.
    """
    waited = seat.activity == events.WAITING
    if seat.team.meeting_on:
        _end_waiting(firm, seat, in_vain=True)
        _start(firm, seat, events.TEAM_MEETING, TEAM_MEETING)
        return
    if not waited and _waits_for_a_session(firm, seat):
        return
    _end_waiting(firm, seat, in_vain=True)
    organisation = firm.plan.organisation
    prospected = seat.hours[events.PROSPECTING]
    floor_first = (
        prospected < organisation.prospecting_floor_hours
        and len(seat.queue) <= organisation.prospecting_floor_queue)
    if seat.queue and not floor_first:
        _start(firm, seat, events.CUSTOMER, pipeline.begin_meeting(firm, seat))
    else:
        _start(firm, seat, events.PROSPECTING, PROSPECT)


def join_team_meeting(firm: Firm, seat: Seat) -> None:
    """Break off prospecting for the team meeting."""
    firm.call_away(seat, TEAM_MEETING)
    seat.task_began = firm.now
    firm.occupy(seat, events.TEAM_MEETING)


def _start(firm: Firm, seat: Seat, activity: int, task: Deal | str) -> None:
    seat.task_began = firm.now
    firm.occupy(seat, activity)
    assert seat.next_task is not None
    seat.next_task.hand(task)


def _waits_for_a_session(firm: Firm, seat: Seat) -> bool:
    patience = firm.plan.organisation.patience_hours
    if patience <= 0.0:
        return False
    for session in seat.team.protected:
        if session.seat is seat and not session.waited_for:
            session.waited_for = True
            seat.task_began = firm.now
            seat.waiting_until = firm.now + patience
            firm.occupy(seat, events.WAITING)
            timer = firm.clock.timed(priority_key(events.PATIENCE_EXPIRES, seat.number, 0), patience)
            timer.then(lambda: _patience_expires(firm, seat))
            return True
    return False


def _patience_expires(firm: Firm, seat: Seat) -> None:
    """Wake the dispatch pass: it may still match, else the rep goes on to other work."""
    if seat.activity == events.WAITING and firm.now >= seat.waiting_until:
        firm.events += 1
        firm.touch(seat.team)


def _end_waiting(firm: Firm, seat: Seat, in_vain: bool) -> None:
    if seat.activity == events.WAITING:
        firm.record(events.WAITING_ENDS, int(in_vain), seat.number, seat.number, seat.hire, seat.task_began)
