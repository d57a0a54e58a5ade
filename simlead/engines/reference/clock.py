"""A SimPy environment whose instants have a stated order and end with a dispatch pass.

This file owns SimPy's scheduler: it pushes and pops the calendar itself, because a public
call for each of a million events takes longer. It alone touches private
attributes of SimPy's (`_queue`, `_eid`, `_now` of the environment; `_value`, `_ok`,
`_defused` of an event), which versions 4.x have; tests/engines/test_clock.py holds it to
the order of `Environment.step`.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, cast

import simpy
from simpy.events import PENDING, Event


class Timed(Event):
    """An event that happens after a delay, at its priority among the events of its instant."""

    def __init__(self, clock: Clock, key: int, delay: float) -> None:
        # What Event.__init__ and Environment.schedule do, in one step: half a million of these.
        self.env = clock
        self.callbacks = []
        self._value = None
        self._ok = True
        priority: Any = key  # as SimPy calls it
        heappush(clock._queue, (clock._now + delay, priority, next(clock._eid), self))

    def then(self, action: Callable[[], Any]) -> None:
        """Do this when it happens."""
        assert self.callbacks is not None
        self.callbacks.append(lambda _: action())


class Handover(Event):
    """A place where a process waits, again and again, for what another hands over."""

    def __init__(self, clock: Clock) -> None:
        self.env = clock
        self.callbacks = []
        self._value = PENDING

    def hand(self, value: object) -> None:
        """Wake who waits, here and now.

        `Event.succeed` would put a zero-delay event on the calendar; but what was decided
        at an instant must not wait behind other events of that instant.
        """
        self._ok = True
        self._value = value
        waiting, self.callbacks = self.callbacks, []
        for callback in waiting:
            callback(self)


class Clock(simpy.Environment):
    """Business hours; 0 is the switch.

    SimPy sorts its calendar by (time, priority, sequence). The model's events carry
    `events.priority_key` as their priority, 2 or more; SimPy's own interrupts and starts of
    processes carry 0 and the timeouts of your own processes 1, so that these come first.
    """

    def __init__(self, initial_time: float = 0.0) -> None:
        super().__init__(initial_time)
        self.time = initial_time
        """The time now, as an attribute: `now` is a property, and asked for a million times."""

    def timed(self, key: int, delay: float) -> Timed:
        """An event of the model, `delay` hours from now."""
        return Timed(self, key, delay)

    def handover(self) -> Handover:
        """A place to wait for what somebody hands over."""
        return Handover(self)

    def clear(self) -> None:
        """Forget all that was still to come."""
        self._queue.clear()

    def run_instants(self, end: float, undispatched: set[int], dispatch: Callable[[], Any]) -> None:
        """Run until the instant `end` is over; dispatch when an instant has nothing more to happen."""
        calendar = self._queue
        while calendar and calendar[0][0] <= end:
            # What Environment.step does, without a call for each of a million events.
            self.time, _, _, event = heappop(calendar)
            self._now = self.time
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):  # nobody has caught it
                raise cast(BaseException, event._value)
            if undispatched and (not calendar or calendar[0][0] > self.time):
                dispatch()
