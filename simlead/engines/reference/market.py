"""The market: buying opportunities arise, and buyers go their way with us or without."""

from __future__ import annotations

import math
from collections.abc import Generator

from simpy.events import Event

from simlead.engines.reference import pipeline
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import ELSEWHERE, OVER, Deal, Seat, Team
from simlead.model import draws, events
from simlead.model.events import place
from simlead.model.rules import buyers

Life = Generator[Event, object, None]


def territory_life(firm: Firm, team: Team, seat: Seat) -> Life:
    """Opportunities arise in a territory, one after another, whatever the firm does."""
    territory, number = seat.number, 0
    while True:
        gap = buyers.arrival_gap(
            firm.exponential(draws.ARRIVAL_GAP, territory, number),
            firm.plan.arrivals_per_hour, firm.plan.number_growth_per_hour, firm.now)
        if gap == math.inf:
            return
        yield firm.clock.timed(place(events.OPPORTUNITY_ARRIVES, territory, number), firm.on_grid(gap))
        deal = opportunity(firm, team, seat, number)
        firm.opportunities.append(deal)
        firm.happened(events.OPPORTUNITY_ARRIVES, int(deal.noticed), deal.seat.number,
                      territory, number, deal.value)
        if deal.noticed:
            pipeline.think(firm, deal)
            firm.clock.process(buyer_life(firm, deal))
        else:
            firm.clock.process(elsewhere(firm, deal))
        number += 1


def opportunity(firm: Firm, team: Team, territory: Seat, number: int) -> Deal:
    """A new opportunity, by name, and whether we notice it.

    We notice it if its visibility lies below what the seat's prospecting reaches. A vacant
    seat notices less, for the team-mate with the shortest queue; without one it is lost.
    """
    plan, here = firm.plan, territory.number
    value_z = firm.normal(draws.VALUE, here, number)
    pace = buyers.pace_hours(
        value_z, firm.normal(draws.PACE, here, number), plan.pace_median_hours,
        plan.market.pace_size_elasticity, plan.market.deal_value_sigma, plan.pace_sigma)
    value = buyers.deal_value(value_z, plan.market.deal_value_median, plan.market.deal_value_sigma)
    seat = _desk(firm, team, territory, number)
    reach = seat.noticing if seat.filled else plan.least_noticing
    worker: Seat | None = None
    if firm.uniform(draws.VISIBILITY, here, number) < reach:
        worker = seat if seat.filled else pipeline.shortest_queue(team)
    deal = Deal(here, number, firm.now, value_z, value * firm.growth_index(), pace, worker is not None,
                team, worker or seat)
    if worker is not None:
        pipeline.adopt(deal, worker)
    return deal


def _desk(firm: Firm, team: Team, territory: Seat, number: int) -> Seat:
    """The seat that covers this opportunity: the territory's own, or one that was added."""
    seats, own = len(team.seats), firm.plan.organisation.seats_per_team
    if seats == own:
        return territory
    added = int(firm.uniform(draws.SPLIT, territory.number, number) * seats)
    return territory if added < own else team.seats[added]


def buyer_life(firm: Firm, deal: Deal) -> Life:
    """A buyer gets ready, is met, thinks, and is met again until a gate ends it."""
    deal.met = firm.clock.handover()
    while True:
        yield firm.clock.timed(
            place(events.MEETING_DUE, deal.territory, deal.number * 16 + deal.meetings), deal.gap)
        if deal.standing == OVER:  # given up by a rep who left
            return
        pipeline.meeting_due(firm, deal)
        goes_on = yield deal.met
        if not goes_on:
            return


def elsewhere(firm: Firm, deal: Deal) -> Life:
    """A buyer we never noticed decides in their own time: nobody, a rival, or our manager's own deal."""
    deal.standing = ELSEWHERE
    yield firm.clock.timed(
        place(events.ELSEWHERE_DECIDES, deal.territory, deal.number), firm.on_grid(max(1e-9, deal.pace)))
    team = deal.team
    if firm.uniform(draws.UNNOTICED_FATE, deal.territory, deal.number) < firm.plan.market.unnoticed_no_decision:
        outcome = events.NO_DECISION
    elif team.own_selling_credit > 0.0:
        # Hours of own selling were paid in; deals are taken out at their value, the last
        # one in advance, so that over time the manager wins exactly what the hours earned.
        outcome = events.WON_BY_MANAGER
        team.own_selling_credit -= deal.value
        team.own_wins += 1
        team.own_sales += deal.value
        deal.won_value = deal.value
    else:
        outcome = events.RIVAL
    firm.happened(events.ELSEWHERE_DECIDES, outcome, team.number, deal.territory, deal.number, deal.value)
    deal.standing = OVER
    deal.outcome = outcome
    deal.decided = firm.now
