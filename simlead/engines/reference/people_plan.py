"""The people plan: seats that open, close, and go over to the new team of a further manager."""

from __future__ import annotations

from simlead.engines.plan import FURTHER_TASTES
from simlead.engines.reference import coaching, heroics, levers, managers, market, people, reps
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import OVER, Seat, Team
from simlead.model import draws, events


def new_seat(firm: Firm, team: Team, number: int) -> Seat:
    """A desk in a team, with a working life of its own, still vacant."""
    seat = Seat(number, team, team.places, team.number, since=firm.now)
    team.seats.append(seat)
    team.places += 1
    firm.seats.append(seat)
    seat.process = firm.clock.process(reps.working_life(firm, seat))
    return seat


def open_seats(firm: Firm, team: Team) -> None:
    """Seats that open this week, with a new rep in each; they bring buyers of their own or share the team's."""
    plan = firm.plan.teams[team.number]
    while team.places < len(plan.planned) and plan.planned[team.places].opens <= firm.week:
        place_in_team = team.places
        seat = new_seat(firm, team, plan.seat_numbers[place_in_team])
        seat.own_buyers = plan.planned[place_in_team].own_buyers
        people.sit_down(firm, seat, firm.now)
        firm.record(events.SEAT_ADDED, int(seat.own_buyers), seat.number, seat.number, 0, seat.ability)
        if seat.own_buyers:
            firm.clock.process(market.territory_life(firm, seat))
        else:
            team.shares_territories = True


def close_seats(firm: Firm, team: Team) -> None:
    """Seats that close this week; their territories stay with the team, which shares them."""
    planned = firm.plan.teams[team.number].planned
    for seat in team.seats:
        if planned[seat.place_in_team].closes == firm.week:
            team.shares_territories = True
            people.close_seat(firm, seat)


def begin_teams(firm: Firm) -> None:
    """The teams that begin this week, in order."""
    while len(firm.teams) < len(firm.plan.teams) and firm.plan.teams[len(firm.teams)].begins == firm.week:
        _begin_team(firm, Team(len(firm.teams), firm.plan.status_quo, since=firm.now, tastes=FURTHER_TASTES))


def _begin_team(firm: Firm, team: Team) -> None:
    """Seats come over one by one; then a manager from outside is appointed, and errands begin to arrive."""
    firm.teams.append(team)
    levers.choose(firm, team)
    for planned in firm.plan.teams[team.number].planned:
        if planned.comes_from is not None:
            origin, place = planned.comes_from
            _take_over(firm, team, next(s for s in firm.teams[origin].seats if s.place_in_team == place))
    z = firm.normal(draws.QUALITY, team.number, 0)
    people.appoint(firm, team, z, 0.0, events.FIRST_APPOINTMENT, fit=False)
    firm.clock.process(managers.managing_life(firm, team))
    firm.clock.process(managers.errands(firm, team))


def _take_over(firm: Firm, team: Team, seat: Seat) -> None:
    """A seat with its rep, territory and deals reports to another manager from now on.

    What was booked with the manager before lapses, and hours that this one still owed the deals are forfeited. A
    session that is being held goes on, with the manager before; a team meeting does not.
    """
    before = seat.team
    if seat.activity == events.TEAM_MEETING:
        assert seat.process is not None
        seat.process.interrupt(None)
        reps.set_free(firm, seat)
    coaching.lapse_with(firm, seat)
    for deal in [deal for deal in before.heroics if deal.seat is seat]:
        heroics.forfeit(firm, deal)
    firm.record(events.SEAT_MOVES, before.number, seat.number, seat.number, team.number, float(len(seat.deals)))
    before.seats.remove(seat)
    team.seats.append(seat)
    seat.team = team
    seat.place_in_team = team.places
    team.places += 1
    team.shares_territories = team.shares_territories or not seat.own_buyers
    for deal in firm.opportunities:
        if deal.seat is seat and deal.status != OVER:
            deal.team = team
    firm.touch(before)
    firm.touch(team)
