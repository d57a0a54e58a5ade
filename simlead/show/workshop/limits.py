"""Limits on what comes from the network: messages of a connection, and guesses of a room's code."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CONNECTIONS = 200
"""Pages of one server at once; one more is turned away."""

KEPT_FOR_LEADS = 10
"""Connections of these that no table can take."""

MOST_FROM_ONE_ADDRESS = 60
"""Pages of tables from one address of the network: a room behind one router, and no more."""

MOST_TABLES = 40
"""Tables with a name in one room."""

BURST, PER_SECOND = 60.0, 20.0
"""Messages of one connection at once, and from then on; a dragged slider sends seven a second."""

WRONG_CODES, WITHIN_SECONDS = 10, 60.0
"""Wrong codes from one address before it gets no answer for the rest of that time."""

MOST_ADDRESSES = 1_000


class Allowance:
    """A connection's messages: so many at once, and so many a second.

    >>> now = [0.0]
    >>> allowance = Allowance(clock=lambda: now[0])
    >>> sum(allowance.take() for _ in range(800))
    60
    >>> now[0] = 1.0
    >>> sum(allowance.take() for _ in range(800))
    20
    """

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._left, self._at = burst, clock()

    def take(self) -> bool:
        """Whether one more message is allowed now."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class WrongCodes:
    """Wrong codes and secrets by address; who sends many is not answered for a while, even with the right one.

    The server lets in who is in the room already.

    >>> now = [0.0]
    >>> codes = WrongCodes(clock=lambda: now[0])
    >>> for _ in range(10):
    ...     codes.note("192.0.2.1")
    >>> codes.seconds_left("192.0.2.1"), codes.seconds_left("192.0.2.2")
    (60, 0)
    >>> now[0] = 60.0
    >>> codes.seconds_left("192.0.2.1")
    0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def note(self, address: str) -> None:
        """Count a wrong code."""
        since, count = self._seen.get(address, (self._clock(), 0))
        if self._clock() - since >= WITHIN_SECONDS:
            since, count = self._clock(), 0
        self._seen[address] = (since, count + 1)
        self._seen.move_to_end(address)
        while len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)

    def seconds_left(self, address: str) -> int:
        """Whole seconds until the address is answered again; 0 if it sent few wrong codes lately."""
        since, count = self._seen.get(address, (0.0, 0))
        return max(0, math.ceil(since + WITHIN_SECONDS - self._clock())) if count >= WRONG_CODES else 0
