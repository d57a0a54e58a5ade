"""Every stage gate of a run with the terms that decided it, recomputed and checked against the trace.

    logit p = level + b * (talent + experience + coached) + pre-call + hero - rho * (waited - relieved)
              - gamma * ln(V / median V) - what the rivals' answer took

At the last gate the level bends with skill (`rules.buyers.last_gate`). The deal passes if its
own uniform number u lies below p.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simlead.engines.plan import Plan
from simlead.model import draws, events
from simlead.model.parameters import ParameterError
from simlead.model.rulebook import rule
from simlead.model.rules import buyers, reps
from simlead.results.windows import Table
from simlead.study.attribution.replay import (
    SeatHistory,
    Whole,
    ability_of,
    coaching_weights,
    managers_quality,
    name_of,
    rivals_answers,
    rows_of_deals,
)

GATES_DTYPE = np.dtype([
    ("territory", "i8"), ("number", "i8"), ("stage", "i8"),
    ("outcome", "i8"),  # events.PASSED, WON, NO_DECISION or RIVAL
    ("time", "f8"),  # hours
    ("seat", "i8"), ("hire", "i8"),  # the rep
    ("talent", "f8"), ("experience", "f8"), ("coached", "f8"),  # SD; they add up to the skill
    ("skill", "f8"),
    ("pre_call_held", "?"),
    ("pre_call", "f8"), ("hero", "f8"), ("answer", "f8"),  # logits; `answer` is what the rivals' answer took
    ("log_size", "f8"),  # ln(V / median V)
    ("overdue_weeks", "f8"),  # as it counted: waited - relieved
    ("relieved_weeks", "f8"),
    ("logit", "f8"),
    ("u", "f8"), ("chance", "f8"),  # computed here from draws and rules
    ("recorded", "f8"),  # the chance as the trace has it
    ("inferred", "?"),  # the skill was looked up, not recomputed; see `gates_of`
])
"""One row per gate decided; see :func:`gates_of`."""


class Levels(NamedTuple):
    """The parameters that the gates' rules need, in the engines' units."""

    discovery: float
    qualified: float
    skill_effect: float
    our_utility: float
    no_decision_utility: float
    rivals: int
    our_skill_effect: float
    no_decision_skill_effect: float
    ageing_per_week: float
    early_no_decision: float
    size_effect: float
    deal_value_sigma: float
    median_table_value: float


def levels_of(plan: Plan) -> Levels:
    """The gates' levels of a run's plan.

    >>> from simlead.engines.plan import plan_of
    >>> from simlead.model.scenario import Scenario
    >>> levels_of(plan_of(Scenario())).skill_effect
    0.2
    """
    world, market = plan.world, plan.market
    return Levels(
        world.discovery_intercept, world.qualified_intercept, world.skill_effect, world.our_utility,
        world.no_decision_utility, market.rivals, world.our_utility_skill_share * world.skill_effect,
        world.no_decision_skill_share * world.skill_effect, world.ageing_per_week, market.early_no_decision,
        world.size_effect, market.deal_value_sigma, plan.median_table_value)


def gates_of(history: SeatHistory) -> Table:
    """Every gate of a run in the order in which they were decided, rows of :data:`GATES_DTYPE`.

    Everything is recomputed from the scenario, the draws and the tables; the trace contributes
    only who met whom and when. One number is in neither: the coaching gain of a rep who left and
    was succeeded within one week. There (`inferred`) the skill is the one in the tables or,
    before a deal's last gate, follows from the chance that the trace records.

    Raises ParameterError if a recomputed gate differs from the trace: then the run did not
    follow its scenario, such as one that a process of one's own changed under way.
    """
    run, plan = history.run, history.plan
    trace, deals, world = run.trace, run.records.opportunities, plan.world
    place = np.flatnonzero(trace["kind"] == events.GATE)
    gates = np.zeros(len(place), GATES_DTYPE)
    if not len(place):
        return gates
    decided = trace[place]
    held = place - 1
    held -= trace["kind"][held] == events.HEROICS_FORFEITED
    task = trace[held - 1]
    gates["territory"], gates["number"] = decided["entity"], decided["index"]
    gates["stage"], gates["outcome"] = decided["detail"] >> 3, decided["detail"] & 7
    gates["time"], gates["seat"], gates["recorded"] = decided["time"], decided["actor"], decided["value"]
    gates["hire"], gates["overdue_weeks"] = task["index"], trace["value"][held]
    gates["relieved_weeks"] = _relieved(trace, place)

    row = rows_of_deals(deals, gates["territory"], gates["number"])
    gates["pre_call_held"] = deals["pre_calls"][row] >> gates["stage"] & 1
    team = np.array([history.team_of(*pair) for pair in zip(
        gates["seat"].tolist(), gates["time"].tolist(), strict=True)])
    quality = managers_quality(run, team, place)
    gates["pre_call"] = np.where(gates["pre_call_held"], world.pre_call_lift * quality, 0.0)
    hero = (gates["stage"] == events.PROPOSAL) & (deals["heroics"][row] == 2)
    gates["hero"] = np.where(hero, world.heroic_lift, 0.0)
    gates["answer"] = np.where(gates["stage"] == events.PROPOSAL, rivals_answers(history, place), 0.0)

    hired_at = np.array([history.hired_at(seat, hire) for seat, hire in zip(
        gates["seat"].tolist(), gates["hire"].tolist(), strict=True)])
    rep = history.row(gates["time"], gates["seat"])
    gates["inferred"] = (rep < 0) | (run.records.reps["hire"][rep] != gates["hire"])
    weights = coaching_weights(history)[rep, gates["stage"]]
    gain = run.records.reps["coaching_gain"][rep]
    ability = np.where(gates["inferred"], 0.0, run.records.reps["ability"][rep])
    for gate in np.flatnonzero(gates["inferred"]).tolist():
        ability[gate] = ability_of(history, int(gates["seat"][gate]), int(gates["hire"][gate]), gates["time"][gate])
    decided_gates = sum((~np.isnan(deals[f"{stage}_gate"])).astype(int) for stage in events.STAGES)
    last = np.where(gates["stage"] == decided_gates[row] - 1, deals["skill"][row], np.nan)
    agrees = _recompute(
        gates, run.seed, run.replicate, levels_of(plan), world.stage_skill_sd, world.ramp_start,
        plan.ramp_hours, plan.skill_spread, gates["time"] - hired_at, weights, gain, last, ability,
        np.array(plan.market.deal_value_quantiles, np.float64))
    if not agrees.all():
        first = gates[np.flatnonzero(~agrees)[0]]
        raise ParameterError(
            f"the run does not follow its scenario: {np.count_nonzero(~agrees)} of {len(gates)} gates differ "
            f"when recomputed, the first at hour {first['time']:g}; allowed is a run that no process "
            "of your own has changed")
    return gates


def _relieved(trace: Table, gate: Whole) -> NDArray[np.float64]:
    """Overdue weeks that a one-to-one had resolved before each of these gates."""
    place = np.flatnonzero(np.isin(trace["kind"], (events.MEETING_HELD, events.DEAL_RELIEVED)))
    rows = trace[place]
    order = np.argsort(name_of(rows["entity"], rows["index"]), kind="stable")
    rows, place = rows[order], place[order]
    at = np.flatnonzero(rows["kind"] == events.DEAL_RELIEVED)
    found = np.zeros(len(gate))
    if not len(at):
        return found
    weeks = rows["value"][at - 1] - rows["value"][at]  # the row before is the deal's latest meeting
    names = name_of(rows["entity"][at], rows["index"][at])
    mine = name_of(trace["entity"][gate], trace["index"][gate])
    nearest = np.minimum(np.searchsorted(names, mine), len(names) - 1)
    applies = (names[nearest] == mine) & (place[at][nearest] < gate)
    found[applies] = weeks[nearest][applies]
    return found


@rule
def base_logit(stage: int, skill: float, level: Levels) -> float:
    """The logit of passing a gate with this skill, before all other terms; nan where p is 0 or 1.

    >>> level = Levels(0.2, 0.0, 0.2, 1.0, 1.2, 2, 0.14, 0.1, 0.08, 0.5, 0.0, 0.8, 0.0)
    >>> round(base_logit(0, 1.0, level), 6)
    0.4
    >>> round(base_logit(2, 0.0, level), 6) == round(1.0 - math.log(math.exp(1.2) + 2), 6)
    True
    """
    if stage == events.DISCOVERY:
        return level.discovery + level.skill_effect * skill
    if stage == events.QUALIFIED:
        return level.qualified + level.skill_effect * skill
    us = math.exp(min(700.0, level.our_utility + level.our_skill_effect * skill))
    no_decision = math.exp(min(700.0, level.no_decision_utility - level.no_decision_skill_effect * skill))
    total = us + no_decision + level.rivals
    p_us, p_others = us / total, (no_decision + level.rivals) / total
    if p_us <= 0.0 or p_others <= 0.0:
        return math.nan
    return math.log(p_us / p_others)


@rule
def _recompute(
    gates: Any, seed: int, replicate: int, level: Any, stage_skill_sd: float, ramp_start: float, ramp_hours: float,
    spread: float, tenure: Any, weights: Any, gain: Any, skill_of_last: Any, abilities: Any, quantiles: Any,
) -> Any:
    """Fill in skill, chance and uniform number of every gate; returns which of them agree with the trace."""
    agrees = np.zeros(len(gates), np.bool_)
    for place in range(len(gates)):
        gate = gates[place]
        territory, number, stage = int(gate["territory"]), int(gate["number"]), int(gate["stage"])
        seat, hire = int(gate["seat"]), int(gate["hire"])
        ability = abilities[place]
        log_size = _log_size(seed, replicate, territory, number, level, quantiles)
        stage_z = stage_skill_sd * draws.normal(seed, replicate, draws.STAGE_SKILL, seat, hire * 4 + stage)
        ramp = reps.log_ramp(tenure[place], ramp_start, ramp_hours)
        lift, overdue = gate["pre_call"] + gate["hero"], gate["overdue_weeks"]
        if not gate["inferred"]:
            skill = reps.stage_skill(ability, stage_z, weights[place], gain[place], ramp, spread)
        elif not math.isnan(skill_of_last[place]):  # the tables keep the skill of a deal's last gate
            skill = skill_of_last[place]
        else:
            intercept = level.discovery if stage == events.DISCOVERY else level.qualified
            p = min(1.0 - 1e-15, max(1e-300, gate["recorded"]))
            logit = math.log(p / (1.0 - p)) - lift + level.ageing_per_week * overdue + level.size_effect * log_size
            skill = (logit - intercept) / level.skill_effect if level.skill_effect > 0.0 else 0.0
        u = draws.uniform(seed, replicate, draws.GATE, territory, number * 4 + stage)
        if stage == events.PROPOSAL:
            chance, p_rivals = buyers.last_gate(
                level.our_utility - gate["answer"], level.no_decision_utility, level.rivals, level.our_skill_effect,
                level.no_decision_skill_effect, skill, lift, level.ageing_per_week, overdue, level.size_effect,
                log_size)
            outcome = events.RIVAL
            if u < chance:
                outcome = events.WON
            elif u < 1.0 - p_rivals:
                outcome = events.NO_DECISION
        else:
            intercept = level.discovery if stage == events.DISCOVERY else level.qualified
            chance = buyers.gate_probability(
                intercept, level.skill_effect, skill, lift, level.ageing_per_week, overdue, level.size_effect, log_size)
            outcome = events.PASSED
            if u >= chance:
                fate = draws.uniform(seed, replicate, draws.EARLY_FATE, territory, number)
                outcome = events.NO_DECISION if fate < level.early_no_decision else events.RIVAL
        exact = chance == gate["recorded"] or gate["inferred"] and abs(chance - gate["recorded"]) < 1e-9
        agrees[place] = exact and outcome == gate["outcome"]
        gates[place]["talent"] = ability + stage_z
        gates[place]["experience"] = ramp / spread
        gates[place]["coached"] = skill - (ability + stage_z) - ramp / spread
        gates[place]["skill"] = skill
        gates[place]["u"], gates[place]["chance"] = u, chance
        gates[place]["log_size"] = log_size
        gates[place]["logit"] = (
            base_logit(stage, skill, level) + lift - gate["answer"] - level.ageing_per_week * overdue
            - level.size_effect * log_size)
    return agrees


@rule
def _log_size(seed: int, replicate: int, territory: int, number: int, level: Any, quantiles: Any) -> float:
    """The n-th deal of a territory: log of its value before growth relative to the median."""
    count = len(quantiles)
    if count == 0:
        return float(level.deal_value_sigma * draws.normal(seed, replicate, draws.VALUE, territory, number))
    u = draws.uniform(seed, replicate, draws.VALUE, territory, number)
    below = buyers.quantile_below(u, count)
    return math.log(
        buyers.value_between(u, count, quantiles[below], quantiles[below + 1]) / level.median_table_value)
