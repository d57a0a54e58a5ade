"""The year before the switch as a client counts it: what the firm states beside what is simulated."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, whole_number
from simlead.model.origin import Origin
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario, declared
from simlead.model.stated import STATED
from simlead.model.team import NEVER
from simlead.model.units import WEEKS_PER_YEAR, calendar_days_of_business_hours
from simlead.results.money import profit
from simlead.results.windows import Span, years
from simlead.statistics.intervals import jackknife_interval
from simlead.study.engines import FAST, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.records import KEPT, OPEN, SHOWN, SOLVED, BaseYear, Contradiction
from simlead.study.runner import Job, Outcomes, run_records
from simlead.study.simulate import checked_scenario

Sums = NDArray[np.float64]

COLUMNS = (
    "runs", "revenue", "ramped_sales", "ramped_reps", "at_quota", "noticed", "seat_years", "discovery_gates",
    "discovery_passed", "qualified_gates", "qualified_passed", "proposal_gates", "proposal_won", "reps_revenue",
    "cycle_days", "cycles", "quits", "filled_years", "profit")
"""What is summed over runs, and every fact is computed from."""

_PLACE = {name: number for number, name in enumerate(COLUMNS)}
_WON = (("proposal_won", "proposal_gates"),)
_QUALIFIED = (*_WON, ("qualified_passed", "qualified_gates"))

RATIOS: dict[str, tuple[tuple[str, str], ...]] = {
    "seats": (("seat_years", "runs"),),
    "revenue": (("revenue", "runs"),),
    "sales_per_rep": (("ramped_sales", "ramped_reps"),),
    "quota_attainment": (("at_quota", "ramped_reps"),),
    "deals_created": (("noticed", "seat_years"),),
    "deal_value": (("reps_revenue", "proposal_won"),),
    "win_rate_created": (*_QUALIFIED, ("discovery_passed", "discovery_gates")),
    "win_rate_qualified": _QUALIFIED,
    "cycle_days": (("cycle_days", "cycles"),),
    "leavers_per_seat_year": (("quits", "filled_years"),),
    "profit_margin": (("profit", "revenue"),),
}
"""Each fact of the simulated year as a product of ratios of sums. The others are parameters."""

TOLERANCE = 0.05
"""A stated fact agrees with the simulated year within this part of it, beside the interval (our assumption)."""

FIRST_FRESH_REPLICATE = 500_000
"""The check's runs are not those that a firm was calibrated on."""

TOGETHER: dict[str, tuple[str, ...]] = {
    "revenue": ("seats", "deals_created", "win_rate_created", "win_rate_qualified", "deal_value", "sales_per_rep"),
    "sales_per_rep": ("revenue", "seats", "quota", "quota_attainment", "deals_created", "deal_value"),
    "quota_attainment": ("quota", "sales_per_rep", "revenue", "seats"),
    "deals_created": ("revenue", "seats", "deal_value", "win_rate_created"),
    "deal_value": ("revenue", "seats", "deals_created", "win_rate_created"),
    "win_rate_created": ("win_rate_qualified",),
    "win_rate_qualified": ("win_rate_created",),
    "cycle_days": ("deals_created", "revenue"),
    "profit_margin": ("contribution_margin",),
    "leavers_per_seat_year": ("seats",),
}
"""The facts that decide on another one together: those among which a contradiction is looked for."""


def ratios_of(name: str) -> Callable[[Sums], float]:
    """The function that makes a fact of sums over runs.

    >>> sums = np.ones(len(COLUMNS))
    >>> sums[COLUMNS.index("revenue")] = 6.0
    >>> ratios_of("revenue")(sums)
    6.0
    """
    pairs = [(_PLACE[above], _PLACE[below]) for above, below in RATIOS[name]]

    def fact(total: Sums) -> float:
        product = 1.0
        for above, below in pairs:
            product *= float(total[above]) / float(total[below]) if total[below] else float("nan")
        return product

    return fact


