"""Is the warm-up long enough? MSER-5 for any series, and a test of a firm's own weeks.

A firm starts with empty pipelines. Weeks in which they fill are not weeks of the status
quo, and a base year that holds some of them makes all later growth look better than it is.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.model.tables import WEEKS_DTYPE
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.windows import Table
from simlead.study.engines import FAST, engine_named, known_engine, ready
from simlead.study.estimation.estimates import CONFIDENCE, checked_values, relative_difference
from simlead.study.estimation.series import means_of_batches
from simlead.study.parallel import Job, Progress, counting, spread, whole_number, worker_count
from simlead.study.simulate import LARGEST_REPLICATE, LARGEST_SEED, checked_scenario

if TYPE_CHECKING:
    import pandas as pd

BATCH = 5
LEAST_VALUES = 20 * BATCH
LOOKED_AT = 0.75
"""Cuts beyond this part of a series are not tried: the few batches after them are close together by chance."""

TOLERANCE = 0.02
"""A base year within 2 % of the years after it is taken as settled, unless told otherwise."""


@dataclasses.dataclass(frozen=True)
class Truncation:
    """What MSER-5 says about a series of `n` values: drop the first `drop` of them.

    `accepted` is False where the best cut lies past the middle: then the series is too
    short to tell where it settles, and `mean` (else the mean of what is left) is nan.
    """

    drop: int
    mean: float
    n: int
    accepted: bool

    @property
    def said(self) -> str:
        """The same in words."""
        if self.accepted:
            return f"drop the first {self.drop} of {self.n}"
        return f"refused: the best cut, {self.drop} of {self.n}, lies past the middle; the series is too short"


def mser5(series: ArrayLike) -> Truncation:
    """How many values to drop from the start of a series, so that a transient does not bias its mean.

    Marginal standard error rule on means of 5: of all cuts the one with the least

    sum over the batches left of (batch - their mean)^2 / (their number)^2

    (White 1997, Simulation 69; Spratt 1998; White, Cobb and Spratt 2000). The cut is
    looked for in the first three quarters, and refused past the middle. Values that do not fill
    a batch are dropped from the start and count in `drop`.

    Limits: it balances bias against noise and does not promise that no bias is left. In a
    short series of strongly correlated values it may refuse although there is no
    transient (about 1 of 12 times for 260 values of a correlation of .9).

    Raises ParameterError for gaps (nan) or fewer than 100 values.

    >>> weeks = np.arange(200.0)
    >>> found = mser5(10.0 * 0.8**weeks + np.sin(weeks))
    >>> found.drop, found.said
    (15, 'drop the first 15 of 200')
    >>> mser5(weeks).said
    'refused: the best cut, 145 of 200, lies past the middle; the series is too short'
    """
    values = checked_values(series)
    if np.isnan(values).any():
        raise ParameterError("the series has gaps (nan); a warm-up needs every value")
    if len(values) < LEAST_VALUES:
        raise ParameterError(f"the series has {len(values)} values: allowed is {LEAST_VALUES} or more")
    batches = means_of_batches(values, BATCH)
    curve = marginal_standard_error(batches)
    cut = int(np.argmin(curve[: int(LOOKED_AT * len(batches))]))
    drop = cut * BATCH + len(values) % BATCH * (cut > 0)
    accepted = drop <= len(values) / 2
    return Truncation(drop, float(values[drop:].mean()) if accepted else math.nan, len(values), accepted)


def marginal_standard_error(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """MSER's statistic for each cut: cut d leaves values[d:].

    >>> marginal_standard_error(np.array([9.0, 1.0, 2.0, 1.0])).round(3).tolist()
    [2.797, 0.074, 0.125, 0.0]
    """
    left = np.arange(len(values), 0, -1)
    centred = values - values.mean()  # so that the difference of sums below keeps its digits
    sums = np.cumsum(centred[::-1])[::-1]
    squares = np.cumsum((centred * centred)[::-1])[::-1]
    return np.asarray(np.maximum(squares - sums * sums / left, 0.0) / (left * left))


def steady_weeks(
    scenario: Scenario | None = None,
    columns: Sequence[str] = ("revenue", "wins"),
    *,
    replications: int = 200,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Weeks of a firm to which nothing happens, from its first: what a warm-up is judged by.

    The scenario (the status quo unless given) runs with its status quo's policy throughout and
    in a market that does not grow, because a trend is not a transient. A row per replicate
    and week: `replicate`, `week` (0 is the switch), and `columns`, in the units of
    `tables.WEEKS_DTYPE`.

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
    replications = whole_number("replications", replications, 1, LARGEST_REPLICATE)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    still = dataclasses.replace(chosen, policy=chosen.status_quo).change({"market.growth_per_year": 0.0})
    finished = counting(progress, replications)
    ready(engine)
    jobs = (Job("", still, seed, number, engine) for number in range(replications))
    tables = spread(_weeks, jobs, min(worker_count(workers), replications), finished)

    import pandas as pd

    return pd.concat([
        pd.DataFrame({"replicate": number, "week": table["week"]} | {name: table[name] for name in names})
        for number, table in enumerate(tables)], ignore_index=True)


def check_warm_up(
    weeks: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    tolerance: float = TOLERANCE,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Whether the base year has settled: does the warm-up suffice for these weekly numbers?

    `weeks` has a row per replicate and week, such as :func:`steady_weeks` makes; it must hold the
    base year (weeks -52 to -1), a year or more after it, and no trend (divide revenue of a
    growing market by the weeks' `growth_index`). `columns` are all but `replicate` and
    `week` unless named.

    The answer is the interval of the base year's mean against that of all later weeks,
    paired by replicate: it suffices if that lies within +-`tolerance`, is too short if it lies
    outside, and is undecided if it reaches over an edge: more replicates will tell. MSER-5's
    cut is told beside it and decides nothing: on weeks as noisy as revenue it moves with the luck.

    Columns, a row per weekly number: `measure`, `bias` with `low` and `high` (base year / later
    weeks - 1, a share), `confidence`, `drop_weeks` (by MSER-5 on the mean over replicates, from the
    first week), `settling_weeks` (what the warm-up leaves before the base year), `accepted`
    (by MSER-5), `replications`, `verdict` (suffices | too short | undecided), `said`.

    >>> luck = np.random.default_rng(1)
    >>> import pandas as pd
    >>> table = pd.DataFrame([(r, w, 5.0 - 4.0 * 0.9 ** (w + 104) + luck.normal()) for r in range(40)
    ...                       for w in range(-104, 156)], columns=["replicate", "week", "wins"])
    >>> check_warm_up(table)["said"].item()
    'suffices for wins: ...'
    """
    import pandas as pd

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
    low, high = 100.0 * bias.low, 100.0 * bias.high
    said = (f"{verdict} for {name}: the base year lies {low:+.1f} to {high:+.1f} % from the weeks after it "
            f"({100.0 * tolerance:g} % are tolerated); MSER-5: {cut.said}, {settling} come before the base year")
    return {"measure": name, "bias": bias.mean, "low": bias.low, "high": bias.high, "confidence": confidence,
            "drop_weeks": cut.drop, "settling_weeks": settling, "accepted": cut.accepted, "replications": bias.n,
            "verdict": verdict, "said": said}


def _weeks(job: Job) -> Table:
    """The weeks of one run; what a worker does."""
    return engine_named(job.engine)(job.scenario, job.seed, job.replicate, False).weeks
