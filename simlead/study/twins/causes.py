"""Why a deal ended differently: one leading cause each, and every term of the rule beside it."""

from __future__ import annotations

import dataclasses
import math
from types import MappingProxyType
from typing import Any

import numpy as np

from simlead.model import draws, events
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.run import Run
from simlead.results.windows import Table
from simlead.study.twins.gates import Levels, base_logit, gates_of, levels_of
from simlead.study.twins.replay import Desks, desks_of, name_of, prospecting, rows_of_deals

TERMS = ("coached", "pre_call", "relief", "waiting", "hero", "talent", "experience")
"""The terms of a gate's logit in which two worlds can differ."""

CAUSES = MappingProxyType({
    "coached": "coaching had made the rep more skilled",
    "pre_call": "the manager had prepared this meeting with the rep",
    "relief": "the review had named the delay and a one-to-one put it in order",
    "waiting": "we had let the buyer wait less",
    "hero": "the manager had stepped in as a hero",
    "talent": "another rep, more talented for this stage, was on the deal",
    "experience": "the rep on the deal had been there longer",
    "prospecting": "more prospecting had noticed the deal at all",
    "vacancy": "the seat was filled when the buyer turned up",
    "given_up": "the rep stayed, or the deal found a team-mate",
    "undecided": "the deal got that far before the end of the horizon",
})
"""What can make the difference, told from the world in which the deal was won."""

COACHING_WEEKS = 13.0
"""Sessions are counted over the quarter before a gate: gains take about that long to grow."""


@dataclasses.dataclass(frozen=True, eq=False)
class World:
    """One of two twins, with everything looked up that its deals are asked for."""

    run: Run
    desks: Desks
    gates: Table
    levels: Levels
    prospecting: np.ndarray
    _gate_names: np.ndarray  # sorted, with the order of the gates
    _gate_order: np.ndarray
    _arrivals: np.ndarray  # places in the trace, in the order of the opportunities' table
    _session_ends: dict[int, np.ndarray]  # by seat, hours in order

    def gate(self, territory: int, number: int, stage: int) -> Any:
        """The row of a gate that was decided."""
        name = (territory << 32 | number) * 4 + stage
        return self.gates[self._gate_order[int(np.searchsorted(self._gate_names, name))]]

    def rep_was_there(self, row: int, desk: int) -> bool:
        """Whether somebody sat at this desk when this deal (a row of the table) turned up."""
        return self.desks.filled(desk, int(self._arrivals[row]))

    def reach(self, row: int, desk: int) -> float:
        """The visibility up to which this desk noticed a buyer when this deal turned up."""
        plan = self.desks.plan
        if not self.rep_was_there(row, desk):
            return plan.least_noticing
        arrived = self.run.records.opportunities["arrived"][row: row + 1]
        hours = float(self.prospecting[self.desks.row(arrived, np.array([desk]))[0]])
        return buyers.noticing_probability(
            plan.market.noticed_at_norm, hours, plan.organisation.prospecting_norm_hours,
            plan.market.noticing_elasticity, plan.least_noticing)

    def sessions_before(self, gate: Any) -> int:
        """Coaching sessions with a gate's rep in the quarter before it."""
        hours = self._session_ends.get(int(gate["seat"]))
        if hours is None:
            return 0
        since = max(float(gate["time"]) - COACHING_WEEKS * HOURS_PER_WEEK,
                    self.desks.hired_at(int(gate["seat"]), int(gate["hire"])))
        return int(np.searchsorted(hours, float(gate["time"]), side="right") - np.searchsorted(hours, since))


def world_of(run: Run) -> World:
    """Look everything up once; refuses a run whose gates do not follow its scenario."""
    desks, trace = desks_of(run), run.trace
    gates = gates_of(desks)
    names = name_of(gates["territory"], gates["number"]) * 4 + gates["stage"]
    order = np.argsort(names)
    place = np.flatnonzero(trace["kind"] == events.OPPORTUNITY_ARRIVES)
    arrivals = np.zeros(len(run.records.opportunities), np.int64)
    arrivals[rows_of_deals(run.records.opportunities, trace["entity"][place], trace["index"][place])] = place
    ended = trace[trace["kind"] == events.SESSION_ENDS]
    sessions = {int(seat): ended["time"][ended["actor"] == seat] for seat in np.unique(ended["actor"])}
    return World(run, desks, gates, levels_of(run.scenario), prospecting(desks), names[order], order, arrivals,
                 sessions)


