"""A limit on the time of a run: enforced by the worker itself where possible, else by the process that watches it.

A worker that runs Python is interrupted by an alarm. One that does not heed it, because it is stopped
or in a stretch of foreign code, is seen by the watching process from the note that it makes at the start
of each run, and killed. Results depend on the limit in nothing but which runs count as failed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from simlead.model.scenario import Scenario

LEAST_SECONDS = 60.0
TIMES_THE_LONGEST = 30.0
"""The limit is so many times the longest run that was seen, and LEAST_SECONDS or more."""

FIRST_SECONDS = 300.0
SECONDS_A_SEAT_WEEK = 0.02
"""The limit before any run was seen: about a hundred times what the slower engine takes."""

SLACK = 1.25
"""How much longer than the limit a worker may be at a run before it is killed from outside."""

LOOK_SECONDS = 1.0
"""How often the workers are looked at while no batch comes back."""

SILENT_SECONDS = 300.0
"""How long workers may have batches while none is at a run: one that was stopped before its first run notes nothing."""


class RunTookTooLong(BaseException):
    """A run was at work for longer than the limit. Not an Exception, which a measure might catch."""


@dataclasses.dataclass
class TimeLimit:
    """How long a run may take: `fixed` seconds, or what follows from the runs that were seen.

    >>> limit = TimeLimit(None, first_seconds=300.0)
    >>> limit.seconds
    300.0
    >>> limit.saw(8.0)
    >>> limit.seconds
    240.0
    """

    fixed: float | None
    first_seconds: float
    longest: float | None = None

    @property
    def seconds(self) -> float:
        """The limit now."""
        if self.fixed is not None:
            return self.fixed
        return self.first_seconds if self.longest is None else max(LEAST_SECONDS, TIMES_THE_LONGEST * self.longest)

    def saw(self, seconds_a_run: float) -> None:
        """Note how long runs took."""
        self.longest = max(self.longest or 0.0, seconds_a_run)


def first_seconds(scenarios: Iterable[Scenario]) -> float:
    """The limit before any run was seen, for scenarios of these sizes.

    >>> first_seconds([Scenario()]) >= FIRST_SECONDS
    True
    """
    sizes = [each.organisation.teams * each.organisation.seats_per_team
             * (each.calendar.warmup_weeks + each.calendar.horizon_weeks) for each in scenarios]
    return max([FIRST_SECONDS, *(SECONDS_A_SEAT_WEEK * size for size in sizes)])


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raise RunTookTooLong in the block after so many seconds, where the system has alarms.

    >>> with limited(60.0):
    ...     "done"
    'done'
    """
    if seconds is None or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def too_long(_: int, frame: FrameType | None) -> None:
        raise RunTookTooLong(limit_message(seconds))

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def limit_message(seconds: float) -> str:
    """What a run failed of that took too long."""
    return f"the run took longer than {seconds:.6g} seconds and was ended; run_seconds allows more"


NOTE_BYTES = 100
"""Length of a note, filled up with blanks."""


class Notes:
    """A worker's note of the run that it is at, for the process that watches it; none without a folder.

    A note is written over the one before it. A file that is emptied for each note goes to the disk each time (on ext4),
    which takes a fifth of the time of short runs.
    """

    def __init__(self, folder: str | None) -> None:
        self._path = None if folder is None else Path(folder) / str(os.getpid())

    def begin(self, point: int, replicate: int, seconds: float | None) -> None:
        """Note that a run begins."""
        if self._path is not None and seconds is not None:
            note = json.dumps([point, replicate, time.monotonic(), seconds]).encode("ascii").ljust(NOTE_BYTES)
            with contextlib.suppress(OSError):  # the watch has ended
                place = os.open(self._path, os.O_WRONLY | os.O_CREAT)
                try:
                    os.write(place, note)
                finally:
                    os.close(place)

    def end(self) -> None:
        """Note that there is nothing to do."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


class Watch:
    """A watch over worker processes: who is at a run for too long is killed, and all are when none begins one."""

    def __init__(self) -> None:
        self.folder = ""
        self.overdue: dict[tuple[int, int], float] = {}
        self._looked = self._heard = time.monotonic()

    def __enter__(self) -> Watch:
        """Make the folder that workers put their notes into."""
        self.folder = tempfile.mkdtemp(prefix="simlead-watch-")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def look_at_times(self, workers: Any) -> None:
        """Look if the last look was LOOK_SECONDS ago."""
        away = time.monotonic() - self._looked
        if away > SILENT_SECONDS / 2:  # this process was stopped or busy itself; batches may be waiting
            self.hear()
        if away >= LOOK_SECONDS:
            self._looked = time.monotonic()
            self.look(workers)

    def look(self, workers: Any) -> None:
        """Kill each worker that is overdue; its run, and its limit, are in `overdue` then.

        Kill them all when none was at a run for SILENT_SECONDS. `workers` are the process ids of the pool:
        no other process is ever killed.
        """
        for path in Path(self.folder).iterdir():
            try:
                point, replicate, began, seconds = json.loads(path.read_text(encoding="ascii"))
            except (OSError, ValueError):  # being written just now, or gone
                continue
            if int(path.name) not in workers:
                continue
            self.hear()
            if time.monotonic() - began > SLACK * seconds + LOOK_SECONDS:
                self.overdue[point, replicate] = seconds
                path.unlink(missing_ok=True)
                _kill(int(path.name))
        if time.monotonic() - self._heard > SILENT_SECONDS:
            self.hear()
            for worker in workers:
                _kill(worker)

    def hear(self) -> None:
        """Note that the workers are alive: one is at a run, or a batch came back."""
        self._heard = time.monotonic()

    def forget(self) -> None:
        """Forget the notes of workers that are gone."""
        for path in Path(self.folder).iterdir():
            path.unlink(missing_ok=True)


def _kill(process: int) -> None:
    with contextlib.suppress(OSError):  # it has ended
        os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
