"""The same run in both engines: how much faster, and what an event costs."""

from __future__ import annotations

import numpy as np
import yardstick
from section import Goal, Section, digits
from timing import in_turns, medians, spread

from simlead.engines.contract import Records
from simlead.model.scenario import Scenario
from simlead.results.measures import all_parts
from simlead.study.engines import engine_named

TABLES = ("opportunities", "reps", "managers", "weeks", "trace")
SEED = 0
NS_AN_EVENT, SECONDS_A_RUN = 140.0, 0.09


def measure(quick: bool) -> Section:
    """Both engines on the default firm, with and without a trace; round r is replicate r."""
    firm = Scenario()
    if quick:
        firm = firm.change({"calendar.warmup_weeks": 8, "calendar.horizon_weeks": 18})
    simpy, compiled = engine_named("simpy"), engine_named("compiled")
    with_trace = compiled(firm, SEED, 0, True)
    must_be_the_same(simpy(firm, SEED, 0, True), with_trace)
    must_be_the_same(simpy(firm, SEED, 0, False), compiled(firm, SEED, 0, False))

    rounds = 3 if quick else 7
    events = {number: compiled(firm, SEED, number, False).events for number in range(rounds)}
    with yardstick.kernel() as steps:
        samples = in_turns({
            "SimPy, with trace": lambda number: simpy(firm, SEED, number, True),
            "compiled, with trace": lambda number: compiled(firm, SEED, number, True),
            "SimPy, without": lambda number: simpy(firm, SEED, number, False),
            "compiled, without": lambda number: compiled(firm, SEED, number, False),
            "all measures": lambda _: all_parts(with_trace, firm),
            yardstick.BUILD: steps,
        }, rounds)
    seconds = medians(samples)
    slower = yardstick.of(seconds[yardstick.BUILD])
    an_event = medians({
        name: [took * 1e9 / events[number] for number, took in enumerate(rounds_of)]
        for name, rounds_of in samples.items()})
    faster = {kind: seconds[f"SimPy, {kind}"] / seconds[f"compiled, {kind}"] for kind in ("with trace", "without")}

    rows = [
        [name, digits(seconds[name]), digits(an_event[name]), f"{spread(samples[name]):.1%}",
         f"{digits(faster[name.split(', ')[1]])} x" if name.startswith("compiled") else ""]
        for name in samples if name not in ("all measures", yardstick.BUILD)]
    of_a_run = seconds["all measures"] / seconds["compiled, without"]
    rows.append([
        "all measures of a run", digits(seconds["all measures"]), "", f"{spread(samples['all measures']):.1%}", ""])
    return Section(
        "The compiled engine against the SimPy engine",
        f"Default firm, {with_trace.events:,} events and {len(with_trace.trace):,} rows of trace in replicate 0. "
        "Before the clock started, both engines gave the same four tables and trace to the last bit. "
        f"{yardstick.in_words(slower)}",
        ["engine", "seconds a run", "ns an event", "spread", "faster"], rows,
        [
            Goal("times faster than SimPy, with trace", faster["with trace"], low=40.0),
            Goal("times faster than SimPy, without trace", faster["without"], low=25.0),
            yardstick.goal("ns an event, compiled, without trace", an_event["compiled, without"], slower, NS_AN_EVENT),
            yardstick.goal("seconds a run, compiled, without trace", seconds["compiled, without"], slower,
                           SECONDS_A_RUN),
            Goal("all measures, as a share of a compiled run", of_a_run, high=0.1),
        ],
        {"samples": samples, "events": list(events.values())})


def must_be_the_same(one: Records, other: Records) -> None:
    """Refuse to time two engines that do not do the same thing."""
    if one.events != other.events:
        raise SystemExit(f"the engines differ: {one.events} and {other.events} events")
    for name in TABLES:
        first, second = getattr(one, name), getattr(other, name)
        if (first is None) != (second is None):
            raise SystemExit(f"the engines differ: only one of them has the table {name}")
        if first is not None and not same_table(first, second):
            raise SystemExit(f"the engines differ in the table {name}")


def same_table(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal in every field, without tolerance; what never happened (nan) equals itself."""
    return one.dtype == other.dtype and one.shape == other.shape and all(
        np.array_equal(one[field], other[field], equal_nan=one[field].dtype.kind == "f") for field in one.dtype.names)
