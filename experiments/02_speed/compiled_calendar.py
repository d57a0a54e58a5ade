"""The compiled engine's own calendar, by itself: room for timers, and none of the firm."""

from __future__ import annotations

import dataclasses

import numpy as np

from simlead.engines.compiled.layout import BUCKET, FAR_TIMER, FIRM, TIMER
from simlead.engines.compiled.records import FirmRecord


@dataclasses.dataclass
class Calendar:
    """A calendar's memory. Compiled code is given `firm`, which knows where the pools begin."""

    firm: FirmRecord
    pools: dict[str, np.ndarray]  # held here, so that they live as long as the record that points to them


def new_calendar(timers: int, end_hour: float, buckets_per_hour: float) -> Calendar:
    """An empty calendar from hour 0 to the end, for so many timers at once."""
    buckets = int(end_hour * buckets_per_hour) + 2
    pools = {
        "near": np.zeros(timers + 1, TIMER), "far": np.zeros(timers + 1, FAR_TIMER),
        "buckets": np.zeros(buckets, BUCKET)}
    pools["buckets"]["first"] = -1
    firm = np.zeros(1, FIRM)[0]
    for name, pool in pools.items():
        firm[name] = pool.ctypes.data
    firm.end_hour = end_hour
    firm.buckets_per_hour = buckets_per_hour
    firm.buckets_used = buckets
    firm.far_free = -1
    return Calendar(firm, pools)
