"""The same queue on the compiled engine's calendar and draws, which it makes as it goes."""

from __future__ import annotations

import numpy as np
from compiled_calendar import new_calendar

from simlead.engines.compiled.timers import drop_first, later, next_comes, timer_at
from simlead.model import draws
from simlead.model.rulebook import rule

ARRIVAL, DEPARTURE = 1, 2


@rule
def gap(arrivals_per_hour, seed, replicate, number):
    """Hours between a customer and the one before."""
    return draws.exponential(seed, replicate, draws.ARRIVAL_GAP, 0, number) / arrivals_per_hour


@rule
def service(seed, replicate, number):
    """Hours that a customer keeps the server: one in the mean."""
    return draws.exponential(seed, replicate, draws.HANDLING, 0, number)


@rule
def serve(firm, arrived, arrivals_per_hour, seed, replicate):
    """Serve as many customers as `arrived` has places; the sum of their times in system."""
    come = gone = 0
    total = 0.0
    later(firm, ARRIVAL, 0, 0, gap(arrivals_per_hour, seed, replicate, 0), 0)
    while next_comes(firm):
        timer = timer_at(firm, 0)
        firm.now = timer.time
        kind = (timer.key >> 56) - 2
        drop_first(firm)
        if kind == ARRIVAL:
            arrived[come] = firm.now
            come += 1
            if come < len(arrived):
                later(firm, ARRIVAL, 0, come, gap(arrivals_per_hour, seed, replicate, come), 0)
            if come - gone > 1:
                continue
        else:
            total += firm.now - arrived[gone]
            gone += 1
            if gone == come:
                continue
        later(firm, DEPARTURE, 0, gone, service(seed, replicate, gone), 0)
    return total


def mean_time_in_system(customers: int, arrivals_per_hour: float, seed: int, replicate: int) -> float:
    """Serve them all; the mean of departure minus arrival."""
    calendar = new_calendar(4, 1.5 * customers / arrivals_per_hour + 1000.0, buckets_per_hour=0.25)
    return serve(calendar.firm, np.empty(customers), arrivals_per_hour, seed, replicate) / customers


@rule
def random_numbers_of(arrivals_per_hour, seed, replicate, gaps, services):
    """Write down the random numbers of these customers, for libraries that read them from a list."""
    for number in range(len(gaps)):
        gaps[number] = gap(arrivals_per_hour, seed, replicate, number)
        services[number] = service(seed, replicate, number)
