"""Heroics: a large proposal pulls in the manager, in time or too late."""

from __future__ import annotations

from simlead.engines.compiled.firm import record, touch, uniform
from simlead.engines.compiled.layout import deal_at, levers_at, opportunity_at, plan_of, team_at
from simlead.engines.compiled.lists import drop_heroics, put_heroics
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, TeamRecord
from simlead.model import draws, events
from simlead.model.rules import managers


@part
def call_for_a_hero(firm: FirmRecord, slot: int) -> None:
    """A large proposal pulls in a manager whose role nobody has defined."""
    deal, plan = deal_at(firm, slot), plan_of(firm)
    team = team_at(firm, deal.team)
    if deal.value_z <= plan.heroic_value_z:
        return
    chance = managers.heroic_probability(plan.heroic_probability, team.adherence, levers_at(firm, team.levers).heroics)
    if uniform(firm, draws.HEROIC, deal.territory, deal.number) < chance:
        deal.hero_hours_left = managers.heroic_hours(
            uniform(firm, draws.HEROIC_HOURS, deal.territory, deal.number),
            plan.heroic_hours_low, plan.heroic_hours_high)
        opportunity_at(firm, deal.row).heroics = 1
        put_heroics(firm, team, slot)
        team.heroics_begun += 1
        record(firm, events.HEROICS_BEGIN, deal.hero_hours_left, team.number, deal.territory, deal.number, firm.now)
        touch(firm, deal.team)


@part
def forfeit(firm: FirmRecord, team: TeamRecord, slot: int) -> None:
    """The manager's hours that are left come too late."""
    deal = deal_at(firm, slot)
    record(firm, events.HEROICS_FORFEITED, deal.hero_hours_left, team.number,
         deal.territory, deal.number, firm.now)
    deal.hero_hours_left = 0
    drop_heroics(firm, team, slot)
