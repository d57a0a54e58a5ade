"""An axis that contains all values and does not jump while intervals get narrower."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_TICKS = 8


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
