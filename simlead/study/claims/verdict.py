"""A verdict is computed from an interval and a criterion; nobody types one in."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from simlead.model.parameters import ParameterError
from simlead.study.estimation.estimates import Estimate

SUPPORTED = "supported"
REFUTED = "refuted"
UNDECIDED = "undecided at this precision"
ASSUMED = "assumed, not tested"
VERDICTS = (SUPPORTED, REFUTED, UNDECIDED, ASSUMED)
"""What can be said of a claim. The last is for what the model takes as given."""


@dataclasses.dataclass(frozen=True)
class Effect:
    """What an experiment found: a mean with its interval, from `n` replicates; in the claim's unit."""

    mean: float
    low: float
    high: float
    n: int


@dataclasses.dataclass(frozen=True)
class Region:
    """The values of an effect with which a claim holds, both ends included.

    Raises ParameterError for ends in the wrong order, or none at all.

    >>> Region(2.0, 1.0)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: region 2.0 to 1.0: the low end is not below the high one
    """

    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        """Refuse a region that holds everything or nothing: it would decide without an experiment."""
        if not self.low < self.high:
            raise ParameterError(f"region {self.low} to {self.high}: the low end is not below the high one")
        if math.isinf(self.low) and math.isinf(self.high):
            raise ParameterError("region: every effect lies in it, so that nothing could refute the claim")


def verdict(effect: Effect, region: Region) -> str:
    """What an effect's interval says about a claim.

    Supported if the interval lies within the region, refuted if it lies outside, otherwise
    undecided: more replicates may tell. An effect without an interval decides nothing.

    >>> above_zero = Region(low=0.0)
    >>> verdict(Effect(2.0, 1.0, 3.0, 9), above_zero), verdict(Effect(-2.0, -3.0, -1.0, 9), above_zero)
    ('supported', 'refuted')
    >>> verdict(Effect(1.0, -1.0, 3.0, 9), above_zero)
    'undecided at this precision'
    """
    if math.isnan(effect.low) or math.isnan(effect.high):
        return UNDECIDED
    if region.low <= effect.low and effect.high <= region.high:
        return SUPPORTED
    if effect.high < region.low or effect.low > region.high:
        return REFUTED
    return UNDECIDED


def effect_of(estimate: Estimate) -> Effect:
    """An estimate as an effect."""
    return Effect(estimate.mean, estimate.low, estimate.high, estimate.n)


def least(effects: Sequence[Effect]) -> Effect:
    """The smallest of several effects that must all hold.

    Mean, low and high end are the smallest ones each; the smallest of several means lies a
    little below the smallest truth on average. If the k intervals have the confidence
    1 - alpha / k (:func:`level_of_each`), then this one holds the smallest of the k true
    effects with 1 - alpha or more (Bonferroni).

    >>> least([Effect(2.0, 1.0, 3.0, 20), Effect(1.0, -1.0, 4.0, 10)])
    Effect(mean=1.0, low=-1.0, high=3.0, n=10)
    """
    if not effects:
        raise ParameterError("least: at least one effect is needed")
    return Effect(
        min(effect.mean for effect in effects), min(effect.low for effect in effects),
        min(effect.high for effect in effects), min(effect.n for effect in effects))


def level_of_each(count: int, confidence: float = 0.95) -> float:
    """The confidence that each of so many intervals needs, so that all hold together with `confidence`.

    >>> round(level_of_each(2), 3)
    0.975
    """
    return 1.0 - (1.0 - confidence) / count
