"""The market: buying opportunities arise, and buyers go their way with us or without."""

from __future__ import annotations

import math

from simlead.engines.compiled import pipeline
from simlead.engines.compiled.firm import exponential, happened, normal, on_grid, uniform
from simlead.engines.compiled.layout import Record, opportunity_at, plan_of, seat_at, team_at
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.timers import later
from simlead.model import draws, events
from simlead.model.rules import buyers


@part
def next_arrival(firm: Record, territory: int, number: int) -> None:
    """The territory's n-th opportunity is on its way."""
    plan, name = plan_of(firm), seat_at(firm, territory).number
    gap = buyers.arrival_gap(
        exponential(firm, draws.ARRIVAL_GAP, name, number),
        plan.arrivals_per_hour, plan.number_growth_per_hour, firm.now)
    if gap != math.inf:
        later(firm, events.OPPORTUNITY_ARRIVES, name, number, on_grid(firm, gap), territory)


@inlined
def opportunity_arrives(firm: Record, territory: int, number: int) -> None:
    """A new opportunity, by name, and whether we notice it.

    We notice it if its visibility lies below what the seat's prospecting reaches. A vacant
    seat notices less, for the team-mate with the shortest queue; without one it is lost.
    """
    plan, home = plan_of(firm), seat_at(firm, territory)
    here = home.number
    value_z = normal(firm, draws.VALUE, here, number)
    pace = buyers.pace_hours(
        value_z, normal(firm, draws.PACE, here, number), plan.pace_median_hours,
        plan.pace_size_elasticity, plan.deal_value_sigma, plan.pace_sigma)
    value = buyers.deal_value(value_z, plan.deal_value_median, plan.deal_value_sigma)
    desk = _desk(firm, territory, number)
    seat = seat_at(firm, desk)
    reach = seat.noticing if seat.filled else plan.least_noticing
    worker = -1
    if uniform(firm, draws.VISIBILITY, here, number) < reach:
        worker = desk if seat.filled else pipeline.shortest_queue(firm, home.team)
    row = firm.opportunities_used
    firm.opportunities_used += 1
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
    deal.value = value * buyers.growth_index(plan.value_growth_per_hour, firm.now)
    deal.pace_hours = pace
    deal.overdue_weeks = 0.0
    deal.skill = deal.discovery_gate = deal.qualified_gate = deal.proposal_gate = deal.decided = math.nan
    deal.won_value = 0.0
    happened(firm, events.OPPORTUNITY_ARRIVES, 1 if worker >= 0 else 0, actor, here, number, deal.value)
    if worker >= 0:
        pipeline.begin_deal(firm, row, worker, here, number, home.team, pace, value_z)
    else:
        later(firm, events.ELSEWHERE_DECIDES, here, number, on_grid(firm, max(1e-9, pace)), row)
    next_arrival(firm, territory, number + 1)


@inlined
def _desk(firm: Record, territory: int, number: int) -> int:
    """The seat that covers this opportunity: the territory's own, or one that was added."""
    home = seat_at(firm, territory)
    team, own = team_at(firm, home.team), plan_of(firm).seats_per_team
    if team.seats_count == own:
        return territory
    added = int(uniform(firm, draws.SPLIT, home.number, number) * team.seats_count)
    return territory if added < own else team.first_seat + added


@part
def elsewhere_decides(firm: Record, row: int, territory: int, number: int) -> None:
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
    else:
        outcome = events.RIVAL
    happened(firm, events.ELSEWHERE_DECIDES, outcome, team.number, territory, number, deal.value)
    deal.outcome = outcome
    deal.decided = firm.now
