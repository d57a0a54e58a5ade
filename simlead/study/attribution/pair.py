"""Attribution within one matched pair of runs: which deals' outcomes changed, and why."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from simlead.model import events
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.run import Run
from simlead.results.windows import Table
from simlead.study.attribution.causes import index_of, why
from simlead.study.attribution.replay import Whole, name_of, rows_of_deals
from simlead.study.records import TERMS

COLUMNS = (
    "won_in", "cause", "gate", "team", "territory", "number", "arrived_week", "value", "won_value",
    "outcome_a", "outcome_b", "u", "chance_a", "chance_b", "logit_a", "logit_b", *TERMS,
    "gate_week_a", "gate_week_b", "seat_a", "seat_b", "hire_a", "hire_b", "skill_a", "skill_b",
    "waited_weeks_a", "waited_weeks_b", "overdue_weeks_a", "overdue_weeks_b",
    "pre_call_held_a", "pre_call_held_b", "sessions_a", "sessions_b",
)
"""The columns of :func:`attribution`."""

GROUPS = ("won_both", "won_only_a", "won_only_b", "won_neither")
"""How a deal ended in the two runs, seen from the reps; every deal is in one of these."""


def attribution(run_a: Run, run_b: Run) -> pd.DataFrame:
    """List the deals that reps won in only one run of a matched pair, with the cause: a row per deal.

    A deal is the same in both runs by its name (territory, number); so are its buyer's value,
    pace and the uniform number `u` of each of its gates. Its outcome changes where `u` lies
    between the chances `chance_a` and `chance_b`, or where it never reached that gate.
    One pair is one sample: :func:`replicated_attribution` shows how causes vary over many.

    Parameters
    ----------
    run_a, run_b : Run
        Two runs with a trace and common random numbers (the same seed and replicate) whose
        scenarios differ in the policy alone.

    Returns
    -------
    pandas.DataFrame
        One row per deal, columns :data:`COLUMNS`. `won_in` is "a" or "b". `gate` is the stage
        gate that was lost in the other run; the columns :data:`records.TERMS` (logits, b - a)
        add up to `logit_b - logit_a` there. `cause` is the term that contributed most to the
        win, or the event that kept the deal from the gate in the other run
        (:data:`records.CAUSES`); then the columns of the gate are nan. For deals never noticed,
        `u` is the visibility and the chances are how far the two seats saw. `value` ($) is as
        of the arrival, `won_value` ($) at the win; weeks count from the switch; `skill` is in
        standard deviations; `waited_weeks` is how long the buyer waited for us in all,
        `overdue_weeks` the part that counted; `sessions` are coaching sessions with that rep in
        the 13 weeks before. `outcome` "open" includes deals that had failed silently: they have
        a gate.

    Raises
    ------
    ParameterError
        For runs that are not a matched pair, have no trace, or did not follow their scenario
        (then recomputed gates differ from the trace); the message names the difference.

    Examples
    --------
    >>> from simlead.study.simulate import simulate
    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 26, "calendar.horizon_weeks": 26})
    >>> runs = [simulate(firm.change({"policy.coaching_share": share}), seed=1) for share in (0.2, 0.5)]
    >>> found = attribution(*runs)
    >>> set(found["won_in"]) <= {"a", "b"}, bool((found["arrived_week"] < -20).any())
    (True, False)
    """
    checked_pair(run_a, run_b, trace=True)
    a, b = index_of(run_a), index_of(run_b)
    deals_a, deals_b = run_a.records.opportunities, run_b.records.opportunities
    row_a, row_b = same_deals(deals_a, deals_b)
    won_a, won_b = (deals["outcome"][rows] == events.WON for deals, rows in ((deals_a, row_a), (deals_b, row_b)))
    lines: list[dict[str, Any]] = []
    for place in np.flatnonzero(won_a != won_b).tolist():
        here, there = int(row_a[place]), int(row_b[place])
        won_in = "a" if won_a[place] else "b"
        deal = deals_a[here]
        lines.append({
            "won_in": won_in, "team": int(deal["team"]), "territory": int(deal["territory"]),
            "number": int(deal["number"]), "arrived_week": float(deal["arrived"]) / HOURS_PER_WEEK,
            "value": float(deal["value"]),
            "won_value": float(deal["won_value"] if won_in == "a" else deals_b["won_value"][there]),
            "outcome_a": events.OUTCOMES[deal["outcome"]], "outcome_b": events.OUTCOMES[deals_b["outcome"][there]],
            **why(a, b, here, there, won_in)})
    found = pd.DataFrame(lines, columns=list(COLUMNS))
    for column in ("seat_a", "seat_b", "hire_a", "hire_b", "sessions_a", "sessions_b"):
        found[column] = found[column].astype("Int64")
    for column in ("pre_call_held_a", "pre_call_held_b"):
        found[column] = found[column].astype("boolean")
    numbers = [name for name in COLUMNS if found[name].dtype == object and name not in _WORDS]
    found[numbers] = found[numbers].astype(float)
    found.attrs |= {"seed": run_a.seed, "replicate": run_a.replicate}
    return found


_WORDS = ("won_in", "cause", "gate", "outcome_a", "outcome_b")


def balance(run_a: Run, run_b: Run) -> pd.DataFrame:
    """Divide all deals of a matched pair into four groups: a row per group and their sum.

    Parameters
    ----------
    run_a, run_b : Run
        A matched pair as for :func:`attribution`; a trace is not needed.

    Returns
    -------
    pandas.DataFrame
        Columns: `group` (:data:`GROUPS`, then "all"), `deals`, `value_a` and `value_b` ($ won by
        reps in each run), `difference` (b - a), how many of the deals were `undecided_a` and
        `undecided_b` at the end of the horizon, and what managers won themselves:
        `by_manager_a`, `by_manager_b` (deals), `manager_value_a`, `manager_value_b` ($). The
        difference of "all" is that of the reps' revenue.

    Raises
    ------
    ParameterError
        For runs that are not a matched pair; the message names the difference.

    Examples
    --------
    >>> from simlead.study.simulate import simulate
    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 13, "calendar.horizon_weeks": 13})
    >>> run = simulate(firm, trace=False)
    >>> same = balance(run, run)
    >>> same["group"].tolist(), int(same["deals"].iloc[:-1].sum()) == len(run.opportunities())
    (['won_both', 'won_only_a', 'won_only_b', 'won_neither', 'all'], True)
    """
    checked_pair(run_a, run_b, trace=False)
    tables = [run.records.opportunities for run in (run_a, run_b)]
    deals = [table[rows] for table, rows in zip(tables, same_deals(*tables), strict=True)]
    won = [table["outcome"] == events.WON for table in deals]
    manager = [table["outcome"] == events.WON_BY_MANAGER for table in deals]
    undecided = [(table["outcome"] == events.OPEN) & ~table["silent"] for table in deals]
    member = {"won_both": won[0] & won[1], "won_only_a": won[0] & ~won[1], "won_only_b": ~won[0] & won[1],
              "won_neither": ~won[0] & ~won[1], "all": np.ones(len(won[0]), bool)}
    lines = []
    for group, chosen in member.items():
        value, own = ([math.fsum(table["won_value"][chosen & by]) for table, by in zip(deals, who, strict=True)]
                      for who in (won, manager))
        lines.append({
            "group": group, "deals": int(np.count_nonzero(chosen)),
            "value_a": value[0], "value_b": value[1], "difference": value[1] - value[0],
            "undecided_a": int(np.count_nonzero(chosen & undecided[0])),
            "undecided_b": int(np.count_nonzero(chosen & undecided[1])),
            "by_manager_a": int(np.count_nonzero(chosen & manager[0])),
            "by_manager_b": int(np.count_nonzero(chosen & manager[1])),
            "manager_value_a": own[0], "manager_value_b": own[1]})
    return pd.DataFrame(lines)


def checked_pair(run_a: object, run_b: object, *, trace: bool) -> None:
    """Refuse runs that are not a matched pair: common random numbers, and only policy and roll-out differ."""
    for name, run in (("run_a", run_a), ("run_b", run_b)):
        if not isinstance(run, Run):
            raise ParameterError(f"{name} = {type(run).__name__}: a Run is needed, as simulate(...) makes it")
        if trace and run.records.trace is None:
            raise ParameterError(f"{name} was made without a trace; simulate(..., trace=True) records it")
    assert isinstance(run_a, Run) and isinstance(run_b, Run)
    for what in ("seed", "replicate"):
        here, there = getattr(run_a, what), getattr(run_b, what)
        if here != there:
            raise ParameterError(
                f"not a matched pair: {what} {here} and {there}; allowed is one seed and replicate for both")
    refuse_other_firms(run_a.scenario, run_b.scenario)
    if run_a.provenance.sources != run_b.provenance.sources:
        raise ParameterError(
            f"not a matched pair: made by other code (sources {run_a.provenance.sources} and "
            f"{run_b.provenance.sources})")


def refuse_other_firms(a: Scenario, b: Scenario) -> None:
    """Refuse scenarios that differ in more than policy and roll-out."""
    other = {path: values for path, values in a.differences(b).items()
             if not path.startswith("policy.") and not path.endswith(".rollout_week")}
    if other:
        path, (here, there) = next(iter(other.items()))
        more = f" and {len(other) - 1} more" if len(other) > 1 else ""
        raise ParameterError(
            f"not a matched pair: {path} {here} and {there}{more}; allowed to differ is only policy.* and the roll-out")


def same_deals(here: Table, there: Table) -> tuple[Whole, Whole]:
    """The rows of the same deals in two opportunities' tables, in the order of the first.

    Raises ParameterError if a deal is in only one of them: buyers arrive whatever a policy
    does, so a process of one's own has changed the market under way.
    """
    only = np.setxor1d(name_of(here["territory"], here["number"]), name_of(there["territory"], there["number"]))
    if len(only):
        raise ParameterError(
            f"not a matched pair: {len(only)} buyers arrived in only one of the two runs; allowed is the same market")
    return np.arange(len(here)), rows_of_deals(there, here["territory"], here["number"])
