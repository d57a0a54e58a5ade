"""How everything here is timed: in turns, by the processor's clock, and by the median."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

Contestant = Callable[[int], object]
"""What is timed; it is called with the number of the round."""

Samples = dict[str, list[float]]
"""Contestant -> seconds of each round."""


def in_turns(
    contestants: dict[str, Contestant], rounds: int, clock: Callable[[], float] = time.process_time
) -> Samples:
    """Time the contestants one after another, round by round: A B A B.

    What slows the machine for a while then slows them all. The processor's clock does not
    run while others have the processor; work in other processes needs `time.perf_counter`.
    Garbage of the one is collected before the other begins, and is not on the clock.
    """
    samples: Samples = {name: [] for name in contestants}
    for number in range(rounds):
        for name, contestant in contestants.items():
            gc.collect()
            began = clock()
            contestant(number)
            samples[name].append(clock() - began)
    return samples


def medians(samples: Samples) -> dict[str, float]:
    """The median of each contestant's rounds."""
    return {name: statistics.median(seconds) for name, seconds in samples.items()}


def spread(seconds: list[float]) -> float:
    """How far the rounds lie apart: the middle half's width as a share of the median."""
    low, middle, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return (high - low) / middle
