"""salabim: a component brings the customers, a clerk serves them and sleeps when there are none."""

from __future__ import annotations

from collections import deque

import salabim


def mean_time_in_system(gaps: list[float], services: list[float]) -> float:
    """Serve them all; the mean of departure minus arrival. Monitors and animation are off."""
    env = salabim.Environment(trace=False, yieldless=False)
    waiting: deque[float] = deque()
    total = 0.0

    class Customers(salabim.Component):
        def process(self):
            for gap in gaps:
                yield self.hold(gap)
                waiting.append(env.now())
                if clerk.ispassive():
                    clerk.activate()

    class Clerk(salabim.Component):
        def process(self):
            nonlocal total
            for service in services:
                while not waiting:
                    yield self.passivate()
                yield self.hold(service)
                total += env.now() - waiting.popleft()

    customers, clerk = Customers(env=env), Clerk(env=env)
    for component in (customers, clerk):
        component.mode.monitor(False)
        component.status.monitor(False)
    env.run()
    return total / len(gaps)
