"""Calibration: solving for parameters so that a firm starts from its own status quo.

What the firm states is kept (`aims`); what is solved is marked in its origin, with an interval over the runs.

Seven numbers follow from one batch of runs of the warm-up: the levels of the three gates, the quota, the overhead, a
ramped rep's mean sales and the coaching hours that retain. Two iterate, because what they set feeds back: the norm of
prospecting hours, which is the status quo's own mean, and the exponent of clarity, set to the effect that the set of
effect sizes states. The same function serves the default firm, the presets and a client's own organisation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.model import events
from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, total, whole_number
from simlead.model.origin import Solved
from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.windows import Span, Table, years
from simlead.statistics.intervals import CONFIDENCE, t_quantile
from simlead.study.aims import OVERHEAD, QUOTA, VALUE, Aim, aim_of, refuse_impossible
from simlead.study.aims import Targets as Targets
from simlead.study.base_year import COLUMNS, Sums, ratios_of, sums_of, under_status_quo, until_the_switch
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import parallel_map, worker_count
from simlead.study.runner import Job, Outcomes, run_records
from simlead.study.simulate import checked_scenario
from simlead.study.solved_intervals import intervals_of

CALIBRATED = (
    "organisation.overhead_per_seat_year",
    "organisation.prospecting_norm_hours",
    "organisation.quota_per_year",
    "organisation.ramped_revenue_per_year",
    "world.clarity_exponent",
    "world.discovery_intercept",
    "world.our_utility",
    "world.qualified_intercept",
    "world.reference_dose",
)
"""The parameters that calibration solves for."""

TRACED = Outcomes(measures=(), trace_hash=True)
"""What keeps a run's trace, from which the gates' levels are solved."""

CLARITY_STEP = 0.2
"""The step in reps' clarity whose effect `world.clarity_effect` states."""

MOST_ROUNDS = 1_000

Report = Callable[[str], object]

LEAST_ROUNDS_OF_FACTS = 6
"""Rounds at least where parameters follow stated facts: these feed back on one another."""


@dataclasses.dataclass(frozen=True)
class YearSeen:
    """What one run of the warm-up tells: logits of the gates, sales, and sums for the rest."""

    gate_logits: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
    ramped_sales: NDArray[np.float64]  # in a team of usual deals: divided by the team's factor of value
    prospecting_hours: float
    retaining_hours: float
    rep_weeks: float
    indexed_seat_years: float
    sums: Sums


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
    """Solve a scenario's calibrated parameters for its own status quo.

    What the firm states (`Scenario.state`, or `[stated]` in its file) is kept, and parameters are solved so that the
    base year shows it; published levels stand for what is not stated. A quota or overhead other than the preset's is
    stated too. The policy stays; the calibration itself looks at the status quo only. :func:`simlead.base_year` shows
    what came of it, and `origin.solved` of the result names what was solved, with intervals.

    Parameters
    ----------
    scenario : Scenario, optional
        The firm; the status quo of the evidence effect sizes if left out.
    targets : Targets, optional
        The levels that the firm shows in its base year, in place of all that it states.
    replications : int
        Runs of the warm-up that give the levels.
    clarity_replications : int
        Matched pairs of full runs that give the clarity exponent by two proportional steps, 2 or more; 0 leaves it as
        it is.
    rounds : int
        Rounds of the fixed point, 1 or more.
    seed, workers, engine
        As in :func:`simlead.compare`.
    report : callable, optional
        Called with a line on each round.

    Returns
    -------
    Scenario
        The scenario with the solved parameters.

    Raises
    ------
    ParameterError
        For a bad argument before anything is run, if the warm-up is shorter than a year, and if the firm cannot show
        the targets.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
    ...                            "calendar.warmup_weeks": 60})
    >>> solved = calibrate(small, replications=2, clarity_replications=0, rounds=1, workers=1)
    >>> sorted(small.differences(solved))[:2]
    ['organisation.overhead_per_seat_year', 'organisation.prospecting_norm_hours']
    """
    chosen = Scenario() if scenario is None else checked_scenario(scenario)
    if chosen.calendar.warmup_weeks < WEEKS_PER_YEAR:
        raise ParameterError(
            f"calendar.warmup_weeks = {chosen.calendar.warmup_weeks}: calibration needs 52 or more")
    wanted = aim_of(chosen, targets)
    refuse_impossible(wanted)
    warm_up_compiler(engine)
    say = report or (lambda line: None)
    run = _Runner(whole_number("seed", seed, 0, LARGEST_SEED), worker_count(workers), engine)
    replications = whole_number("replications", replications, 1, MOST_REPLICATIONS)
    if clarity_replications != 0:  # an interval needs two pairs
        clarity_replications = _pairs(clarity_replications)
    rounds = whole_number("rounds", rounds, 1, MOST_ROUNDS)
    rounds = max(rounds, LEAST_ROUNDS_OF_FACTS) if wanted.follows else rounds
    current, intervals = _levels(under_status_quo(chosen), wanted, replications, rounds, run, say)
    if clarity_replications:
        current, exponent = _clarity_exponent(current, clarity_replications, run, say)
        current, intervals = _levels(current, wanted, replications, 1, run, say)
        intervals = (*intervals, exponent)
    solved = {line.path: current.value(line.path) for line in intervals}
    origin = chosen.origin
    kept = tuple(line for line in origin.solved if line.path not in solved)
    return dataclasses.replace(
        chosen.change(solved), origin=dataclasses.replace(origin, solved=(*kept, *intervals)))


