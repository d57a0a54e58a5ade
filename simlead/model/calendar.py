"""How long a run looks back and ahead."""

from __future__ import annotations

import dataclasses

from simlead.model.parameters import parameter


@dataclasses.dataclass(frozen=True)
class Calendar:
    """How long a run looks back and ahead.

    >>> Calendar().horizon_weeks
    156
    """

    warmup_weeks: int = parameter(
        104, "weeks", 0, 1040,
        "weeks under the status quo before the switch; buyers in flight at the base year's start need four mean paces",
        "", "D", (78, 208))
    horizon_weeks: int = parameter(
        156, "weeks", 1, 1560, "weeks under the policy after the switch", "", "D", (52, 520))
    time_grain_hours: float = parameter(
        0.0, "hours", 0.0, 8.0,
        "durations are rounded up to multiples of this; 0 for none. Forces events to coincide", "", "D",
        (0.0, 0.5))
