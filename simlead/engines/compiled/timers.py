"""The calendar of timers: a heap of near timers, buckets of distant ones.

Timers come out by (time, key). A bucket holds what happens within a short span of hours,
in no order; when the clock gets there, its timers move to the heap, which therefore stays
small. A time is never in an earlier bucket than a time before it, so the order is that of
one large heap.
"""

from __future__ import annotations

from simlead.engines.compiled.ahead import fetch_what_follows
from simlead.engines.compiled.layout import bucket_at, far_timer_at, timer_at
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord
from simlead.model import events

priority_key = part(events.priority_key)


@part
def later(firm: FirmRecord, kind: int, entity: int, index: int, delay: float, slot: int) -> None:
    """Set a timer, `delay` hours from now, for whom `slot` says. Beyond the end nothing happens."""
    time = firm.now + delay
    if time > firm.end_hour:
        return
    bucket = int((time - firm.start_hour) * firm.buckets_per_hour)
    if bucket <= firm.bucket:
        _push(firm, time, priority_key(kind, entity, index), slot)
        return
    free = firm.far_free
    if free >= 0:
        firm.far_free = far_timer_at(firm, free).after
    else:
        free = firm.far_used
        firm.far_used += 1
        if firm.far_used > firm.far_room:
            firm.short = True
    timer = far_timer_at(firm, free)
    timer.time = time
    timer.key = priority_key(kind, entity, index)
    timer.slot = slot
    head = bucket_at(firm, bucket)
    timer.after = head.first
    head.first = free


@part
def next_comes(firm: FirmRecord) -> bool:
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
                fetch_what_follows(firm, timer.key, timer.slot)
            _push(firm, timer.time, timer.key, timer.slot)
            timer.after = firm.far_free
            firm.far_free = there
            there = after
    return True


@inlined
def instant_is_over(firm: FirmRecord) -> bool:
    """Nothing more happens now. (A timer in a bucket is later than every timer that was near.)"""
    return firm.near_used == 0 or timer_at(firm, 0).time > firm.now


@part
def _push(firm: FirmRecord, time: float, key: int, slot: int) -> None:
    hole = firm.near_used
    firm.near_used += 1
    if firm.near_used > firm.near_room:
        firm.short = True
    while hole > 0:
        above = (hole - 1) >> 1
        parent = timer_at(firm, above)
        if parent.time < time or (parent.time == time and parent.key <= key):
            break
        child = timer_at(firm, hole)
        child.time, child.key, child.slot = parent.time, parent.key, parent.slot
        hole = above
    timer = timer_at(firm, hole)
    timer.time, timer.key, timer.slot = time, key, slot


@inlined
def drop_first(firm: FirmRecord) -> None:
    """Take the first timer off the heap."""
    last = firm.near_used - 1
    firm.near_used = last
    moved = timer_at(firm, last)
    time, key, slot = moved.time, moved.key, moved.slot
    hole = 0
    below = 1
    while below < last:
        child = timer_at(firm, below)
        if below + 1 < last:
            other = timer_at(firm, below + 1)
            if other.time < child.time or (other.time == child.time and other.key < child.key):
                child = other
                below += 1
        if time < child.time or (time == child.time and key <= child.key):
            break
        into = timer_at(firm, hole)
        into.time, into.key, into.slot = child.time, child.key, child.slot
        hole = below
        below = 2 * hole + 1
    into = timer_at(firm, hole)
    into.time, into.key, into.slot = time, key, slot