def _pairs(clarity_replications: int) -> int:
    """The number of matched pairs, or a ParameterError that says that none are allowed too."""
    try:
        return whole_number("clarity_replications", clarity_replications, 2, MOST_REPLICATIONS)
    except ParameterError as refusal:
        raise ParameterError(f"{refusal}, or 0") from None


class _Runner:
    """Runs jobs with the study's seed, workers and engine."""

    def __init__(self, seed: int, workers: int, engine: str) -> None:
        self.seed, self.workers, self.engine = seed, workers, engine

    def __call__(self, function: Callable[[Job], Any], scenarios: list[Scenario], count: int) -> list[list[Any]]:
        """Results by replicate and scenario."""

        def jobs() -> Iterator[Job]:
            for replicate in range(count):
                for scenario in scenarios:
                    yield Job("", scenario, self.seed, replicate, self.engine, TRACED)

        results = parallel_map(function, jobs(), min(self.workers, count * len(scenarios)), lambda _: None)
        width = len(scenarios)
        return [results[first: first + width] for first in range(0, len(results), width)]


def _levels(
    scenario: Scenario, aim: Aim, replications: int, rounds: int, run: _Runner, say: Report
) -> tuple[Scenario, tuple[Solved, ...]]:
    """Gates, quota, overhead, a ramped rep's sales, the norm of prospecting and what follows facts, in a few rounds."""
    last: tuple[float, float] | None = None
    intervals: tuple[Solved, ...] = ()
    norm_path = "organisation.prospecting_norm_hours"
    for number in range(rounds):
        years_seen: list[YearSeen] = [row[0] for row in run(year_seen, [until_the_switch(scenario)], replications)]
        solved = solved_for(scenario, aim, years_seen)
        norm, seen = scenario.organisation.prospecting_norm_hours, solved[norm_path]
        solved[norm_path] = fixed_point_step(last, (norm, seen))
        if number == rounds - 1:
            intervals = intervals_of(scenario, aim, years_seen, solved, slope_of(last, (norm, seen)))
        last = None if aim.follows else (norm, seen)  # where more than the norm moves, there is no slope of it alone
        scenario = scenario.change(solved)
        say(f"round {number + 1} of {rounds}: " + ", ".join(
            f"{path.partition('.')[2]} {scenario.value(path):.6g}" for path in solved))
    return scenario, intervals


def fixed_point_step(last: tuple[float, float] | None, now: tuple[float, float]) -> float:
    """The next guess for x = f(x) from one or two pairs (x, f(x)), by the secant.

    The slope is kept within -1 and .8, so that noise cannot throw the guess far away.

    >>> fixed_point_step(None, (11.0, 12.0))
    12.0
    >>> fixed_point_step((11.0, 12.0), (12.0, 12.5))     # slope .5: the fixed point is 13
    13.0
    """
    x, value = now
    return max(0.1, x + (value - x) / (1.0 - slope_of(last, now)))


