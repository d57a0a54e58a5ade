"""Work in numbered pieces, which any thread may ask for and do."""

from __future__ import annotations

import threading
from collections.abc import Callable

Work = Callable[[], None]


class Pieces:
    """Hand out each piece of work once, and again if it failed.

    >>> pieces, done = Pieces(), []
    >>> while (work := pieces.next(2, done.append)) is not None:
    ...     work()
    >>> done, pieces.one(1, done.append)
    ([0, 1], None)
    """

    def __init__(self) -> None:
        self._begun: set[int] = set()
        self._lock = threading.Lock()

    def next(self, count: int, do: Callable[[int], None]) -> Work | None:
        """The first of the pieces 0 to `count` - 1 that is neither done nor in progress; None if there is none."""
        with self._lock:
            number = next((each for each in range(count) if each not in self._begun), None)
            return None if number is None else self._begin(number, do)

    def one(self, number: int, do: Callable[[int], None]) -> Work | None:
        """The piece with this number, or None if it is done or in progress."""
        with self._lock:
            return None if number in self._begun else self._begin(number, do)

    def _begin(self, number: int, do: Callable[[int], None]) -> Work:
        self._begun.add(number)

        def work() -> None:
            try:
                do(number)
            except BaseException:
                with self._lock:
                    self._begun.discard(number)
                raise

        return work
