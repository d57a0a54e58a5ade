"""A SimPy environment whose instants have a stated order and end with a settling pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import simpy
from simpy.events import Event, EventPriority


class Timed(Event):
    """An event that happens after a delay, at its place among the events of its instant."""

    def __init__(self, clock: Clock, place: int, delay: float) -> None:
        super().__init__(clock)
        self._ok = True
        self._value = None
        clock.schedule(self, cast(EventPriority, place), delay)


class Clock(simpy.Environment):
    """Business hours; 0 is the switch.

    SimPy sorts its calendar by (time, priority, sequence). The model's events carry
    `events.place` as their priority, 2 or more; SimPy's own hops carry 0 and 1, so that a
    process which an event has woken goes on before the next event of the same instant.
    """

    def timed(self, place: int, delay: float) -> Timed:
        """An event of the model, `delay` hours from now."""
        return Timed(self, place, delay)

    def run_instants(self, end: float, unsettled: set[int], settle: Callable[[], Any]) -> None:
        """Run until the instant `end` is over; settle when an instant has nothing more to happen."""
        calendar = self._queue
        while calendar and calendar[0][0] <= end:
            self.step()
            if unsettled and (not calendar or calendar[0][0] > self._now):
                settle()
