"""Quantiles with intervals: the range of outcomes of single replicates, where a mean is that of many."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import bdtr

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import CONFIDENCE, bootstrap_interval, checked_confidence, checked_values

Method = Literal["order", "bootstrap"]

COLUMNS = ("scenario", "probability", "value", "low", "high", "confidence", "coverage", "n")


@dataclasses.dataclass(frozen=True)
class QuantileEstimate:
    """A quantile of `n` values with its interval, in the unit of the measure.

    `coverage` is how often intervals made like this hold the quantile: at least this often whatever the distribution,
    exactly where it is continuous; nan for a bootstrap, which promises nothing of the kind.
    """

    value: float
    low: float
    high: float
    n: int
    coverage: float


def quantile_interval(
    values: ArrayLike,
    q: float,
    confidence: float = CONFIDENCE,
    method: Method = "order",
    *,
    seed: int = 0,
) -> QuantileEstimate:
    """The q-quantile of independent values, with an interval from the values themselves.

    `order`: the interval runs from the l-th to the u-th smallest value. The number of values below the quantile is
    binomial(n, q), so that the interval misses with at most (1 - confidence) / 2 on each side, for any distribution
    (David and Nagaraja, Order Statistics, section 7.1). Where n is too small to tell, an end is infinite: the 5 %
    quantile has a lower end from 72 values on.

    `bootstrap`: the percentile interval of `bootstrap_interval`; about as wide, without
    the promise, and never infinite, which for outer quantiles of few values is false comfort.
    (BCa does not serve: the jackknife that it leans on is inconsistent for quantiles.)

    Replicates without a value (nan) are left out. Raises StatisticsError unless 0 < q < 1.

    >>> median = quantile_interval(range(1, 12), 0.5)
    >>> median.value, median.low, median.high, round(median.coverage, 3)
    (6.0, 2.0, 10.0, 0.988)
    >>> quantile_interval(range(1, 12), 0.05).low
    -inf
    """
    level = checked_confidence(confidence)
    if not 0.0 < q < 1.0:
        raise StatisticsError(f"quantile {q!r}: allowed is more than 0 and less than 1")
    known = np.sort(checked_values(values))
    known = known[~np.isnan(known)]
    n = len(known)
    if method == "bootstrap":
        drawn = bootstrap_interval(
            known, lambda sample, axis: np.quantile(sample, q, axis=axis), level, seed=seed, method="percentile")
        return QuantileEstimate(drawn.mean, drawn.low, drawn.high, n, math.nan)
    if method != "order":
        raise StatisticsError(f"method {method!r}: allowed is order | bootstrap")
    if n == 0:
        return QuantileEstimate(math.nan, math.nan, math.nan, 0, math.nan)
    below = bdtr(np.arange(n + 1), n, q)  # below[k]: probability that at most k values are below the quantile
    tail = (1.0 - level) / 2
    lower = int(np.searchsorted(below, tail, side="right"))  # the most that is too few with at most the tail
    upper = int(np.searchsorted(below, 1.0 - tail, side="left")) + 1
    missed_low = float(below[lower - 1]) if lower else 0.0
    missed_high = 1.0 - float(below[upper - 1]) if upper <= n else 0.0
    return QuantileEstimate(
        float(np.quantile(known, q)),
        float(known[lower - 1]) if lower else -math.inf,
        float(known[upper - 1]) if upper <= n else math.inf,
        n, 1.0 - missed_low - missed_high)


def quantiles(
    values: Mapping[str, ArrayLike],
    probabilities: Sequence[float] = (0.05, 0.5, 0.95),
    confidence: float = CONFIDENCE,
    method: Method = "order",
    *,
    seed: int = 0,
) -> pd.DataFrame:
    """Quantiles of several samples, such as one measure under several scenarios.

    `values` maps a name to its replicates; a DataFrame with a column per scenario will do. Columns: `scenario`,
    `probability`, `value`, `low`, `high` (unit of the values), `confidence`, `coverage` (see
    :class:`QuantileEstimate`), `n`. Each interval is for itself; together they hold less often.

    >>> quantiles({"status_quo": range(99)}, [0.5])[["scenario", "value", "low", "high"]].values.tolist()
    [['status_quo', 49.0, 39.0, 59.0]]
    """
    lines = []
    for name, sample in values.items():
        for q in probabilities:
            found = quantile_interval(sample, q, confidence, method, seed=seed)
            lines.append((name, q, found.value, found.low, found.high, confidence, found.coverage, found.n))
    return pd.DataFrame(lines, columns=list(COLUMNS))