def differences_at_a_gate(a: World, b: World, territory: int, number: int, stage: int) -> dict[str, Any]:
    """A gate in both worlds: coin, chances, and by how many logits each term differs (b - a).

    The terms of skill share out the difference of the base logit in proportion to their
    standard deviations, which is exact where the logit is linear in skill and, at the last
    gate, the only way to share a straight line. All terms add up to logit_b - logit_a, the
    logits before the ceiling that P(rivals) sets at the last gate.
    """
    here, there = a.gate(territory, number, stage), b.gate(territory, number, stage)
    before, after = (base_logit(stage, float(gate["skill"]), world.levels)
                     for gate, world in ((here, a), (there, b)))
    moved = float(there["skill"] - here["skill"])
    slope = (after - before) / moved if moved != 0.0 and math.isfinite(after - before) else 0.0
    rho = a.levels.ageing_per_week
    waited = [float(gate["overdue_weeks"] + gate["relieved_weeks"]) for gate in (here, there)]
    found: dict[str, Any] = {
        "gate": events.STAGES[stage], "u": float(here["u"]),
        "chance_a": float(here["chance"]), "chance_b": float(there["chance"]),
        "logit_a": float(here["logit"]), "logit_b": float(there["logit"]),
        "relief": rho * float(there["relieved_weeks"] - here["relieved_weeks"]),
        "waiting": -rho * (waited[1] - waited[0]),
        "hero": float(there["hero"] - here["hero"]),
        "pre_call": float(there["pre_call"] - here["pre_call"]),
    }
    found |= {term: slope * float(there[term] - here[term]) for term in ("coached", "talent", "experience")}
    for suffix, gate, world in (("a", here, a), ("b", there, b)):
        found |= {
            f"gate_week_{suffix}": float(gate["time"]) / HOURS_PER_WEEK,
            f"seat_{suffix}": int(gate["seat"]), f"hire_{suffix}": int(gate["hire"]),
            f"skill_{suffix}": float(gate["skill"]),
            f"waited_weeks_{suffix}": float(gate["overdue_weeks"] + gate["relieved_weeks"]),
            f"overdue_weeks_{suffix}": float(gate["overdue_weeks"]),
            f"pre_call_held_{suffix}": bool(gate["pre_call_held"]),
            f"sessions_{suffix}": world.sessions_before(gate)}
    return found


def leading_cause(found: dict[str, Any], sign: float) -> str:
    """The term that pushed most towards the win; `sign` is 1 for a win in b and -1 for one in a.

    >>> leading_cause(dict.fromkeys(TERMS, 0.0) | {"waiting": 0.2, "coached": -0.3}, 1.0)
    'waiting'
    """
    return max(TERMS, key=lambda term: sign * found[term])


def never_noticed(a: World, b: World, row_a: int, row_b: int, lost: str) -> dict[str, Any]:
    """A deal that one world (`lost`, a or b) never noticed: who was there, and how far they saw."""
    loser, row = (a, row_a) if lost == "a" else (b, row_b)
    deal = loser.run.records.opportunities[row]
    desk = int(deal["seat"])  # of an unnoticed deal: the one that covers it
    u = draws.uniform(
        loser.run.seed, loser.run.replicate, draws.VISIBILITY, int(deal["territory"]), int(deal["number"]))
    return {"cause": "prospecting" if loser.rep_was_there(row, desk) else "vacancy", "u": u,
            "chance_a": a.reach(row_a, desk), "chance_b": b.reach(row_b, desk)}


def why(a: World, b: World, row_a: int, row_b: int, won: str) -> dict[str, Any]:
    """The cause of a flip and all that belongs to it; `won` names the world of the win, a or b."""
    loser, row = (a, row_a) if won == "b" else (b, row_b)
    deal = loser.run.records.opportunities[row]
    if not deal["noticed"]:
        return never_noticed(a, b, row_a, row_b, "a" if won == "b" else "b")
    if deal["abandoned"]:
        return {"cause": "given_up"}
    if deal["outcome"] == events.OPEN and not deal["silent"]:
        return {"cause": "undecided"}
    found = differences_at_a_gate(a, b, int(deal["territory"]), int(deal["number"]), int(deal["stage"]))
    return {"cause": leading_cause(found, 1.0 if won == "b" else -1.0), **found}

