"""The table of weeks, computed from opportunities and seats; shared by all engines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.contract import Table
from simlead.engines.plan import Plan
from simlead.model import events, tables
from simlead.model.rulebook import rule
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_WEEK

_STAGES = len(events.STAGES)
_WON, _WON_BY_MANAGER, _NO_DECISION, _RIVAL = (
    events.WON, events.WON_BY_MANAGER, events.NO_DECISION, events.RIVAL)


def weeks_table(plan: Plan, opportunities: Table, reps: Table, people: NDArray[np.int32]) -> Table:
    """A row per week from the other tables.

    `people` has a row per week: quits, promotions, hires, managers who left or were
    replaced, managers from outside. A happening at the very end of the horizon belongs to
    no week and is left out.
    """
    first, count = -plan.calendar.warmup_weeks, len(people)
    out = np.zeros(count, tables.WEEKS_DTYPE)
    out["week"] = np.arange(first, first + count)
    out["growth_index"] = [
        buyers.growth_index(plan.value_growth_per_hour, (week + 1) * HOURS_PER_WEEK) for week in out["week"]]
    for column, name in enumerate(("quits", "promotions", "hires", "manager_exits", "managers_from_outside")):
        out[name] = people[:, column]
    _add_opportunities(opportunities, out, first)
    _add_pipeline(opportunities, out, first)
    _add_reps(reps, out, first)
    return out


@rule
def _week_of(hours: float, first: int) -> int:
    return int(math.floor(hours / HOURS_PER_WEEK)) - first


@rule
def _row(hours: float, first: int, count: int) -> int:
    """The row of the week in which this happened; -1 for none, and for what never happened."""
    if math.isnan(hours):
        return -1
    week = _week_of(hours, first)
    return week if 0 <= week < count else -1


@rule
def _add_opportunities(deals: Any, out: Any, first: int) -> None:
    """What arose and what was decided in each week."""
    count = len(out)
    for deal in deals:
        row = _row(deal["arrived"], first, count)
        if row >= 0:
            out[row]["arrivals"] += 1
            out[row]["noticed"] += deal["noticed"]
        row = _row(deal["discovery_gate"], first, count)
        if row >= 0:
            out[row]["discovery_gates"] += 1
            out[row]["discovery_passed"] += deal["stage"] > 0 or not math.isnan(deal["qualified_gate"])
        row = _row(deal["qualified_gate"], first, count)
        if row >= 0:
            out[row]["qualified_gates"] += 1
            out[row]["qualified_passed"] += deal["stage"] > 1
        row = _row(deal["proposal_gate"], first, count)
        if row >= 0:
            out[row]["proposal_gates"] += 1
            out[row]["proposal_won"] += deal["outcome"] == _WON
        row = _row(deal["decided"], first, count)
        if row >= 0:
            if deal["outcome"] == _WON or deal["outcome"] == _WON_BY_MANAGER:
                out[row]["wins"] += 1
                out[row]["revenue"] += deal["won_value"]
            if deal["outcome"] == _WON:
                out[row]["commissionable"] += deal["won_value"]
            elif deal["outcome"] == _RIVAL:
                out[row]["rival_wins"] += 1
                out[row]["rival_value"] += deal["value"]
            elif deal["outcome"] == _NO_DECISION:
                out[row]["no_decisions"] += 1


@rule
def _add_pipeline(deals: Any, out: Any, first: int) -> None:
    """Deals and dollars in each stage at each week's end: entered by then and not yet left."""
    count = len(out)
    entered = np.zeros((_STAGES + 1, count + 1), np.int64)  # the last row is for silent deals
    left = np.zeros((_STAGES + 1, count + 1), np.int64)
    entered_value = np.zeros((_STAGES, count + 1))
    left_value = np.zeros((_STAGES, count + 1))
    for deal in deals:
        since = deal["arrived"]
        for stage in range(_STAGES):
            if not deal["noticed"] or deal["stage"] < stage:
                break
            gate = deal["discovery_gate"]
            if stage == events.QUALIFIED:
                gate = deal["qualified_gate"]
            elif stage == events.PROPOSAL:
                gate = deal["proposal_gate"]
            # A deal leaves its stage at the gate, or when it was given up before.
            until = deal["decided"] if math.isnan(gate) else gate
            begin, end = _week_within(since, first, count), _week_within(until, first, count)
            entered[stage, begin] += 1
            left[stage, end] += 1
            entered_value[stage, begin] += deal["value"]
            left_value[stage, end] += deal["value"]
            since = gate
        if deal["silent"]:
            fell = deal["proposal_gate"]
            if math.isnan(fell):
                fell = deal["qualified_gate"]
            if math.isnan(fell):
                fell = deal["discovery_gate"]
            entered[_STAGES, _week_within(fell, first, count)] += 1
            left[_STAGES, _week_within(deal["decided"], first, count)] += 1
    deals_open = np.zeros(_STAGES + 1, np.int64)
    value_open = np.zeros(_STAGES)
    for week in range(count):
        for stage in range(_STAGES + 1):
            deals_open[stage] += entered[stage, week] - left[stage, week]
        for stage in range(_STAGES):
            value_open[stage] += entered_value[stage, week] - left_value[stage, week]
        row = out[week]
        row["discovery_open"], row["qualified_open"], row["proposal_open"] = deals_open[0], deals_open[1], deals_open[2]
        row["silent_open"] = deals_open[_STAGES]
        row["discovery_value"], row["qualified_value"], row["proposal_value"] = (
            value_open[0], value_open[1], value_open[2])


@rule
def _week_within(hours: float, first: int, count: int) -> int:
    """The week, within the table or just beyond it; what never happened lies beyond."""
    return count if math.isnan(hours) else min(count, max(0, _week_of(hours, first)))


@rule
def _add_reps(reps: Any, out: Any, first: int) -> None:
    """What the seats add: meetings held, and how many there are."""
    for rep in reps:
        row = out[rep["week"] - first]
        row["discovery_meetings"] += rep["discovery_meetings"]
        row["qualified_meetings"] += rep["qualified_meetings"]
        row["proposal_meetings"] += rep["proposal_meetings"]
        row["seats"] += 1
        row["filled_seats"] += rep["filled"]
