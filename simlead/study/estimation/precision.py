"""Replications until precise: how many runs a half-width needs, by Stein's two stages.

Adding runs until the interval looks narrow enough stops too often where the spread happens
to look small, and the interval then holds the truth less often than it says. Two stages
do not: a first stage of n0 runs gives a spread s0, s0 fixes the number of runs N, and the
interval of all N runs keeps s0 and its n0 - 1 degrees of freedom. Given s0 the mean of
all runs has the variance sigma^2 / N whatever N is, so that (mean - truth) sqrt(N) / s0 is
exactly Student's t with n0 - 1 degrees of freedom for normal values.

Stein 1945, A two-sample test for a linear hypothesis whose power is independent of the
variance, Annals of Mathematical Statistics 16. Relative half-widths: Law and Kelton,
Simulation Modeling and Analysis, section 9.4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.registry import ratio
from simlead.study.engines import FAST, known_engine, ready
from simlead.study.estimation.estimates import (
    CONFIDENCE,
    Estimate,
    checked_confidence,
    checked_values,
    mean_interval,
    pairs,
    ratio_and_parts,
    ratio_of_means,
    t_quantile,
)
from simlead.study.parallel import Job, Progress, counting, measure, spread, whole_number, worker_count
from simlead.study.simulate import LARGEST_REPLICATE, LARGEST_SEED, checked_measures, checked_scenario

if TYPE_CHECKING:
    import pandas as pd

LEAST_FIRST_STAGE = 2
"""Replicates below which there is no spread to plan from; 20 or more are wise (the t quantile pays for fewer)."""

ROWS = 400
"""A path to a precision is told at no more than about this many numbers of replicates."""

Draw = Callable[[int, int], ArrayLike]
"""Called with (first, last): the values of the replicates first, ..., last - 1, in order.

