"""The number of replications that a half-width needs, by Stein's two stages.

Adding runs until the interval looks narrow enough stops too often where the spread happens to look small, and the
interval then holds the truth less often than stated. Two stages do not: a first stage of n0 runs gives a spread s0,
s0 fixes the number of runs N, and the interval of all N runs keeps s0 and its n0 - 1 degrees of freedom. Given s0 the
mean of all runs has the variance sigma^2 / N whatever N is, so that (mean - truth) sqrt(N) / s0 is exactly Student's
t with n0 - 1 degrees of freedom for normal values.

Stein 1945, A two-sample test for a linear hypothesis whose power is independent of the variance, Annals of
Mathematical Statistics 16. Relative half-widths: Law and Kelton, Simulation Modeling and Analysis, section 9.4.1.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import (
    CONFIDENCE,
    Estimate,
    checked_values,
    mean_interval,
    pairs,
    ratio_and_parts,
    ratio_of_means,
    t_quantile,
)

LEAST_FIRST_STAGE = 2
"""Replicates below which there is no spread to plan from; 20 or more are wise (the t quantile pays for fewer)."""

MOST_REPLICATES = 10**6
"""The largest number of replicates that is ever asked for."""

ROWS = 400
"""A path to a precision has no more than about this many rows."""


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
    is in the unit of the values, or with `relative` a fraction of

    * `scale`, if it is a number taken as known;
    * the mean of `scale`, if it holds the baseline's values of the same replicates; what is planned then is the ratio
      mean(values) / mean(scale), with the noise of both (`intervals.ratio_of_means`);
    * the mean of the values themselves, if there is no `scale`. Then h = |mean| g / (1 + g)
      for a half-width g, so that the error is at most g of the *true* mean (Law and Kelton).

    The answer is at most `MOST_REPLICATES`. Replicates in which the measure is
    not defined (nan) count in n0 and are expected in the same share among the rest.
    :func:`two_stage_interval` gives the interval that belongs to it.

    Limits: the absolute form is exact for normal values, and for others as good as the t interval is at N. The
    relative forms lean on a mean that the first stage only estimates: they are approximate, and worthless where that
    mean is within its own noise of zero (N becomes huge there).

    Raises StatisticsError for a half-width or confidence that cannot be, fewer than two
    values, and a relative half-width of a mean of 0.

    >>> replications_needed([9.0, 10.0, 11.0, 10.0], 0.5), replications_needed([9.0, 10.0, 11.0, 10.0], 9.0)
    (28, 4)
    >>> replications_needed([9.0, 10.0, 11.0, 10.0], 0.05, relative=True)
    30
    """
    values, wanted = standardised(first_stage, half_width, relative, scale)
    known = values[~np.isnan(values)]
    if len(known) < LEAST_FIRST_STAGE:
        raise StatisticsError(f"first_stage holds {len(known)} defined values: allowed is {LEAST_FIRST_STAGE} or more")
    spread = float(known.std(ddof=1))
    quantile = t_quantile(len(known) - 1, confidence)
    if spread == 0.0:
        return len(values)
    if wanted == 0.0:
        raise StatisticsError("a relative half-width of a mean of 0 means nothing; give an absolute one")
    needed = min((quantile * spread / wanted) ** 2 * len(values) / len(known), MOST_REPLICATES)
    return max(len(values), math.ceil(needed))


def two_stage_interval(
    values: ArrayLike, first_stage: int, confidence: float = CONFIDENCE, scale: ArrayLike | None = None
) -> Estimate:
    """Mean of all replicates, with the interval that the first stage's spread promises.

    mean_N +- t s0 / sqrt(N), t for n0 - 1 degrees of freedom, n0 = `first_stage`, s0 from
    the first n0 of `values`. With `scale`, the baseline's values of the same replicates, it
    is the ratio mean(values) / mean(scale), by the delta method with the first stage's spread.

    The interval is as narrow as was asked for once N is what :func:`replications_needed`
    returned, and its confidence is exact for normal values (without `scale`).

    Raises StatisticsError unless 2 <= first_stage <= the number of values.

    >>> estimate = two_stage_interval([9.0, 10.0, 11.0, 10.0, 12.0, 8.0], first_stage=4)
    >>> estimate.mean, round(estimate.half_width, 3), estimate.n
    (10.0, 1.061, 6)
    """
    series = checked_values(values)
    if not LEAST_FIRST_STAGE <= first_stage <= len(series):
        raise StatisticsError(
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


def two_stage_path(
    values: NDArray[np.float64], scale: NDArray[np.float64] | None, first_stage: int, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """The estimate and its interval as replicates come in: n, estimate, low, high, half_width, stage."""
    shown = np.unique(np.append(np.linspace(2, len(values), ROWS).astype(int), first_stage))
    lines = []
    for n in shown.tolist():
        part, of = values[:n], None if scale is None else scale[:n]
        if n >= first_stage:
            found = two_stage_interval(part, first_stage, confidence, of)
        else:
            found = mean_interval(part, confidence) if of is None else ratio_of_means(part, of, confidence)
        lines.append((n, found.mean, found.low, found.high, found.half_width, 1 if n < first_stage else 2))
    return pd.DataFrame(lines, columns=["n", "estimate", "low", "high", "half_width", "stage"])


def standardised(
    first_stage: ArrayLike, half_width: float, relative: bool, scale: ArrayLike | None
) -> tuple[NDArray[np.float64], float]:
    """The values to plan from and the absolute half-width that they must reach."""
    values = checked_values(first_stage)
    if not 0.0 < half_width < math.inf:
        raise StatisticsError(f"half_width = {half_width!r}: allowed is more than 0")
    if not relative:
        if scale is not None:
            raise StatisticsError("scale is what a relative half-width is relative to: add relative=True")
        return values, half_width
    if scale is None:
        known = values[~np.isnan(values)]
        return values, half_width / (1.0 + half_width) * abs(float(known.mean())) if len(known) else math.nan
    if np.ndim(scale) == 0:
        return values, half_width * abs(float(np.asarray(scale, dtype=np.float64)))
    above, below = pairs(values, scale)
    if float(np.nansum(below[~np.isnan(above)])) == 0.0:
        raise StatisticsError("scale has the mean 0, and a half-width relative to that means nothing")
    return ratio_and_parts(above, below)[1], half_width
