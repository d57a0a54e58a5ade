"""Calibration: the parameters that are solved for, so that a firm starts from its own status quo.

Six numbers follow from one batch of runs of the warm-up: the levels of the three gates,
the quota, the overhead and a ramped rep's mean sales. Two iterate, because what they set
feeds back: the norm of prospecting hours, which is the status quo's own mean, and the
exponent of clarity, set to the effect that the belief set states. The same function serves
the default firm, the presets and a client's own organisation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.model import events
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.money import profit
from simlead.results.windows import Span, years
from simlead.study.engines import FAST, engine_named, ready
from simlead.study.parallel import spread, whole_number, worker_count

CALIBRATED = (
    "organisation.overhead_per_seat_year",
    "organisation.prospecting_norm_hours",
    "organisation.quota_per_year",
    "organisation.ramped_revenue_per_year",
    "world.clarity_exponent",
    "world.discovery_intercept",
    "world.our_utility",
    "world.qualified_intercept",
)
"""The parameters that calibration solves for."""

CLARITY_STEP = 0.2
"""The step in reps' clarity whose effect `world.clarity_effect` states."""

Report = Callable[[str], object]


@dataclasses.dataclass(frozen=True)
class Targets:
    """What the status quo is to show in the year before the switch.

    >>> Targets().proposal_win_rate
    0.35
    """

    discovery_rate: float = 0.55  # V86
    qualified_rate: float = 0.50  # V86
    proposal_win_rate: float = 0.35  # V82, V86
    quota_attainment: float = 0.57  # V121
    profit_margin: float = 0.10


@dataclasses.dataclass(frozen=True)
class _Task:
    scenario: Scenario
    seed: int
    replicate: int
    engine: str


@dataclasses.dataclass(frozen=True)
class _BaseYear:
    """What one run of the warm-up tells: logits of the gates, sales, and sums for the rest."""

    gate_logits: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
    ramped_sales: NDArray[np.float64]
    prospecting_hours: float
    rep_weeks: float
    revenue: float
    profit: float
    indexed_seat_years: float


def calibrate(
    scenario: Scenario | None = None,
    *,
    targets: Targets | None = None,
    replications: int = 64,
    clarity_replications: int = 200,
    rounds: int = 4,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    report: Report | None = None,
) -> Scenario:
    """The scenario with its calibrated parameters solved for its own status quo.

    `replications` runs of the warm-up give the levels, in `rounds` of a fixed point;
    `clarity_replications` pairs of full runs give the clarity exponent by two proportional steps
    (0 leaves it as it is). `report` is called with a line on each round.

    The policy stays; the calibration itself looks at the status quo only. Raises
    ParameterError if the warm-up is shorter than a year or the firm cannot show the targets.

    >>> small = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
    ...                            "calendar.warmup_weeks": 60})
    >>> solved = calibrate(small, replications=2, clarity_replications=0, rounds=1, workers=1)
    >>> sorted(small.differences(solved))[:2]
    ['organisation.overhead_per_seat_year', 'organisation.prospecting_norm_hours']
    """
    chosen = Scenario() if scenario is None else scenario
    if chosen.calendar.warmup_weeks < WEEKS_PER_YEAR:
        raise ParameterError(
            f"calendar.warmup_weeks = {chosen.calendar.warmup_weeks}: calibration needs 52 or more")
    wanted = Targets() if targets is None else targets
    ready(engine)
    say = report or (lambda line: None)
    run = _Runner(whole_number("seed", seed, 0, 2**63 - 1), worker_count(workers), engine)
    whole_number("replications", replications, 1, 10**6)
    current = _levels(under_status_quo(chosen), wanted, replications, rounds, run, say)
    if clarity_replications:
        current = _clarity_exponent(current, clarity_replications, run, say)
        current = _levels(current, wanted, replications, 1, run, say)
    solved = {path: current.values()[path] for path in CALIBRATED}
    return chosen.change(solved)


