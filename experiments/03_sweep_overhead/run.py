"""What a sweep costs over the runs themselves: ten thousand short runs by two workers.

    python experiments/03_sweep_overhead/run.py            # ten to thirty minutes; writes results.json, README.md
    python experiments/03_sweep_overhead/run.py --quick    # a twentieth of it; writes nothing
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simlead.engines.compiled_engine import run
from simlead.model.meaning import source_hash
from simlead.model.scenario import Scenario
from simlead.results.files import whole_file
from simlead.results.measures import MEASURES
from simlead.results.page_parts import write_parts
from simlead.results.registry import ratio
from simlead.results.windows import years
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import pool
from simlead.study.sweeps.sweep import Sweep, sweep

HERE = Path(__file__).parent
WORKERS = 2
GOAL = 1.25
FIRM = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 2,
    "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
FEW = ["revenue_growth", "market_share", "coaching_share_realised"]
CASES = {
    "500 points, 20 replicates, three measures": (500, 20, FEW),
    "10,000 points, one replicate, all measures": (10_000, 1, list(MEASURES)),
}


def table_of(points: int) -> pd.DataFrame:
    """Points that all cost about the same."""
    share = np.linspace(0.0, 0.7, points)
    return pd.DataFrame({"policy.coaching_share": share, "policy.role_clarity": 1.0 - share})


def pure(table: pd.DataFrame, replications: int, measures: list[str]) -> tuple[float, float, list[list[float]]]:
    """Every run with its measures in one process, in a plain loop: seconds on the wall, of the processor, values."""
    wall, processor = time.perf_counter(), time.process_time()
    values = []
    for changes in table.to_dict("records"):
        scenario = FIRM.change(changes)
        for replicate in range(replications):
            records = run(scenario, 0, replicate, False)
            both = years(records, scenario)
            values.append([ratio(MEASURES[name].of_years(both)) for name in measures])
    return time.perf_counter() - wall, time.process_time() - processor, values


def side_by_side(table: pd.DataFrame, replications: int, measures: list[str]) -> tuple[float, list[list[float]]]:
    """The same loop by two processes that are there already, every second point each: seconds on the wall, values."""
    wall = time.perf_counter()
    shares = [pool(WORKERS).submit(pure, table.iloc[first::WORKERS], replications, measures)
              for first in range(WORKERS)]
    values = np.empty((len(table), replications, len(measures)))
    for first, share in enumerate(shares):
        values[first::WORKERS] = np.reshape(share.result()[2], (-1, *values.shape[1:]))
    return time.perf_counter() - wall, values.reshape(-1, len(measures)).tolist()


def swept(table: pd.DataFrame, replications: int, measures: list[str], folder: Path) -> tuple[float, float, Sweep]:
    """The same runs as a sweep: seconds on the wall, of this process's processor, and the sweep."""
    wall, processor = time.perf_counter(), time.process_time()
    found = sweep(table, scenario=FIRM, replications=replications, measures=measures, out=folder, workers=WORKERS)
    return time.perf_counter() - wall, time.process_time() - processor, found


def measure(table: pd.DataFrame, replications: int, measures: list[str], rounds: int) -> dict[str, Any]:
    """Loop, sweep and two loops in turns; the sweep with workers that have to be started first, and there already."""
    samples: dict[str, list[float]] = {name: [] for name in (
        "pure_wall", "pure_processor", "cold_wall", "warm_wall", "side_by_side_wall", "parent_processor",
        "workers_wall", "shards", "bytes")}
    for _ in range(rounds):
        gc.collect()
        wall, processor, values = pure(table, replications, measures)
        samples["pure_wall"].append(wall)
        samples["pure_processor"].append(processor)
        for kind in ("cold_wall", "warm_wall"):
            if kind == "cold_wall":
                pool(WORKERS).shutdown(wait=True)
            gc.collect()
            with tempfile.TemporaryDirectory() as folder:
                wall, processor, found = swept(table, replications, measures, Path(folder) / "sweep")
                if not np.array_equal(found.runs(measures)[measures].to_numpy(), np.array(values), equal_nan=True):
                    raise SystemExit("the sweep gives other numbers than the loop")
                samples[kind].append(wall)
                if kind == "warm_wall":
                    files = list((found.folder / "runs").iterdir())
                    samples["parent_processor"].append(processor)
                    samples["workers_wall"].append(found.status().seconds_of_work)
                    samples["shards"].append(len(files))
                    samples["bytes"].append(sum(file.stat().st_size for file in files))
        gc.collect()
        wall, again = side_by_side(table, replications, measures)
        if not np.array_equal(again, values, equal_nan=True):
            raise SystemExit("two loops give other numbers than one")
        samples["side_by_side_wall"].append(wall)
    middle = {name: statistics.median(seconds) for name, seconds in samples.items()}
    half = middle["pure_wall"] / WORKERS
    return {
        "runs": len(table) * replications,
        "median": middle,
        "over_pure_halved": {kind: middle[f"{kind}_wall"] / half for kind in ("cold", "warm", "side_by_side")},
        "samples": samples,
    }


