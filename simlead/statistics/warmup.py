"""The length of a warm-up: MSER-5 for any series."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import checked_values
from simlead.statistics.series import means_of_batches

BATCH = 5
LEAST_VALUES = 20 * BATCH
LOOKED_AT = 0.75
"""Cuts beyond this part of a series are not tried: the few batches after them are close together by chance."""


@dataclasses.dataclass(frozen=True)
class Truncation:
    """The result of MSER-5 for a series of `n` values: drop the first `drop` of them.

    `accepted` is False where the best cut lies past the middle: then the series is too
    short to show where it settles, and `mean` (else the mean of what is left) is nan.
    """

    drop: int
    mean: float
    n: int
    accepted: bool


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

    Raises StatisticsError for gaps (nan) or fewer than 100 values.

    >>> weeks = np.arange(200.0)
    >>> found = mser5(10.0 * 0.8**weeks + np.sin(weeks))
    >>> found.drop, found.accepted
    (15, True)
    >>> mser5(weeks).drop, mser5(weeks).accepted
    (145, False)
    """
    values = checked_values(series)
    if np.isnan(values).any():
        raise StatisticsError("the series has gaps (nan); a warm-up needs every value")
    if len(values) < LEAST_VALUES:
        raise StatisticsError(f"the series has {len(values)} values: allowed is {LEAST_VALUES} or more")
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
