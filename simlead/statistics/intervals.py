"""Intervals of means, paired differences and ratios of sums.

Intervals are over independent replicates: Student's t, but for :func:`bootstrap_interval`.
A replicate in which a measure is not defined (nan) is left out, pairwise where two are
compared; `n` tells how many counted. With fewer than two the interval is nan.

Other questions have their own module: `quantiles`, `series` (one long run), `precision`
(how many replicates), `simultaneous` (several scenarios at once).
"""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from simlead.statistics.errors import StatisticsError

CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A mean of `n` replicates (or their ratio, or a bootstrapped statistic) with its interval.

    Parameters
    ----------
    mean, low, high : float
        The mean and the ends of its interval, in the unit of the measure.
    n : int
        Replicates.
    """

    mean: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2


@dataclasses.dataclass(frozen=True)
class PairedEstimate(Estimate):
    """The mean of paired differences, and the fraction of the variance that pairing removed.

    `variance_saved` is 1 - var(a - b) / (var a + var b): 0 as if unpaired, 0.9 if unpaired
    runs would have to be ten times as many; negative where pairing harmed; nan where neither varies.
    """

    variance_saved: float


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate the mean of independent values, with its t interval.

    Parameters
    ----------
    values : array_like
        One value a replication; missing ones (nan) are left out.
    confidence : float, default 0.95
        The interval's confidence, above 0 and below 1.

    Returns
    -------
    Estimate
        `mean`, `low`, `high` and `n`, in the unit of the values; the ends are nan below two values, and
        where a value is infinite.

    Raises
    ------
    StatisticsError
        For a table in place of a series, and a confidence outside 0 to 1.

    Examples
    --------
    >>> estimate = mean_interval([1.0, 2.0, 3.0])
    >>> estimate.mean, round(estimate.low, 3), round(estimate.high, 3), estimate.n
    (2.0, -0.484, 4.484, 3)
    """
    known = checked_values(values)
    known = known[~np.isnan(known)]
    if not len(known):
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = float(known.mean())
    half = _half_width(known, len(known), confidence)
    return Estimate(mean, mean - half, mean + half, len(known))


def paired_difference(a: ArrayLike, b: ArrayLike, confidence: float = CONFIDENCE) -> PairedEstimate:
    """Mean of a - b with its t interval, where a[i] and b[i] had the same random numbers.

    Raises StatisticsError unless both are as long.

    >>> saved = paired_difference([11.0, 22.0, 33.0], [10.0, 20.0, 30.0])
    >>> saved.mean, saved.n, round(saved.variance_saved, 4)
    (2.0, 3, 0.9955)
    """
    first, second = pairs(a, b)
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    difference = mean_interval(first - second, confidence)
    saved = math.nan
    # Looked at themselves, because the variance of equal values may be a rounding error above 0.
    if len(first) > 1 and (np.ptp(first) > 0.0 or np.ptp(second) > 0.0):
        apart = float(first.var(ddof=1) + second.var(ddof=1))
        saved = 1.0 - float((first - second).var(ddof=1)) / apart if apart > 0.0 else math.nan
    return PairedEstimate(difference.mean, difference.low, difference.high, difference.n, saved)


def ratio_of_means(
    numerators: ArrayLike, denominators: ArrayLike, confidence: float = CONFIDENCE
) -> Estimate:
    """Sum of numerators / sum of denominators over replicates, with a t interval.

    The delta method: the ratio R has the standard error sd(a - R b) / (mean(b) sqrt n). For rare things, such as
    managers who coach half their week, this is sound where a mean of single ratios is not; the denominators must stay
    well away from zero (their mean several standard errors from it). Parts (0, 0) count as a replicate without the
    thing. The ratio is nan if the denominators add to 0.

    >>> pooled = ratio_of_means([0, 1, 0, 1], [4, 4, 4, 4])
    >>> pooled.mean, pooled.n
    (0.125, 4)
    """
    above, below = pairs(numerators, denominators)
    both = ~(np.isnan(above) | np.isnan(below))
    ratio, parts = ratio_and_parts(above[both], below[both])
    half = _half_width(parts, len(parts), confidence)
    return Estimate(ratio, ratio - half, ratio + half, len(parts))


