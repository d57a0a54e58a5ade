"""Executors of batches: batch sizes by measured speed, and recovery when workers die."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import queue
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from typing import Any, Protocol

from simlead.engines.contract import SimulationError
from simlead.results.files import one_line
from simlead.study.parallel import in_flight, kill, pool, submit
from simlead.study.sweeps.shards import Rectangle
from simlead.study.sweeps.time_limit import LOOK_SECONDS, RunTookTooLong, Watch, limit_message
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
    """A batch whose worker died, or was killed with another's.

    `overdue` is the run of it (point, replicate) that took too long, and `seconds` what it was allowed.
    """

    batch: Batch
    overdue: tuple[int, int] | None = None
    seconds: float = 0.0


class Executor(Protocol):
    """Executes batches: this process, processes of this machine, or a cluster."""

    workers: int

    def outcomes(self, batches: Iterator[Batch]) -> Iterator[Done | Died]:
        """Call `work.work` on each batch; one outcome for each, in any order.

        Takes a batch from the iterator only when there is room for it, at most two a worker
        at a time. A dead worker is replaced, and its batch comes back as Died.
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
        """Work on batches in parallel; when a worker dies, all that was under way comes back as Died."""
        with Watch() as watch:
            yield from self._outcomes(batches, watch)

    def _outcomes(self, batches: Iterator[Batch], watch: Watch) -> Iterator[Done | Died]:
        from loky.process_executor import BrokenProcessPool, TerminatedWorkerError

        finished: queue.SimpleQueue[Future[Done]] = queue.SimpleQueue()
        self._executor = pool(self.workers)

        def start(batch: Batch) -> Future[Done]:
            batch = dataclasses.replace(batch, notes=watch.folder)
            try:
                return submit(self._executor, work, batch, finished)
            except TerminatedWorkerError:  # since the last look
                self._executor = pool(self.workers)
                return submit(self._executor, work, batch, finished)

        for batch, future in in_flight(
                batches, lambda: 2 * self.workers, start, lambda: self._next(finished, watch)):
            watch.hear()
            try:
                yield future.result()
            except TerminatedWorkerError:
                self._executor = pool(self.workers)
                watch.forget()
                run = next((run for run in watch.overdue if batch.rectangle.holds(*run)), None)
                yield Died(batch) if run is None else Died(batch, run, watch.overdue.pop(run))
            except BrokenProcessPool as trouble:
                raise SimulationError(f"workers cannot take their work: {one_line(trouble)}") from trouble

    def _next(self, finished: queue.SimpleQueue[Future[Done]], watch: Watch) -> Future[Done]:
        """The next batch that is done; meanwhile workers that are overdue are killed."""
        while True:
            watch.look_at_times(set(getattr(self._executor, "_processes", None) or ()))
            with contextlib.suppress(queue.Empty):
                return finished.get(timeout=LOOK_SECONDS)

    def stop(self) -> None:
        """Kill the workers."""
        if self._executor is not None:
            kill(self._executor)


def finished_batches(batches: Iterator[Batch], executor: Executor) -> Generator[Done, None, None]:
    """Yield the result of each batch, whatever happens to the workers.

    When workers die, the batches that were under way are made again one by one and, where that kills a worker again,
    by halves: so only a run that kills its worker alone, twice, counts as failed. A run that is overdue is tried once
    more, alone; what was under way beside it is not suspected, and made again with the others.

    Raises SimulationError if workers die of nothing at all.
    """
    while True:
        suspects: list[Died] = []

        def until_one_dies(left: Iterator[Batch] = batches, suspects: list[Died] = suspects) -> Iterator[Batch]:
            while not suspects:
                batch = next(left, None)
                if batch is None:
                    return
                yield batch

        for outcome in executor.outcomes(until_one_dies()):
            if isinstance(outcome, Died):
                suspects.append(outcome)
            else:
                yield outcome
        if not suspects:
            return
        waiting = [part for died in reversed(suspects) for part in _parts(died)]
        if any(tries for _, tries in waiting):  # runs that were overdue
            batches = itertools.chain([batch for batch, tries in reversed(waiting) if not tries], batches)
            waiting = [(batch, tries) for batch, tries in waiting if tries]
        yield from _one_by_one(waiting, executor)


def _one_by_one(waiting: list[tuple[Batch, int]], executor: Executor) -> Iterator[Done]:
    """Make batches again one after another, the last first; each with how often it was tried alone."""
    while waiting:
        batch, tries = waiting.pop()
        (outcome,) = executor.outcomes(iter([batch]))
        if isinstance(outcome, Done):
            yield outcome
        elif outcome.overdue is not None and batch.rectangle.runs > 1:
            waiting += _parts(outcome)
        elif outcome.overdue is not None and tries:
            yield _failed(batch, RunTookTooLong(limit_message(outcome.seconds)))
        elif batch.rectangle.runs > 1:
            waiting += [(batch.part(half), 0) for half in reversed(batch.rectangle.halves())]
        elif tries + 1 < TRIES:
            waiting.append((batch, tries + 1))
        else:
            _refuse_if_all_die(executor, batch)
            yield _failed(batch, WorkerDied(
                f"the worker process died of this run, {TRIES} times; it may have run out of memory"))


def _parts(died: Died) -> list[tuple[Batch, int]]:
    """What to make again of a batch, the last first, with how often each was tried alone: what is overdue, once."""
    if died.overdue is None:
        return [(died.batch, 0)]
    pieces = died.batch.rectangle.around(*died.overdue)
    return [(died.batch.part(piece), int(piece.runs == 1 and piece.holds(*died.overdue)))
            for piece in reversed(pieces)]


def _refuse_if_all_die(executor: Executor, batch: Batch) -> None:
    """Raise SimulationError unless a worker can take a batch of no runs at all."""
    nothing = dataclasses.replace(batch, points=())
    (outcome,) = executor.outcomes(iter([nothing]))
    if isinstance(outcome, Died):
        raise SimulationError("worker processes die whatever they are given; is there memory left?")


class WorkerDied(SimulationError):
    """The recorded cause of a run that ended its worker process."""


def _failed(batch: Batch, trouble: BaseException) -> Done:
    """A batch of one run, as failed."""
    number, replicate = batch.rectangle.first_point, batch.rectangle.first_replicate
    row = failure(number, replicate, batch.points[0], trouble)
    return Done(batch.rectangle, None, encode_failures([row], batch.order.store), 0, 1, 0, 0.0)


class Pace:
    """How many runs the next batch should have.

    About SECONDS_IN_A_BATCH of work, by the speed of the latest batches; one at first, and few at the end, so that
    all workers end together. Only the clock on the wall depends on it, never a result.
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