def slope_of(last: tuple[float, float] | None, now: tuple[float, float]) -> float:
    """The slope of f between two pairs (x, f(x)), within -1 and .8; 0 where there is only one."""
    if last is None or abs(now[0] - last[0]) < 1e-9:
        return 0.0
    return min(0.8, max(-1.0, (now[1] - last[1]) / (now[0] - last[0])))


def shown_levels(scenario: Scenario, seen: list[YearSeen]) -> Targets:
    """What a firm's own base years show: the targets by which calibration would leave the firm as it is."""
    from scipy.special import expit

    rates = [float(expit(np.concatenate([year.gate_logits[stage] for year in seen])).mean()) for stage in range(3)]
    sales = np.concatenate([year.ramped_sales for year in seen])
    sums = np.sum([year.sums for year in seen], axis=0)
    return Targets(
        discovery_rate=rates[0], qualified_rate=rates[1], proposal_win_rate=rates[2],
        quota_attainment=float((sales >= scenario.organisation.quota_per_year).mean()),
        profit_margin=ratios_of("profit_margin")(sums))


def solved_levels(scenario: Scenario, targets: Targets, seen: list[YearSeen]) -> dict[str, float]:
    """The calibrated parameters, but for clarity's exponent, that base years of a scenario give."""
    return solved_for(scenario, aim_of(scenario, targets), seen)


def solved_for(scenario: Scenario, aim: Aim, seen: list[YearSeen]) -> dict[str, Any]:
    """The parameters that base years of a scenario give, one round of the fixed point."""
    world, targets = scenario.world, aim.targets
    shifts = [
        level_shift(np.concatenate([year.gate_logits[stage] for year in seen]), rate)
        for stage, rate in enumerate(targets.gates)]
    sales = np.concatenate([year.ramped_sales for year in seen])
    if not len(sales):
        raise ParameterError("no rep stayed through the base year: too few seats or replications to calibrate")
    sums = np.sum([year.sums for year in seen], axis=0)
    quota = float(np.quantile(sales, 1.0 - targets.quota_attainment))
    revenue, gain = float(sums[COLUMNS.index("revenue")]), float(sums[COLUMNS.index("profit")])
    rep_weeks = total(year.rep_weeks for year in seen)
    found: dict[str, Any] = {
        "world.discovery_intercept": world.discovery_intercept + shifts[0],
        "world.qualified_intercept": world.qualified_intercept + shifts[1],
        "world.our_utility": world.our_utility + shifts[2],
        QUOTA: quota,
        "organisation.ramped_revenue_per_year": float(sales.mean()),
        OVERHEAD: scenario.organisation.overhead_per_seat_year + (
            gain - targets.profit_margin * revenue) / total(year.indexed_seat_years for year in seen),
        "organisation.prospecting_norm_hours": total(year.prospecting_hours for year in seen) / rep_weeks,
        "world.reference_dose": (
            total(year.retaining_hours for year in seen) / rep_weeks
            if world.retention_by_quality else world.reference_dose),
    }
    for path in aim.kept:
        del found[path]
    for path, fact in aim.follows.items():
        shown = quota if fact == "quota_attainment" else ratios_of(fact)(sums)
        wanted = scenario.organisation.quota_per_year if fact == "quota_attainment" else aim.facts[fact]
        if not shown > 0.0:
            raise ParameterError(f"stated.{fact} = {aim.facts[fact]:g}: the simulated firm shows none, so that "
                                 f"{path} cannot be solved for it")
        factor = wanted / shown
        if path == VALUE:  # value is a scale: money that is solved moves with it
            for money in (QUOTA, "organisation.ramped_revenue_per_year"):
                if money in found:
                    found[money] *= factor
        found[path] = _within(path, scenario.value(path) * factor, fact)
    return found


def _within(path: str, value: float, fact: str) -> float:
    """A solved value, or the refusal of the fact that would need it outside what is allowed."""
    line = REGISTRY[path]
    if line.low is not None and line.high is not None and not line.low <= value <= line.high:
        raise ParameterError(f"stated.{fact}: it needs {path} = {value:.4g}; allowed is {line.allowed}")
    return value


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


