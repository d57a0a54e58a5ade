"""The firm's weeks, added up from opportunities and seats: shared by every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.contract import Table
from simlead.engines.plan import Plan
from simlead.model import events, tables
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_WEEK


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

    deals = opportunities
    values = deals["value"]

    def add(name: str, hours: NDArray[np.float64], which: NDArray[np.bool_], weights: Any = None) -> None:
        week = _week_of(hours[which], first)
        inside = (week >= 0) & (week < count)
        out[name] = np.bincount(
            week[inside], weights=None if weights is None else weights[which][inside], minlength=count)[:count]

    outcome, noticed = deals["outcome"], deals["noticed"]
    everything = np.ones(len(deals), bool)
    add("arrivals", deals["arrived"], everything)
    add("noticed", deals["arrived"], noticed)
    gates = [deals[f"{stage}_gate"] for stage in events.STAGES]
    passed = [~np.isnan(gates[1]) | (deals["stage"] > 0), deals["stage"] > 1, outcome == events.WON]
    for number, stage in enumerate(events.STAGES):
        decided = ~np.isnan(gates[number])
        add(f"{stage}_gates", gates[number], decided)
        add("proposal_won" if stage == "proposal" else f"{stage}_passed", gates[number], decided & passed[number])
    over, ours = deals["decided"], (outcome == events.WON) | (outcome == events.WON_BY_MANAGER)
    add("wins", over, ours)
    add("revenue", over, ours, deals["won_value"])
    add("commissionable", over, outcome == events.WON, deals["won_value"])
    add("rival_wins", over, outcome == events.RIVAL)
    add("rival_value", over, outcome == events.RIVAL, values)
    add("no_decisions", over, outcome == events.NO_DECISION)
    _pipeline(out, deals, gates, first, count)

    week = reps["week"] - first
    for stage in events.STAGES:
        out[f"{stage}_meetings"] = np.bincount(week, weights=reps[f"{stage}_meetings"], minlength=count)
    out["seats"] = np.bincount(week, minlength=count)
    out["filled_seats"] = np.bincount(week, weights=reps["filled"], minlength=count)
    return out


def _week_of(hours: NDArray[np.float64], first: int) -> NDArray[np.int64]:
    return np.floor(hours / HOURS_PER_WEEK).astype(np.int64) - first


def _pipeline(out: Table, deals: Table, gates: list[NDArray[np.float64]], first: int, count: int) -> None:
    """Deals and dollars in each stage at each week's end: entered by then and not yet left."""
    noticed = deals["noticed"]
    entered = [deals["arrived"], gates[0], gates[1]]
    for number, stage in enumerate(events.STAGES):
        inside = noticed & (deals["stage"] >= number)
        # A deal leaves its stage at the gate, or when it was given up before.
        left = np.where(np.isnan(gates[number]), deals["decided"], gates[number])
        out[f"{stage}_open"] = _standing(entered[number][inside], left[inside], None, first, count)
        out[f"{stage}_value"] = _standing(
            entered[number][inside], left[inside], deals["value"][inside], first, count)
    silent = deals["silent"]
    fell = np.array([gates[2], gates[1], gates[0]])
    since = np.where(~np.isnan(fell[0]), fell[0], np.where(~np.isnan(fell[1]), fell[1], fell[2]))
    out["silent_open"] = _standing(since[silent], deals["decided"][silent], None, first, count)


def _standing(
    entered: NDArray[np.float64], left: NDArray[np.float64], weights: Any, first: int, count: int
) -> NDArray[np.float64]:
    begin = np.clip(_week_of(entered, first), 0, count)
    end = np.clip(np.where(np.isnan(left), count, np.floor(np.nan_to_num(left) / HOURS_PER_WEEK) - first),
                  0, count).astype(np.int64)
    change = np.bincount(begin, weights, minlength=count + 1) - np.bincount(end, weights, minlength=count + 1)
    return np.cumsum(change)[:count]
