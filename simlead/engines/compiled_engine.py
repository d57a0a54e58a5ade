"""The compiled engine: the reference engine's walk as one loop in machine code, bit for bit.

This module runs it; `engines.compiled` holds what happens. It is the engine to wait for
when many runs are made. It has no processes of your own: for these there is the reference
engine.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simlead.engines.compiled.walk import walk
from simlead.engines.compiled.workspace import Workspace
from simlead.engines.contract import Records, no_processes
from simlead.model.rulebook import cache_folder
from simlead.model.scenario import Scenario


def run(
    scenario: Scenario,
    seed: int = 0,
    replicate: int = 0,
    trace: bool = True,
    processes: Sequence[Any] = (),
) -> Records:
    """Run a scenario once and return its records: those of the reference engine, bit for bit.

    The first run after an installation or an edit compiles for a while and says so on
    standard error. Raises SimulationError if `processes` are given.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                            "calendar.horizon_weeks": 1})
    >>> len(run(small).weeks)
    2
    """
    no_processes(processes, "compiled")
    if _must_compile():
        with _compiling():
            return _run(scenario, seed, replicate, trace)
    return _run(scenario, seed, replicate, trace)


def _run(scenario: Scenario, seed: int, replicate: int, trace: bool) -> Records:
    """Walk with as much room for the trace as it turns out to need."""
    trace_rows = 0 if trace else None
    while True:
        workspace = Workspace(scenario, seed, replicate, trace_rows)
        if _walked(workspace):
            return workspace.records()
        trace_rows = 2 * int(workspace.firm["trace_used"][0])


def _walked(workspace: Workspace) -> bool:
    """Walk to the end; false if a row of the trace found no room on the way."""
    while not walk(workspace.firm):
        if not workspace.fits:
            return False
        workspace.grow()
    return workspace.fits


def _must_compile() -> bool:
    """Whether the cache is cold and nothing is compiled yet."""
    compiled = getattr(walk, "signatures", True)  # without compilation it is a plain function
    return not compiled and not any(Path(cache_folder()).rglob("walk.walk-*.nbc"))


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
