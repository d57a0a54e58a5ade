"""SimPy, lean: one process brings the customers, the other serves them."""

from __future__ import annotations

from collections import deque

import simpy


def mean_time_in_system(gaps: list[float], services: list[float]) -> float:
    """Serve them all; the mean of departure minus arrival."""
    env = simpy.Environment()
    waiting: deque[float] = deque()
    idle: simpy.Event | None = None
    total = 0.0

    def customers():
        nonlocal idle
        for gap in gaps:
            yield env.timeout(gap)
            waiting.append(env.now)
            if idle is not None:
                idle.succeed()
                idle = None

    def server():
        nonlocal idle, total
        for service in services:
            if not waiting:
                idle = env.event()
                yield idle
            yield env.timeout(service)
            total += env.now - waiting.popleft()

    env.process(customers())
    env.process(server())
    env.run()
    return total / len(gaps)
