"""Causes of a changed outcome: one leading cause per deal, and every term of the rule beside it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from simlead.model import draws, events
from simlead.model.number import total
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.run import Run
from simlead.results.windows import Table
from simlead.study.attribution.gates import Levels, base_logit, gates_of, levels_of
from simlead.study.attribution.replay import SeatHistory, name_of, prospecting, rows_of_deals, seat_history
from simlead.study.records import TERMS

COACHING_WEEKS = 13.0
"""Weeks before a gate over which coaching sessions are counted: gains take about that long to grow."""


@dataclasses.dataclass(frozen=True, eq=False)
class RunIndex:
    """One run of a matched pair, with lookup tables for its deals."""

    run: Run
    history: SeatHistory
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

    def rep_was_there(self, row: int, seat: int) -> bool:
        """Whether this seat was filled when this deal (a row of the table) arrived."""
        return self.history.occupant(seat, int(self._arrivals[row])) >= 0

    def reach(self, row: int, seat: int) -> float:
        """The visibility up to which this seat noticed a buyer when this deal arrived."""
        plan, history, deal = self.history.plan, self.history, self.run.records.opportunities[row]
        place, arrived = int(self._arrivals[row]), float(deal["arrived"])
        hire, share = history.occupant(seat, place), plan.market.cover_noticing_share
        own = self._noticing(arrived, seat) if hire >= 0 else plan.least_noticing
        if share <= 0.0 or (hire >= 0 and arrived - history.hired_at(seat, hire)
                            >= plan.organisation.cover_weeks * HOURS_PER_WEEK):
            return own
        mates = [self._noticing(arrived, mate) for mate in history.team_seats(history.team_of(seat, arrived), arrived)
                 if mate != seat and history.occupant(mate, place) >= 0]
        return buyers.covered_noticing(own, share, total(mates) / len(mates)) if mates else own

    def _noticing(self, arrived: float, seat: int) -> float:
        """What the rep in this seat noticed by their own prospecting."""
        plan = self.history.plan
        hours = float(self.prospecting[self.history.row(np.array([arrived]), np.array([seat]))[0]])
        return buyers.noticing_probability(
            plan.market.noticed_at_norm, hours, plan.organisation.prospecting_norm_hours,
            plan.market.noticing_elasticity, plan.least_noticing)

    def sessions_before(self, gate: Any) -> int:
        """Coaching sessions with a gate's rep in the quarter before it."""
        hours = self._session_ends.get(int(gate["seat"]))
        if hours is None:
            return 0
        since = max(float(gate["time"]) - COACHING_WEEKS * HOURS_PER_WEEK,
                    self.history.hired_at(int(gate["seat"]), int(gate["hire"])))
        return int(np.searchsorted(hours, float(gate["time"]), side="right") - np.searchsorted(hours, since))


def index_of(run: Run) -> RunIndex:
    """Build the lookup tables of a run; refuses a run whose gates do not follow its scenario."""
    history, trace = seat_history(run), run.trace
    gates = gates_of(history)
    names = name_of(gates["territory"], gates["number"]) * 4 + gates["stage"]
    order = np.argsort(names)
    place = np.flatnonzero(trace["kind"] == events.OPPORTUNITY_ARRIVES)
    arrivals = np.zeros(len(run.records.opportunities), np.int64)
    arrivals[rows_of_deals(run.records.opportunities, trace["entity"][place], trace["index"][place])] = place
    ended = trace[trace["kind"] == events.SESSION_ENDS]
    sessions = {int(seat): ended["time"][ended["actor"] == seat] for seat in np.unique(ended["actor"])}
    return RunIndex(run, history, gates, levels_of(history.plan), prospecting(history), names[order], order, arrivals,
                    sessions)


def differences_at_a_gate(a: RunIndex, b: RunIndex, territory: int, number: int, stage: int) -> dict[str, Any]:
    """A gate in both runs: uniform number, chances, and by how many logits each term differs (b - a).

    The terms of skill divide the difference of the base logit in proportion to their
    standard deviations, which is exact where the logit is linear in skill and, at the last
    gate, the only linear division. All terms add up to logit_b - logit_a, the
    logits before the ceiling that P(rivals) sets at the last gate.
    """
    here, there = a.gate(territory, number, stage), b.gate(territory, number, stage)
    before, after = (base_logit(stage, float(gate["skill"]), run.levels) for gate, run in ((here, a), (there, b)))
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
        "answer": float(here["answer"] - there["answer"]),
    }
    found |= {term: slope * float(there[term] - here[term]) for term in ("coached", "talent", "experience")}
    for suffix, gate, run in (("a", here, a), ("b", there, b)):
        found |= {
            f"gate_week_{suffix}": float(gate["time"]) / HOURS_PER_WEEK,
            f"seat_{suffix}": int(gate["seat"]), f"hire_{suffix}": int(gate["hire"]),
            f"skill_{suffix}": float(gate["skill"]),
            f"waited_weeks_{suffix}": float(gate["overdue_weeks"] + gate["relieved_weeks"]),
            f"overdue_weeks_{suffix}": float(gate["overdue_weeks"]),
            f"pre_call_held_{suffix}": bool(gate["pre_call_held"]),
            f"sessions_{suffix}": run.sessions_before(gate)}
    return found


def leading_cause(found: dict[str, Any], sign: float) -> str:
    """The term that pushed most towards the win; `sign` is 1 for a win in b and -1 for one in a.

    >>> leading_cause(dict.fromkeys(TERMS, 0.0) | {"waiting": 0.2, "coached": -0.3}, 1.0)
    'waiting'
    """
    return max(TERMS, key=lambda term: sign * found[term])


def never_noticed(a: RunIndex, b: RunIndex, row_a: int, row_b: int, lost: str) -> dict[str, Any]:
    """A deal that one run (`lost`, a or b) never noticed: whether its seat was filled, and how far the seats saw."""
    loser, row = (a, row_a) if lost == "a" else (b, row_b)
    deal = loser.run.records.opportunities[row]
    seat = int(deal["seat"])  # of an unnoticed deal: the seat that covers it
    u = draws.uniform(
        loser.run.seed, loser.run.replicate, draws.VISIBILITY, int(deal["territory"]), int(deal["number"]))
    return {"cause": "prospecting" if loser.rep_was_there(row, seat) else "vacancy", "u": u,
            "chance_a": a.reach(row_a, seat), "chance_b": b.reach(row_b, seat)}


def why(a: RunIndex, b: RunIndex, row_a: int, row_b: int, won: str) -> dict[str, Any]:
    """The cause of a changed outcome with its evidence; `won` names the run of the win, a or b."""
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

