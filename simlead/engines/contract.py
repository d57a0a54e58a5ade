"""The interface of every engine.

An engine is a function (scenario, seed, replicate, trace) -> Records. It emits records and
nothing else: no averages, no charts, no correction for the warm-up.

The contract of the trace:

1. Randomness is `draws.uniform(seed, replicate, purpose, entity, index)` and nothing else.
2. Time is always now + delay; nothing is scheduled with zero delay.
3. At one instant timed events apply in the order of `events.priority_key`; then, team by team in
   team order, one dispatch pass matches who is free: first the manager, then the reps in
   seat order. A rep whose patience ends at that instant can still be matched.
4. A superseded timer (a broken-off prospecting block, the expiry of a debrief that was
   held) leaves no row and does not count as an event.
5. Rows are written when what they tell is decided, consequences right after their cause.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.void]


@dataclasses.dataclass(frozen=True)
class Records:
    """What a run leaves behind: four tables, the number of state events, maybe a trace.

    The dtypes stand in `model.tables` and `model.events`. `events` counts timed events
    that applied: ends of tasks, meetings coming due, arrivals, errands, hires and so on.
    """

    opportunities: Table
    reps: Table
    managers: Table
    weeks: Table
    events: int
    trace: Table | None = None


class SimulationError(RuntimeError):
    """An engine found itself in a state that the model does not have."""


def no_own_parts(processes: Any, rules: Any, engine: str) -> None:
    """Refuse a user's processes and rules for an engine that cannot run them."""
    if rules:
        raise SimulationError(f"engine {engine!r} runs no rules of your own; use engine='simpy'")
    if processes:
        raise SimulationError(f"engine {engine!r} runs no processes of your own; use engine='simpy'")
