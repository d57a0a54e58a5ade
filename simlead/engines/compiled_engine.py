"""The compiled engine: the reference engine's walk as one loop in machine code, bit for bit.

This module runs it; `engines.compiled` holds what happens. It is the engine to wait for
when many runs are made. It has no processes of your own: for these there is the reference
engine.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
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
    _announce_compilation()
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


def _announce_compilation() -> None:
    """Say that compiling takes a while, if the cache is cold and nothing is compiled yet."""
    compiled = getattr(walk, "signatures", True)  # without compilation it is a plain function
    if compiled or any(Path(cache_folder()).rglob("walk.walk-*.nbc")):
        return
    print("simlead: compiling the engine, once for this version (about 20 s)", file=sys.stderr, flush=True)  # noqa: T201
