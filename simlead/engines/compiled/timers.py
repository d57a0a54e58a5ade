"""The calendar of timers: a heap of those near, buckets of those far.

Timers come out by (time, place). A bucket holds what happens within a short span of hours,
in no order; when the clock gets there, its timers move to the heap, which therefore stays
small. A time is never in an earlier bucket than a time before it, so the order is that of
one large heap.
"""

# mypy: disable-error-code=no-any-return
# (a field of a record can be anything to the type checker)

from __future__ import annotations

from simlead.engines.compiled.ahead import fetch_what_follows
from simlead.engines.compiled.layout import Record, bucket_at, far_timer_at, timer_at
from simlead.engines.compiled.memory import inlined, part
from simlead.model import events

place = part(events.place)


@part
def later(firm: Record, kind: int, entity: int, index: int, delay: float, slot: int) -> None:
    """Set a timer, `delay` hours from now, for whom `slot` says. Beyond the end nothing happens."""
    time = firm.now + delay
    if time > firm.end_hour:
        return
    bucket = int((time - firm.start_hour) * firm.buckets_per_hour)
    if bucket <= firm.bucket:
        _push(firm, time, place(kind, entity, index), slot)
        return
    free = firm.far_free
    if free >= 0:
        firm.far_free = far_timer_at(firm, free).after
    else:
        free = firm.far_used
        firm.far_used += 1
    timer = far_timer_at(firm, free)
    timer.time = time
    timer.place = place(kind, entity, index)
    timer.slot = slot
    head = bucket_at(firm, bucket)
    timer.after = head.first
    head.first = free


@part
def next_comes(firm: Record) -> bool:
    """See to it that the next timer stands first in the heap; false when there is none."""
    while firm.near_used == 0:
        firm.bucket += 1
        if firm.bucket >= firm.buckets_used:
            return False
        there = int(bucket_at(firm, firm.bucket).first)
        while there >= 0:
            timer = far_timer_at(firm, there)
            after = timer.after
            if firm.looks_ahead:
                fetch_what_follows(firm, timer.place, timer.slot)
            _push(firm, timer.time, timer.place, timer.slot)
            timer.after = firm.far_free
            firm.far_free = there
            there = after
    return True


@inlined
def instant_is_over(firm: Record) -> bool:
    """Nothing more happens now. (A timer in a bucket is later than every timer that was near.)"""
    return firm.near_used == 0 or timer_at(firm, 0).time > firm.now


@part
def _push(firm: Record, time: float, place: int, slot: int) -> None:
    hole = firm.near_used
    firm.near_used += 1
    while hole > 0:
        above = (hole - 1) >> 1
        parent = timer_at(firm, above)
        if parent.time < time or (parent.time == time and parent.place <= place):
            break
        child = timer_at(firm, hole)
        child.time, child.place, child.slot = parent.time, parent.place, parent.slot
        hole = above
    timer = timer_at(firm, hole)
    timer.time, timer.place, timer.slot = time, place, slot


@inlined
def drop_first(firm: Record) -> None:
    """Take the first timer off the heap."""
    last = firm.near_used - 1
    firm.near_used = last
    moved = timer_at(firm, last)
    time, place, slot = moved.time, moved.place, moved.slot
    hole = 0
    below = 1
    while below < last:
        child = timer_at(firm, below)
        if below + 1 < last:
            other = timer_at(firm, below + 1)
            if other.time < child.time or (other.time == child.time and other.place < child.place):
                child = other
                below += 1
        if time < child.time or (time == child.time and place <= child.place):
            break
        into = timer_at(firm, hole)
        into.time, into.place, into.slot = child.time, child.place, child.slot
        hole = below
        below = 2 * hole + 1
    into = timer_at(firm, hole)
    into.time, into.place, into.slot = time, place, slot
