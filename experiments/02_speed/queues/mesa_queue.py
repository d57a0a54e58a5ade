"""Mesa: its event scheduler, with a model that schedules its own methods."""

from __future__ import annotations

import math
from collections import deque

from mesa import Model
from mesa.experimental.devs import DEVSimulator


class Shop(Model):
    """A queue and a server."""

    def __init__(self, simulator: DEVSimulator, gaps: list[float], services: list[float]) -> None:
        """Open, and expect the first customer."""
        super().__init__(seed=0)
        self.simulator = simulator
        self.gaps, self.services = iter(gaps), iter(services)
        self.waiting: deque[float] = deque()
        self.total = 0.0
        simulator.setup(self)
        simulator.schedule_event_relative(self.arrive, next(self.gaps))

    def arrive(self) -> None:
        """A customer comes, and the next is on the way."""
        self.waiting.append(self.simulator.time)
        following = next(self.gaps, None)
        if following is not None:
            self.simulator.schedule_event_relative(self.arrive, following)
        if len(self.waiting) == 1:
            self.simulator.schedule_event_relative(self.depart, next(self.services))

    def depart(self) -> None:
        """A customer goes, and the next is served."""
        self.total += self.simulator.time - self.waiting.popleft()
        if self.waiting:
            self.simulator.schedule_event_relative(self.depart, next(self.services))


def mean_time_in_system(gaps: list[float], services: list[float]) -> float:
    """Serve them all; the mean of departure minus arrival."""
    shop = Shop(DEVSimulator(), gaps, services)
    shop.simulator.run_until(math.inf)
    return shop.total / len(gaps)