A row (value, baseline's value) each if differences are wanted, a number each if not. A
replicate's value must not depend on the calls it is made in.
"""

COLUMNS = ("measure", "kind", "unit", "n", "estimate", "low", "high", "confidence", "half_width", "stage", "wanted",
           "needed", "reached")


def replications_needed(
    first_stage: ArrayLike,
    half_width: float,
    relative: bool = False,
    confidence: float = CONFIDENCE,
    scale: ArrayLike | None = None,
) -> int:
    """How many replicates in all, the first stage's included, an interval needs to be that narrow.

    N = max(n0, ceil((t s0 / h)^2)), t = Student's quantile for n0 - 1 degrees of freedom

    `first_stage` holds the n0 values seen so far, or their paired differences. `half_width`
    is in the unit of the values, or with `relative` a part of

    * `scale`, if it is a number taken as known;
    * the mean of `scale`, if it holds the baseline's values of the same replicates; what is
      planned then is the ratio mean(values) / mean(scale), with the noise of both
      (`estimates.ratio_of_means`);
    * the mean of the values themselves, if there is no `scale`. Then h = |mean| g / (1 + g)
      for a half-width g, so that the error is at most g of the *true* mean (Law and Kelton).

    The answer is at most `simulate.LARGEST_REPLICATE`. Replicates in which the measure is
    not defined (nan) count in n0 and are expected in the same share among the rest.
    :func:`two_stage_interval` gives the interval that belongs to it.

    Limits: the absolute form is exact for normal values, and for others as good as the t
    interval is at N. The relative forms lean on a mean that the first stage only estimates:
    they are approximate, and worthless where that mean is within its own noise of zero
    (N becomes huge there).

    Raises ParameterError for a half-width or confidence that cannot be, fewer than two
    values, and a relative half-width of a mean of 0.

    >>> replications_needed([9.0, 10.0, 11.0, 10.0], 0.5), replications_needed([9.0, 10.0, 11.0, 10.0], 9.0)
    (28, 4)
    >>> replications_needed([9.0, 10.0, 11.0, 10.0], 0.05, relative=True)
    30
    """
    values, wanted = _standardised(first_stage, half_width, relative, scale)
    known = values[~np.isnan(values)]
    if len(known) < LEAST_FIRST_STAGE:
        raise ParameterError(f"first_stage holds {len(known)} defined values: allowed is {LEAST_FIRST_STAGE} or more")
    spread = float(known.std(ddof=1))
    quantile = t_quantile(len(known) - 1, confidence)
    if spread == 0.0:
        return len(values)
    if wanted == 0.0:
        raise ParameterError("a relative half-width of a mean of 0 means nothing; give an absolute one")
    needed = min((quantile * spread / wanted) ** 2 * len(values) / len(known), LARGEST_REPLICATE)
    return max(len(values), math.ceil(needed))


def two_stage_interval(
    values: ArrayLike, first_stage: int, confidence: float = CONFIDENCE, scale: ArrayLike | None = None
) -> Estimate:
    """Mean of all replicates, with the interval that the first stage's spread promises.

    mean_N +- t s0 / sqrt(N), t for n0 - 1 degrees of freedom, n0 = `first_stage`, s0 from
    the first n0 of `values`. With `scale`, the baseline's values of the same replicates, it
    is the ratio mean(values) / mean(scale), by the delta method with the first stage's spread.

    The interval is as narrow as was asked for once N is what :func:`replications_needed`
    said, and its confidence is exact for normal values (without `scale`).

    Raises ParameterError unless 2 <= first_stage <= the number of values.

    >>> estimate = two_stage_interval([9.0, 10.0, 11.0, 10.0, 12.0, 8.0], first_stage=4)
    >>> estimate.mean, round(estimate.half_width, 3), estimate.n
    (10.0, 1.061, 6)
    """
    series = checked_values(values)
    if not LEAST_FIRST_STAGE <= first_stage <= len(series):
        raise ParameterError(
            f"first_stage = {first_stage!r}: allowed is {LEAST_FIRST_STAGE} to the {len(series)} values there are")
    series, below = pairs(series, np.ones(len(series)) if scale is None else scale)
    estimate, parts = ratio_and_parts(series, below)
    n = int(np.count_nonzero(~np.isnan(parts)))
    _, early = ratio_and_parts(series[:first_stage], below[:first_stage])
    early = early[~np.isnan(early)]
    if len(early) < LEAST_FIRST_STAGE:
        return Estimate(estimate, math.nan, math.nan, n)
    half = t_quantile(len(early) - 1, confidence) * float(early.std(ddof=1)) / math.sqrt(n)
    return Estimate(estimate, estimate - half, estimate + half, n)


def estimate_until(
    what: Scenario | Draw,
    measure: str = "",
    *,
    half_width: float,
    relative: bool = False,
    against: Scenario | None = None,
    minimum: int = 50,
    maximum: int = 400,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Make replicates until an interval is as narrow as asked for, in two stages.

    `what` is a scenario, of which `measure` is estimated, or with `against` the paired
    difference from that scenario (same seed, same replicates). Or a function of your own
    (see :data:`Draw`). `half_width` is in the measure's unit; with `relative` a part of the
    mean of `against`, or of the measure's own (see :func:`replications_needed`, with the
    limits of each). First `minimum` replicates are made, then as many as these say are
    needed, at most `maximum` in all.

    The table's last row is the answer. Columns: `measure`; `kind` (mean | difference |
    relative difference, which is a share of the baseline's mean); `unit`; `n` replicates made;
    `estimate` with `low`, `high`, their `confidence`, `half_width`; `stage` (in the first, ordinary t intervals,
    not to be stopped at; in the second, those of :func:`two_stage_interval`); `wanted`, the
    half-width in the estimate's unit; `needed` replicates; `reached`, whether n >= needed.
    Of long paths about 400 rows are told.

    Raises ParameterError for a bad argument, before anything is run, and as
    :func:`replications_needed` does after the first stage.

    >>> def heights(first, last):
    ...     return [100.0 + (number * 7) % 10 for number in range(first, last)]
    >>> path = estimate_until(heights, half_width=1.0, minimum=20, maximum=100)
    >>> path[["n", "needed"]].iloc[-1].tolist(), bool(path["reached"].iloc[-1])
    ([39, 39], True)
    """
    checked_confidence(confidence)
    if not 0.0 < half_width < math.inf:
        raise ParameterError(f"half_width = {half_width!r}: allowed is more than 0")
    minimum = whole_number("minimum", minimum, LEAST_FIRST_STAGE, LARGEST_REPLICATE)
    maximum = whole_number("maximum", maximum, minimum, LARGEST_REPLICATE)
    draw, unit = what, ""
    if isinstance(what, Scenario):
        firms = [what] if against is None else [what, checked_scenario(against)]
        draw = _runs(firms, measure, seed, workers, engine, progress)
        unit = MEASURES[measure].unit
    elif against is not None or not callable(what):
        raise ParameterError(f"{what!r} against {against!r}: two Scenarios are needed, or one function that draws both")
    assert callable(draw)

    drawn = _rows(draw, 0, minimum)
    paired = drawn.shape[1] == 2
    values, scale = _values(drawn, relative)
    needed = replications_needed(values, half_width, relative, confidence, scale)
    _, wanted = _standardised(values, half_width, relative, scale)
    if min(needed, maximum) > minimum:
        drawn = np.concatenate([drawn, _rows(draw, minimum, min(needed, maximum))])
        values, scale = _values(drawn, relative)
    table = _path(values, scale, minimum, confidence)
    kind = "mean" if not paired else "relative difference" if relative else "difference"
    return table.assign(
        measure=measure, kind=kind, unit="share" if paired and relative else unit, confidence=confidence,
        wanted=wanted, needed=needed, reached=table["n"] >= needed)[list(COLUMNS)]


def _runs(
    firms: list[Scenario], name: str, seed: int, workers: int | None, engine: str, progress: Progress | None
) -> Draw:
    """Draws of a measure by real runs, a column per scenario."""
    checked_measures([name])
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    known_engine(engine)
    most = worker_count(workers)

    def draw(first: int, last: int) -> NDArray[np.float64]:
        total = last * len(firms)
        finished = counting(progress, total, done=first * len(firms))
        ready(engine)
        jobs = (Job("", firm, seed, number, engine) for number in range(first, last) for firm in firms)
        results = spread(measure, jobs, min(most, total), finished)
        return np.array([ratio(result.parts[name]) for result in results]).reshape(-1, len(firms))

    return draw


def _rows(draw: Draw, first: int, last: int) -> NDArray[np.float64]:
    """What was drawn, a row per replicate; refused if it is not one or two numbers for each."""
    drawn = np.asarray(draw(first, last), dtype=np.float64)
    rows = drawn.reshape(-1, 1) if drawn.ndim == 1 else drawn
    if rows.ndim != 2 or rows.shape[0] != last - first or rows.shape[1] not in (1, 2):
        raise ParameterError(f"replicates {first} to {last - 1} were drawn with the shape {drawn.shape}: "
                             f"({last - first},) or ({last - first}, 2) is needed")
    return rows


def _values(rows: NDArray[np.float64], relative: bool) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Values or paired differences, and what a relative difference is a part of."""
    if rows.shape[1] == 1:
        return rows[:, 0], None
    return rows[:, 0] - rows[:, 1], rows[:, 1] if relative else None


def _path(
    values: NDArray[np.float64], scale: NDArray[np.float64] | None, first_stage: int, confidence: float
) -> pd.DataFrame:
    """The estimate and its interval as replicates come in."""
    import pandas as pd

    told = np.unique(np.append(np.linspace(2, len(values), ROWS).astype(int), first_stage))
    lines = []
    for n in told.tolist():
        part, of = values[:n], None if scale is None else scale[:n]
        if n >= first_stage:
            found = two_stage_interval(part, first_stage, confidence, of)
        else:
            found = mean_interval(part, confidence) if of is None else ratio_of_means(part, of, confidence)
        lines.append((n, found.mean, found.low, found.high, found.half_width, 1 if n < first_stage else 2))
    return pd.DataFrame(lines, columns=["n", "estimate", "low", "high", "half_width", "stage"])


def _standardised(
    first_stage: ArrayLike, half_width: float, relative: bool, scale: ArrayLike | None
) -> tuple[NDArray[np.float64], float]:
    """The values to plan from and the absolute half-width that they must reach."""
    values = checked_values(first_stage)
    if not 0.0 < half_width < math.inf:
        raise ParameterError(f"half_width = {half_width!r}: allowed is more than 0")
    if not relative:
        if scale is not None:
            raise ParameterError("scale is what a relative half-width is relative to: add relative=True")
        return values, half_width
    if scale is None:
        known = values[~np.isnan(values)]
        return values, half_width / (1.0 + half_width) * abs(float(known.mean())) if len(known) else math.nan
    if np.ndim(scale) == 0:
        return values, half_width * abs(float(np.asarray(scale, dtype=np.float64)))
    above, below = pairs(values, scale)
    if float(np.nansum(below[~np.isnan(above)])) == 0.0:
        raise ParameterError("scale has the mean 0, and a half-width relative to that means nothing")
    return ratio_and_parts(above, below)[1], half_width
