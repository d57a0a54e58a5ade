"""The settling pass: when an instant has nothing more to happen, who takes what next."""

from __future__ import annotations

from simlead.engines.compiled import managers, reps
from simlead.engines.compiled.layout import NONE_TOUCHED, TEAMS_PER_WORD, Record, seat_at, team_at, touched_at
from simlead.engines.compiled.memory import inlined, lowest_bit
from simlead.model.events import FREE, PROSPECTING, WAITING


@inlined
def settle(firm: Record) -> None:
    """Settle every team that something happened to, in team order.

    First the manager chooses, then the reps in seat order. A rep whose patience ends at
    this instant has thus been open to the manager until now.
    """
    first, last = firm.touched_first, firm.touched_last
    firm.touched_first, firm.touched_last = NONE_TOUCHED, -1
    for number in range(first, last + 1):
        word = touched_at(firm, number)
        teams = word.to
        word.to = 0
        while teams != 0:
            _settle_team(firm, team_at(firm, number * TEAMS_PER_WORD + lowest_bit(teams)))
            teams &= teams - 1


@inlined
def _settle_team(firm: Record, team: Record) -> None:
    if not team.busy:
        managers.take_next(firm, team)
    idle = team.idle_seats
    if team.meeting_on or idle > 0:
        for slot in range(team.first_seat, team.first_seat + team.seats_count):
            if idle == 0 and not team.meeting_on:
                break
            seat = seat_at(firm, slot)
            use = seat.use
            if use in (FREE, WAITING):
                idle -= 1
            if use == FREE or (use == WAITING and (team.meeting_on or firm.now >= seat.waiting_until)):
                reps.take_next(firm, seat, team)
            elif team.meeting_on and use == PROSPECTING:
                reps.join_team_meeting(firm, seat)
