"""Two runs with the same luck and another policy: which deals ended differently, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simlead.model import events
from simlead.model.parameters import ParameterError
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.run import Run
from simlead.results.windows import Table
from simlead.study.twins.causes import TERMS, why, world_of
from simlead.study.twins.replay import Whole, name_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "won_in", "cause", "gate", "team", "territory", "number", "arrived_week", "value", "won_value",
    "outcome_a", "outcome_b", "u", "chance_a", "chance_b", "logit_a", "logit_b", *TERMS,
    "gate_week_a", "gate_week_b", "seat_a", "seat_b", "hire_a", "hire_b", "skill_a", "skill_b",
    "waited_weeks_a", "waited_weeks_b", "overdue_weeks_a", "overdue_weeks_b",
    "pre_call_held_a", "pre_call_held_b", "sessions_a", "sessions_b",
)
"""The columns of :func:`twins`."""

GROUPS = ("won_both", "won_only_a", "won_only_b", "won_neither")
"""How a deal ended in two worlds, seen from the reps; every deal is in one of these."""


def twins(run_a: Run, run_b: Run) -> pd.DataFrame:
    """The deals that reps won in one of two worlds only, and why: a row per deal.

    The two runs need the same luck (seed, replicate) and differ in the policy alone. A deal
    is the same in both by its name (territory, number); so are its buyer's value, pace and
    the uniform number `u` of each of its gates. It ends differently where `u` lies between
    the chances `chance_a` and `chance_b` that it had, or where it never came that far.

    `won_in` is "a" or "b". `gate` is the one that was lost in the other world; the columns
    :data:`causes.TERMS` say by how many logits each term of the rule differs there (b - a) and
    add up to `logit_b - logit_a`. `cause` is the term that pushed most towards the win, or
    what kept the deal from the gate in the other world (:data:`causes.CAUSES`); there the
    columns of the gate are nan. For deals never noticed, `u` is the visibility and the chances
    are how far the two desks saw. `value` is in $ as of the arrival, `won_value` what it was
    worth where it was won; weeks count from the switch; `skill` is in SD; `waited_weeks` is how
    long we let the buyer wait in all, `overdue_weeks` what of it counted; `sessions` are
    coaching sessions with that rep in the 13 weeks before. `outcome` "open" covers deals that
    had failed silently: they have a gate.

    One pair is one luck: `flips` shows how causes vary over many.

    Raises ParameterError, naming the difference, for runs that are no twins, that have no
    trace, or that did not follow their scenario (then gates do not come out again).

    >>> from simlead.model.scenario import Scenario
    >>> from simlead.study.simulate import simulate
    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 26, "calendar.horizon_weeks": 26})
    >>> runs = [simulate(firm.change({"policy.coaching_share": share}), seed=1) for share in (0.2, 0.5)]
    >>> found = twins(*runs)
    >>> set(found["won_in"]) <= {"a", "b"}, bool((found["arrived_week"] < -20).any())
    (True, False)
    """
    import pandas as pd

    checked_twins(run_a, run_b, trace=True)
    a, b = world_of(run_a), world_of(run_b)
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
    """All deals of two worlds in four groups that add up to all: a row per group and their sum.

    Columns: `group` (:data:`GROUPS`, then "all"), `deals`, `value_a` and `value_b` ($ won by
    reps in each world), `difference` (b - a), how many of the deals were `undecided_a` and
    `undecided_b` at the end of the horizon, and what managers won themselves:
    `by_manager_a`, `by_manager_b` (deals), `manager_value_a`, `manager_value_b` ($). The
    difference of "all" is that of the reps' revenue. A trace is not needed.

    Raises ParameterError, naming the difference, for runs that are no twins.

    >>> from simlead.model.scenario import Scenario
    >>> from simlead.study.simulate import simulate
    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 13, "calendar.horizon_weeks": 13})
    >>> run = simulate(firm, trace=False)
    >>> same = balance(run, run)
    >>> same["group"].tolist(), int(same["deals"].iloc[:-1].sum()) == len(run.opportunities())
    (['won_both', 'won_only_a', 'won_only_b', 'won_neither', 'all'], True)
    """
    import pandas as pd

    checked_twins(run_a, run_b, trace=False)
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


def checked_twins(run_a: object, run_b: object, *, trace: bool) -> None:
    """Refuse what is not two runs with the same luck whose scenarios differ in the policy alone."""
    for name, run in (("run_a", run_a), ("run_b", run_b)):
        if not isinstance(run, Run):
            raise ParameterError(f"{name} = {type(run).__name__}: a Run is needed, as simulate(...) makes it")
        if trace and run.records.trace is None:
            raise ParameterError(f"{name} was made without a trace; simulate(..., trace=True) keeps it")
    assert isinstance(run_a, Run) and isinstance(run_b, Run)
    for what in ("seed", "replicate"):
        here, there = getattr(run_a, what), getattr(run_b, what)
        if here != there:
            raise ParameterError(f"no twins: {what} {here} and {there}; allowed is the same luck for both")
    other = {path: values for path, values in run_a.scenario.differences(run_b.scenario).items()
             if not path.startswith("policy.")}
    if other:
        path, (here, there) = next(iter(other.items()))
        more = f" and {len(other) - 1} more" if len(other) > 1 else ""
        raise ParameterError(f"no twins: {path} {here} and {there}{more}; allowed to differ is only policy.*")
    if run_a.provenance.sources != run_b.provenance.sources:
        raise ParameterError(
            f"no twins: made by other code (sources {run_a.provenance.sources} and {run_b.provenance.sources})")


def same_deals(here: Table, there: Table) -> tuple[Whole, Whole]:
    """The rows of the same deals in two opportunities' tables, in the order of the first.

    Raises ParameterError if a deal is in only one of them: buyers turn up whatever a policy
    does, so a process of one's own has changed the market under way.
    """
    names = name_of(here["territory"], here["number"]), name_of(there["territory"], there["number"])
    only = np.setxor1d(names[0], names[1])
    if len(only):
        raise ParameterError(
            f"no twins: {len(only)} buyers turned up in only one of the two worlds; allowed is the same market")
    order = np.argsort(names[1])
    return np.arange(len(here)), np.asarray(order[np.searchsorted(names[1], names[0], sorter=order)])
