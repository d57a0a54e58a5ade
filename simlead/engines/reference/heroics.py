"""Heroics: a large proposal pulls in the manager, in time or too late."""

from __future__ import annotations

from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Deal
from simlead.model import draws, events


def call_for_a_hero(firm: Firm, deal: Deal) -> None:
    """A large proposal pulls in a manager whose role nobody has defined."""
    world, team = firm.plan.world, deal.team
    if deal.value_z <= firm.plan.heroic_value_z:
        return
    chance = firm.rules.heroic_probability(world.heroic_probability, team.adherence, team.levers.heroics)
    if firm.uniform(draws.HEROIC, deal.territory, deal.number) < chance:
        deal.hero_hours_left = firm.rules.heroic_hours(
            firm.uniform(draws.HEROIC_HOURS, deal.territory, deal.number),
            world.heroic_hours_low, world.heroic_hours_high)
        deal.heroics = 1
        team.heroics.append(deal)
        team.heroics_begun += 1
        firm.record(events.HEROICS_BEGIN, deal.hero_hours_left, team.number,
                  deal.territory, deal.number, firm.now)
        firm.touch(team)


def forfeit(firm: Firm, deal: Deal) -> None:
    """The manager's hours that are left come too late."""
    firm.record(events.HEROICS_FORFEITED, deal.hero_hours_left, deal.team.number, deal.territory, deal.number, firm.now)
    deal.hero_hours_left = 0
    deal.team.heroics.remove(deal)
