"""What a worker does with a batch: each run made, measured and written down; failures apart."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from simlead.engines.contract import Records
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.provenance import provenance
from simlead.results.registry import ratio
from simlead.results.run import Run
from simlead.results.windows import years
from simlead.study.engines import engine_named, ready
from simlead.study.sweeps.shards import Rectangle, encode

OwnMeasure = Callable[[Run], float]
"""A measure of your own: one number of a run, nan where it is not defined."""

LONGEST_TEXT = 20_000
"""Characters kept of a failure's message and of its traceback."""

FAILURE_COLUMNS = ("point", "replicate", "exception", "message", "traceback", "parameters")


@dataclasses.dataclass(frozen=True)
class Order:
    """What all runs of a sweep have in common.

    `bases` are the scenarios that the design's points change, by their beliefs. `store` is
    the key of the store that the results are for.
    """

    bases: Mapping[str, Scenario]
    seed: int
    engine: str
    measures: tuple[str, ...]
    own_measures: dict[str, OwnMeasure]
    processes: tuple[Any, ...]
    trace_hashes: bool
    store: str = ""

    def columns(self) -> list[str]:
        """The columns of a shard, in order."""
        traced = ["trace_hash"] if self.trace_hashes else []
        return ["point", "replicate", "events", "tables_hash", *traced, *self.measures, *self.own_measures]


@dataclasses.dataclass(frozen=True)
class Point:
    """A design's point: the beliefs it is under, and the values of its factors by dotted path."""

    beliefs: str
    values: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Batch:
    """Runs to make: a rectangle, with its points in order."""

    order: Order
    rectangle: Rectangle
    points: Sequence[Point]

    def part(self, rectangle: Rectangle) -> Batch:
        """The batch of a rectangle that lies in this one."""
        start = rectangle.first_point - self.rectangle.first_point
        return Batch(self.order, rectangle, self.points[start:start + rectangle.points])


@dataclasses.dataclass(frozen=True)
class Done:
    """A batch that was worked on: its shards as bytes (None where there is nothing), and what it took.

    `runs` came to their end, `failures` did not, and `first_failure` says why in one line;
    `seconds` are the worker's.
    """

    rectangle: Rectangle
    shard: bytes | None
    failed: bytes | None
    runs: int
    failures: int
    events: int
    seconds: float
    first_failure: str = ""


def work(batch: Batch) -> Done:
    """Make and measure the runs of a batch.

    A run that raises is a failure and no more than that: the others go on.
    """
    order = batch.order
    _warm(order.engine)
    start = time.perf_counter()
    rows: list[tuple[Any, ...]] = []
    failures: list[tuple[Any, ...]] = []
    for offset, point in enumerate(batch.points):
        number = batch.rectangle.first_point + offset
        scenario = None
        for replicate in range(batch.rectangle.first_replicate, batch.rectangle.last_replicate + 1):
            try:
                if scenario is None:
                    scenario = order.bases[point.beliefs].change(point.values)
                rows.append((number, replicate, *one_run(order, scenario, replicate)))
            # A user's process may even call sys.exit: that too ends its run and nothing else.
            except (Exception, SystemExit) as trouble:
                failures.append(failure(number, replicate, point, trouble))
    return Done(
        rectangle=batch.rectangle,
        shard=encode(_columns(order.columns(), rows), order.store) if rows else None,
        failed=encode_failures(failures, order.store) if failures else None,
        runs=len(rows),
        failures=len(failures),
        events=sum(row[2] for row in rows),
        seconds=time.perf_counter() - start,
        first_failure=" ".join(f"{failures[0][2]}: {failures[0][3]}".split()) if failures else "",
    )


@functools.cache
def _warm(engine: str) -> None:
    """Load an engine once a process, off the clock: the first batch would look slow otherwise."""
    ready(engine)


def one_run(order: Order, scenario: Scenario, replicate: int) -> tuple[Any, ...]:
    """A run's row: events, hash of the tables, hash of the trace if wanted, measures."""
    records = engine_named(order.engine)(scenario, order.seed, replicate, order.trace_hashes, order.processes)
    return row_of(order, scenario, replicate, records)


def row_of(order: Order, scenario: Scenario, replicate: int, records: Records) -> tuple[Any, ...]:
    """The row of a run that was made."""
    both = years(records, scenario)
    hashes = [tables_hash(records)]
    values = [ratio(MEASURES[name].of_years(both)) for name in order.measures]
    if order.trace_hashes or order.own_measures:
        run = Run(scenario, order.seed, replicate, order.engine, records, provenance(scenario))
        if order.trace_hashes:
            hashes.append(run.trace_hash())
        values += [float(function(run)) for function in order.own_measures.values()]
    return (records.events, *hashes, *values)


def tables_hash(records: Records) -> str:
    """Sixteen hexadecimal digits that stand for a run's four tables, bit by bit."""
    digest = hashlib.sha256()
    for table in (records.opportunities, records.reps, records.managers, records.weeks):
        digest.update(f"{len(table)}\0".encode())
        digest.update(np.ascontiguousarray(table).view(np.uint8).data)
    return digest.hexdigest()[:16]


def failure(number: int, replicate: int, point: Point, trouble: BaseException) -> tuple[Any, ...]:
    """A failed run's row; columns as in `FAILURE_COLUMNS`."""
    try:
        message, told = str(trouble), "".join(traceback.format_exception(trouble))
    except Exception as silent:  # an exception of the user's that cannot even be told
        message, told = "", f"it could not be told: {type(silent).__name__}"
    return (number, replicate, type(trouble).__name__, _text(message), _text(told),
            json.dumps({"beliefs": point.beliefs, **point.values}, default=str))


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
        columns[name] = list(values) if isinstance(values[0], str) else np.array(values, kind or np.float64)
    return columns
