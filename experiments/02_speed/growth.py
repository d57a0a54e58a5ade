"""How cost grows with the firm and with time: events, seconds, and nanoseconds an event."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from section import Goal, Section, digits
from timing import in_turns, medians

from simlead.model.scenario import Scenario
from simlead.study.engines import engine_named

SEED = 0
SEATS_PER_TEAM = 8
TEAMS = (1, 4, 16, 64, 256, 1250)  # 8 to 10,000 reps
YEARS = (1, 2, 5, 10, 20)
WEEKS_PER_YEAR = 52


def of_size(quick: bool) -> Section:
    """A year of firms of 8 to 10,000 reps; the small ones many times, so that noise averages out."""
    weeks = 8 if quick else WEEKS_PER_YEAR // 2
    teams = TEAMS[:4] if quick else TEAMS
    at_least = 256 if quick else 2_000  # reps in all, for each size

    def runs(count: int) -> list[tuple[Scenario, int]]:
        firm = Scenario().change({
            "organisation.teams": count, "organisation.seats_per_team": SEATS_PER_TEAM,
            "calendar.warmup_weeks": weeks, "calendar.horizon_weeks": weeks})
        return [(firm, replicate) for replicate in range(math.ceil(at_least / (count * SEATS_PER_TEAM)))]

    measured = measured_sizes({count * SEATS_PER_TEAM: runs(count) for count in teams}, 3 if quick else 7)
    return section(
        "How cost grows with the firm",
        f"Firms of {SEATS_PER_TEAM} reps to a team over {2 * weeks} weeks, the small ones {at_least:,} reps' worth of "
        "runs, and their means.",
        "reps", measured, "seconds grow with reps to the power of")


def of_time(quick: bool) -> Section:
    """One to twenty years after the warm-up: what a run costs more than a run that ends with it."""
    years = YEARS[:3] if quick else YEARS
    warmup = Scenario().calendar.warmup_weeks
    replicates = range(2 if quick else 16)

    def runs(weeks: int) -> list[tuple[Scenario, int]]:
        firm = Scenario().change({"calendar.horizon_weeks": weeks})
        return [(firm, replicate) for replicate in replicates]

    sizes = {0: runs(1), **{count: runs(1 + count * WEEKS_PER_YEAR) for count in years}}
    measured = measured_sizes(sizes, 3 if quick else 7)
    start = measured.pop(0)
    for cost in measured.values():
        for what in ("events", "seconds"):
            cost[what] -= start[what]
    return section(
        "How cost grows with time",
        f"The default firm, years after the warm-up of {warmup} weeks; the warm-up's own cost is taken off.",
        "years", measured, "seconds grow with years to the power of")


def measured_sizes(sizes: dict[int, list[tuple[Scenario, int]]], rounds: int) -> dict[int, dict[str, float]]:
    """Mean events and median seconds of a run, for each size; a round makes all runs of a size."""
    compiled = engine_named("compiled")
    events: dict[int, float] = {}

    def contestant(size: int, runs: list[tuple[Scenario, int]]) -> Callable[[int], None]:
        def make(_: int) -> None:
            events[size] = sum(compiled(firm, SEED, replicate, False).events for firm, replicate in runs) / len(runs)
        return make

    samples = in_turns({str(size): contestant(size, runs) for size, runs in sizes.items()}, rounds)
    seconds = medians(samples)
    return {size: {
        "runs": len(runs), "events": events[size], "seconds": seconds[str(size)] / len(runs)}
        for size, runs in sizes.items()}


def section(title: str, note: str, unit: str, measured: dict[int, dict[str, float]], exponent_is: str) -> Section:
    """The table of one kind of growth, with the fitted exponents."""
    sizes = np.array(list(measured), dtype=float)
    events, seconds = (np.array([cost[what] for cost in measured.values()]) for what in ("events", "seconds"))
    each = events / sizes
    # As many per unit at every size, as a line through the origin with relative errors would have it.
    off_line = float(np.max(np.abs(each / np.mean(each) - 1.0)))
    exponents = {"events": exponent(sizes, events), "seconds": exponent(sizes, seconds)}
    rows = [
        [f"{size:,}", f"{cost['runs']:,}", f"{cost['events']:,.0f}", f"{cost['events'] / size:,.0f}",
         digits(cost["seconds"]), digits(cost["seconds"] * 1e9 / cost["events"])]
        for size, cost in measured.items()]
    return Section(
        title,
        f"{note} Fitted: events ~ {unit}^{exponents['events']:.4f}, seconds ~ {unit}^{exponents['seconds']:.3f}.",
        [unit, "runs", "events a run", f"events per {unit[:-1]}", "seconds a run", "ns an event"], rows,
        [
            Goal("events, furthest from a straight line", off_line, high=0.02),
            Goal(exponent_is, exponents["seconds"], high=1.15),
        ],
        {"unit": unit, "sizes": sizes.tolist(), "events": events.tolist(), "seconds": seconds.tolist(),
         "exponents": exponents})


def exponent(sizes: Any, costs: Any) -> float:
    """The slope of the straight line through the logarithms, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])
