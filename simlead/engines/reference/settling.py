"""The settling pass: when an instant has nothing more to happen, who takes what next."""

from __future__ import annotations

from simlead.engines.reference import managers, reps
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Team
from simlead.model.events import FREE, PROSPECTING, WAITING


def settle(firm: Firm) -> None:
    """Settle every team that something happened to, in team order."""
    unsettled = firm.unsettled
    if len(unsettled) == 1:  # nearly always
        _settle_team(firm, firm.teams[unsettled.pop()])
        return
    touched = sorted(unsettled)
    unsettled.clear()
    for number in touched:
        _settle_team(firm, firm.teams[number])


def _settle_team(firm: Firm, team: Team) -> None:
    """First the manager chooses, then the reps in seat order.

    A rep whose patience ends at this instant has thus been open to the manager until now.
    """
    if not team.busy:
        managers.take_next(firm, team)
    for seat in team.seats:
        use = seat.use
        if use == FREE:
            reps.take_next(firm, seat)
        elif use == WAITING:
            if team.meeting_on or firm.now >= seat.waiting_until:
                reps.take_next(firm, seat)
        elif team.meeting_on and use == PROSPECTING:
            reps.join_team_meeting(firm, seat)