def ratio_and_parts(
    above: NDArray[np.float64], below: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """R = sum(above) / sum(below), and what each replicate adds to its noise, to first order.

    (above - R below) / mean(below), nan where either is. All is nan if `below` adds to 0.

    >>> ratio_and_parts(np.array([1.0, 3.0]), np.array([2.0, 2.0]))
    (1.0, array([-0.5,  0.5]))
    """
    known = ~(np.isnan(above) | np.isnan(below))
    total = float(below[known].sum())
    if total == 0.0:
        return math.nan, np.full(len(below), math.nan)
    ratio = float(above[known].sum()) / total
    return ratio, (above - ratio * below) / (total / int(known.sum()))


def row_moments(
    values: NDArray[np.float64], scale: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Number, mean and standard error of each row's known values; with a `scale`, of sum(values) / sum(scale).

    The error of a ratio is by the delta method, as in `ratio_of_means`; nan with fewer than two values.

    >>> [found.tolist() for found in row_moments(np.array([[1.0, 3.0, np.nan]]))]
    [[2.0], [2.0], [1.0]]
    """
    known = ~np.isnan(values)
    n, below = known.sum(axis=1).astype(float), np.where(known, 1.0 if scale is None else scale, 0.0)
    above = np.where(known, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = above.sum(axis=1) / below.sum(axis=1)
        squares = ((above - ratio[:, None] * below) ** 2).sum(axis=1)
        error = np.sqrt(squares / (n - 1) / n) / np.abs(below.sum(axis=1) / n)
    return n, ratio, np.where(n > 1.0, error, np.nan)  # of one value a rounding error over 0 would be infinite


def row_half_widths(
    n: NDArray[np.float64], error: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Half of each row's t interval, of what `row_moments` found; each end holds with the probability `level`."""
    return np.asarray(stdtrit(np.maximum(n - 1, 1), level) * error)


def relative_difference(a: ArrayLike, b: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of a - b as a fraction of the mean of b, where a[i] and b[i] had the same random numbers.

    mean(a - b) / mean(b), whose interval counts the noise of both means and how they move
    together (:func:`ratio_of_means`). To divide the interval of a - b by mean(b), as if
    that were known, is right only where a - b and b are not correlated and the difference is small.

    It is nan where the mean of b is not above 0. Raises StatisticsError unless both are as long.

    >>> gain = relative_difference([11.0, 22.0, 33.0], [10.0, 20.0, 30.0])
    >>> round(gain.mean, 3), round(gain.half_width, 3), gain.n
    (0.1, 0.0, 3)
    """
    first, second = pairs(a, b)
    gain = ratio_of_means(first - second, second, confidence)
    if not float(second[~np.isnan(first - second)].sum()) > 0.0:
        return Estimate(math.nan, math.nan, math.nan, gain.n)
    return gain


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[..., Any] = np.mean,
    confidence: float = CONFIDENCE,
    *,
    seed: int = 0,
    resamples: int = 9999,
    method: Literal["BCa", "percentile"] = "BCa",
) -> Estimate:
    """A statistic of independent values with its bootstrap interval.

    For statistics without a t interval, such as a standard deviation or a trimmed mean;
    `statistic` is called as statistic(values, axis=-1). BCa corrects for bias and skew
    (Efron 1987, Better bootstrap confidence intervals, JASA 82).

    Limits: a bootstrap knows no more than its sample. With fewer than about 20 values it is too narrow (of ten normal
    values, 95 % holds the mean 90 % of the time, where t is exact); for the smallest and largest value it fails at
    any size. The interval is nan where resampling cannot move the statistic although the values differ.

    The same seed gives the same interval. Raises StatisticsError for a bad confidence, seed or number of resamples.

    >>> spread = bootstrap_interval([3.0, 5.0, 4.0, 8.0, 1.0, 6.0, 2.0, 9.0], np.std, seed=1)
    >>> round(spread.mean, 2), spread.low < spread.mean < spread.high, spread.n
    (2.63, True, 8)
    """
    # scipy.stats takes half a second to load, which the commonest intervals need not wait for.
    from scipy.stats import bootstrap

    level = checked_confidence(confidence)
    if resamples < 100 or seed < 0:
        raise StatisticsError(f"resamples = {resamples!r}, seed = {seed!r}: allowed are 100 or more, and 0 or more")
    known = checked_values(values)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return Estimate(float(statistic(known, axis=-1)) if len(known) else math.nan, math.nan, math.nan, len(known))
    seen = float(statistic(known, axis=-1))
    if (known == known[0]).all():
        return Estimate(seen, seen, seen, len(known))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns where nan is returned here
        found = bootstrap(
            (known,), statistic, n_resamples=resamples, batch=max(1, 10_000_000 // len(known)), vectorized=True,
            axis=-1, confidence_level=level, method=method, rng=np.random.Generator(np.random.Philox(key=seed)))
    interval = found.confidence_interval
    return Estimate(seen, float(interval.low), float(interval.high), len(known))


def jackknife_interval(
    sums: ArrayLike, statistic: Callable[[NDArray[np.float64]], float], confidence: float = CONFIDENCE
) -> Estimate:
    """A smooth function of sums over replicates with its jackknife interval.

    `sums` has a row per replicate; `statistic` takes their total, one number per column, and returns a number.
    With S the total and S_i the total without replicate i, the standard error is that of the pseudo-values
    n f(S) - (n - 1) f(S_i). For a ratio of two columns the interval is close to :func:`ratio_of_means`.

    Raises StatisticsError unless `sums` has rows and columns.

    >>> half = jackknife_interval([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], lambda total: total[0] / total[1])
    >>> half.mean, half.n, round(half.half_width, 9)
    (0.5, 3, 0.0)
    """
    rows = np.asarray(sums, dtype=np.float64)
    if rows.ndim != 2:
        raise StatisticsError(f"sums of shape {rows.shape}: a row per replicate is needed")
    n, total = len(rows), rows.sum(axis=0)
    seen = float(statistic(total))
    if n < 2:
        return Estimate(seen, math.nan, math.nan, n)
    pseudo = np.array([n * seen - (n - 1) * float(statistic(total - row)) for row in rows])
    half = _half_width(pseudo, n, confidence)
    return Estimate(seen, seen - half, seen + half, n)


def t_quantile(freedom: int, confidence: float) -> float:
    """How many standard errors a two-sided t interval reaches to each side.

    Raises StatisticsError unless the confidence is between 0 and 1.

    >>> round(t_quantile(4, 0.95), 3)
    2.776
    """
    return float(stdtrit(freedom, 0.5 + checked_confidence(confidence) / 2))


def checked_confidence(confidence: float) -> float:
    """The confidence, or a StatisticsError unless it is more than 0 and less than 1."""
    if not 0.0 < confidence < 1.0:
        raise StatisticsError(f"confidence = {confidence!r}: allowed is more than 0 and less than 1")
    return float(confidence)


def checked_values(values: ArrayLike) -> NDArray[np.float64]:
    """One number per replicate, or a StatisticsError."""
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise StatisticsError(f"values of shape {series.shape}: one number per replicate is needed")
    return series


def pairs(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two series of as many replicates each, or a StatisticsError."""
    first, second = checked_values(a), checked_values(b)
    if len(first) != len(second):
        raise StatisticsError(f"{len(first)} and {len(second)} values: pairs need as many of each")
    return first, second


def _half_width(values: NDArray[np.float64], n: int, confidence: float) -> float:
    quantile = t_quantile(max(n - 1, 1), confidence)
    return quantile * float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
