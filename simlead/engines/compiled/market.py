"""The market: arrivals of buying opportunities, and the buyers' decisions with us or without us."""

from __future__ import annotations

import math

from simlead.engines.compiled import pipeline, rivals
from simlead.engines.compiled.firm import exponential, normal, on_grid, record_event, tenure_hours, uniform
from simlead.engines.compiled.layout import (
    opportunity_at,
    plan_of,
    quantile_at,
    season_at,
    seat_at,
    seat_plan_at,
    team_at,
)
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord, SeatRecord
from simlead.engines.compiled.timers import later
from simlead.model import draws, events
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK


@part
def next_arrival(firm: FirmRecord, territory: int, number: int) -> None:
    """The territory's n-th opportunity is on its way."""
    plan = plan_of(firm)
    name, arrivals_per_hour = seat_at(firm, territory).number, seat_plan_at(firm, territory).arrivals_per_hour
    unit_gap = exponential(firm, draws.ARRIVAL_GAP, name, number)
    if firm.seasons_used > 0:
        gap = _seasonal_gap(firm, arrivals_per_hour, unit_gap)
    else:
        gap = buyers.arrival_gap(unit_gap, arrivals_per_hour, plan.number_growth_per_hour, firm.now)
    if gap != math.inf:
        later(firm, events.OPPORTUNITY_ARRIVES, name, number, on_grid(firm, gap), territory)


@part
def _seasonal_gap(firm: FirmRecord, arrivals_per_hour: float, unit_gap: float) -> float:
    """Hours until an arrival, month by month: each uses up its part of the unit gap."""
    plan, begin, left = plan_of(firm), firm.now, unit_gap
    month = buyers.months_since_switch(begin)
    while begin < firm.end_hour:
        rate = arrivals_per_hour * season_at(firm, buyers.month_of_year(month, plan.switch_month)).value
        end = (month + 1) * HOURS_PER_MONTH
        expected = buyers.arrivals_within(rate, plan.number_growth_per_hour, begin, end - begin)
        if left < expected:
            return begin - firm.now + buyers.arrival_gap(left, rate, plan.number_growth_per_hour, begin)
        left -= expected
        begin = end
        month += 1
    return math.inf


@inlined
def opportunity_arrives(firm: FirmRecord, territory: int, number: int) -> None:
    """A new opportunity, by name, and whether we notice it.

    We notice it if its visibility lies below what the seat's prospecting reaches. A vacant
    seat notices less, for the team-mate with the shortest queue; without one it is lost.
    """
    plan, home = plan_of(firm), seat_at(firm, territory)
    here = home.number
    value_z = size = normal(firm, draws.VALUE, here, number)
    sigma = plan.deal_value_sigma
    if firm.quantiles_used > 0:
        value = _table_value(firm, uniform(firm, draws.VALUE, here, number))
        size, sigma = math.log(value / plan.median_table_value), 1.0
    else:
        value = buyers.deal_value(value_z, plan.deal_value_median, sigma)
    pace = buyers.pace_hours(
        size, normal(firm, draws.PACE, here, number), plan.pace_median_hours,
        plan.pace_size_elasticity, sigma, plan.pace_sigma)
    desk = _desk(firm, territory, number)
    seat = seat_at(firm, desk)
    reach = _reach(firm, seat)
    worker = -1
    if uniform(firm, draws.VISIBILITY, here, number) < reach:
        worker = desk if seat.filled else pipeline.shortest_queue(firm, home.team)
    row = firm.opportunities_used
    firm.opportunities_used += 1
    if firm.opportunities_used > firm.opportunities_room:
        firm.short = True
    deal = opportunity_at(firm, row)
    deal.territory = here
    deal.number = number
    deal.team = home.team
    actor = seat_at(firm, worker).number if worker >= 0 else seat.number
    deal.seat = actor
    deal.noticed = worker >= 0
    deal.stage = events.DISCOVERY
    deal.meetings = 0
    deal.outcome = events.OPEN
    deal.silent = deal.abandoned = deal.relieved = False
    deal.pre_calls = deal.post_calls = deal.heroics = deal.handovers = 0
    deal.arrived = firm.now
    deal.value = value * buyers.growth_index(plan.value_growth_per_hour, firm.now) * seat_plan_at(
        firm, territory).deal_value_factor
    deal.pace_hours = pace
    deal.overdue_weeks = 0.0
    deal.skill = deal.discovery_gate = deal.qualified_gate = deal.proposal_gate = deal.decided = math.nan
    deal.won_value = 0.0
    record_event(firm, events.OPPORTUNITY_ARRIVES, 1 if worker >= 0 else 0, actor, here, number, deal.value)
    if worker >= 0:
        pipeline.begin_deal(
            firm, row=row, seat_slot=worker, territory=here, number=number, team_slot=home.team, pace=pace,
            value_z=value_z, log_size=sigma * size)
    else:
        later(firm, events.ELSEWHERE_DECIDES, here, number, on_grid(firm, max(1e-9, pace)), row)
    next_arrival(firm, territory, number + 1)


