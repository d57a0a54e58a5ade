"""Coaching sessions: booked within a budget, protected at random and by clarity, held or lapsed."""

from __future__ import annotations

from simlead.engines.compiled.firm import (
    call_away,
    engage,
    occupy,
    on_grid,
    record,
    record_event,
    touch,
    uniform,
    weeks_since_start,
)
from simlead.engines.compiled.layout import (
    PROTECTED,
    UNPROTECTED,
    deal_at,
    opportunity_at,
    plan_of,
    seat_at,
    session_at,
    team_at,
)
from simlead.engines.compiled.lists import drop_session, free_session_slot, in_order, put_session, take_session_slot
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.compiled.timers import later
from simlead.model import draws, events

_PROTECTED_BY = (draws.ONE_TO_ONE_PROTECTED, draws.PRE_CALL_PROTECTED, draws.POST_CALL_PROTECTED)
SLACK = 1e-9  # hours: sums of quarter hours may miss a budget by rounding


@part
def book_one_to_one(firm: FirmRecord, team: TeamRecord, seat: SeatRecord) -> None:
    """Book a one-to-one for today with the rep in this seat.

    One that is longer than an hour is held in sittings, each a session of its own, protected
    or not and held or lapsed by itself. So no session of these keeps the manager from an errand
    or from the weekly meeting for longer than an hour.
    """
    for _ in range(team.sittings):
        index = weeks_since_start(firm) * 64 + seat.one_to_ones_named
        seat.one_to_ones_named += 1
        _book(firm, events.ONE_TO_ONE, seat.team, seat.slot, seat.number, index,
              team.one_to_one_hours / team.sittings)


@part
def book_call(firm: FirmRecord, kind: int, deal_slot: int, stage: int) -> int:
    """Book a pre-call or post-call for a gate, if its rep is coached this week and today's allowance pays for it.

    -1 if not.
    """
    deal, plan = deal_at(firm, deal_slot), plan_of(firm)
    team = team_at(firm, deal.team)
    hours = plan.pre_call_hours if kind == events.PRE_CALL else plan.post_call_hours
    if not seat_at(firm, deal.seat).chosen_for_coaching or team.allowance_left + SLACK < hours:
        return -1
    team.allowance_left -= hours
    index = deal.number * 4 + stage
    slot = _book(firm, kind, deal.team, deal.seat, deal.territory, index, hours)
    session = session_at(firm, slot)
    session.row = deal.row
    session.stage = stage
    if kind == events.PRE_CALL:
        session.deal = deal_slot
        deal.pre_call = slot
    else:
        later(firm, events.POST_CALL_EXPIRES, deal.territory, index, plan.post_call_window_hours, slot)
    return slot


@part
def _book(
    firm: FirmRecord, kind: int, team_slot: int, seat_slot: int, entity: int, index: int, hours: float
) -> int:
    team = team_at(firm, team_slot)
    slot = take_session_slot(firm)
    session = session_at(firm, slot)
    session.kind = kind
    session.entity = entity
    session.index = index
    session.hours = hours
    session.stage = 0
    session.row = -1
    session.team = team_slot
    session.seat = seat_slot
    session.deal = -1
    protected = uniform(firm, _PROTECTED_BY[kind], entity, index) < team.adherence
    session.line = PROTECTED if protected else UNPROTECTED
    session.after_lost_gate = session.waited_for = False
    session.pending = True
    team.booked[kind] += 1
    team.booked_hours += hours
    put_session(firm, slot)
    touch(firm, team_slot)
    return slot


@part
def expire(firm: FirmRecord, slot: int, territory: int, index: int) -> None:
    """A debrief's timer ran out: the session lapses if it still waits."""
    session = session_at(firm, slot)
    if (session.kind == events.POST_CALL and session.entity == territory and session.index == index
            and session.pending):
        firm.events += 1
        lapse(firm, slot)


@part
def lapse(firm: FirmRecord, slot: int) -> None:
    """The session's moment has passed. Its hours are not given back."""
    session = session_at(firm, slot)
    _withdraw(firm, slot)
    team_at(firm, session.team).lapsed[session.kind] += 1
    record(firm, events.SESSION_LAPSES, session.kind, seat_at(firm, session.seat).number,
         session.entity, session.index, firm.now)
    free_session_slot(firm, slot)


