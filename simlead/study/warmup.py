"""A check whether the warm-up of a scenario is long enough for its base year.

A firm starts with empty pipelines. Weeks in which they fill are not weeks of the status
quo, and a base year that holds some of them makes all later growth look better than it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.model.tables import WEEKS_DTYPE
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.windows import Table
from simlead.statistics.intervals import CONFIDENCE, relative_difference
from simlead.statistics.warmup import mser5
from simlead.study.base_year import under_status_quo
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import Job, checked_runs, run_records
from simlead.study.simulate import checked_scenario

TOLERANCE = 0.02
"""A base year within 2 % of the years after it is taken as settled, unless stated otherwise."""


def steady_weeks(
    scenario: Scenario | None = None,
    columns: Sequence[str] = ("revenue", "wins"),
    *,
    replications: int = 200,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: ProgressLike = None,
) -> pd.DataFrame:
    """Weeks of a firm to which nothing happens, from its first: what a warm-up is judged by.

    The scenario (the status quo unless given) goes on as before throughout, without people plan or roll-out, and in a
    market that does not grow, because a trend is not a transient. A row per replicate and week: `replicate`, `week` (0
    is the switch), and `columns`, in the units of `tables.WEEKS_DTYPE`.

    Raises ParameterError for a bad argument, before anything is run.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.horizon_weeks": 1})
    >>> weeks = steady_weeks(small, replications=1, workers=1)
    >>> list(weeks.columns), int(weeks["week"].iloc[0])
    (['replicate', 'week', 'revenue', 'wins'], -104)
    """
    chosen = Scenario() if scenario is None else checked_scenario(scenario)
    names = [columns] if isinstance(columns, str) else list(columns)
    known = WEEKS_DTYPE.names or ()
    for name in names:
        if name not in known:
            raise ParameterError(f"{name!r}: no such column of a week{nearest(str(name), known)}")
    replications, seed = checked_runs(replications, seed, engine)
    still = under_status_quo(chosen).change({"market.growth_per_year": 0.0})
    finished = counting(progress, replications)
    warm_up_compiler(engine)
    jobs = (Job("", still, seed, number, engine) for number in range(replications))
    tables = parallel_map(_weeks, jobs, min(worker_count(workers), replications), finished)

    return pd.concat([
        pd.DataFrame({"replicate": number, "week": table["week"]} | {name: table[name] for name in names})
        for number, table in enumerate(tables)], ignore_index=True)


@refusals()
def check_warm_up(
    weeks: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    tolerance: float = TOLERANCE,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Check whether the warm-up suffices, so that these weekly numbers have settled when the base year begins.

    The answer is the interval of the base year's mean against that of all later weeks,
    paired by replicate: it suffices if that lies within +-`tolerance`, is too short if it lies
    outside, and is undecided if it reaches over an edge: more replicates will show. MSER-5's
    cut is given beside it and decides nothing: on weeks as noisy as revenue it varies with the random numbers.

    Parameters
    ----------
    weeks : pandas.DataFrame
        A row per replicate and week, such as :func:`steady_weeks` makes; it must hold the base year (weeks -52 to -1),
        a year or more after it, and no trend (divide revenue of a growing market by the weeks' `growth_index`).
    columns : sequence of str, optional
        The weekly numbers; all columns but `replicate` and `week` by default.
    tolerance : float
        A share of the later mean, above 0.
    confidence : float, default 0.95
        The interval's confidence.

    Returns
    -------
    pandas.DataFrame
        A row per weekly number: `measure`, `bias` with `low` and `high` (base year / later weeks - 1, a share),
        `confidence`, `drop_weeks` (by MSER-5 on the mean over replicates, from the first week), `settling_weeks` (what
        the warm-up leaves before the base year), `accepted` (by MSER-5), `replications`, `verdict` (suffices | too
        short | undecided).

    Examples
    --------
    >>> import numpy as np
    >>> random = np.random.default_rng(1)
    >>> import pandas as pd
    >>> table = pd.DataFrame([(r, w, 5.0 - 4.0 * 0.9 ** (w + 104) + random.normal()) for r in range(40)
    ...                       for w in range(-104, 156)], columns=["replicate", "week", "wins"])
    >>> check_warm_up(table)["verdict"].item()
    'suffices'
    """
    keys = ["replicate", "week"]
    names = [name for name in weeks.columns if name not in keys] if columns is None else list(columns)
    missing = [str(name) for name in [*keys, *names] if name not in weeks.columns]
    if missing:
        raise ParameterError(f"weeks: no column {' and '.join(missing)}")
    if not 0.0 < tolerance < math.inf:
        raise ParameterError(f"tolerance = {tolerance!r}: allowed is more than 0")
    return pd.DataFrame([_checked(weeks, name, tolerance, confidence) for name in names])


def _checked(weeks: pd.DataFrame, name: str, tolerance: float, confidence: float) -> dict[str, object]:
    wide = weeks.pivot(index="replicate", columns="week", values=name).sort_index(axis=1)
    number = wide.columns.to_numpy()
    base, later = (number >= -WEEKS_PER_YEAR) & (number < 0), number >= 0
    if base.sum() < WEEKS_PER_YEAR or later.sum() < WEEKS_PER_YEAR:
        raise ParameterError(
            f"weeks run from {number.min()} to {number.max()}: "
            "the base year (-52 to -1) and a year after it are needed")
    values = wide.to_numpy(float)
    bias = relative_difference(values[:, base].mean(axis=1), values[:, later].mean(axis=1), confidence)
    cut = mser5(values.mean(axis=0))
    settling = int((number < -WEEKS_PER_YEAR).sum())
    if max(-bias.low, bias.high) <= tolerance:
        verdict = "suffices"
    elif bias.low > tolerance or bias.high < -tolerance:
        verdict = "too short"
    else:
        verdict = "undecided"
    return {"measure": name, "bias": bias.mean, "low": bias.low, "high": bias.high, "confidence": confidence,
            "drop_weeks": cut.drop, "settling_weeks": settling, "accepted": cut.accepted, "replications": bias.n,
            "verdict": verdict}


def _weeks(job: Job) -> Table:
    """The weeks of one run; what a worker does."""
    return run_records(job).weeks
