"""A bare loop over a heap: the least that Python can do."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

ARRIVAL, DEPARTURE = range(2)


def mean_time_in_system(gaps: list[float], services: list[float]) -> float:
    """Serve them all; the mean of departure minus arrival."""
    gap, service = iter(gaps), iter(services)
    waiting: deque[float] = deque()
    total = 0.0
    calendar = [(next(gap), 0, ARRIVAL)]
    sequence = 0
    while calendar:
        now, _, kind = heappop(calendar)
        if kind == ARRIVAL:
            waiting.append(now)
            following = next(gap, None)
            if following is not None:
                sequence += 1
                heappush(calendar, (now + following, sequence, ARRIVAL))
        else:
            total += now - waiting.popleft()
        if waiting and (kind == DEPARTURE or len(waiting) == 1):
            sequence += 1
            heappush(calendar, (now + next(service), sequence, DEPARTURE))
    return total / len(gaps)
