"""What a run without a trace leaves in memory, and what it needs on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from section import Goal, Section, digits

MEGABYTE = 1e6
IN_A_PROCESS_OF_ITS_OWN = """
import json, resource, sys, tracemalloc
from simlead.model.scenario import Scenario
from simlead.study.engines import engine_named

def resident():
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024

run = engine_named("compiled")
run(Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 1}), 0, 0, False)
before = resident()
records = run(Scenario(), 0, 0, False)
grown = resident() - before
tables = sum(table.nbytes for table in (records.opportunities, records.reps, records.managers, records.weeks))
del records
tracemalloc.start()
records = run(Scenario(), 0, 0, False)
kept, peak = tracemalloc.get_traced_memory()
print(json.dumps({"tables": tables, "kept": kept, "peak": peak, "resident": grown}))
"""


def measure(_: bool) -> Section:
    """One run of the default firm in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN], check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[2])
    size = json.loads(said.stdout)
    what = {
        "tables": "the four tables of records",
        "kept": "all that stays allocated when the run is over (tracemalloc)",
        "peak": "the most that was allocated at once (tracemalloc)",
        "resident": "growth of the process's largest resident size",
    }
    return Section(
        "Memory of a run without a trace",
        "One run of the default firm in a process of its own, after a tiny run has loaded the engine.",
        ["what", "MB"], [[meaning, digits(size[name] / MEGABYTE)] for name, meaning in what.items()],
        [
            Goal("MB of records, default firm", size["kept"] / MEGABYTE, high=10.0),
            Goal("MB at most on the way, default firm", size["peak"] / MEGABYTE, high=10.0),
        ],
        {"bytes": size})