def sums_of(span: Span) -> Sums:
    """One run's base year, summed as in COLUMNS."""
    weeks, scenario = span.weeks, span.scenario
    sales, team = span.ramped_reps
    factors = np.array([each.deal_value_factor for each in scenario.teams])
    cycle = span.won_cycle_hours
    revenue = float(weeks["revenue"].sum())
    found = {
        "runs": 1.0,
        "revenue": revenue,
        "ramped_sales": float(sales.sum()),
        "ramped_reps": float(len(sales)),
        "at_quota": float(np.count_nonzero(sales >= scenario.organisation.quota_per_year * factors[team])),
        "seat_years": float(weeks["seats"].sum()) / WEEKS_PER_YEAR,
        "reps_revenue": revenue - float(span.managers["own_sales"].sum()),
        "cycle_days": calendar_days_of_business_hours(float(np.median(cycle))) if len(cycle) else 0.0,
        "cycles": float(len(cycle) > 0),
        "quits": float(weeks["quits"].sum()),
        "filled_years": span.filled_seat_weeks / WEEKS_PER_YEAR,
        "profit": profit(span),
    }
    return np.array([found[name] if name in found else float(weeks[name].sum()) for name in COLUMNS])


def until_the_switch(scenario: Scenario) -> Scenario:
    """The firm's warm-up alone: no policy, people plan or roll-out, and a week after the switch.

    >>> plan = [{"week": 60, "team": 1, "hire": 2}]
    >>> until_the_switch(Scenario().change({"plan": plan, "policy.role_clarity": 0.9})).calendar.horizon_weeks
    1
    """
    return under_status_quo(scenario).change({"calendar.horizon_weeks": 1})


def under_status_quo(scenario: Scenario) -> Scenario:
    """The same firm going on as before: no new policy in any team, and no people plan.

    >>> under_status_quo(Scenario().change({"policy.coaching_share": 0.5})) == Scenario()
    True
    """
    stated = {path: value for path, value in scenario.stated if not path.endswith(".rollout_week")}
    if any(".status_quo." in path for path in stated):  # the firm's policy would be a new one there
        stated |= {f"team.{number}.rollout_week": NEVER for number in range(1, scenario.organisation.teams + 1)}
    return dataclasses.replace(
        scenario, policy=scenario.status_quo, stated=tuple(stated.items()), people_plan=())


def base_year(
    scenario: Scenario,
    *,
    replications: int = 40,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: ProgressLike = None,
) -> BaseYear:
    """Simulate the year before the switch and set it beside what the firm states.

    The runs are not those that the firm was calibrated on.

    Parameters
    ----------
    scenario : Scenario
        The firm, calibrated or not; its facts come from `[stated]` or `Scenario.state`.
    replications : int
        Number of replications, 2 or more.
    seed, workers, engine, progress
        As in :func:`simlead.compare`.

    Returns
    -------
    BaseYear
        The facts stated and simulated with 95 % intervals, the parameters that calibration solved with theirs, and
        the stated facts that the simulated year contradicts.

    Raises
    ------
    ParameterError
        For a bad argument, and a warm-up shorter than a year.

    Examples
    --------
    >>> firm = Scenario().state({"seats": [2], "quota": 9e5}).change({"calendar.warmup_weeks": 52})
    >>> table = base_year(firm, replications=2, workers=1).table
    >>> table.loc[table["fact"] == "quota", ["stated", "role"]].to_dict("records")
    [{'stated': 900000.0, 'role': 'kept'}]
    """
    checked_scenario(scenario)
    if scenario.calendar.warmup_weeks < WEEKS_PER_YEAR:
        raise ParameterError(
            f"calendar.warmup_weeks = {scenario.calendar.warmup_weeks}: the base year needs 52 or more")
    count = whole_number("replications", replications, 2, MOST_REPLICATIONS)
    whole_number("seed", seed, 0, LARGEST_SEED)
    warm_up_compiler(known_engine(engine))
    firm = until_the_switch(scenario)

    def jobs() -> Iterator[Job]:
        for number in range(count):
            yield Job("", firm, seed, FIRST_FRESH_REPLICATE + number, engine, Outcomes(measures=()))

    rows = np.array(parallel_map(_sums_of_job, jobs(), min(worker_count(workers), count), counting(progress, count)))
    origin = scenario.origin
    table = pd.DataFrame([_line(name, scenario, rows, solving(origin)) for name in STATED])
    found = tuple(Contradiction(line["fact"], line["stated"], line["simulated"], against(line["fact"], origin))
                  for line in table.to_dict("records") if line["agrees"] is False)
    return BaseYear(table, _solved_table(scenario), found, count, seed)


