"""The market: arrivals of buying opportunities, and the buyers' decisions with us or without us."""

from __future__ import annotations

import math
from collections.abc import Generator

from simpy.events import Event

from simlead.engines.plan import table_value
from simlead.engines.reference import pipeline, rivals
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import ELSEWHERE, OVER, Deal, Seat, Team
from simlead.model import draws, events
from simlead.model.events import priority_key
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK

Life = Generator[Event, object, None]


def territory_life(firm: Firm, seat: Seat) -> Life:
    """Opportunities arise in a territory, one after another, whatever the firm does."""
    territory, number = seat.number, 0
    while True:
        arrivals_per_hour = firm.plan.teams[seat.home].arrivals_per_hour
        unit_gap = firm.exponential(draws.ARRIVAL_GAP, territory, number)
        if firm.plan.season_by_month:
            gap = _seasonal_gap(firm, arrivals_per_hour, unit_gap)
        else:
            gap = firm.rules.arrival_gap(unit_gap, arrivals_per_hour, firm.plan.number_growth_per_hour, firm.now)
        if gap == math.inf:
            return
        yield firm.clock.timed(priority_key(events.OPPORTUNITY_ARRIVES, territory, number), firm.on_grid(gap))
        deal = opportunity(firm, seat, number)
        firm.opportunities.append(deal)
        firm.record_event(events.OPPORTUNITY_ARRIVES, int(deal.noticed), deal.seat.number,
                      territory, number, deal.value)
        if deal.noticed:
            pipeline.think(firm, deal)
            firm.clock.process(buyer_life(firm, deal))
        else:
            firm.clock.process(elsewhere(firm, deal))
        number += 1


def _seasonal_gap(firm: Firm, arrivals_per_hour: float, unit_gap: float) -> float:
    """Hours until an arrival, month by month: each uses up its part of the unit gap."""
    plan, begin, left = firm.plan, firm.now, unit_gap
    month = buyers.months_since_switch(begin)
    while begin < plan.end_hour:
        rate = arrivals_per_hour * plan.season_by_month[buyers.month_of_year(month, plan.market.switch_month)]
        end = (month + 1) * HOURS_PER_MONTH
        expected = buyers.arrivals_within(rate, plan.number_growth_per_hour, begin, end - begin)
        if left < expected:
            gap: float = firm.rules.arrival_gap(left, rate, plan.number_growth_per_hour, begin)
            return begin - firm.now + gap
        left -= expected
        begin = end
        month += 1
    return math.inf


def opportunity(firm: Firm, territory: Seat, number: int) -> Deal:
    """A new opportunity, by name, and whether we notice it.

    We notice it if its visibility lies below what the seat's prospecting reaches. A vacant
    seat notices less, for the team-mate with the shortest queue; without one it is lost.
    """
    plan, team, here = firm.plan, territory.team, territory.number
    value_z = size = firm.normal(draws.VALUE, here, number)
    sigma, quantiles = plan.market.deal_value_sigma, plan.market.deal_value_quantiles
    if quantiles:
        value = table_value(quantiles, firm.uniform(draws.VALUE, here, number))
        size, sigma = math.log(value / plan.median_table_value), 1.0
    else:
        value = firm.rules.deal_value(value_z, plan.market.deal_value_median, sigma)
    pace = firm.rules.pace_hours(
        size, firm.normal(draws.PACE, here, number), plan.pace_median_hours,
        plan.market.pace_size_elasticity, sigma, plan.pace_sigma)
    seat = _desk(firm, team, territory, number)
    reach = _reach(firm, seat)
    worker: Seat | None = None
    if firm.uniform(draws.VISIBILITY, here, number) < reach:
        worker = seat if seat.filled else pipeline.shortest_queue(team)
    value *= firm.growth_index()
    value *= plan.teams[territory.home].deal_value_factor
    deal = Deal(here, number, firm.now, value_z, sigma * size, value, pace, worker is not None, team, worker or seat)
    if worker is not None:
        pipeline.adopt(deal, worker)
    return deal


def _reach(firm: Firm, seat: Seat) -> float:
    """The visibility up to which the seat's territory notices; team-mates cover for nobody and for newcomers."""
    plan = firm.plan
    own = seat.noticing if seat.filled else plan.least_noticing
    share = plan.market.cover_noticing_share
    if share <= 0.0 or (
            seat.filled and firm.tenure_hours(seat) >= plan.organisation.cover_weeks * HOURS_PER_WEEK):
        return own
    total, count = 0.0, 0
    for mate in seat.team.seats:
        if mate.filled and mate is not seat:
            total += mate.noticing
            count += 1
    covered: float = firm.rules.covered_noticing(own, share, total / count) if count else own
    return covered


def _desk(firm: Firm, team: Team, territory: Seat, number: int) -> Seat:
    """The seat that covers this opportunity: mostly the territory's own.

    Of as many parts as the team has open seats, one each falls to the seats without buyers of their own; the rest stays
    with the territory's seat or, when that has closed, is shared among all. So every open seat has an equal part.
    """
    if not team.shares_territories:
        return territory
    seats = [seat for seat in team.seats if not seat.closed]
    seat = seats[int(firm.uniform(draws.SPLIT, territory.number, number) * len(seats))]
    return territory if seat.own_buyers and not territory.closed else seat


def buyer_life(firm: Firm, deal: Deal) -> Life:
    """A buyer gets ready, is met, thinks, and is met again until a gate ends it."""
    deal.met = firm.clock.handover()
    while True:
        yield firm.clock.timed(
            priority_key(events.MEETING_DUE, deal.territory, deal.number * 16 + deal.meetings), deal.gap)
        if deal.status == OVER:  # given up by a rep who left
            return
        pipeline.meeting_due(firm, deal)
        goes_on = yield deal.met
        if not goes_on:
            return


def elsewhere(firm: Firm, deal: Deal) -> Life:
    """A buyer we never noticed decides in their own time: nobody, a rival, or our manager's own deal."""
    deal.status = ELSEWHERE
    yield firm.clock.timed(
        priority_key(events.ELSEWHERE_DECIDES, deal.territory, deal.number), firm.on_grid(max(1e-9, deal.pace)))
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
        rivals.won(firm, deal.value, 0.0)
    else:
        outcome = events.RIVAL
        rivals.won(firm, 0.0, deal.value)
    firm.record_event(events.ELSEWHERE_DECIDES, outcome, team.number, deal.territory, deal.number, deal.value)
    deal.status = OVER
    deal.outcome = outcome
    deal.decided = firm.now
