"""A worker's part: make and measure the runs of a batch, failures apart."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from simlead.model.scenario import Scenario
from simlead.model.switch import acts_before_switch
from simlead.results.provenance import provenance
from simlead.results.registry import ratio
from simlead.results.run import Run
from simlead.study.engines import engine_for, warm_up_compiler
from simlead.study.runner import Job, Outcomes, Process, RunSummary, run_and_measure
from simlead.study.sweeps.shards import Rectangle, encode
from simlead.study.sweeps.time_limit import Notes, RunTookTooLong, limited

OwnMeasure = Callable[[Run], float]
"""The function of a measure of your own: one number of a run, nan where it is not defined."""

LONGEST_TEXT = 20_000
"""Longest message and longest traceback of a failure that is stored, in characters."""

WEEKLY_PREFIX = "weekly."
"""Beginning of the name of a column that holds a series by week."""

FAILURE_COLUMNS = ("point", "replicate", "exception", "message", "traceback", "parameters")


@dataclasses.dataclass(frozen=True)
class Order:
    """What all runs of a sweep have in common.

    `bases` are the scenarios that the design's points change, by their effect sizes. `store` is
    the key of the store that the results are for.
    """

    bases: Mapping[str, Scenario]
    seed: int
    engine: str
    outcomes: Outcomes
    processes: tuple[Process, ...]
    store: str = ""

    def columns(self) -> list[str]:
        """The columns of a shard, in order."""
        traced = ["trace_hash"] if self.outcomes.trace_hash else []
        series = [f"{WEEKLY_PREFIX}{name}" for name in self.outcomes.weekly]
        return ["point", "replicate", "events", "tables_hash", *traced, *self.outcomes.names, *series]

    def job(self, scenario: Scenario, replicate: int) -> Job:
        """One of the runs, to be made and measured."""
        return Job("", scenario, self.seed, replicate, self.engine, self.outcomes, self.processes)


@dataclasses.dataclass(frozen=True)
class Point:
    """A design's point: the effect sizes it is under, and the values of its factors by dotted path."""

    effect_sizes: str
    values: Mapping[str, Any]

    @property
    def warm_up(self) -> tuple[Any, ...]:
        """What tells its warm-up from other points': those of equal values share it."""
        return self.effect_sizes, *(value for path, value in self.values.items() if acts_before_switch(path))


@dataclasses.dataclass(frozen=True)
class Batch:
    """Runs to make: a rectangle, with its points in order.

    A run may take `run_seconds`. `notes` is the folder in which a worker notes what it is at.
    """

    order: Order
    rectangle: Rectangle
    points: Sequence[Point]
    run_seconds: float | None = None
    notes: str | None = None

    def runs(self) -> Iterator[tuple[int, int]]:
        """The runs as (point, replicate): all points of a replicate that share their warm-up one after another."""
        for _, group in itertools.groupby(enumerate(self.points), key=lambda each: each[1].warm_up):
            numbers = [self.rectangle.first_point + offset for offset, _ in group]
            for replicate in range(self.rectangle.first_replicate, self.rectangle.last_replicate + 1):
                for number in numbers:
                    yield number, replicate

    def part(self, rectangle: Rectangle) -> Batch:
        """The batch of a rectangle that lies in this one."""
        start = rectangle.first_point - self.rectangle.first_point
        return dataclasses.replace(self, rectangle=rectangle, points=self.points[start:start + rectangle.points])


@dataclasses.dataclass(frozen=True)
class Done:
    """A batch that was worked on: its shards as bytes (None where there is nothing), and what it took.

    `runs` came to their end, `failures` did not, and `first_failure` says why in one line;
    `seconds` are the worker's, `longest` those of the longest run that came to its end.
    """

    rectangle: Rectangle
    shard: bytes | None
    failed: bytes | None
    runs: int
    failures: int
    events: int
    seconds: float
    first_failure: str = ""
    longest: float = 0.0


def work(batch: Batch) -> Done:
    """Make and measure the runs of a batch.

    A run that raises, or takes too long, is a failure and no more than that: the others go on.
    """
    order = batch.order
    _warm(order.engine)
    start = time.perf_counter()
    rows: list[tuple[Any, ...]] = []
    failures: list[tuple[Any, ...]] = []
    notes, longest = Notes(batch.notes), 0.0
    engine = engine_for(order.engine, [point.warm_up for point in batch.points])
    scenarios: dict[int, Scenario] = {}
    for number, replicate in batch.runs():
        point = batch.points[number - batch.rectangle.first_point]
        notes.begin(number, replicate, batch.run_seconds)
        began = time.perf_counter()
        try:
            with limited(batch.run_seconds):
                if number not in scenarios:
                    scenarios[number] = order.bases[point.effect_sizes].change(point.values)
                summary = run_and_measure(order.job(scenarios[number], replicate), engine)
                rows.append((number, replicate, *row_of(order, summary)))
            longest = max(longest, time.perf_counter() - began)
        # A user's process may even call sys.exit: that too ends its run and nothing else.
        except (Exception, SystemExit, RunTookTooLong) as trouble:
            failures.append(failure(number, replicate, point, trouble))
    notes.end()
    for made in (rows, failures):
        made.sort(key=itemgetter(0, 1))
    return Done(
        rectangle=batch.rectangle,
        shard=encode(_columns(order.columns(), rows), order.store) if rows else None,
        failed=encode_failures(failures, order.store) if failures else None,
        runs=len(rows),
        failures=len(failures),
        events=sum(row[2] for row in rows),
        seconds=time.perf_counter() - start,
        first_failure=" ".join(f"{failures[0][2]}: {failures[0][3]}".split()) if failures else "",
        longest=longest,
    )


@functools.cache
def _warm(engine: str) -> None:
    """Load an engine once a process, off the clock: the first batch would look slow otherwise."""
    warm_up_compiler(engine)
    provenance(Scenario())  # hashes the sources, once


def row_of(order: Order, run: RunSummary) -> tuple[Any, ...]:
    """A run's row: events, hash of the tables, hash of the trace if wanted, measures, series by week."""
    traced = [run.trace_hash] if order.outcomes.trace_hash else []
    values = [ratio(run.parts[name]) for name in order.outcomes.names]
    return (run.events, run.tables_hash, *traced, *values, *run.weekly.values())


def failure(number: int, replicate: int, point: Point, trouble: BaseException) -> tuple[Any, ...]:
    """A failed run's row; columns as in `FAILURE_COLUMNS`."""
    try:
        message, trace = str(trouble), "".join(traceback.format_exception(trouble))
    except Exception as silent:  # an exception whose own text raises
        message, trace = "", f"no text: {type(silent).__name__}"
    return (number, replicate, type(trouble).__name__, _text(message), _text(trace),
            json.dumps({"effect_sizes": point.effect_sizes, **point.values}, default=str))


def _text(text: str) -> str:
    """Text that fits a file: whole characters, and not without end."""
    text = text.encode("utf-8", "replace").decode()
    middle = LONGEST_TEXT // 2
    return text if len(text) <= LONGEST_TEXT else f"{text[:middle]}\n[...]\n{text[-middle:]}"


def encode_failures(failures: Sequence[tuple[Any, ...]], store: str) -> bytes:
    """Failed runs' rows as the bytes of a shard."""
    return encode(_columns(FAILURE_COLUMNS, failures), store)


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        kind = np.int32 if name in ("point", "replicate") else np.int64 if name == "events" else None
        plain = isinstance(values[0], (str, np.ndarray))
        columns[name] = list(values) if plain else np.array(values, kind or np.float64)
    return columns