def against(name: str, origin: Origin) -> tuple[str, ...]:
    """The other stated facts that decide on a fact: a quota tells of sales only where its attainment is stated too."""
    facts = origin.facts
    return tuple(other for other in TOGETHER[name] if other in facts
                 and (other != "quota" or "quota_attainment" in (name, *facts)))


def _sums_of_job(job: Job) -> Sums:
    span = years(run_records(job), job.scenario).base
    assert span is not None
    return sums_of(span)


def solving(origin: Origin) -> tuple[str, ...]:
    """The facts that the solved parameters were solved for."""
    by_path = {
        "market.deal_value_median": ("deal_value", "revenue", "sales_per_rep"),
        "market.opportunities_per_seat_year": ("deals_created", "revenue", "sales_per_rep"),
        "market.pace_days_median": ("cycle_days",),
        "world.quits_per_month": ("leavers_per_seat_year",),
        "world.our_utility": ("win_rate_created", "win_rate_qualified"),
        "organisation.quota_per_year": ("quota_attainment",),
        "organisation.overhead_per_seat_year": ("profit_margin",),
    }
    found: list[str] = []
    for path in origin.solved_paths:
        wanted = [name for name in by_path.get(path, ()) if name in origin.facts and name not in found]
        found += wanted if path == "world.our_utility" else wanted[:1]
    return tuple(found)


def _line(name: str, scenario: Scenario, rows: Sums, solved_for: tuple[str, ...]) -> dict[str, Any]:
    """A row of the table: a fact as it is stated and as it is simulated."""
    fact, stated = STATED[name], scenario.origin.facts.get(name)
    if name == "seats":
        stated = None if stated is None else float(sum(stated))
    if fact.sets and name != "seats":
        value = float(scenario.value(fact.sets[0]))
        mean, low, high = value, float("nan"), float("nan")
    else:
        interval = jackknife_interval(rows, ratios_of(name))
        mean, low, high = interval.mean, interval.low, interval.high
    role = KEPT if fact.sets else SOLVED if name in solved_for else SHOWN
    agrees = None
    if stated is None:
        role = OPEN
    elif not fact.sets:
        spare = TOLERANCE * abs(stated)
        agrees = bool(low - spare <= stated <= high + spare) if np.isfinite(low) else bool(abs(mean - stated) <= spare)
    return {"fact": name, "unit": fact.line.unit, "stated": np.nan if stated is None else float(stated),
            "simulated": mean, "low": low, "high": high, "role": role, "agrees": agrees}


def _solved_table(scenario: Scenario) -> pd.DataFrame:
    """The parameters that calibration solved, beside those of the preset."""
    origin = scenario.origin
    start = preset(origin.preset, origin.effect_sizes)
    rows = []
    for line in origin.solved:
        value, before = float(scenario.value(line.path)), float(start.value(line.path))
        rows.append((line.path, declared(line.path).unit, before, value, line.low, line.high))
    return pd.DataFrame(rows, columns=["parameter", "unit", "preset", "solved", "low", "high"])
