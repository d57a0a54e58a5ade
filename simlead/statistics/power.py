"""Power of a test, from simulated data: how often it sees an effect of a size, and the smallest that it sees often.

`null` are panels of a world without the change, `moved` what the change does to each of them (the same panel with the
change, under common random numbers, less the panel without). A size s is the panel null + s * moved: s = 1 is the
change as simulated, s = 0 none. The same panels serve all sizes, so that a curve is smooth and needs few runs. Between
and beyond simulated sizes the change is taken to act in proportion.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import CONFIDENCE, Estimate, checked_confidence
from simlead.statistics.trial_designs import Floats

PValues = Callable[[Floats], Floats]
"""A test: panels (draws x clusters x periods) to two-sided p-values, one per draw."""

POWER, ALPHA = 0.8, 0.05
LARGEST_SIZE = 64.0
"""Sizes beyond so many times the simulated change are not searched."""

_STEPS = 30


def rejection_rate(p_values: Floats, alpha: float = ALPHA, confidence: float = CONFIDENCE) -> Estimate:
    """How often a test is below alpha, with the exact interval of a binomial share (Clopper and Pearson 1934).

    >>> found = rejection_rate(np.array([0.01, 0.2, 0.03, 0.7]))
    >>> found.mean, round(found.low, 3), round(found.high, 3), found.n
    (0.5, 0.068, 0.932, 4)
    """
    level = checked_confidence(confidence)
    known = np.asarray(p_values, dtype=np.float64)
    number = len(known)
    if known.ndim != 1 or number < 1 or not np.isfinite(known).all():
        raise StatisticsError("p_values: a number for each draw, and at least one, are needed")
    seen = int((known <= alpha * (1.0 + 1e-9)).sum())
    tail = (1.0 - level) / 2
    low = float(betaincinv(seen, number - seen + 1, tail)) if seen else 0.0
    high = float(betaincinv(seen + 1, number - seen, 1.0 - tail)) if seen < number else 1.0
    return Estimate(seen / number, low, high, number)


def power_curve(
    test: PValues, null: Floats, moved: Floats, sizes: Sequence[float], alpha: float = ALPHA,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Power at each size: columns `size`, `power`, `low`, `high`, `n`. At size 0 it is the false-alarm rate.

    Raises StatisticsError unless `moved` fits `null` (draws x clusters x periods, or one for all draws).

    >>> null = np.random.default_rng(0).normal(size=(400, 20, 1))
    >>> from scipy.stats import ttest_1samp
    >>> curve = power_curve(lambda y: ttest_1samp(y[:, :, 0], 0.0, axis=1).pvalue, null, np.ones((20, 1)), [0.0, 0.66])
    >>> curve["power"].round(1).tolist()
    [0.1, 0.8]
    """
    panels, change = _checked(null, moved)
    rows = []
    for size in sizes:
        found = rejection_rate(test(panels + size * change), alpha, confidence)
        rows.append({"size": float(size), "power": found.mean, "low": found.low, "high": found.high, "n": found.n})
    return pd.DataFrame(rows, columns=["size", "power", "low", "high", "n"])


@dataclasses.dataclass(frozen=True)
class Detectable:
    """The smallest size that a test sees with the wanted power.

    Attributes
    ----------
    size : float
        In changes as simulated; `inf` if even the largest size searched is seen less often.
    low, high : float
        Its confidence interval, by the noise of the draws.
    false_alarms : Estimate
        How often the test sees something where there is nothing.
    """

    size: float
    low: float
    high: float
    false_alarms: Estimate


def smallest_detectable(
    test: PValues, null: Floats, moved: Floats, power: float = POWER, alpha: float = ALPHA,
    confidence: float = CONFIDENCE,
) -> Detectable:
    """The size at which the power reaches the wanted one, searched by halving on the same draws.

    The interval is from where the power's upper limit reaches it to where its lower limit does. Power is taken to
    rise with the size. Raises StatisticsError for a power outside of alpha to 1.

    >>> null = np.random.default_rng(0).normal(size=(2000, 20, 1))
    >>> from scipy.stats import ttest_1samp
    >>> found = smallest_detectable(lambda y: ttest_1samp(y[:, :, 0], 0.0, axis=1).pvalue, null, np.ones((20, 1)))
    >>> found.low < 0.660 < found.high                  # the noncentral t distribution's answer
    True
    """
    panels, change = _checked(null, moved)
    if not alpha < power < 1.0:
        raise StatisticsError(f"power = {power!r}: allowed is more than alpha = {alpha:g} and less than 1")

    def rate(size: float) -> Estimate:
        return rejection_rate(test(panels + size * change), alpha, confidence)

    def first(limit: str) -> float:
        return _first(lambda size: bool(getattr(rate(size), limit) >= power))

    return Detectable(first("mean"), first("high"), first("low"), rate(0.0))


def _first(reached: Callable[[float], bool]) -> float:
    """Where a rising condition first holds, up to the largest size; inf if not even there."""
    low, high = 0.0, 1.0
    while not reached(high):
        if high >= LARGEST_SIZE:
            return math.inf
        low, high = high, 2.0 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
        if high - low < 1e-4 * high:
            break
    return high


def _checked(null: Floats, moved: Floats) -> tuple[Floats, Floats]:
    panels, change = np.asarray(null, dtype=np.float64), np.asarray(moved, dtype=np.float64)
    if panels.ndim != 3 or change.shape not in (panels.shape, panels.shape[1:]):
        raise StatisticsError(f"null of shape {panels.shape}, moved of shape {change.shape}: draws x clusters x "
                              "periods are needed, and of moved as many, or one for all draws")
    if not (np.isfinite(panels).all() and np.isfinite(change).all()):
        raise StatisticsError("null, moved: finite numbers are needed")
    return panels, change
