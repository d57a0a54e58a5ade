"""The people plan: seats that open, close, and go over to the new team of a further manager."""

from __future__ import annotations

import math

from simlead.engines.compiled import coaching, heroics, levers, managers, market, people, reps
from simlead.engines.compiled.firm import normal, record, touch
from simlead.engines.compiled.layout import (
    SEAT_WORDS,
    SEATS_IN_WORD,
    created_at,
    deal_at,
    far_timer_at,
    opportunity_at,
    seat_at,
    seat_plan_at,
    seat_word_at,
    session_at,
    team_at,
    timer_at,
)
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.plan import FURTHER_TASTES
from simlead.model import draws, events

_STAGES = len(events.STAGES)


@part
def new_seat(firm: FirmRecord, team: TeamRecord) -> int:
    """The team's next desk, still vacant; its slot."""
    slot = team.first_seat + team.seats_count
    created_at(firm, firm.created_used).to = slot
    firm.created_used += 1
    seat = seat_at(firm, slot)
    seat.activity = events.VACANT
    seat.leaving = seat.queue = seat.deals = -1
    seat.slot = slot
    seat.number = seat_plan_at(firm, slot).number
    seat.team = team.number
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
def open_seats(firm: FirmRecord, team: TeamRecord) -> None:
    """Seats that open this week, with a new rep in each; they bring buyers of their own or share the team's."""
    beyond = seat_plan_at(firm, team.first_seat).beyond
    while True:
        slot = team.first_seat + team.seats_count
        if slot == beyond or seat_plan_at(firm, slot).opens > firm.week:
            return
        seat, own_buyers = seat_at(firm, new_seat(firm, team)), seat_plan_at(firm, slot).own_buyers
        people.sit_down(firm, seat, firm.now)
        record(firm, events.SEAT_ADDED, int(own_buyers), seat.number, seat.number, 0, seat.ability)
        if own_buyers:
            market.next_arrival(firm, slot, 0)
        else:
            team.shares_territories = True


@part
def close_seats(firm: FirmRecord, team: TeamRecord) -> None:
    """Seats that close this week; their territories stay with the team, which shares them."""
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        if seat_plan_at(firm, slot).closes == firm.week:
            team.shares_territories = True
            people.close_seat(firm, seat_at(firm, slot))


@part
def begin_teams(firm: FirmRecord) -> None:
    """The teams that begin this week, in order."""
    while firm.teams_used < firm.teams_room and team_at(firm, firm.teams_used).begins == firm.week:
        firm.teams_used += 1
        _begin_team(firm, team_at(firm, firm.teams_used - 1))


@part
def _begin_team(firm: FirmRecord, team: TeamRecord) -> None:
    """Seats come over one by one; then a manager from outside is appointed, and errands begin to arrive."""
    team.since = firm.now
    team.tastes = FURTHER_TASTES
    levers.choose(firm, team)
    beyond = seat_plan_at(firm, team.first_seat).beyond
    for slot in range(team.first_seat, beyond):
        if seat_plan_at(firm, slot).comes_from >= 0:
            _take_over(firm, team, seat_at(firm, seat_plan_at(firm, slot).comes_from))
    z = normal(firm, draws.QUALITY, team.number, 0)
    people.appoint(firm, team, z, 0.0, events.FIRST_APPOINTMENT, False)
    managers.next_errand(firm, team.number, 0)


@part
def _take_over(firm: FirmRecord, team: TeamRecord, seat: SeatRecord) -> None:
    """A seat with its rep, territory and deals reports to another manager from now on.

    What was booked with the manager before lapses, and hours that this one still owed the deals are forfeited. A
    session that is being held goes on, with the manager before; a team meeting does not.
    """
    before = team_at(firm, seat.team)
    if seat.activity == events.TEAM_MEETING:
        reps.set_free(firm, seat)
    coaching.lapse_with(firm, seat)
    slot = before.heroics_first
    while slot >= 0:
        here, slot = slot, deal_at(firm, slot).next_hero
        if deal_at(firm, here).seat == seat.slot:
            heroics.forfeit(firm, before, here)
    record(firm, events.SEAT_MOVES, before.number, seat.number, seat.number, team.number, float(seat.deals_count))
    _move(firm, seat.slot, team)
    touch(firm, before.number)
    touch(firm, team.number)


@part
def _move(firm: FirmRecord, old: int, team: TeamRecord) -> None:
    """Bring a seat to the team's next slot, and all that refers to it. Its old slot stays empty for ever."""
    new = team.first_seat + team.seats_count
    for word in range(SEAT_WORDS):
        seat_word_at(firm, new * SEAT_WORDS + word).value = seat_word_at(firm, old * SEAT_WORDS + word).value
    seat = seat_at(firm, new)
    seat.slot = new
    seat.team = team.number
    seat.place_in_team = team.seats_count
    team.seats_count += 1
    if not seat_plan_at(firm, new).own_buyers:
        team.shares_territories = True
    if seat.activity == events.FREE or seat.activity == events.WAITING:
        _mark_idle(team, new)
    _empty(firm, old)
    for order in range(firm.created_used):
        if created_at(firm, order).to == old:
            created_at(firm, order).to = new
    for slot in range(firm.near_used):
        timer = timer_at(firm, slot)
        if timer.slot == old and _is_of_a_seat(timer.key):
            timer.slot = new
    for slot in range(firm.far_used):
        far_timer = far_timer_at(firm, slot)
        if far_timer.slot == old and _is_of_a_seat(far_timer.key):
            far_timer.slot = new
    for slot in range(firm.sessions_used):
        if session_at(firm, slot).seat == old:
            session_at(firm, slot).seat = new
    for row in range(firm.opportunities_used):
        deal = opportunity_at(firm, row)
        if deal.seat == seat.number and deal.outcome == events.OPEN:
            deal.team = team.number
    for slot in range(firm.deals_used):
        _move_deal(firm, slot, old, new)


@part
def _move_deal(firm: FirmRecord, slot: int, old: int, new: int) -> None:
    """Let a deal know where its seat is. What its row says of its seat may be out of date while we work it."""
    deal = deal_at(firm, slot)
    if deal.territory >= 0:
        if deal.seat == old:
            deal.seat = new
        deal.team = opportunity_at(firm, deal.row).team = seat_at(firm, deal.seat).team


@part
def _empty(firm: FirmRecord, slot: int) -> None:
    """Leave a slot as if its seat had closed long ago."""
    seat = seat_at(firm, slot)
    team = team_at(firm, seat.team)
    if seat.activity == events.FREE or seat.activity == events.WAITING:
        _mark_idle(team, slot)
    seat.activity = events.VACANT
    seat.filled = seat.chosen_for_coaching = False
    seat.closed = seat.gone = True
    seat.leaving = seat.queue = seat.deals = seat.one_to_one_day = -1
    seat.queue_count = seat.deals_count = seat.deals_named = seat.awaitable = 0
    seat.task_ends = -1e300


@part
def _mark_idle(team: TeamRecord, slot: int) -> None:
    """The seat in this slot is idle where it was not, or no longer."""
    place = slot - team.first_seat
    if place < SEATS_IN_WORD:
        team.idle_seats ^= 1 << place


@part
def _is_of_a_seat(key: int) -> bool:
    """Whether a timer's slot is that of a seat."""
    kind = events.KIND_OF_RANK[key >> 56]
    return (kind == events.REP_TASK_ENDS or kind == events.OPPORTUNITY_ARRIVES or kind == events.REP_HIRED
            or kind == events.PATIENCE_EXPIRES)
