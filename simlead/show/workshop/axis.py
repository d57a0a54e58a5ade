"""An axis that contains all values and does not jump while intervals get narrower."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_TICKS = 8
FEW_TICKS = 4


@dataclasses.dataclass(frozen=True)
class Axis:
    """From `low` to `high`, with a tick at each multiple of `step`."""

    low: float
    high: float
    step: float

    def at(self, value: float) -> float:
        """Where a value stands, in percent of the axis; values beyond the ends stand at the ends.

        >>> Axis(-10, 30, 10).at(0)
        25.0
        """
        share = (value - self.low) / (self.high - self.low)
        return round(100.0 * min(1.0, max(0.0, share)), 2)

    @property
    def ticks(self) -> tuple[float, ...]:
        """The values that are written at the axis.

        >>> Axis(-10, 30, 10).ticks
        (-10.0, 0.0, 10.0, 20.0, 30.0)
        """
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        return tuple(float(place * self.step) for place in range(first, last + 1))


def axis_for(values: Iterable[float], least: tuple[float, float], most: tuple[float, float]) -> Axis:
    """An axis with round ends for these values; at least `least`, never more than `most`.

    Values that are not finite count for nothing; what lies beyond `most` is drawn at the end.

    >>> axis_for([3.0, 17.0], (-5, 10), (-50, 100))
    Axis(low=-5, high=20, step=5)
    >>> axis_for([math.nan], (-5, 10), (-50, 100)).high
    10
    """
    low, high = least
    for value in values:
        if math.isfinite(value):
            low, high = min(low, max(value, most[0])), max(high, min(value, most[1]))
    step = next((step for step in STEPS if (high - low) / step <= MOST_TICKS - 2), STEPS[-1])
    return Axis(math.floor(low / step) * step, math.ceil(high / step) * step, step)


def close_axis(values: Iterable[float]) -> Axis:
    """An axis of any scale that is no longer than these values need, with round ends.

    >>> close_axis([2.6, 3.1, math.nan]), close_axis([-40_000.0, 90_000.0]).ticks
    (Axis(low=2.6, high=3.2, step=0.2), (-50000.0, 0.0, 50000.0, 100000.0))
    >>> close_axis([]).ticks
    (0.0, 0.5, 1.0)
    """
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if high - low < 1e-9 * max(abs(low), abs(high), 1.0):
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    rough = (high - low) / (FEW_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough * (1.0 - 1e-9))
    first, last = (round(end(edge / step + shift)) for end, edge, shift in (
        (math.floor, low, 1e-9), (math.ceil, high, -1e-9)))
    return Axis(round(first * step, 12), round(last * step, 12), round(step, 12))