@part
def _reach(firm: FirmRecord, seat: SeatRecord) -> float:
    """The visibility up to which the seat's territory notices; team-mates cover for nobody and for newcomers."""
    plan = plan_of(firm)
    own = seat.noticing if seat.filled else plan.least_noticing
    share = plan.cover_noticing_share
    if share <= 0.0 or (seat.filled and tenure_hours(firm, seat) >= plan.cover_weeks * HOURS_PER_WEEK):
        return own
    team = team_at(firm, seat.team)
    total, count = 0.0, 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        mate = seat_at(firm, slot)
        if mate.filled and slot != seat.slot:
            total += mate.noticing
            count += 1
    return buyers.covered_noticing(own, share, total / count) if count > 0 else own


@part
def _table_value(firm: FirmRecord, u: float) -> float:
    """The value at probability u of the scenario's table of deal values."""
    count = firm.quantiles_used
    below = buyers.quantile_below(u, count)
    return buyers.value_between(u, count, quantile_at(firm, below).value, quantile_at(firm, below + 1).value)


@inlined
def _desk(firm: FirmRecord, territory: int, number: int) -> int:
    """The seat that covers this opportunity: mostly the territory's own."""
    if team_at(firm, seat_at(firm, territory).team).shares_territories:
        return _shared_desk(firm, territory, number)
    return territory


@part
def _shared_desk(firm: FirmRecord, territory: int, number: int) -> int:
    """Of as many parts as the team has open seats, one each falls to the seats without buyers of their own.

    The rest stays with the territory's seat or, when that has closed, is shared among all.
    """
    home = seat_at(firm, territory)
    team = team_at(firm, home.team)
    beyond = team.first_seat + team.seats_count
    open_seats = 0
    for slot in range(team.first_seat, beyond):
        open_seats += not seat_at(firm, slot).closed
    nth = int(uniform(firm, draws.SPLIT, home.number, number) * open_seats)
    for slot in range(team.first_seat, beyond):
        if not seat_at(firm, slot).closed:
            if nth == 0:
                return territory if seat_plan_at(firm, slot).own_buyers and not home.closed else slot
            nth -= 1
    return territory


@part
def elsewhere_decides(firm: FirmRecord, row: int, territory: int, number: int) -> None:
    """A buyer we never noticed has decided: nobody, a rival, or our manager's own deal."""
    deal = opportunity_at(firm, row)
    team = team_at(firm, deal.team)
    if uniform(firm, draws.UNNOTICED_FATE, territory, number) < plan_of(firm).unnoticed_no_decision:
        outcome = events.NO_DECISION
    elif team.own_selling_credit > 0.0:
        outcome = events.WON_BY_MANAGER
        team.own_selling_credit -= deal.value
        team.own_wins += 1
        team.own_sales += deal.value
        deal.won_value = deal.value
        rivals.won(firm, deal.value, 0.0)
    else:
        outcome = events.RIVAL
        rivals.won(firm, 0.0, deal.value)
    record_event(firm, events.ELSEWHERE_DECIDES, outcome, team.number, territory, number, deal.value)
    deal.outcome = outcome
    deal.decided = firm.now
