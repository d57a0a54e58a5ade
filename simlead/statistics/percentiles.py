"""The interval that draws of a bootstrap or of a posterior give, each end a percentile of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def percentile_interval(draws: ArrayLike, confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends, along the first axis, of the interval that holds one more draw with this probability.

    The p-quantile of n draws stands at rank p (n + 1), the mean of which is p whatever the distribution; at rank
    1 + p (n - 1), numpy's default, an interval of 95 % holds (n - 1) / (n + 1) of that: 94.1 % with 200 draws. Where
    the rank is below 1, as in small tails of few draws, it is the smallest or largest draw. Draws that are nan do not
    count.

    >>> low, high = percentile_interval(range(1, 200), 0.95)
    >>> round(float(low), 9), round(float(high), 9)
    (5.0, 195.0)
    """
    tail = (1.0 - confidence) / 2
    low, high = np.nanquantile(np.asarray(draws, np.float64), [tail, 1.0 - tail], axis=0, method="weibull")
    return low, high
