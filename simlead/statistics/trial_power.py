"""Power of a trial from simulated firms: several trials per firm, honest intervals, the smallest effect seen often.

A firm's teams can be dealt to arms in several ways, and each way is a trial. Trials of one firm share its data, so that
they count for less than as many firms would. A rate is the mean over firms of the rate within a firm, and its interval
rests on the variance between firms: with m the rate and v its variance, it is as exact as that of m (1 - m) / v
independent trials (never fewer than the firms are worth, never more than all trials).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.special import betaincinv, nctdtr, stdtrit

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import CONFIDENCE, Estimate, checked_confidence
from simlead.statistics.over_worlds import effective_size
from simlead.statistics.power import ALPHA, POWER
from simlead.statistics.randomisation import compared, refuse_too_few, share_as_large
from simlead.statistics.trial_designs import Floats, TrialDesign, checked_panels, treated_periods
from simlead.statistics.trial_estimators import Estimator

MOST_ASSIGNMENTS = 300
"""Assignments that a randomisation test compares when power is computed; more are drawn at random."""

LARGEST_SHIFT = 1e3
"""Effects beyond so many standard errors are not searched."""

_STEPS = 18


@dataclasses.dataclass(frozen=True, eq=False)
class Readings:
    """What a test makes of many panels, and of the same panels with an effect added to what is treated.

    Attributes
    ----------
    effect : array
        The estimated effects.
    p_values : callable
        Two-sided p-values if the effect were larger by so much.
    """

    effect: Floats
    p_values: Callable[[float], Floats]


def read_by(estimator: Estimator, panels: Floats, design: TrialDesign) -> Readings:
    """Readings of an estimator with Student's t: an effect that is added moves the estimate and not its error.

    >>> from simlead.statistics.trial_designs import parallel
    >>> from simlead.statistics.trial_estimators import difference_in_differences
    >>> found = read_by(difference_in_differences, np.array([[[1.0, 4.0], [2.0, 4.0], [3.0, 4.0], [1.0, 1.0]]]),
    ...                 parallel(4, 2, base=1, after=1))
    >>> found.effect.tolist(), found.p_values(0.0).round(3).tolist(), found.p_values(9.0).round(3).tolist()
    ([2.0], [0.106], [0.004])
    """
    from simlead.statistics.trial_estimators import with_t_test

    found = estimator(panels, design)
    return Readings(found.effect, lambda shift: with_t_test(
        found.effect + shift, found.standard_error, found.degrees).p_value)


def read_by_randomisation(
    panels: object, design: TrialDesign, alpha: float = ALPHA, *, most: int = MOST_ASSIGNMENTS
) -> Readings:
    """Readings of the randomisation test; StatisticsError where no p-value can be small enough.

    `most` assignments are compared where there are more.

    >>> from simlead.statistics.trial_designs import stepped
    >>> found = read_by_randomisation(np.zeros((1, 4, 6)), stepped(4, base=1, step=1, after=2))
    >>> found.effect.tolist(), round(float(found.p_values(1.0)[0]), 4)
    ([0.0], 0.0417)
    """
    values = checked_panels(panels, design)
    refuse_too_few(design, alpha)
    own, weights = compared(design, most)
    flat = values.reshape(len(values), -1)
    effect, others = flat @ own, flat @ weights.T
    moved = weights @ treated_periods(design).ravel().astype(float)

    def p_values(shift: float) -> Floats:
        return share_as_large(others + shift * moved, effect + shift)

    return Readings(effect, p_values)


def rate_over_firms(seen: object, weights: object = None, confidence: float = CONFIDENCE) -> Estimate:
    """How often trials see something: `seen` are firms x trials, `weights` those of the firms.

    >>> found = rate_over_firms(np.array([[True, True], [False, False], [True, True], [False, False]]))
    >>> found.mean, found.n, round(found.low, 2), round(found.high, 2)
    (0.5, 4, 0.04, 0.96)
    """
    level = checked_confidence(confidence)
    trials = np.asarray(seen, dtype=np.float64)
    if trials.ndim != 2 or not trials.size:
        raise StatisticsError(f"seen of shape {trials.shape}: firms x trials are needed")
    given = np.ones(len(trials)) if weights is None else np.asarray(weights, dtype=np.float64)
    shares = given / given.sum()
    of_firms = trials.mean(axis=1)
    mean = min(1.0, max(0.0, float(shares @ of_firms)))
    firms = effective_size(given)
    variance = float(shares**2 @ (of_firms - mean) ** 2) * firms / max(firms - 1.0, 1.0)
    number = firms if not 0.0 < mean < 1.0 or variance <= 0.0 else mean * (1.0 - mean) / variance
    number = min(max(number, 1.0), firms * trials.shape[1])
    tail, hits = (1.0 - level) / 2, mean * number
    low = float(betaincinv(hits, number - hits + 1.0, tail)) if hits > 0.0 else 0.0
    high = float(betaincinv(hits + 1.0, number - hits, 1.0 - tail)) if hits < number else 1.0
    return Estimate(mean, low, high, len(trials))


@dataclasses.dataclass(frozen=True)
class SmallestShift:
    """The smallest effect that a test sees with the wanted power, with the interval that the firms leave; inf: none."""

    value: float
    low: float
    high: float


def smallest_shift(
    rate: Callable[[float], Estimate], scale: float, power: float = POWER
) -> SmallestShift:
    """Search the effect at which a power that rises with it reaches the wanted one; `scale` is a first guess.

    >>> def rate(shift):
    ...     return Estimate(shift / 4, shift / 4 - 0.1, shift / 4 + 0.1, 10)
    >>> [round(end, 2) for end in (lambda found: (found.value, found.low, found.high))(smallest_shift(rate, 1.0))]
    [3.2, 2.8, 3.6]
    """
    if not (scale > 0.0 and math.isfinite(scale)):
        return SmallestShift(math.inf, math.inf, math.inf)

    def first(limit: str) -> float:
        low, high = 0.0, scale
        while getattr(rate(high), limit) < power:
            if high > LARGEST_SHIFT * scale:
                return math.inf
            low, high = high, 2.0 * high
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if getattr(rate(middle), limit) >= power else (middle, high)
        return high

    return SmallestShift(first("mean"), first("high"), first("low"))


def t_test_power(effect: Floats | float, error: Floats | float, degrees: float, alpha: float = ALPHA) -> Floats:
    """Power of a two-sided t-test: the noncentral t distribution beyond the critical value on both sides.

    >>> float(t_test_power(0.0, 1.0, 10.0).round(6)), float(t_test_power(0.660, 20 ** -0.5, 19.0).round(2))
    (0.05, 0.8)
    """
    critical = float(stdtrit(degrees, 1.0 - alpha / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.clip(np.where(np.asarray(error) > 0.0, np.asarray(effect) / error, 0.0), -35.0, 35.0)
    below, above = nctdtr(degrees, off, -critical), nctdtr(degrees, off, critical)
    return np.asarray(np.clip(np.nan_to_num(below) + 1.0 - np.nan_to_num(above, nan=0.0), 0.0, 1.0))
