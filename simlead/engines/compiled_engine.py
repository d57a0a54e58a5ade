"""The compiled engine: the event loop of the reference engine in machine code, with identical results.

This module runs it; `engines.compiled` holds what happens. It is the engine to wait for
when many runs are made. It runs no processes and no rules of your own: the SimPy engine does.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simlead.engines.contract import Records, SimulationError, no_own_parts
from simlead.model.rulebook import numba
from simlead.model.scenario import Scenario

if numba is not None:
    from simlead.engines.compiled.event_loop import event_loop
    from simlead.engines.compiled.workspace import Workspace


def run(
    scenario: Scenario,
    seed: int = 0,
    replicate: int = 0,
    trace: bool = True,
    processes: Sequence[Any] = (),
    rules: Mapping[str, Any] | None = None,
) -> Records:
    """Run a scenario once and return its records: those of the reference engine, bit for bit.

    The first run after an installation or an edit compiles for a while and says so on
    standard error. Raises SimulationError if `processes` or `rules` are given, and without Numba.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                            "calendar.horizon_weeks": 1})
    >>> len(run(small).weeks)
    2
    """
    no_own_parts(processes, rules, "compiled")
    if numba is None:
        raise SimulationError(
            "engine 'compiled' needs Numba, which is not installed; engine='simpy' makes the same runs without it")
    if _must_compile():
        with _compiling():
            return _run(scenario, seed, replicate, trace)
    return _run(scenario, seed, replicate, trace)


def _run(scenario: Scenario, seed: int, replicate: int, trace: bool) -> Records:
    """Walk with as much room for the trace as it turns out to need."""
    trace_rows = 0 if trace else None
    while True:
        workspace = Workspace(scenario, seed, replicate, trace_rows)
        if walked(workspace):
            return workspace.records()
        trace_rows = 2 * int(workspace.firm["trace_used"][0])


def walked(workspace: Workspace, until_switch: bool = False) -> bool:
    """Walk to the end, or to the switch; false if a row of the trace found no room on the way.

    Python has a turn after each slice of events, and raises here what a signal brings.
    """
    workspace.firm["stops_at_switch"] = until_switch
    while not event_loop(workspace.firm):
        if not workspace.fits:
            return False
        if until_switch and not workspace.firm["stops_at_switch"][0]:
            return True
        workspace.grow()
    return workspace.fits


def _must_compile() -> bool:
    """Whether the cache is cold and nothing is compiled yet."""
    loop: Any = event_loop
    if getattr(loop, "signatures", True):  # without compilation it is a plain function
        return False
    return not any(Path(loop.stats.cache_path).glob("event_loop.event_loop-*.nbc"))


@contextmanager
def _compiling() -> Iterator[None]:
    """Say that compiling takes a while, and keep the garbage collector out of it.

    The compiler makes millions of objects that live until it is done; looking through them
    over and over finds nothing and takes a twentieth of the time.
    """
    print("simlead: compiling the engine, once for this version (about 20 s)", file=sys.stderr, flush=True)  # noqa: T201
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
