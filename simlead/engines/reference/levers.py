"""The policy in force in a team, and what of a working hour takes effect under it."""

from __future__ import annotations

from simlead.engines.plan import levers_of_week
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Team


def choose(firm: Firm, team: Team) -> None:
    """The policy in force: the status quo before the team's roll-out, then the new one as adopted."""
    plan = firm.plan.teams[team.number]
    team.levers = levers_of_week(plan.status_quo, firm.plan.policy, firm.week - plan.rollout_week)
    set_effort(firm, team)


def set_effort(firm: Firm, team: Team) -> None:
    """How much of a working hour takes effect at this week's accountability."""
    world = firm.plan.world
    team.effort = firm.rules.effort(
        team.levers.accountability, world.accountability_effect, world.accountability_overdose,
        world.accountability_overdose_from)
