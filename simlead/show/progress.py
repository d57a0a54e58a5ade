"""Progress of a long job: a bar on a terminal, one line in a notebook, nothing anywhere else.

Functions that run many simulations print nothing by themselves; they take a `progress` to
call with (done, total), and this is one to hand to them:

    with progress_bar("runs") as progress:
        sweep(study, out="results", progress=progress)
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Counter

if TYPE_CHECKING:
    from simlead.study.parallel import Progress

RATE_SECONDS = 60.0
"""A rate is that of the last minute: points differ in size, and machines are sent to sleep."""

_SECONDS_BETWEEN_LINES = 0.5  # a notebook keeps every update in its messages
_BAR_WIDTH = 20


@contextlib.contextmanager
def progress_bar(label: str = "runs") -> Iterator[Progress]:
    """Show the progress of a job while the block runs: number done, rate and time left.

    Yields the function (done, total) to be called after each step. On a terminal: a bar on
    standard error that is removed at the end. In a notebook: one line of text, kept up to date,
    that ends with the time taken. In a script, a pipe or a file: nothing.

    >>> with progress_bar("runs") as progress:
    ...     progress(1, 2)
    """
    if _in_a_notebook():
        line = _NotebookLine(Count(label, Counter(disable=True, speed_estimate_period=RATE_SECONDS)))
        yield line
        line.end()
        return
    screen = Console(stderr=True, highlight=False)
    if not screen.is_terminal:
        yield lambda done, total: None
        return
    with Counter(BarColumn(_BAR_WIDTH), TextColumn("{task.description}", markup=False), console=screen,
                 transient=True, speed_estimate_period=RATE_SECONDS) as bar:
        count = Count(label, bar)
        yield lambda done, total: bar.update(count.task, description=count.text(done, total))


class Count:
    """The number done, its rate and the time left as text, on a counter of rich's.

    What was done before the first call, by an earlier session, does not count in the rate.

    >>> clock = iter([0.0, 0.0, 0.0, 30.0, 30.0, 30.0])
    >>> count = Count("runs", Counter(disable=True, get_time=lambda: next(clock)))
    >>> count.text(1000, 5000)
    '1,000 of 5,000 runs'
    >>> count.text(1600, 5000)
    '1,600 of 5,000 runs, 20 a second, 3 min left'
    """

    def __init__(self, label: str, counter: Counter) -> None:
        self.label, self._counter = label, counter
        self.task = counter.add_task(label, total=None)
        self._first: tuple[float, int] | None = None

    def text(self, done: int, total: int) -> str:
        """The progress in words."""
        now = self._counter.get_time()
        if self._first is None:
            self._first = now, done
            self._counter.reset(self.task, total=total, completed=done)
        self._counter.update(self.task, total=total, completed=done)
        text = f"{done:,} of {total:,} {self.label}"
        began, before = self._first
        average = (done - before) / (now - began) if now > began else 0.0
        per_second = self._counter.tasks[self.task].speed or average  # of the last minute, if it had two steps
        if not per_second:
            return text
        left = f", {duration((total - done) / per_second)} left" if done < total else ""
        return f"{text}, {rate(per_second)}{left}"

    def summary(self) -> str:
        """The number done since the first call and the time taken; empty if nothing was done."""
        done = int(self._counter.tasks[self.task].completed)
        if self._first is None or done <= self._first[1]:
            return ""
        return f"{done - self._first[1]:,} {self.label} in {duration(self._counter.get_time() - self._first[0])}"


class _NotebookLine:
    """One line of a notebook's output, replaced twice a second at most."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._handle: Any = None
        self._shown = 0.0

    def __call__(self, done: int, total: int) -> None:
        text = self._count.text(done, total)
        if self._handle is None or time.monotonic() - self._shown >= _SECONDS_BETWEEN_LINES:
            self._show(text)

    def end(self) -> None:
        """Show the number done and the time taken."""
        if summary := self._count.summary():
            self._show(summary)

    def _show(self, text: str) -> None:
        self._shown = time.monotonic()
        content = {"text/plain": text}
        if self._handle is None:
            display = import_module("IPython.display").display
            self._handle = display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)


def _in_a_notebook() -> bool:
    """Whether this is the kernel of a notebook; only then is IPython loaded with a kernel."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return getattr(shell, "kernel", None) is not None


def duration(seconds: float) -> str:
    """A time in words.

    >>> [duration(seconds) for seconds in (0.2, 45, 200, 7500, 200_000)]
    ['under 1 s', '45 s', '3 min', '2 h 5 min', '2 days 8 h']
    """
    if seconds < 1.0:
        return "under 1 s"
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60.0)
    if minutes < 120:
        return f"{minutes} min"
    hours = round(seconds / 3600.0)
    return f"{minutes // 60} h {minutes % 60} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def rate(per_second: float) -> str:
    """A rate in words.

    >>> rate(1234.5), rate(3.21), rate(0.05)
    ('1,234 a second', '3.2 a second', '3 a minute')
    """
    if per_second >= 10.0:
        return f"{per_second:,.0f} a second"
    if per_second >= 1.0:
        return f"{per_second:.1f} a second"
    return f"{60.0 * per_second:.0f} a minute" if per_second >= 1 / 60 else f"{3600.0 * per_second:.1f} an hour"
