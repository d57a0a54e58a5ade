"""Many runs on one machine: jobs in, results out, in the jobs' order whatever the workers do."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from simlead.engines.contract import SimulationError
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import all_parts
from simlead.results.registry import Parts
from simlead.study.engines import engine_named
from simlead.study.sweeps.interruptions import children_without_interrupts, undisturbed

Progress = Callable[[int, int], object]
"""Called with (runs done, runs in all) at the start and after each run."""

Task = TypeVar("Task")
Result = TypeVar("Result")

IDLE_SECONDS = 60
"""Workers without work end themselves after this time."""

LOOK_FOR_PARENT_SECONDS = 0.5
"""How often a worker looks whether its parent is still there, where the system does not tell it."""


@dataclasses.dataclass(frozen=True)
class Job:
    """One run to make and measure; `label` says whose it is."""

    label: str
    scenario: Scenario
    seed: int
    replicate: int
    engine: str


@dataclasses.dataclass(frozen=True)
class Measured:
    """A job's measures as (numerator, denominator), and the seconds it took."""

    job: Job
    parts: dict[str, Parts]
    seconds: float


def measure(job: Job) -> Measured:
    """Make a run without a trace and compute its measures; what a worker does."""
    start = time.perf_counter()
    records = engine_named(job.engine)(job.scenario, job.seed, job.replicate, False)
    return Measured(job, all_parts(records, job.scenario), time.perf_counter() - start)


def spread(
    function: Callable[[Task], Result],
    tasks: Iterator[Task],
    workers: int,
    finished: Callable[[Result], None],
    *,
    queue_ahead: bool = True,
) -> list[Result]:
    """Call a function on each task in parallel; results in the order of the tasks.

    `finished` is called in this process after each result. Without `queue_ahead` a task is
    taken from the iterator only when a worker is free for it, so that the iterator can stop
    when time is up. One worker means this process itself. Whatever goes wrong, an
    interruption included, ends the workers before it is passed on.
    """
    if workers == 1:
        results = []
        for task in tasks:
            results.append(function(task))
            finished(results[-1])
        return results
    at_once = 2 * workers if queue_ahead else workers
    return _spread_over_processes(function, tasks, workers, at_once, finished)


def counting(progress: Progress | None, total: int, *, done: int = 0, each: int = 1) -> Callable[[object], None]:
    """What `spread` is to call after each result, so that `progress` hears of it, and of the start at once.

    A result stands for `each` runs of `total`, of which so many are `done` already.

    >>> finished = counting(print, 4, each=2)
    0 4
    >>> finished("a result")
    2 4
    """
    if progress is not None:
        progress(done, total)

    def finished(_: object) -> None:
        nonlocal done
        done += each
        if progress is not None:
            progress(done, total)

    return finished


def pool(workers: int) -> Any:
    """The pool of worker processes that all of simlead shares (a loky executor).

    Workers leave Ctrl-C to their parent, who ends them; and they end with their parent,
    whatever ends it and whatever they are doing.
    """
    import loky

    # The kernel's word that a parent died is in truth about the thread that started the
    # process; only the main thread lasts as long as the parent does.
    lasting = threading.current_thread() is threading.main_thread()
    with undisturbed():
        return loky.get_reusable_executor(
            max_workers=workers, timeout=IDLE_SECONDS, initializer=_begin_work, initargs=(os.getpid(), lasting))


def submit(
    executor: Any, function: Callable[[Task], Result], task: Task, finished: queue.SimpleQueue[Future[Result]]
) -> Future[Result]:
    """Hand a task to the pool; its future is put into `finished` when it is done.

    To wait for `finished` is the one thing that Ctrl-C may interrupt: loky starts workers
    when it is given work, and that cannot be left half done.
    """
    with undisturbed(), children_without_interrupts():
        future: Future[Result] = executor.submit(function, task)
        future.add_done_callback(finished.put)
        return future


def kill(executor: Any) -> None:
    """End the pool's workers, whatever they are doing."""
    with undisturbed():
        executor.shutdown(wait=True, kill_workers=True)


def _begin_work(parent: int, thread_lasts: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if thread_lasts and sys.platform == "linux":
        # At once, even in a long stretch of compiled code in which no other thread gets a turn.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


_PR_SET_PDEATHSIG = 1


def _end_with(parent: int) -> None:
    """Wait until the parent is gone, and end this process."""
    if sys.platform == "win32":
        import _winapi

        _winapi.WaitForSingleObject(_winapi.OpenProcess(_winapi.SYNCHRONIZE, False, parent), _winapi.INFINITE)
    else:
        while os.getppid() == parent:  # an orphan gets another parent
            time.sleep(LOOK_FOR_PARENT_SECONDS)
    os._exit(1)


def _spread_over_processes(
    function: Callable[[Task], Result],
    tasks: Iterator[Task],
    workers: int,
    at_once: int,
    finished: Callable[[Result], None],
) -> list[Result]:
    from loky.process_executor import TerminatedWorkerError

    executor = pool(workers)
    order: list[Future[Result]] = []
    done: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
    pending = 0
    try:
        exhausted = False
        while pending or not exhausted:
            while not exhausted and pending < at_once:
                task = next(tasks, None)
                if task is None:
                    exhausted = True
                else:
                    order.append(submit(executor, function, task, done))
                    pending += 1
            if pending:
                finished(done.get().result())
                pending -= 1
    except TerminatedWorkerError:
        kill(executor)
        raise SimulationError("a worker process died; it may have run out of memory") from None
    except BaseException:
        kill(executor)
        raise
    return [future.result() for future in order]


def worker_count(workers: int | None) -> int:
    """The number of workers asked for; None is one per processor that this process may use.

    >>> worker_count(3)
    3
    """
    if workers is None:
        import loky

        return int(loky.cpu_count())
    return whole_number("workers", workers, 1, 4096)


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """The value as an int, or a ParameterError that names it and what is allowed.

    >>> whole_number("seed", -1, 0, 9)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: seed = -1: allowed is whole number 0 to 9
    """
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        number = int(value.__index__())
        if low <= number <= high:
            return number
    raise ParameterError(f"{name} = {value!r}: allowed is whole number {low} to {high}")