@inlined
def _withdraw(firm: FirmRecord, slot: int) -> None:
    session = session_at(firm, slot)
    session.pending = False
    if session.deal >= 0:
        deal_at(firm, session.deal).pre_call = -1
    drop_session(firm, slot)


@part
def lapse_one_to_ones(firm: FirmRecord, team: TeamRecord) -> None:
    """The day is over for the one-to-ones that were booked for it."""
    for line in range(2):
        slot = team.sessions_first[line]
        while slot >= 0:
            session = session_at(firm, slot)
            here, slot = slot, session.after
            if session.kind == events.ONE_TO_ONE:
                lapse(firm, here)


@part
def lapse_with(firm: FirmRecord, seat: SeatRecord) -> None:
    """The rep in this seat leaves: what was booked with them lapses."""
    team = team_at(firm, seat.team)
    for line in range(2):
        slot = team.sessions_first[line]
        while slot >= 0:
            session = session_at(firm, slot)
            here, slot = slot, session.after
            if session.seat == seat.slot:
                lapse(firm, here)


@part
def first_startable(firm: FirmRecord, team: TeamRecord, line: int) -> int:
    """The first session of a line whose rep can come at once: between tasks, waiting, or
    prospecting, which can be broken off."""
    slot = team.sessions_first[line]
    while slot >= 0:
        session = session_at(firm, slot)
        activity = seat_at(firm, session.seat).activity
        if activity == events.FREE or activity == events.WAITING or activity == events.PROSPECTING:
            return slot
        slot = session.after
    return -1


@part
def begin(firm: FirmRecord, slot: int) -> None:
    """Manager and rep sit down together."""
    session = session_at(firm, slot)
    seat = seat_at(firm, session.seat)
    _withdraw(firm, slot)
    session.began = firm.now
    later(firm, events.SESSION_ENDS, seat.number, 0, on_grid(firm, session.hours), slot)
    was = seat.activity
    if was == events.WAITING:
        record(firm, events.WAITING_ENDS, 0, seat.number, seat.number, seat.hire, seat.task_began)
    record(firm, events.SESSION_BEGINS, session.kind, seat.number, session.entity, session.index,
         1.0 if session.line == PROTECTED else 0.0)
    if was == events.PROSPECTING:
        call_away(firm, seat)
    occupy(firm, seat, events.COACHED)
    engage(firm, team_at(firm, session.team), events.COACHING)


@part
def end(firm: FirmRecord, slot: int) -> int:
    """The session has been held: it counts for the dose, and for the deals it was about.

    Returns the seat, whose rep is free now.
    """
    session = session_at(firm, slot)
    team, seat = team_at(firm, session.team), seat_at(firm, session.seat)
    record_event(
        firm, events.SESSION_ENDS, session.kind, seat.number, session.entity, session.index, session.began)
    team.held[session.kind] += 1
    hours = firm.now - session.began
    seat.coached_dose += hours * (plan_of(firm).lost_gate_dose_factor if session.after_lost_gate else 1.0)
    if session.row < 0:
        _relieve_named_deals(firm, seat)
    elif session.kind == events.PRE_CALL:
        row = opportunity_at(firm, session.row)
        row.pre_calls = row.pre_calls | (1 << session.stage)
    else:
        row = opportunity_at(firm, session.row)
        row.post_calls = row.post_calls | (1 << session.stage)
    engage(firm, team, events.UNALLOCATED)
    touch(firm, session.team)
    free_session_slot(firm, slot)
    return session.seat


@part
def _relieve_named_deals(firm: FirmRecord, seat: SeatRecord) -> None:
    """What the KPI review named is put in order: half of its overdue weeks no longer count."""
    if seat.deals_named == 0:
        return
    first = -1
    slot = seat.deals
    while slot >= 0:
        deal = deal_at(firm, slot)
        if deal.named:
            deal.next_sorted = first
            first = slot
        slot = deal.after
    slot = in_order(firm, first)
    while slot >= 0:
        deal = deal_at(firm, slot)
        deal.named = False
        deal.relieved = True
        deal.overdue_weeks *= 1.0 - plan_of(firm).overdue_relief
        record(firm, events.DEAL_RELIEVED, 0, seat.number, deal.territory, deal.number, deal.overdue_weeks)
        slot = deal.next_sorted
    seat.deals_named = 0
