"""The policy in force in a team, and what of a working hour takes effect under it."""

from __future__ import annotations

from simlead.engines.compiled.layout import levers_at, plan_of, rollout_at
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, TeamRecord
from simlead.model.rules import reps as rep_rules


@part
def choose(firm: FirmRecord, team: TeamRecord) -> None:
    """The policy in force: the status quo before the team's roll-out, then the new one as adopted."""
    week, weeks = firm.week - rollout_at(firm, team.number).to, firm.weeks_of_adoption
    team.levers = team.status_quo
    if week >= 0:
        team.levers = firm.status_quos + team.status_quo * weeks + min(week, weeks - 1)
    set_effort(firm, team)


@part
def set_effort(firm: FirmRecord, team: TeamRecord) -> None:
    """How much of a working hour takes effect at this week's accountability."""
    plan = plan_of(firm)
    team.effort = rep_rules.effort(
        levers_at(firm, team.levers).accountability, plan.accountability_effect, plan.accountability_overdose,
        plan.accountability_overdose_from)
