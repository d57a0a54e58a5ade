"""How far a long job is: a bar on a terminal, one line in a notebook, nothing anywhere else.

Functions that run many simulations say nothing by themselves; they take a `progress` to
call with (done, total), and this is one to hand to them:

    with progress_bar("runs") as progress:
        sweep(study, out="results", progress=progress)
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simlead.study.parallel import Progress

RATE_SECONDS = 60.0
"""A rate is that of the last minute: points differ in size, and machines are sent to sleep."""

_SECONDS_BETWEEN_LINES = 0.5  # a notebook keeps every update in its messages
_BAR_WIDTH = 20


@contextlib.contextmanager
def progress_bar(label: str = "runs") -> Iterator[Progress]:
    """Show how far a job is while the block runs: done, rate and time left.

    Yields the function (done, total) to be called after each step. On a terminal: a bar on
    standard error that is gone afterwards. In a notebook: one line of text, kept up to date
    and left with the time taken. In a script, a pipe or a file: nothing.

    >>> with progress_bar("runs") as progress:
    ...     progress(1, 2)
    """
    count = Count(label)
    if _in_a_notebook():
        line = _NotebookLine(count)
        yield line
        line.end()
        return
    from rich.console import Console

    screen = Console(stderr=True, highlight=False)
    if not screen.is_terminal:
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    with Bar(BarColumn(_BAR_WIDTH), TextColumn("{task.description}", markup=False),
             console=screen, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total, description=count.told(done, total))


class Count:
    """What is told of a job: how far it is, the rate of the last minute, the time left.

    What was done before the first call, by an earlier session, tells nothing of the rate.

    >>> clock = iter([0.0, 30.0])
    >>> count = Count("runs", lambda: next(clock))
    >>> count.told(1000, 5000)
    '1,000 of 5,000 runs'
    >>> count.told(1600, 5000)
    '1,600 of 5,000 runs, 20 a second, 3 min left'
    """

    def __init__(self, label: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.label, self._clock = label, clock
        self._first: tuple[float, int] | None = None
        self._seen: deque[tuple[float, int]] = deque()

    def told(self, done: int, total: int) -> str:
        """How far it is, in words."""
        now = self._clock()
        self._first = self._first or (now, done)
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - RATE_SECONDS:
            self._seen.popleft()
        text = f"{done:,} of {total:,} {self.label}"
        began, before = self._seen[0]
        if done <= before or now <= began:
            return text
        per_second = (done - before) / (now - began)
        left = f", {duration((total - done) / per_second)} left" if done < total else ""
        return f"{text}, {rate(per_second)}{left}"

    def summary(self) -> str:
        """What was done since the first call and the time it took; empty if nothing was."""
        if self._first is None or self._seen[-1][1] <= self._first[1]:
            return ""
        (began, before), (now, done) = self._first, self._seen[-1]
        return f"{done - before:,} {self.label} in {duration(now - began)}"


class _NotebookLine:
    """One line of a notebook's output, replaced twice a second at most."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._handle: Any = None
        self._shown = 0.0

    def __call__(self, done: int, total: int) -> None:
        text = self._count.told(done, total)
        if self._handle is None or time.monotonic() - self._shown >= _SECONDS_BETWEEN_LINES:
            self._show(text)

    def end(self) -> None:
        """Leave what was done and how long it took."""
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
    """A time as people say it.

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
    """A rate as people say it.

    >>> rate(1234.5), rate(3.21), rate(0.05)
    ('1,234 a second', '3.2 a second', '3 a minute')
    """
    if per_second >= 10.0:
        return f"{per_second:,.0f} a second"
    if per_second >= 1.0:
        return f"{per_second:.1f} a second"
    return f"{60.0 * per_second:.0f} a minute" if per_second >= 1 / 60 else f"{3600.0 * per_second:.1f} an hour"
