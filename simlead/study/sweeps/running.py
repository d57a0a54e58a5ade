"""Batches to workers and results back: sizes by measured speed, and workers that die."""

from __future__ import annotations

import dataclasses
import queue
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from typing import Any, Protocol

from simlead.engines.contract import SimulationError
from simlead.results.files import one_line
from simlead.study.parallel import kill, pool, submit
from simlead.study.sweeps.shards import Rectangle
from simlead.study.sweeps.work import Batch, Done, encode_failures, failure, work

SECONDS_IN_A_BATCH = (1.0, 5.0)
"""Work that is worth a file of its own, and that may be lost when everything is killed: of a short sweep, of a long."""

BATCHES_A_WORKER = 200
"""Files that are enough for what a worker has to do; beyond that batches grow, to the longest."""

RUNS_IN_A_BATCH = 256
"""Runs in the largest batch, however short they are."""

TRIES = 2
"""How often a run that is alone in its worker may end it before it counts as failed."""


@dataclasses.dataclass(frozen=True)
class Died:
    """A batch whose worker died, or was killed with another's."""

    batch: Batch


class Crew(Protocol):
    """Whoever works on batches: this process, processes of this machine, a cluster."""

    workers: int

    def outcomes(self, batches: Iterator[Batch]) -> Iterator[Done | Died]:
        """Call `work.work` on each batch; one outcome for each, in any order.

        Takes a batch from the iterator only when there is room for it, at most two a worker
        at a time. A dead worker is replaced, and its batch told as Died.
        """

    def stop(self) -> None:
        """End whatever is under way, at once."""


class ThisProcess:
    """One worker: this very process. A run that ends its process ends the sweep."""

    workers = 1

    def outcomes(self, batches: Iterator[Batch]) -> Iterator[Done | Died]:
        """Work on one batch after another."""
        for batch in batches:
            yield work(batch)

    def stop(self) -> None:
        """Nothing runs beside us."""


class Processes:
    """Worker processes of this machine (loky)."""

    def __init__(self, workers: int) -> None:
        self.workers = self._most = workers
        self._executor: Any = None

    def fit(self, runs: int) -> None:
        """Have no more workers than there are runs to make."""
        self.workers = max(1, min(self._most, runs))

    def outcomes(self, batches: Iterator[Batch]) -> Iterator[Done | Died]:
        """Work on batches in parallel; when a worker dies, all that was under way is told as Died."""
        from loky.process_executor import BrokenProcessPool, TerminatedWorkerError

        pending: dict[Future[Done], Batch] = {}
        finished: queue.SimpleQueue[Future[Done]] = queue.SimpleQueue()
        self._executor = pool(self.workers)
        exhausted = False
        while pending or not exhausted:
            while not exhausted and len(pending) < 2 * self.workers:
                batch = next(batches, None)
                if batch is None:
                    exhausted = True
                    break
                try:
                    future = submit(self._executor, work, batch, finished)
                except TerminatedWorkerError:  # since the last look
                    self._executor = pool(self.workers)
                    future = submit(self._executor, work, batch, finished)
                pending[future] = batch
            if not pending:
                return
            future = finished.get()
            batch = pending.pop(future)
            try:
                yield future.result()
            except TerminatedWorkerError:
                self._executor = pool(self.workers)
                yield Died(batch)
            except BrokenProcessPool as trouble:
                raise SimulationError(f"workers cannot take their work: {one_line(trouble)}") from trouble

    def stop(self) -> None:
        """Kill the workers."""
        if self._executor is not None:
            kill(self._executor)


def settled(batches: Iterator[Batch], crew: Crew) -> Generator[Done, None, None]:
    """What comes of each batch, whatever happens to the workers.

    When workers die, the batches that were under way are made again one by one and, where
    that kills a worker again, by halves: so only a run that kills its worker alone, twice,
    is told as failed.

    Raises SimulationError if workers die of nothing at all.
    """
    while True:
        suspects: list[Batch] = []

        def until_somebody_dies(suspects: list[Batch] = suspects) -> Iterator[Batch]:
            while not suspects:
                batch = next(batches, None)
                if batch is None:
                    return
                yield batch

        for outcome in crew.outcomes(until_somebody_dies()):
            if isinstance(outcome, Died):
                suspects.append(outcome.batch)
            else:
                yield outcome
        if not suspects:
            return
        yield from _one_by_one(suspects, crew)


def _one_by_one(suspects: list[Batch], crew: Crew) -> Iterator[Done]:
    waiting = [(batch, 0) for batch in reversed(suspects)]
    while waiting:
        batch, tries = waiting.pop()
        (outcome,) = crew.outcomes(iter([batch]))
        if isinstance(outcome, Done):
            yield outcome
        elif batch.rectangle.runs > 1:
            waiting += [(batch.part(half), 0) for half in reversed(batch.rectangle.halves())]
        elif tries + 1 < TRIES:
            waiting.append((batch, tries + 1))
        else:
            _look_whether_they_live(crew, batch)
            yield _killer(batch)


def _look_whether_they_live(crew: Crew, batch: Batch) -> None:
    """Raise SimulationError unless a worker can take a batch of no runs at all."""
    nothing = dataclasses.replace(batch, points=())
    (outcome,) = crew.outcomes(iter([nothing]))
    if isinstance(outcome, Died):
        raise SimulationError("worker processes die whatever they are given; is there memory left?")


class WorkerDied(SimulationError):
    """What a run is said to have failed of that ended its worker process."""


def _killer(batch: Batch) -> Done:
    number, replicate = batch.rectangle.first_point, batch.rectangle.first_replicate
    trouble = WorkerDied(f"the worker process died of this run, {TRIES} times; it may have run out of memory")
    row = failure(number, replicate, batch.points[0], trouble)
    return Done(batch.rectangle, None, encode_failures([row], batch.order.store), 0, 1, 0, 0.0)


class Pace:
    """How many runs the next batch should have.

    About SECONDS_IN_A_BATCH of work, by the speed of the latest batches; one at first, and
    few at the end, so that all workers end together. Only the clock on the wall depends on
    it, never a result.
    """

    def __init__(self, runs: int, workers: int) -> None:
        self.left, self.workers = runs, workers
        self.seconds_a_run: float | None = None

    def size(self) -> int:
        """Runs for the next batch."""
        if self.seconds_a_run is None:
            return 1
        shortest, longest = SECONDS_IN_A_BATCH
        share = self.left * self.seconds_a_run / self.workers / BATCHES_A_WORKER
        seconds = min(max(share, shortest), longest)
        fair = -(-self.left // (3 * self.workers))
        return max(1, min(int(seconds / self.seconds_a_run), fair, RUNS_IN_A_BATCH))

    def handed_out(self, rectangle: Rectangle) -> None:
        """A batch is on its way."""
        self.left -= rectangle.runs

    def came_back(self, done: Done) -> None:
        """A batch is done: the latest count most, for points may differ in size."""
        runs = done.runs + done.failures
        if runs and done.seconds > 0.0:
            latest = max(done.seconds / runs, 1e-6)
            before = self.seconds_a_run
            self.seconds_a_run = latest if before is None else 0.5 * (before + latest)
