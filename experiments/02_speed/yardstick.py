"""How fast this machine is, whatever simlead does: what a goal in seconds is held against.

A goal in seconds means one machine. On any other, the time that counts is the measured one over how much
longer that machine takes for the kernel in C.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import against_c
from section import Goal, digits
from timing import in_turns, medians

GOAL_MACHINE = 55.0
"""Nanoseconds a step of the kernel in C on the machine of version 1's tables, after which the goals were set."""

BUILD = "C, -O2"
STEPS = 500_000
ROUNDS = 9


@contextlib.contextmanager
def kernel() -> Iterator[Callable[[int], object]]:
    """`STEPS` steps of the kernel in C, as a function of the seed; without a C compiler nothing can be compared."""
    if shutil.which("cc") is None:
        raise SystemExit("goals in seconds need a C compiler named cc")
    with tempfile.TemporaryDirectory() as folder:
        yield against_c.built(Path(folder), against_c.BUILDS[BUILD], STEPS, against_c.end_of(STEPS))


def slowness() -> float:
    """How much longer this machine takes now than the one of the goals."""
    with kernel() as steps:
        return of(medians(in_turns({BUILD: steps}, ROUNDS))[BUILD])


def of(seconds: float) -> float:
    """How much longer a machine takes that needs these seconds for `STEPS` steps."""
    return seconds * 1e9 / STEPS / GOAL_MACHINE


def goal(what: str, measured: float, slower: float, high: float) -> Goal:
    """A goal in time, on the machine for which it was set; what this machine took stands beside it."""
    return Goal(f"{what}, on the machine of the goal (here {digits(measured)})", measured / slower, high=high)


def in_words(slower: float) -> str:
    """A sentence for the note under a table."""
    return (f"A step of the kernel in C took {digits(slower * GOAL_MACHINE)} ns here, and {GOAL_MACHINE} ns on the "
            f"machine for which the goals in seconds were set. This one takes {slower:.2f} times as long; "
            "the goals in seconds allow for it.")
