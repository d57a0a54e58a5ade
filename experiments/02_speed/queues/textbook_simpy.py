"""SimPy, as its tutorial has it: every customer a process that requests a resource."""

from __future__ import annotations

import simpy


def mean_time_in_system(gaps: list[float], services: list[float]) -> float:
    """Serve them all; the mean of departure minus arrival."""
    env = simpy.Environment()
    server = simpy.Resource(env, capacity=1)
    total = 0.0

    def customer(service):
        nonlocal total
        arrived = env.now
        with server.request() as turn:
            yield turn
            yield env.timeout(service)
        total += env.now - arrived

    def customers():
        for gap, service in zip(gaps, services, strict=True):
            yield env.timeout(gap)
            env.process(customer(service))

    env.process(customers())
    env.run()
    return total / len(gaps)
