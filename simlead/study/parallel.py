"""Parallel work on one machine: results in the order of the tasks, whatever the workers do."""

from __future__ import annotations

import ctypes
import logging
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
from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError
from simlead.study.sweeps.interruptions import children_without_interrupts, undisturbed

Progress = Callable[[int, int], object]
"""Called with (runs done, runs in all) at the start and after each run."""

ProgressLike = Progress | bool | None
"""A function that is called with (done, total); True for a line on standard error; False for none. Left out, a line
once the work takes longer than `QUIET_SECONDS`, where a person waits for it: in a notebook or at a prompt."""

QUIET_SECONDS = 2.0
SECONDS_BETWEEN_LINES = 0.5
"""A notebook keeps every update in its messages."""

Task = TypeVar("Task")
Result = TypeVar("Result")

IDLE_SECONDS = 60
"""Workers without work end themselves after this time."""

LEAST_PATIENCE_SECONDS = 3600.0
TIMES_THE_LONGEST_WAIT = 30.0
"""How long no result may come before the workers are taken for stopped: an hour, or a multiple of the longest wait."""

LOOK_FOR_PARENT_SECONDS = 0.5
"""How often a worker checks that its parent is still there, where the system does not notify it."""


_log = logging.getLogger(__name__)


def parallel_map(
    function: Callable[[Task], Result],
    tasks: Iterator[Task],
    workers: int,
    finished: Callable[[Result], None],
    *,
    queue_ahead: bool = True,
) -> list[Result]:
    """Call a function on each task in parallel; results in the order of the tasks.

    `finished` is called in this process after each result. Without `queue_ahead` a task is taken from the iterator
    only when a worker is free for it, so that the iterator can stop when time is up. One worker means this process
    itself. Whatever goes wrong, an interruption included, ends the workers before it is passed on.
    """
    if workers == 1:
        results = []
        for task in tasks:
            results.append(function(task))
            finished(results[-1])
        return results
    at_once = 2 * workers if queue_ahead else workers
    _log.debug("tasks go to %d worker processes", workers)
    return _map_over_processes(function, tasks, workers, at_once, finished)


def begun(function: Callable[[Task], Result], task: Task, workers: int) -> Callable[[], Result]:
    """Begin a task in a worker, while this process goes on; returns what waits for its result.

    With one worker, which is this process, the task is done when it is waited for. Whatever goes wrong, an
    interruption included, ends the workers before it is passed on.
    """
    if workers == 1:
        return lambda: function(task)
    executor = pool(workers)
    done: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
    submit(executor, function, task, done)

    def wait() -> Result:
        try:
            return done.get().result()
        except BaseException:
            kill(executor)
            raise

    return wait


def shown_progress(progress: ProgressLike) -> Progress | None:
    """Make a function of (done, total) of what a caller gave as `progress`, or raise ParameterError.

    >>> shown_progress(False) is None, shown_progress(print) is print
    (True, True)
    """
    if progress is None:
        return _LateLine() if _awaited() else None
    if progress is False:
        return None
    if progress is True:
        return _line_on_stderr
    if callable(progress):
        return progress
    raise ParameterError(f"progress = {progress!r}: allowed is True, False, or a function of (done, total)")


def _line_on_stderr(done: int, total: int) -> None:
    """Rewrite one line with the number of runs done; end it when all are."""
    print(f"\r{done} of {total} runs", end="\n" if done >= total else "", file=sys.stderr, flush=True)  # noqa: T201


class _LateLine:
    """The line for work that takes long enough to wonder, rewritten twice a second at most."""

    def __init__(self) -> None:
        self._next = time.monotonic() + QUIET_SECONDS
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        if self._shown and done >= total or time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
            self._shown = done < total
            _line_on_stderr(done, total)


def _awaited() -> bool:
    """Whether a person waits for the work: at Python's prompt, or in a notebook or a shell of IPython's."""
    module = sys.modules.get("IPython")
    return hasattr(sys, "ps1") or (module is not None and module.get_ipython() is not None)


def counting(progress: ProgressLike, total: int, *, done: int = 0, each: int = 1) -> Callable[[object], None]:
    """What `parallel_map` is to call after each result, so that `progress` hears of it, and of the start at once.

    A result stands for `each` runs of `total`, of which so many are `done` already.

    >>> finished = counting(print, 4, each=2)
    0 4
    >>> finished("a result")
    2 4
    """
    report = shown_progress(progress)
    if report is not None:
        report(done, total)

    def finished(_: object) -> None:
        nonlocal done
        done += each
        if report is not None:
            report(done, total)

    return finished


def in_flight(
    tasks: Iterator[Task], room: Callable[[], int], start: Callable[[Task], Future[Result]],
    next_done: Callable[[], Future[Result]],
) -> Iterator[tuple[Task, Future[Result]]]:
    """Keep as many tasks under way as there is `room` for; yield each with its future when that is done."""
    pending: dict[Future[Result], Task] = {}
    while True:
        while len(pending) < room():
            task = next(tasks, None)
            if task is None:
                break
            pending[start(task)] = task
        if not pending:
            return
        future = next_done()
        yield pending.pop(future), future


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


def _map_over_processes(
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
    patience = _Patience()

    def start(task: Task) -> Future[Result]:
        order.append(submit(executor, function, task, done))
        return order[-1]

    try:
        for _, future in in_flight(tasks, lambda: at_once, start, lambda: patience.next_of(done)):
            finished(future.result())
    except TerminatedWorkerError:
        kill(executor)
        raise SimulationError("a worker process died; it may have run out of memory") from None
    except BaseException:
        kill(executor)
        raise
    return [future.result() for future in order]


class _Patience:
    """How long to wait for a result before its worker is taken for stopped: by the longest wait so far."""

    def __init__(self) -> None:
        self._longest = 0.0

    def next_of(self, done: queue.SimpleQueue[Future[Result]]) -> Future[Result]:
        """The next result; SimulationError if none comes for far longer than any did before."""
        limit = max(LEAST_PATIENCE_SECONDS, TIMES_THE_LONGEST_WAIT * self._longest)
        began = time.monotonic()
        try:
            future = done.get(timeout=limit)
        except queue.Empty:
            raise SimulationError(f"no worker has finished anything for {limit:.0f} seconds: one is stopped, or a run "
                                  "has no end; all are ended now") from None
        self._longest = max(self._longest, time.monotonic() - began)
        return future


def worker_count(workers: int | None) -> int:
    """The number of workers asked for; None is one per processor that this process may use.

    >>> worker_count(3)
    3
    """
    if workers is None:
        import loky

        return int(loky.cpu_count())
    return whole_number("workers", workers, 1, 4096)
