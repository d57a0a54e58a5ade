"""Means with intervals, paired differences, ratios of sums: how sure a study may be.

All intervals are Student's t intervals over independent replicates. A replicate in which
a measure is not defined (nan) is left out, pairwise where two are compared; `n` tells how
many counted. With fewer than two the interval is nan.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from simlead.model.parameters import ParameterError

CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A mean (or ratio) of `n` replicates with its interval, in the unit of the measure."""

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
    """The mean of paired differences, and the part of the variance that pairing saved.

    `variance_saved` is 1 - var(a - b) / (var a + var b): 0 as if unpaired, 0.9 if unpaired
    runs would have to be ten times as many; negative where pairing harmed.
    """

    variance_saved: float


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of independent values with its t interval.

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
    """Mean of a - b with its t interval, where a[i] and b[i] had the same luck.

    Raises ParameterError unless both are as long.

    >>> saved = paired_difference([11.0, 22.0, 33.0], [10.0, 20.0, 30.0])
    >>> saved.mean, saved.n, round(saved.variance_saved, 4)
    (2.0, 3, 0.9955)
    """
    first, second = pairs(a, b)
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    difference = mean_interval(first - second, confidence)
    saved = math.nan
    if len(first) > 1:
        apart = float(first.var(ddof=1) + second.var(ddof=1))
        saved = 1.0 - float((first - second).var(ddof=1)) / apart if apart > 0 else math.nan
    return PairedEstimate(difference.mean, difference.low, difference.high, difference.n, saved)


def ratio_of_means(
    numerators: ArrayLike, denominators: ArrayLike, confidence: float = CONFIDENCE
) -> Estimate:
    """Sum of numerators / sum of denominators over replicates, with a t interval.

    The delta method: the ratio R has the standard error sd(a - R b) / (mean(b) sqrt n).
    For rare things, such as managers who coach half their week, this is sound where a
    mean of single ratios is not; the denominators must stay well away from zero (their
    mean several standard errors from it). Parts (0, 0) count as a replicate without the
    thing. The ratio is nan if the denominators add to 0.

    >>> pooled = ratio_of_means([0, 1, 0, 1], [4, 4, 4, 4])
    >>> pooled.mean, pooled.n
    (0.125, 4)
    """
    above, below = pairs(numerators, denominators)
    both = ~(np.isnan(above) | np.isnan(below))
    above, below = above[both], below[both]
    total = float(below.sum())
    if total == 0.0:
        return Estimate(math.nan, math.nan, math.nan, len(below))
    ratio = float(above.sum()) / total
    half = _half_width(above - ratio * below, len(below), confidence) / abs(float(below.mean()))
    return Estimate(ratio, ratio - half, ratio + half, len(below))


def t_quantile(freedom: int, confidence: float) -> float:
    """How many standard errors a two-sided t interval reaches to each side.

    Raises ParameterError unless the confidence is between 0 and 1.

    >>> round(t_quantile(4, 0.95), 3)
    2.776
    """
    return float(stdtrit(freedom, 0.5 + checked_confidence(confidence) / 2))


def checked_confidence(confidence: float) -> float:
    """The confidence, or a ParameterError unless it is more than 0 and less than 1."""
    if not 0.0 < confidence < 1.0:
        raise ParameterError(f"confidence = {confidence!r}: allowed is more than 0 and less than 1")
    return float(confidence)


def checked_values(values: ArrayLike) -> NDArray[np.float64]:
    """One number per replicate, or a ParameterError."""
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ParameterError(f"values of shape {series.shape}: one number per replicate is needed")
    return series


def pairs(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two series of as many replicates each, or a ParameterError."""
    first, second = checked_values(a), checked_values(b)
    if len(first) != len(second):
        raise ParameterError(f"{len(first)} and {len(second)} values: pairs need as many of each")
    return first, second


def _half_width(values: NDArray[np.float64], n: int, confidence: float) -> float:
    quantile = t_quantile(max(n - 1, 1), confidence)
    return quantile * float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
