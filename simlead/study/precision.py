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

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.model.parameters import ParameterError
from simlead.study.estimates import CONFIDENCE, Estimate, checked_values, pairs, t_quantile
from simlead.study.simulate import LARGEST_REPLICATE

LEAST_FIRST_STAGE = 2
"""Replicates below which there is no spread to plan from; 20 or more are wise (the t quantile pays for fewer)."""


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
    early = series[:first_stage]
    below = np.ones(len(series))
    if scale is not None:
        series, below = pairs(series, scale)
        early = _of_ratio(series[:first_stage], below[:first_stage])
    known = ~(np.isnan(series) | np.isnan(below))
    early = early[~np.isnan(early)]
    n = int(known.sum())
    mean = float(series[known].sum()) / float(below[known].sum()) if n and below[known].any() else math.nan
    if len(early) < LEAST_FIRST_STAGE:
        return Estimate(mean, math.nan, math.nan, n)
    half = t_quantile(len(early) - 1, confidence) * float(early.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n)


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
    return _of_ratio(*pairs(values, scale)), half_width


def _of_ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each replicate adds to the noise of mean(above) / mean(below), to first order."""
    known = ~(np.isnan(above) | np.isnan(below))
    mean = float(below[known].mean()) if known.any() else math.nan
    if mean == 0.0:
        raise ParameterError("scale has the mean 0, and a half-width relative to that means nothing")
    ratio = float(above[known].mean()) / mean if known.any() else math.nan
    return (above - ratio * below) / mean
