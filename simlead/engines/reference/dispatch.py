"""The dispatch pass: the next task of each free person, after the last event of an instant."""

from __future__ import annotations

from simlead.engines.reference import managers, reps
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Team
from simlead.model.events import FREE, PROSPECTING, WAITING


def dispatch_teams(firm: Firm) -> None:
    """Settle every team that something happened to, in team order."""
    undispatched = firm.undispatched
    if len(undispatched) == 1:  # nearly always
        _dispatch_team(firm, firm.teams[undispatched.pop()])
        return
    touched = sorted(undispatched)
    undispatched.clear()
    for number in touched:
        _dispatch_team(firm, firm.teams[number])


def _dispatch_team(firm: Firm, team: Team) -> None:
    """First the manager chooses, then the reps in seat order.

    A rep whose patience ends at this instant has thus been open to the manager until now.
    """
    if not team.busy:
        managers.take_next(firm, team)
    for seat in team.seats:
        activity = seat.activity
        if activity == FREE:
            reps.take_next(firm, seat)
        elif activity == WAITING:
            if team.meeting_on or firm.now >= seat.waiting_until:
                reps.take_next(firm, seat)
        elif team.meeting_on and activity == PROSPECTING:
            reps.join_team_meeting(firm, seat)
