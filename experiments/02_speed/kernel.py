"""The calendar-and-draws kernel: timers that are set anew, by a named draw, as often as they go off."""

from __future__ import annotations

from compiled_calendar import new_calendar

from simlead.engines.compiled.timers import drop_first, later, next_comes, timer_at
from simlead.model import draws, events
from simlead.model.rulebook import rule

KIND, PURPOSE = events.MEETING_DUE, draws.MEETING_GAP


@rule
def _hold(firm, pending, count, seed, mean_hours):
    total, mixed = 0.0, 0
    for entity in range(pending):
        later(firm, KIND, entity, 0, mean_hours * draws.exponential(seed, 0, PURPOSE, entity, 0), entity)
    for _ in range(count):
        if not next_comes(firm):
            break
        timer = timer_at(firm, 0)
        firm.now = timer.time
        place, entity = timer.key, timer.slot
        drop_first(firm)
        total += firm.now
        mixed = mixed * 31 + place  # wraps, as it does in C
        index = (place & 0xFFFFFFFFF) + 1
        later(firm, KIND, entity, index, mean_hours * draws.exponential(seed, 0, PURPOSE, entity, index), entity)
    return total, mixed


def hold(
    pending: int, count: int, seed: int, mean_hours: float, end_hour: float, buckets_per_hour: float
) -> tuple[float, int]:
    """Let so many of so many timers go off; the sum of their times, and a mix of their places in order."""
    calendar = new_calendar(pending, end_hour, buckets_per_hour)
    return _hold(calendar.firm, pending, count, seed, mean_hours)
