"""The memory that a run needs, estimated from its plan before anything is made."""

from __future__ import annotations

import contextlib
import functools
import math
import os
from collections.abc import Callable
from pathlib import Path

from simlead.engines.plan import plan_of
from simlead.model import events, tables
from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario

GIGABYTE = 1e9

TIMES_THE_TABLES = {"compiled": 1.0, "simpy": 8.0}
"""Memory over that of the tables, by engine: the one writes into the tables, the other keeps rows as Python objects."""

FRACTION_OF_MEMORY = 0.8
"""Fraction of all memory that runs may take: others are at work, and measuring takes some."""

_LIMITS_OF_CONTAINERS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def bytes_needed(scenario: Scenario, trace: bool = False, engine: str = "compiled") -> float:
    """Bytes of a run's tables and trace while it is made.

    >>> 5e6 < bytes_needed(Scenario()) < 15e6
    True
    """
    plan = plan_of(scenario)
    hours, growth = plan.end_hour - plan.start_hour, plan.number_growth_per_hour
    weeks = scenario.calendar.warmup_weeks + scenario.calendar.horizon_weeks
    teams, seats = len(plan.teams), len({number for team in plan.teams for number in team.seat_numbers})
    arrivals = sum(team.seats * team.arrivals_per_hour for team in plan.teams) * (
        hours if growth == 0.0 else (math.exp(growth * plan.end_hour) - math.exp(growth * plan.start_hour)) / growth)
    needed = (arrivals * tables.OPPORTUNITIES_DTYPE.itemsize + weeks * seats * tables.REPS_DTYPE.itemsize
              + weeks * teams * tables.MANAGERS_DTYPE.itemsize)
    if trace:
        needed += hours * (2.2 * seats + 4.0 * teams) * events.TRACE_DTYPE.itemsize
    return needed * TIMES_THE_TABLES.get(engine, 1.0)


@functools.cache
def memory_there() -> float:
    """Bytes that runs may take, of this machine or the container around this process; infinite where not known."""
    found = math.inf
    with contextlib.suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        found = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in _LIMITS_OF_CONTAINERS:
        with contextlib.suppress(OSError, ValueError):  # none, or "max"
            found = min(found, float(Path(path).read_text(encoding="ascii")))
    return FRACTION_OF_MEMORY * found


def refuse_too_large(scenario: Scenario, trace: bool = False, engine: str = "compiled", runs_at_once: int = 1) -> None:
    """Raise ParameterError if so many runs at once need more memory than there is; it says what fits."""
    needed = runs_at_once * bytes_needed(scenario, trace, engine)
    if needed > memory_there():
        several = f"{runs_at_once} runs at once need" if runs_at_once > 1 else "a run needs"
        size, there = (f"{count / GIGABYTE:,.3g} GB" for count in (needed, memory_there()))
        raise ParameterError(
            f"{several} about {size} of memory, and {there} are there: {_what_fits(scenario, trace, engine)}")


def _what_fits(scenario: Scenario, trace: bool, engine: str) -> str:
    at_once = int(memory_there() / bytes_needed(scenario, trace, engine))
    if at_once:
        return f"workers = {at_once} fit"
    for path in ("organisation.teams", "calendar.horizon_weeks"):
        def fits(value: int, path: str = path) -> bool:
            return bytes_needed(scenario.change({path: value}), trace, engine) <= memory_there()

        largest = _largest(fits, int(REGISTRY[path].low or 1), scenario.values()[path])
        if largest:
            return f"the largest {path} that fits is {largest:,}"
    return "not even one team, nor a horizon of one week, fits"


def _largest(fits: Callable[[int], bool], low: int, high: int) -> int:
    """The largest whole number below `high` that fits, 0 if none from `low` on does."""
    if not fits(low):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
