"""Coaching sessions: booked within a budget, protected at random and by clarity, held or lapsed."""

from __future__ import annotations

from simlead.engines.reference.firm import Firm, order_of_deal
from simlead.engines.reference.state import Deal, Seat, Session, Team
from simlead.model import draws, events
from simlead.model.events import priority_key

_PROTECTED_BY = (draws.ONE_TO_ONE_PROTECTED, draws.PRE_CALL_PROTECTED, draws.POST_CALL_PROTECTED)
SLACK = 1e-9  # hours: sums of quarter hours may miss a budget by rounding


def book_one_to_one(firm: Firm, team: Team, seat: Seat) -> None:
    """Book a one-to-one for today with the rep in this seat.

    One that is longer than an hour is held in sittings, each a session of its own, protected
    or not and held or lapsed by itself. So no session of these keeps the manager from an errand
    or from the weekly meeting for longer than an hour.
    """
    for _ in range(team.sittings):
        index = firm.weeks_since_start * 64 + seat.one_to_ones_named
        seat.one_to_ones_named += 1
        _book(firm, Session(
            events.ONE_TO_ONE, team, seat, seat.number, index, team.one_to_one_hours / team.sittings,
            _protected(firm, team, events.ONE_TO_ONE, seat.number, index)))


def book_call(firm: Firm, kind: int, deal: Deal, stage: int, after_lost_gate: bool = False) -> bool:
    """Book a pre-call or post-call for a gate, if its rep is coached this week and today's allowance pays for it."""
    team, organisation = deal.team, firm.plan.organisation
    hours = organisation.pre_call_hours if kind == events.PRE_CALL else organisation.post_call_hours
    if not deal.seat.chosen_for_coaching or team.allowance_left + SLACK < hours:
        return False
    team.allowance_left -= hours
    index = deal.number * 4 + stage
    session = Session(
        kind, team, deal.seat, deal.territory, index, hours,
        _protected(firm, team, kind, deal.territory, index), deal, stage, after_lost_gate)
    _book(firm, session)
    if kind == events.PRE_CALL:
        deal.pre_call = session
    else:
        timer = firm.clock.timed(
            priority_key(events.POST_CALL_EXPIRES, deal.territory, index), organisation.post_call_window_hours)
        timer.then(lambda: expire(firm, session))
    return True


def _protected(firm: Firm, team: Team, kind: int, entity: int, index: int) -> bool:
    return firm.uniform(_PROTECTED_BY[kind], entity, index) < team.adherence


def _book(firm: Firm, session: Session) -> None:
    team = session.team
    team.booked[session.kind] += 1
    team.booked_hours += session.hours
    (team.protected if session.protected else team.unprotected).append(session)
    firm.touch(team)


def expire(firm: Firm, session: Session) -> None:
    """A timer ran out: the session lapses if it still waits."""
    if session.pending:
        firm.events += 1
        lapse(firm, session)


def lapse(firm: Firm, session: Session) -> None:
    """The session's moment has passed. Its hours are not given back."""
    _withdraw(session)
    session.team.lapsed[session.kind] += 1
    firm.record(events.SESSION_LAPSES, session.kind, session.seat.number, session.entity, session.index, firm.now)


def _withdraw(session: Session) -> None:
    session.pending = False
    (session.team.protected if session.protected else session.team.unprotected).remove(session)


def lapse_one_to_ones(firm: Firm, team: Team) -> None:
    """The day is over for the one-to-ones that were booked for it."""
    for session in [s for s in (*team.protected, *team.unprotected) if s.kind == events.ONE_TO_ONE]:
        lapse(firm, session)


def lapse_with(firm: Firm, seat: Seat) -> None:
    """The rep in this seat leaves: what was booked with them lapses."""
    for session in [s for s in (*seat.team.protected, *seat.team.unprotected) if s.seat is seat]:
        lapse(firm, session)


def startable(session: Session) -> bool:
    """Can the rep come at once? Between tasks, waiting, or prospecting, which can be broken off."""
    return session.seat.activity in (events.FREE, events.WAITING, events.PROSPECTING)


def begin(firm: Firm, session: Session) -> None:
    """Manager and rep sit down together."""
    team, seat = session.team, session.seat
    _withdraw(session)
    session.began = firm.now
    session.over = firm.clock.timed(
        priority_key(events.SESSION_ENDS, seat.number, 0), firm.on_grid(session.hours))
    session.over.then(lambda: end(firm, session))
    was = seat.activity
    if was == events.WAITING:
        firm.record(events.WAITING_ENDS, 0, seat.number, seat.number, seat.hire, seat.task_began)
    firm.record(events.SESSION_BEGINS, session.kind, seat.number, session.entity, session.index,
              1.0 if session.protected else 0.0)
    if was == events.PROSPECTING:
        firm.call_away(seat, session)
    else:
        assert seat.next_task is not None
        seat.next_task.hand(session)
    firm.occupy(seat, events.COACHED)
    firm.engage(team, events.COACHING)
    assert team.next_task is not None
    team.next_task.hand(session)


def end(firm: Firm, session: Session) -> None:
    """The session has been held: it counts for the dose, and for the deals it was about."""
    team, seat, deal = session.team, session.seat, session.deal
    firm.record_event(
        events.SESSION_ENDS, session.kind, seat.number, session.entity, session.index, session.began)
    team.held[session.kind] += 1
    hours = firm.now - session.began
    seat.coached_dose += hours * (firm.plan.world.lost_gate_dose_factor if session.after_lost_gate else 1.0)
    if deal is None:
        _relieve_named_deals(firm, seat)
    elif session.kind == events.PRE_CALL:
        deal.pre_calls |= 1 << session.stage
    else:
        deal.post_calls |= 1 << session.stage
    firm.engage(team, events.UNALLOCATED)
    firm.touch(team)


def _relieve_named_deals(firm: Firm, seat: Seat) -> None:
    """What the KPI review named is put in order: half of its overdue weeks no longer count."""
    for deal in sorted((d for d in seat.deals.values() if d.named), key=order_of_deal):
        deal.named = False
        deal.relieved = True
        deal.overdue_weeks *= 1.0 - firm.plan.world.overdue_relief
        firm.record(
            events.DEAL_RELIEVED, 0, seat.number, deal.territory, deal.number, deal.overdue_weeks)
