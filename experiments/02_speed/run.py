"""How fast is simlead, against what, and how does its cost grow?

    python experiments/02_speed/run.py [--quick] [--only NAME ...] [--out FOLDER]

Prints a table for each question. A full run also writes results.json, growth.png and the
tables in README.md, all in this folder; `--quick` uses tiny sizes, proves little, and
writes to out/speed. Keep the machine quiet: two of its processors are needed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import against_c
import against_simpy
import chart
import growth
import in_the_browser
import memory
import report
import same_workload
import startup
import two_workers
import warm_up
from machine import provenance
from rich.console import Console

from simlead.results.files import whole_file

HERE = Path(__file__).parent
QUESTIONS = {
    "engines": against_simpy.measure,
    "warm_up": warm_up.measure,
    "calendars": same_workload.measure,
    "c": against_c.measure,
    "size": growth.of_size,
    "time": growth.of_time,
    "memory": memory.measure,
    "workers": two_workers.measure,
    "startup": startup.measure,
    "browser": in_the_browser.measure,
}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="How fast is simlead, against what, and how does its cost grow?")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that everything works")
    parser.add_argument("--only", nargs="+", choices=QUESTIONS, default=list(QUESTIONS), metavar="NAME",
                        help=f"of {', '.join(QUESTIONS)}; results of the same sources keep the others")
    parser.add_argument("--out", type=Path, help="where to write; this folder, or out/speed with --quick")
    options = parser.parse_args()
    folder = options.out or (HERE.parents[1] / "out" / "speed" if options.quick else HERE)
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()

    file = folder / "results.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    machine = provenance()
    same = known.get("provenance") == machine and known.get("quick") == options.quick
    sections = known["sections"] if same else {}
    for name in options.only:
        with console.status(f"measuring {name}"):
            sections[name] = QUESTIONS[name](options.quick).as_json()
        report.show(sections[name], console)
        write(folder, {
            "quick": options.quick, "provenance": machine,
            "sections": {name: sections[name] for name in QUESTIONS if name in sections}})
    missed = [goal for section in sections.values() for goal in section["goals"] if not goal["met"]]
    console.print(f"{len(missed)} goals not met" if missed else "all goals met")


def write(folder: Path, results: dict[str, object]) -> None:
    """Results so far: as data, as a chart once both kinds of growth are known, and in this folder's README."""
    with whole_file(folder / "results.json", overwrite=True) as place:
        place.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    sections = results["sections"]
    if {"size", "time"} <= sections.keys():
        chart.draw(sections["size"]["data"], sections["time"]["data"], folder / "growth.png")
    if folder == HERE:
        page = HERE / "README.md"
        page.write_text(report.filled(page.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
