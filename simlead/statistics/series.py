"""One long run instead of many: batch means; and the place from which on a series is not below 0.

Weeks of one run are not independent: a good week is followed by good weeks, and an
interval that takes them for independent is too narrow, often by half. Means of long
batches of weeks are nearly independent, and their t interval is nearly right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import CONFIDENCE, checked_values, mean_interval

MOST_BATCHES = 30
"""More batches than this hardly narrow an interval (Schmeiser 1982), and longer ones are safer."""

LEAST_BATCHES = 10
"""With fewer the t quantile grows and correlation is no longer noticed."""

SUSPICION = 0.2
"""How often independent batches are taken for correlated while a batch length is looked for: often, because
batches longer than necessary cost little, and shorter ones coverage."""

ALARM = 0.01
"""How often the batches used in the end are, if they are independent, and a warning is given for nothing."""

COLUMNS = ("series", "mean", "low", "high", "confidence", "n", "batches", "batch_length", "lag1", "doubt",
           "length_needed")

RUN_SHORT, BATCHES_SHORT, BATCHES_CORRELATED = "run too short", "batches too short", "batches correlated"
"""Why an interval may be too narrow: no batch length looks independent; a longer one does; the one used does not."""


def batch_means(
    series: ArrayLike | Mapping[str, ArrayLike], batches: int | None = None, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Mean of a steady series of correlated values, with an interval by non-overlapping batch means.

    The series is cut into `batches` of equal length; the t interval of their means has
    batches - 1 degrees of freedom. What does not fill a batch is dropped from the start,
    where a transient would be (first remove that: `warmup.mser5`).

    Unless given, the number of batches follows from the series: the batch length doubles from 1 until von Neumann's
    test no longer sees a lag-1 correlation of the batch means (Fishman 1978, Grouping observations in digital
    simulation), and as many batches of at least that length are made as there is room for, 10 to 30.

    `series` is one series or several by name. Columns, a row per series: `series`, `mean`,
    `low`, `high` (unit of the series), `confidence`, `n` (values used), `batches`, `batch_length`,
    `lag1` (correlation of neighbouring batch means by von Neumann's ratio; about 0 if they
    are independent), `doubt` (why the interval may be too narrow: :data:`RUN_SHORT`,
    :data:`BATCHES_SHORT` or :data:`BATCHES_CORRELATED`; empty if nothing speaks against it),
    `length_needed` (the least batch length that looks independent; nan if none does).

    Limits: of AR(1) series of correlation .9, intervals of 95 % held the mean in 94 % of cases with 3,000 values and
    in 93 % with 1,000; with .98 and 1,000 values (worth ten independent ones) in 86 %, and of these 77 % were warned
    of. Of runs that are long enough one in about fifteen is warned of for nothing.

    Raises StatisticsError for fewer than two batches, a series shorter than two values a
    batch, or one with gaps (nan).

    >>> random = np.random.default_rng(1)
    >>> table = batch_means(random.normal(5.0, 1.0, 3000))
    >>> table[["n", "batches", "batch_length", "doubt"]].values.tolist()
    [[3000, 30, 100, '']]
    """
    several = dict(series) if isinstance(series, Mapping) else _columns(series)
    lines = [_line(str(name), checked_values(values), batches, confidence) for name, values in several.items()]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def means_of_batches(series: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Means of neighbouring batches of that length; what does not fill one is dropped from the start.

    >>> means_of_batches(np.arange(7.0), 3).tolist()
    [2.0, 5.0]
    """
    count = len(series) // length
    return np.asarray(series[len(series) - count * length:].reshape(count, length).mean(axis=1))


def lag1_correlation(series: NDArray[np.float64]) -> float:
    """Correlation of neighbours by von Neumann's ratio; 0 on average if they are independent.

    1 - sum (x[i] - x[i+1])^2 / (2 sum (x[i] - mean)^2), and 0 of a constant series (von Neumann 1941).

    >>> lag1_correlation(np.array([1.0, 1.0, 2.0, 2.0]))
    0.5
    """
    spread = float(((series - series.mean()) ** 2).sum())
    rounding = len(series) * (1e-14 * float(np.abs(series).max())) ** 2
    return 1.0 - float((np.diff(series) ** 2).sum()) / (2.0 * spread) if spread > rounding else 0.0


def lag1_limit(count: int, false_alarms: float = SUSPICION) -> float:
    """The lag-1 correlation that independent values exceed only so often.

    For `count` independent values it is nearly normal with mean 0 and variance
    (count - 2) / (count^2 - 1), from 8 values on.

    >>> round(lag1_limit(30, 0.05), 2)
    0.29
    """
    return float(ndtri(1.0 - false_alarms)) * math.sqrt((count - 2) / (count * count - 1))


def independent_length(series: NDArray[np.float64]) -> int | None:
    """The shortest batch, in powers of 2, whose means show no lag-1 correlation.

    None if even with the fewest batches one can judge by (10) they still do.

    >>> independent_length(np.random.default_rng(0).normal(size=400))
    1
    """
    length = 1
    while len(series) // length >= LEAST_BATCHES:
        means = means_of_batches(series, length)
        if lag1_correlation(means) <= lag1_limit(len(means)):
            return length
        length *= 2
    return None


def not_below_from(series: NDArray[np.float64]) -> float:
    """The first place from which on nothing is below 0; infinite if the last is.

    >>> not_below_from(np.array([-2.0, 1.0, -1.0, 0.0, 3.0])), not_below_from(np.array([-1.0]))
    (3.0, inf)
    >>> not_below_from(np.array([0.0, 1.0]))
    0.0
    """
    below = np.flatnonzero(series < 0.0)
    if not len(below):
        return 0.0
    return math.inf if below[-1] == len(series) - 1 else float(below[-1] + 1)


def _columns(series: ArrayLike) -> dict[str, ArrayLike]:
    if isinstance(series, pd.DataFrame):
        return {str(name): series[name].to_numpy(float) for name in series.columns}
    return {"": series}


def _line(name: str, series: NDArray[np.float64], batches: int | None, confidence: float) -> tuple[object, ...]:
    what = f"series {name!r}" if name else "the series"
    if np.isnan(series).any():
        raise StatisticsError(f"{what} has gaps (nan); batches need every value")
    least = 2 * (LEAST_BATCHES if batches is None else batches)
    if batches is not None and batches < 2:
        raise StatisticsError(f"batches = {batches!r}: allowed is 2 or more")
    if len(series) < least:
        raise StatisticsError(f"{what} has {len(series)} values: allowed is {least} or more, two to a batch")
    apart = independent_length(series)
    chosen = batches
    if chosen is None:
        chosen = LEAST_BATCHES if apart is None else min(MOST_BATCHES, max(LEAST_BATCHES, len(series) // apart))
        chosen = min(chosen, len(series) // 2)
    length = len(series) // chosen
    means = means_of_batches(series, length)[-chosen:]
    lag1 = lag1_correlation(means)
    doubt = ""
    if apart is None:
        doubt = RUN_SHORT
    elif length < apart:
        doubt = BATCHES_SHORT
    elif lag1 > lag1_limit(chosen, ALARM):
        doubt = BATCHES_CORRELATED
    estimate = mean_interval(means, confidence)
    return (name, estimate.mean, estimate.low, estimate.high, confidence, chosen * length, chosen, length, lag1,
            doubt, math.nan if apart is None else float(apart))
