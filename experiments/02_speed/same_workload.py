"""One M/M/1 queue on six calendars: what an event costs where the model itself is next to nothing."""

from __future__ import annotations

import math
from importlib import import_module
from importlib.metadata import version

import numpy as np
from queues import compiled_queue
from section import Goal, Section, digits
from timing import in_turns, medians, spread

LOAD = 0.8  # arrivals per hour; a service takes an hour in the mean
SEED = 0

# Module in `queues`, what to call it, and the package whose version belongs to the number.
READERS = {
    "heap_loop": ("bare heapq loop", None),
    "lean_simpy": ("SimPy, two processes", "simpy"),
    "textbook_simpy": ("SimPy, a process a customer", "simpy"),
    "salabim_queue": ("salabim", "salabim"),
    "mesa_queue": ("Mesa, event scheduler", "mesa"),
    "ciw_queue": ("Ciw", "ciw"),
}
OURS = "our compiled calendar"


def measure(quick: bool) -> Section:
    """All of them in turns; in each round all serve the same customers, new ones every round."""
    customers, rounds = (5_000, 3) if quick else (100_000, 7)
    given = [random_numbers_as_lists(customers, number) for number in range(rounds)]
    means: dict[str, list[float]] = {}

    def contestant(name, mean_time_in_system):
        means[name] = []
        return lambda number: means[name].append(mean_time_in_system(*given[number]))

    compiled_queue.mean_time_in_system(1, LOAD, SEED, 0)  # compiles
    contestants = {OURS: lambda number: means.setdefault(OURS, []).append(
        compiled_queue.mean_time_in_system(customers, LOAD, SEED, number))}
    for module, (name, _) in READERS.items():
        contestants[name] = contestant(name, import_module(f"queues.{module}").mean_time_in_system)
    samples = in_turns(contestants, rounds)

    furthest = max(
        abs(mean / ours - 1.0) for each in means.values() for mean, ours in zip(each, means[OURS], strict=True))
    many = 200_000 if quick else 4_000_000
    of_many = compiled_queue.mean_time_in_system(many, LOAD, SEED, rounds)
    theory, within = 1.0 / (1.0 - LOAD), four_standard_errors(many)

    an_event = {name: seconds * 1e9 / (2 * customers) for name, seconds in medians(samples).items()}
    packages = {name: f"{name} ({version(package)})" for name, package in READERS.values() if package}
    rows = [
        [packages.get(name, name), digits(nanoseconds), f"{spread(samples[name]):.1%}",
         f"{digits(nanoseconds / an_event[OURS])} x", digits(float(np.mean(means[name])), 4)]
        for name, nanoseconds in an_event.items()]
    return Section(
        "The same queue on six calendars",
        f"M/M/1 at load {LOAD}, {customers:,} customers of two events each, in every round the same for all. "
        "The libraries read their customers' random numbers from a list that was made before the clock started; "
        "the compiled calendar draws them as it goes. "
        f"Theory: a customer's mean time in system is {digits(theory)} hours; "
        f"{many:,} customers must come within four standard errors, {digits(within, 2)} hours.",
        ["calendar", "ns an event", "spread", "of ours", "mean hours in system"], rows,
        [
            Goal("furthest from the compiled calendar's mean, relative", furthest, high=1e-9),
            Goal("mean time in system, many customers, hours", of_many, low=theory - within, high=theory + within),
        ],
        {"samples": samples, "means": means, "customers": customers})


def random_numbers_as_lists(customers: int, number: int) -> tuple[list[float], list[float]]:
    """Gaps and services of a round's customers, as Python floats."""
    gaps, services = np.empty(customers), np.empty(customers)
    compiled_queue.random_numbers_of(LOAD, SEED, number, gaps, services)
    return gaps.tolist(), services.tolist()


def four_standard_errors(customers: int) -> float:
    """Four standard errors of the mean time in system of M/M/1 customers, service mean 1.

    The sum of the autocovariances of the waiting times is r (2 + 5r - 4r^2 + r^3) / (1-r)^4
    (Daley 1968). The time in system adds a customer's own service: its variance 1, and twice
    its covariance with later waits. An hour more of service delays the r / (1-r) customers
    per hour in system who are still to come in the same busy period.
    """
    r = LOAD
    waits = r * (2.0 + 5.0 * r - 4.0 * r**2 + r**3) / (1.0 - r) ** 4
    own = 1.0 + 2.0 * r / (1.0 - r) * (r / (1.0 - r) + 2.0)
    return 4.0 * math.sqrt((waits + own) / customers)
