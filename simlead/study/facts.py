"""The facts that the status quo must reproduce together, checked.

Defaults are tuned to these facts and to no others, in the open: `experiments/00_calibration`
solves for the calibrated parameters, this module prints what came of it. Each fact is looked
at in the year before the switch, and those that must still hold in the third year there too.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_MONTH
from simlead.results.measures import MEASURES
from simlead.results.windows import Table
from simlead.study.engines import FAST, engine_named, known_engine
from simlead.study.estimation.estimates import Estimate, mean_interval, ratio_of_means
from simlead.study.parallel import Job, Progress, spread, whole_number, worker_count
from simlead.study.simulate import replicate

if TYPE_CHECKING:
    import pandas as pd

BASE, FINAL = "base year", "third year"


@dataclasses.dataclass(frozen=True)
class Fact:
    """A published figure, the range it may take, and the measure that shows it.

    `still` says whether it must hold in the third year too. `pooled` measures are ratios of
    sums over all replicates (rare things); the others are means over replicates.
    """

    name: str
    measure: str
    published: float
    low: float
    high: float
    source: str
    still: bool = True
    pooled: bool = True


FACTS: tuple[Fact, ...] = (
    Fact("realised coaching share", "coaching_share_realised", 0.15, 0.09, 0.21, "V03 V15 V19"),
    Fact("managers who coach half their time", "coaching_share_over_half", 0.03, 0.01, 0.05, "V01", still=False),
    Fact("managers' time: people", "manager_time_people", 0.32, 0.26, 0.38, "V12", still=False),
    Fact("managers' time: information", "manager_time_information", 0.26, 0.20, 0.32, "V12", still=False),
    Fact("managers' time: customers", "manager_time_customers", 0.23, 0.17, 0.29, "V12", still=False),
    Fact("managers' time: admin", "manager_time_admin", 0.15, 0.09, 0.21, "V12", still=False),
    Fact("managers' time: other", "manager_time_other", 0.04, 0.0, 0.10, "V12", still=False),
    Fact("discovery gate", "discovery_rate", 0.55, 0.50, 0.60, "V86"),
    Fact("qualified gate", "qualified_rate", 0.50, 0.45, 0.55, "V86"),
    Fact("proposal gate (win rate)", "proposal_win_rate", 0.35, 0.30, 0.40, "V82 V86"),
    Fact("no decision, of qualified", "no_decision_rate", 0.45, 0.40, 0.60, "V93 V95"),
    Fact("won cycle, median calendar days", "cycle_days_median", 72.0, 60.0, 90.0, "V97 V98 V99", pooled=False),
    Fact("ramped reps at quota", "quota_attainment", 0.57, 0.50, 0.63, "V121"),
    Fact("rep time face to face with customers", "customer_time_share", 0.33, 0.28, 0.45, "V105 R11"),
    Fact("separations a year per filled seat", "separations_per_year", 0.30, 0.22, 0.36,
         "V110 V111 V112 V114"),
    Fact("new rep's output in month 8, of ramped", "new_rep_output_month_8", 0.95, 0.85, 1.05, "V114",
         still=False),
    Fact("market share", "market_share", 0.105, 0.08, 0.13, ""),
)
"""All of them but for the fading of skill, which needs a run of its own."""

FADING = Fact("skill gain left 11 months after coaching stops", "", 0.5, 0.4, 0.6, "V25 V50", still=False)
FADING_MONTHS = 11


def facts(
    *,
    replications: int = 160,
    seed: int = 0,
    workers: int | None = None,
    beliefs: str = "evidence",
    engine: str = FAST,
    scenario: Scenario | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run the status quo and set each published fact beside the simulated one.

    Columns: fact, when, published, low, high (the tolerance), simulated, simulated_low,
    simulated_high (95 %), inside, source. `inside` is whether the simulated value lies in
    the tolerance. `scenario` is another status quo than the preset's.

    Raises ParameterError for a bad argument.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 60,
    ...                            "calendar.horizon_weeks": 52})
    >>> table = facts(replications=2, workers=1, scenario=small)
    >>> table["fact"].iloc[0], len(table)
    ('realised coaching share', 28)
    """
    import pandas as pd

    replications = whole_number("replications", replications, 2, 10**6)
    known_engine(engine)
    firm = preset("status_quo", beliefs) if scenario is None else scenario
    firm = dataclasses.replace(firm, policy=firm.status_quo)
    fading_runs = max(2, replications // 10)
    total = replications + fading_runs
    step = None if progress is None else (lambda done, _: progress(done, total))
    names = sorted({name for fact in FACTS for name in _names(fact)})
    runs = replicate(
        firm, replications=replications, seed=seed, workers=workers, engine=engine, measures=names,
        parts=True, progress=step)
    rows = [_row(fact, runs, name, when) for fact in FACTS for name, when in zip(
        _names(fact), (BASE, FINAL), strict=False)]
    left = _gain_left(firm, fading_runs, seed, worker_count(workers), engine)
    rows.append(_line(FADING, ratio_of_means(left[:, 1], left[:, 0]), "11 months on"))
    if progress is not None:
        progress(total, total)
    return pd.DataFrame(rows)


def _names(fact: Fact) -> tuple[str, ...]:
    base = f"{fact.measure}_base" if f"{fact.measure}_base" in MEASURES else fact.measure
    return (base, fact.measure) if fact.still else (base,)


def _row(fact: Fact, runs: pd.DataFrame, name: str, when: str) -> dict[str, object]:
    if fact.pooled:
        interval = ratio_of_means(runs[f"{name}.numerator"], runs[f"{name}.denominator"])
    else:
        interval = mean_interval(runs[name])
    return _line(fact, interval, when)


def _line(fact: Fact, interval: Estimate, when: str) -> dict[str, object]:
    return {
        "fact": fact.name, "when": when, "published": fact.published, "low": fact.low, "high": fact.high,
        "simulated": interval.mean, "simulated_low": interval.low, "simulated_high": interval.high,
        "inside": bool(fact.low <= interval.mean <= fact.high), "source": fact.source,
    }


def _gain_left(
    scenario: Scenario, replications: int, seed: int, workers: int, engine: str
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Sums of the coaching gain, at the switch and 11 months later, of reps who stayed.

    Coaching stops altogether at the switch, natural coaches included.
    """
    weeks = round(FADING_MONTHS * WEEKS_PER_MONTH)
    stopped = scenario.change({"policy.coaching_share": 0.0, "calendar.horizon_weeks": weeks,
                               "world.natural_coach_share": 0.0})
    jobs = (Job("", stopped, seed, number, engine) for number in range(replications))
    return np.array(spread(_gain_before_and_after, jobs, workers, lambda _: None))


def _gain_before_and_after(job: Job) -> tuple[float, float]:
    rows = engine_named(job.engine)(job.scenario, job.seed, job.replicate, False).reps
    before = rows[rows["week"] == -1]
    after = rows[rows["week"] == rows["week"].max()]
    after = after[: len(before)]
    stayed = before["filled"] & after["filled"] & (before["hire"] == after["hire"])
    return _sum(before, stayed), _sum(after, stayed)


def _sum(rows: Table, which: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    return float(rows["coaching_gain"][which].sum())