def under_status_quo(scenario: Scenario) -> Scenario:
    """The same firm going on as before: the policy is the status quo.

    >>> under_status_quo(Scenario().change({"policy.coaching_share": 0.5})) == Scenario()
    True
    """
    return dataclasses.replace(scenario, policy=scenario.status_quo)


class _Runner:
    """Runs tasks with the study's seed, workers and engine."""

    def __init__(self, seed: int, workers: int, engine: str) -> None:
        self.seed, self.workers, self.engine = seed, workers, engine

    def __call__(self, function: Callable[[_Task], Any], scenarios: list[Scenario], count: int) -> list[list[Any]]:
        """Results by replicate and scenario."""

        def tasks() -> Iterator[_Task]:
            for replicate in range(count):
                for scenario in scenarios:
                    yield _Task(scenario, self.seed, replicate, self.engine)

        results = spread(function, tasks(), min(self.workers, count * len(scenarios)), lambda _: None)
        width = len(scenarios)
        return [results[first: first + width] for first in range(0, len(results), width)]


def _levels(
    scenario: Scenario, targets: Targets, replications: int, rounds: int, run: _Runner, say: Report
) -> Scenario:
    """Gates, quota, overhead, a ramped rep's sales and the norm of prospecting, in a few rounds."""
    last: tuple[float, float] | None = None
    for number in range(rounds):
        short = scenario.change({"calendar.horizon_weeks": 1})
        years_seen: list[_BaseYear] = [row[0] for row in run(_base_year, [short], replications)]
        solved = _solved(scenario, targets, years_seen)
        norm = scenario.organisation.prospecting_norm_hours
        seen = solved["organisation.prospecting_norm_hours"]
        solved["organisation.prospecting_norm_hours"] = fixed_point_step(last, (norm, seen))
        last = norm, seen
        scenario = scenario.change(solved)
        values = scenario.values()
        say(f"round {number + 1} of {rounds}: " + ", ".join(
            f"{path.partition('.')[2]} {values[path]:.6g}" for path in CALIBRATED))
    return scenario


def fixed_point_step(last: tuple[float, float] | None, now: tuple[float, float]) -> float:
    """The next guess for x = f(x) from one or two pairs (x, f(x)), by the secant.

    The slope is kept within -1 and .8, so that noise cannot throw the guess far away.

    >>> fixed_point_step(None, (11.0, 12.0))
    12.0
    >>> fixed_point_step((11.0, 12.0), (12.0, 12.5))     # slope .5: the fixed point is 13
    13.0
    """
    x, value = now
    if last is None or abs(x - last[0]) < 1e-9:
        return value
    slope = min(0.8, max(-1.0, (value - last[1]) / (x - last[0])))
    return max(0.1, x + (value - x) / (1.0 - slope))


def _solved(scenario: Scenario, targets: Targets, seen: list[_BaseYear]) -> dict[str, float]:
    world = scenario.world
    rates = (targets.discovery_rate, targets.qualified_rate, targets.proposal_win_rate)
    shifts = [
        level_shift(np.concatenate([year.gate_logits[stage] for year in seen]), rate)
        for stage, rate in enumerate(rates)]
    sales = np.concatenate([year.ramped_sales for year in seen])
    if not len(sales):
        raise ParameterError("no rep stayed through the base year: too few seats or replications to calibrate")
    revenue = sum(year.revenue for year in seen)
    surplus = sum(year.profit for year in seen) - targets.profit_margin * revenue
    overhead = scenario.organisation.overhead_per_seat_year + surplus / sum(
        year.indexed_seat_years for year in seen)
    return {
        "world.discovery_intercept": world.discovery_intercept + shifts[0],
        "world.qualified_intercept": world.qualified_intercept + shifts[1],
        "world.our_utility": world.our_utility + shifts[2],
        "organisation.quota_per_year": float(np.quantile(sales, 1.0 - targets.quota_attainment)),
        "organisation.ramped_revenue_per_year": float(sales.mean()),
        "organisation.overhead_per_seat_year": overhead,
        "organisation.prospecting_norm_hours": (
            sum(year.prospecting_hours for year in seen) / sum(year.rep_weeks for year in seen)),
    }