def line_of(name: str, found: dict[str, Any]) -> str:
    """A case in words."""
    middle, ratios = found["median"], found["over_pure_halved"]
    met = "met" if ratios["cold"] <= GOAL else "NOT MET"
    return "\n".join([
        f"{name}: {found['runs']:,} runs",
        f"  plain loop, one process      {middle['pure_wall']:8.2f} s on the wall,"
        f" {middle['pure_processor']:.2f} s of processor",
        f"  sweep, workers to be started {middle['cold_wall']:8.2f} s, {ratios['cold']:.3f} x of half the loop"
        f" (goal {GOAL}: {met})",
        f"  sweep, workers there already {middle['warm_wall']:8.2f} s, {ratios['warm']:.3f} x",
        f"  two loops side by side       {middle['side_by_side_wall']:8.2f} s, {ratios['side_by_side']:.3f} x",
        f"  work in the workers          {middle['workers_wall']:8.2f} s together;"
        f" parent {middle['parent_processor']:.2f} s of processor",
        f"  {middle['shards']:.0f} shards, {middle['bytes'] / found['runs']:.0f} bytes a run",
    ])


def more_or_less(percent: float) -> str:
    """A difference in words."""
    return f"{abs(percent):.0f} % {'more' if percent > 0.0 else 'less'}"


def parts(results: dict[str, Any]) -> dict[str, str]:
    """The computed part of README.md."""
    rows = [["10,000 runs as", "runs alone, s", "sweep that starts its workers, s", "of half the runs alone",
             "workers there already", "two loops side by side"], ["---", *["---:"] * 5]]
    for name, found in results["cases"].items():
        middle, ratios = found["median"], found["over_pure_halved"]
        rows.append([name, f"{middle['pure_wall']:.1f}", f"{middle['cold_wall']:.1f}",
                     f"**{ratios['cold']:.2f}** (goal {GOAL}: {'met' if ratios['cold'] <= GOAL else 'NOT MET'})",
                     f"{ratios['warm']:.2f}", f"{ratios['side_by_side']:.2f}"])
    few, many = results["cases"].values()
    kept = [100.0 * (each["over_pure_halved"]["cold"] / each["over_pure_halved"]["side_by_side"] - 1.0)
            for each in (few, many)]
    starting = statistics.median(each["median"]["cold_wall"] - each["median"]["warm_wall"] for each in (few, many))
    machine = results["provenance"]
    return {"measured": "\n".join([
        *(f"| {' | '.join(row)} |" for row in rows), "",
        f"A sweep takes {more_or_less(kept[0])} and {more_or_less(kept[1])} time than two plain loops side by side; "
        "its runs share warm-ups, which those of a plain loop do not. "
        f"Some {starting:.1f} s of it is two processes that start and load the engine; the rest is hashing and "
        f"writing. The parent itself works {few['median']['parent_processor']:.1f} and "
        f"{many['median']['parent_processor']:.1f} s. "
        f"A run takes {few['median']['bytes'] / few['runs']:.0f} bytes on the disk with three measures, "
        f"{many['median']['bytes'] / many['runs']:.0f} with all.", "",
        f"{machine['system']}, {machine['processors']} processors, Python {machine['python']}, engines "
        f"{machine['engines']}."])}


def provenance() -> dict[str, Any]:
    """What the numbers belong to."""
    return {
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version(),
        "versions": {
            package: version(package) for package in ("simlead", "numpy", "numba", "loky", "pandas", "pyarrow")},
        "engines": source_hash(), "scenario": FIRM.hash(),
        "largest_resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Measure every case, print the results and save them."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="a twentieth of the runs, once; nothing is written")
    quick = arguments.parse_args().quick
    warm_up_compiler(FAST)
    results = {}
    for name, (points, replications, measures) in CASES.items():
        table = table_of(points // 20 if quick else points)
        results[name] = measure(table, replications, measures, 1 if quick else 3)
        print(line_of(name, results[name]), flush=True)
    if not quick:
        found = {"cases": results, "provenance": provenance()}
        with whole_file(HERE / "results.json", overwrite=True) as place:
            place.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        write_parts(HERE / "README.md", parts(found))


if __name__ == "__main__":
    main()
