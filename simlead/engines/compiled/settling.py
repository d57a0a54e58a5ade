"""The settling pass: when an instant has nothing more to happen, who takes what next."""

from __future__ import annotations

from simlead.engines.compiled import managers, reps
from simlead.engines.compiled.layout import Record, seat_at, team_at
from simlead.engines.compiled.memory import inlined
from simlead.model.events import FREE, PROSPECTING, WAITING


@inlined
def settle(firm: Record) -> None:
    """Settle every team that something happened to, in team order.

    First the manager chooses, then the reps in seat order. A rep whose patience ends at
    this instant has thus been open to the manager until now.
    """
    there = firm.touched_first
    firm.touched_first = firm.touched_last = -1
    while there >= 0:
        team = team_at(firm, there)
        there = team.next_touched
        team.touched = False
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