def level_shift(logits: NDArray[np.float64], rate: float) -> float:
    """What to add to these logits so that their mean probability is the rate.

    >>> abs(level_shift(np.zeros(3), 0.5)) < 1e-9
    True
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    if not len(logits):
        raise ParameterError("no deal reached this gate in the base year: too few opportunities to calibrate")
    return float(brentq(lambda shift: float(expit(logits + shift).mean()) - rate, -20.0, 20.0))


def _base_year(task: _Task) -> _BaseYear:
    """Run one warm-up and look at its base year."""
    records = engine_named(task.engine)(task.scenario, task.seed, task.replicate, True)
    span = years(records, task.scenario).base
    assert span is not None and records.trace is not None
    trace = records.trace
    gates = trace[(trace["kind"] == events.GATE) & span.holds(trace["time"])]
    chances = np.clip(gates["value"], 1e-12, 1.0 - 1e-12)
    logits = np.log(chances / (1.0 - chances))
    stage = gates["detail"] // 8
    filled = span.reps[span.reps["filled"]]
    return _BaseYear(
        gate_logits=(logits[stage == 0], logits[stage == 1], logits[stage == 2]),
        ramped_sales=span.ramped_rep_sales,
        prospecting_hours=float(filled["effective_prospecting_hours"].sum()),
        rep_weeks=float(len(filled)),
        revenue=float(span.weeks["revenue"].sum()),
        profit=profit(span),
        indexed_seat_years=float((span.weeks["growth_index"] * span.weeks["seats"]).sum()) / WEEKS_PER_YEAR,
    )


def _clarity_exponent(scenario: Scenario, replications: int, run: _Runner, say: Report) -> Scenario:
    """The exponent at which a step in reps' clarity moves the third year's revenue as believed.

    The managers' clarity stays, so that their adherence (chi) does too. The effect is close
    to proportional to the exponent: two steps, the second of which uses the runs of both.
    """
    goal = scenario.world.clarity_effect
    exponents, effects = 0.0, 0.0
    for number in range(2):
        effect, error = clarity_effect(scenario, replications, run)
        if effect <= 0.0:
            raise ParameterError("clearer reps sell no more at this exponent: the effect cannot be calibrated")
        exponents += scenario.world.clarity_exponent
        effects += effect
        exponent = goal * exponents / effects
        say(f"clarity step {number + 1}: exponent {scenario.world.clarity_exponent:.4f} gives "
            f"{effect:.4f} +- {1.96 * error:.4f} log-points, wanted {goal:.4f}: now {exponent:.4f}")
        scenario = scenario.change({"world.clarity_exponent": exponent})
    return scenario


def clarity_effect(scenario: Scenario, replications: int, run: _Runner) -> tuple[float, float]:
    """Log-points of final-year revenue from +.2 in reps' clarity at fixed chi, and its standard error."""
    pair = [scenario, scenario.change({"world.rep_clarity_shift": CLARITY_STEP})]
    revenues = np.array(run(_final_revenue, pair, replications))
    before, after = revenues.mean(axis=0)
    # Delta method on the log of a ratio of means over pairs of the same luck.
    spread_of_pairs = np.std(revenues[:, 1] / after - revenues[:, 0] / before, ddof=1)
    return float(np.log(after / before)), float(spread_of_pairs / np.sqrt(len(revenues)))


def _final_revenue(task: _Task) -> float:
    records = engine_named(task.engine)(task.scenario, task.seed, task.replicate, False)
    span: Span | None = years(records, task.scenario).final
    if span is None:
        raise ParameterError("calendar.horizon_weeks: the clarity exponent needs a final year, 52 weeks or more")
    return float(span.weeks["revenue"].sum())

