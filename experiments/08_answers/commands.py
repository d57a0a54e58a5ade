"""How long two commands take, as new processes: the default question of a trial, and the light version of all claims.

    python experiments/08_answers/commands.py           # as long as both take
    python experiments/08_answers/commands.py --quick   # a small trial and one claim: prints, and writes nothing

Writes commands.json and its part of README.md, both in this folder. The clock counts only if nothing else was at work
(the load before is recorded); the processor time of the processes changes little with what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from simlead.results.files import whole_file
from simlead.results.page_parts import write_parts
from simlead.results.provenance import installed, methods_hash, registry_hash, source_hash
from simlead.study.engines import warm_up_compiler

HERE = Path(__file__).parent
WORKERS = 2
CASES: dict[str, tuple[str, list[str], float]] = {
    "trial": ("the default question of a trial", ["trial", "--change", "policy.coaching_share=0.5"], 90.0),
    "claims": ("the light version of all claims", ["claims"], 600.0),
}
"""Each command in words, its arguments, and the seconds that it may take on two cores."""

SMALL = ["--set", "organisation.teams=4", "--set", "organisation.seats_per_team=2", "--set", "calendar.warmup_weeks=52",
         "--replications", "2"]
QUICK = {"trial": [*SMALL, "--set", "calendar.horizon_weeks=52", "--worlds", "16", "--months", "6"],
         "claims": [*SMALL, "--worlds", "8", "--only", "2", "--effect-sizes", "evidence"]}


def measured(arguments: list[str]) -> dict[str, Any]:
    """The seconds of a command by the clock and of the processor, its own processes included."""
    load, began, before = os.getloadavg()[0], time.perf_counter(), seconds_of_ended_children()
    command = [sys.executable, "-m", "simlead", *arguments, "--workers", str(WORKERS)]
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return {"arguments": arguments, "wall_seconds": round(seconds, 1),
            "processor_seconds": round(seconds_of_ended_children() - before, 1), "load_before": round(load, 1)}


def seconds_of_ended_children() -> float:
    """Processor seconds of all processes that this one has waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def all_measured(quick: bool) -> dict[str, Any]:
    """Every command, and what the numbers belong to."""
    warm_up_compiler("compiled")
    cases = {name: measured([*arguments, *(QUICK[name] if quick else [])])
             for name, (_, arguments, _) in CASES.items()}
    return {"workers": WORKERS, "cases": cases, "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(), "simlead": installed("simlead"), "sources": source_hash(),
            "methods": methods_hash(), "registry": registry_hash()}


def in_words(results: dict[str, Any]) -> str:
    """What was measured, in Markdown."""
    lines = ["| command | seconds by the clock | may take | | seconds of the processor | load before |",
             "|---|---|---|---|---|---|"]
    for name, case in results["cases"].items():
        words, _, most = CASES[name]
        verdict = "met" if case["wall_seconds"] < most else "NOT MET"
        lines.append(f"| {words}: `simlead {' '.join(case['arguments'])}` | {case['wall_seconds']:.0f} | {most:.0f} "
                     f"| {verdict} | {case['processor_seconds']:.0f} | {case['load_before']:.1f} |")
    return "\n".join([*lines, "", f"{results['workers']} workers, compiled code from the cache. {results['machine']}, "
                      f"Python {results['python']}, sources {results['sources']}, methods {results['methods']}, "
                      f"parameters {results['registry']}."])


def main() -> None:
    """Measure; write what came out, unless it was quick."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    results = all_measured(quick)
    if quick:
        print(in_words(results))
        return
    with whole_file(HERE / "commands.json", overwrite=True) as place:
        place.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_parts(HERE / "README.md", {"commands": in_words(results)})


if __name__ == "__main__":
    main()