def year_seen(job: Job) -> YearSeen:
    """Run one warm-up and look at its base year."""
    records = run_records(job)
    span = years(records, job.scenario).base
    assert span is not None and records.trace is not None
    trace = records.trace
    gates = trace[(trace["kind"] == events.GATE) & span.holds(trace["time"])]
    chances = np.clip(gates["value"], 1e-12, 1.0 - 1e-12)
    logits = np.log(chances / (1.0 - chances))
    stage = gates["detail"] // 8
    filled = span.reps[span.reps["filled"]]
    sales, team = span.ramped_reps
    factors = np.array([each.deal_value_factor for each in job.scenario.teams])
    return YearSeen(
        gate_logits=(logits[stage == 0], logits[stage == 1], logits[stage == 2]),
        ramped_sales=sales / factors[team],
        prospecting_hours=float(filled["effective_prospecting_hours"].sum()),
        retaining_hours=retaining_hours(filled, span.managers, job.scenario.world.retaining_dose_limit),
        rep_weeks=float(len(filled)),
        indexed_seat_years=float((span.weeks["growth_index"] * span.weeks["seats"]).sum()) / WEEKS_PER_YEAR,
        sums=sums_of(span),
    )


def retaining_hours(reps: Table, managers: Table, dose_limit: float) -> float:
    """Sum over rep-weeks of the coaching dose up to its limit, times the manager's quality within 0 and 1.

    >>> reps = np.array([(3, 0, 4.0), (4, 0, 20.0)], [("week", "i4"), ("team", "i4"), ("dose", "f8")])
    >>> managers = np.array([(3, 0, 0.5), (4, 0, 2.0)], [("week", "i4"), ("team", "i4"), ("quality", "f8")])
    >>> retaining_hours(reps, managers, 10.0)
    12.0
    """
    of_managers, of_reps = (rows["week"].astype(np.int64) << 32 | rows["team"] for rows in (managers, reps))
    order = np.argsort(of_managers)
    quality = managers["quality"][order[np.searchsorted(of_managers, of_reps, sorter=order)]]
    return float((np.minimum(reps["dose"], dose_limit) * np.clip(quality, 0.0, 1.0)).sum())


def _clarity_exponent(
    scenario: Scenario, replications: int, run: _Runner, say: Report
) -> tuple[Scenario, Solved]:
    """The exponent at which a step in reps' clarity moves the third year's revenue as believed.

    The managers' clarity stays, so that their adherence (chi) does too. The effect is close
    to proportional to the exponent: two steps, the second of which uses the runs of both.
    """
    goal = scenario.world.clarity_effect
    exponents, effects, errors = 0.0, 0.0, 0.0
    for number in range(2):
        effect, error = clarity_effect(scenario, replications, run)
        if effect <= 0.0:
            raise ParameterError("clearer reps sell no more at this exponent: the effect cannot be calibrated")
        exponents += scenario.world.clarity_exponent
        effects, errors = effects + effect, errors + error
        exponent = goal * exponents / effects
        say(f"clarity step {number + 1}: exponent {scenario.world.clarity_exponent:.4f} gives "
            f"{effect:.4f} +- {1.96 * error:.4f} log-points, wanted {goal:.4f}: now {exponent:.4f}")
        scenario = scenario.change({"world.clarity_exponent": exponent})
    half = t_quantile(replications - 1, CONFIDENCE) * exponent * errors / effects  # both steps have the same buyers
    return scenario, Solved("world.clarity_exponent", exponent - half, exponent + half)


def clarity_effect(scenario: Scenario, replications: int, run: _Runner) -> tuple[float, float]:
    """Log-points of final-year revenue from +.2 in reps' clarity at fixed chi, and its standard error."""
    pair = [scenario, scenario.change({"world.rep_clarity_shift": CLARITY_STEP})]
    revenues = np.array(run(_final_revenue, pair, replications))
    before, after = revenues.mean(axis=0)
    # Delta method on the log of a ratio of means over matched pairs.
    spread_of_pairs = np.std(revenues[:, 1] / after - revenues[:, 0] / before, ddof=1)
    return float(np.log(after / before)), float(spread_of_pairs / np.sqrt(len(revenues)))


def _final_revenue(job: Job) -> float:
    records = run_records(job)
    span: Span | None = years(records, job.scenario).final
    if span is None:
        raise ParameterError("calendar.horizon_weeks: the clarity exponent needs a final year, 52 weeks or more")
    return float(span.weeks["revenue"].sum())

