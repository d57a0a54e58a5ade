"""The dispatch pass: the next task of each free person, after the last event of an instant."""

from __future__ import annotations

from simlead.engines.compiled import managers, reps
from simlead.engines.compiled.layout import NONE_TOUCHED, SEATS_IN_WORD, TEAMS_PER_WORD, seat_at, team_at, touched_at
from simlead.engines.compiled.memory import inlined, lowest_bit
from simlead.engines.compiled.records import FirmRecord, TeamRecord
from simlead.model.events import FREE, PROSPECTING, WAITING


@inlined
def dispatch_teams(firm: FirmRecord) -> None:
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
            _dispatch_team(firm, team_at(firm, number * TEAMS_PER_WORD + lowest_bit(teams)))
            teams &= teams - 1


@inlined
def _dispatch_team(firm: FirmRecord, team: TeamRecord) -> None:
    if not team.busy:
        managers.take_next(firm, team)
    first = 0
    while first < team.seats_count:
        if first == 0 and not team.meeting_on:
            places = team.idle_seats
        else:
            places = (1 << min(SEATS_IN_WORD, team.seats_count - first)) - 1
        while places != 0:
            seat = seat_at(firm, team.first_seat + first + lowest_bit(places))
            places &= places - 1
            activity = seat.activity
            if activity == FREE or (activity == WAITING and (team.meeting_on or firm.now >= seat.waiting_until)):
                reps.take_next(firm, seat, team)
            elif team.meeting_on and activity == PROSPECTING:
                reps.join_team_meeting(firm, seat)
        first += SEATS_IN_WORD
