"""Worker threads shared by all visitors: a run for one, then a run for the next.

Threads are enough: the compiled engine lets other threads run meanwhile. A visitor who
moves a lever waits for no more than the run at hand, because nothing is queued; who asks
for 200 pairs does not hold up who asks for the first.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections import OrderedDict
from typing import Protocol

from simlead.study.growing.experiment import Task


class Asks(Protocol):
    """A visitor with work to be done."""

    def task(self) -> Task | None:
        """The next piece of work, or None if there is none now."""

    def failed(self, failure: Exception) -> None:
        """A piece of work went wrong."""


class Desk:
    """Workers that go round the visitors; nothing is run for one who has left."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._visitors: OrderedDict[int, Asks] = OrderedDict()
        self._changed = threading.Condition()
        self._open = True
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Let the workers begin."""
        for number in range(self.workers):
            thread = threading.Thread(target=self._work, name=f"simlead-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let the workers finish the run at hand, and no other."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)

    def welcome(self, visitor: Asks) -> None:
        """A visitor came, who is asked for work from now on."""
        with self._changed:
            self._visitors[id(visitor)] = visitor
            self._changed.notify_all()

    def leave(self, visitor: Asks) -> None:
        """A visitor left; their work ends with the run at hand."""
        with self._changed:
            self._visitors.pop(id(visitor), None)

    def alone(self, visitor: Asks) -> None:
        """Work for this visitor, and for no other until they are welcome again."""
        with self._changed:
            self._visitors.clear()
            self._visitors[id(visitor)] = visitor
            self._changed.notify_all()

    def nudge(self) -> None:
        """A visitor has something new to do."""
        with self._changed:
            self._changed.notify_all()

    def work_off(self) -> None:
        """Do all the work there is, here and now; for tests and scripts without threads."""
        while (found := self._next()) is not None:
            self._do(*found)

    def _next(self) -> tuple[Asks, Task] | None:
        for key in list(self._visitors):
            visitor = self._visitors[key]
            self._visitors.move_to_end(key)  # the next worker begins with another visitor
            task = visitor.task()
            if task is not None:
                return visitor, task
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                while self._open and (found := self._next()) is None:
                    self._changed.wait()
                if not self._open:
                    return
                assert found is not None
            self._do(*found)
            self.nudge()  # what this run brought may be what another visitor waited for

    def _do(self, visitor: Asks, task: Task) -> None:
        try:
            task()
        except Exception as failure:  # the others' work goes on
            if not type(failure).__module__.startswith("simlead."):
                traceback.print_exc(file=sys.stderr)
            visitor.failed(failure)
