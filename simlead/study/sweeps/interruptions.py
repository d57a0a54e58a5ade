"""Delivery of Ctrl-C and `kill` at moments at which they do no harm.

Python raises a signal's exception wherever it happens to be. In the middle of starting a worker that leaves locks
held and unknown processes, and the parent waits for ever; in a callback from the compiler's library it ends the
process with a segmentation fault. Such moments go into `undisturbed`.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C and `kill` wait until the block ends; a second one does not wait."""
    if threading.current_thread() is not threading.main_thread():  # only there are signals delivered
        yield
        return
    waiting: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        waiting.append(number)
        if len(waiting) > 1:
            restore()
            signal.raise_signal(number)

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield
    finally:
        restore()
        if len(waiting) == 1:
            signal.raise_signal(waiting[0])


@contextlib.contextmanager
def children_without_interrupts() -> Iterator[None]:
    """Shield the processes that are started in the block from Ctrl-C: their parent ends them.

    A terminal tells all of them at once, and one that is still starting would complain.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # while it starts it lets every signal through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
