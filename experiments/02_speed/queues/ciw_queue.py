"""Ciw: a network of one node with one server; the time in system is read from its records."""

from __future__ import annotations

import math

import ciw


class OneAfterAnother(ciw.dists.Distribution):
    """These numbers in their order, then never again."""

    def __init__(self, numbers: list[float]) -> None:
        """Remember the numbers."""
        self.numbers = iter(numbers)

    def sample(self, t=None, ind=None):
        """The next number."""
        return next(self.numbers, math.inf)


def mean_time_in_system(gaps: list[float], services: list[float]) -> float:
    """Serve them all; the mean of departure minus arrival."""
    network = ciw.create_network(
        arrival_distributions=[OneAfterAnother(gaps)],
        service_distributions=[OneAfterAnother(services)],
        number_of_servers=[1])
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(gaps), method="Finish")
    records = simulation.get_all_records(only=["service"])
    return sum(record.exit_date - record.arrival_date for record in records) / len(records)
