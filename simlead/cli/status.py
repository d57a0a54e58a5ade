"""`simlead status`: the progress of a sweep and its failures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simlead.cli.documents import Parts, base_scenarios, print_document
from simlead.cli.options import Json, SweepFolder
from simlead.cli.terminal import show_table, write
from simlead.show.progress import duration, rate

if TYPE_CHECKING:
    from simlead.study.sweeps.status import SweepStatus


def status(folder: SweepFolder, as_json: Json = False) -> None:
    """Show the progress of a sweep and its failures."""
    from simlead.cli.findings import write_reading
    from simlead.cli.reading import reading_of
    from simlead.study.sweeps.failures import failure_reasons
    from simlead.study.sweeps.sweep import open_sweep

    found = open_sweep(folder)
    state = found.status()
    if as_json:
        facts = {"question": found.study.question or found.study.name, "points": state.points, "runs": state.runs_done,
                "runs_wanted": state.runs_wanted, "failed_runs": state.failures, "damaged_files": state.damaged,
                "complete": state.complete, "seconds_of_work": state.seconds_of_work, "runs_per_second": state.rate,
                "seconds_left": state.seconds_left, "writer": state.writer}
        reading = reading_of(found, found.headlines[0]) if state.runs_done else []
        print_document("status", Parts(facts, {"failures": found.failures()} if state.failures else {}, reading),
                       seed=found.study.seed, scenarios=base_scenarios(found.study))
        return
    rows = [
        ["question", found.study.question or found.study.name],
        ["points", f"{state.points:,}"],
        ["runs", f"{state.runs_done:,} of {state.runs_wanted:,}"],
        ["failures", f"{state.failures:,}"],
        ["work so far", duration(state.seconds_of_work)],
        ["rate", "unknown" if math.isnan(state.rate) else rate(state.rate)],
        ["time left", "none" if state.complete else _left(state)],
        ["running now", f"process {state.writer}" if state.writer is not None else "no process"],
    ]
    if state.mixed_versions:
        rows.append(["made under", "; ".join(state.mixed_versions)])
    if state.damaged:
        rows.append(["damaged files", f"{state.damaged:,}; the same sweep command repeats their runs"])
    show_table(f"{folder}: {'complete' if state.complete else 'not complete'}", ["", ""], rows)
    if state.runs_done:
        write_reading(found, found.headlines[0])
    if state.failures:
        write(f"Failed: {failure_reasons(found.failures())}.")


def _left(state: SweepStatus) -> str:
    return "unknown" if math.isnan(state.seconds_left) else f"{duration(state.seconds_left)} at this rate"
