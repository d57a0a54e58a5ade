"""Hold the quick calibration of worlds against full ones, and time it.

    python experiments/05_worlds/check_calibration.py [--worlds 100] [--checked 12] [--replications 16] [--table FILE]

Worlds of the default firm are drawn and calibrated as `simlead.worlds` does it. Some of them, and the firm itself, are
then calibrated by many replications with other random numbers. Written to calibration.csv: by level, how far the quick
and the full one are apart (root mean square, both relative to the firm's), against how far the worlds are apart.
FILE is the table of worlds made before (without weights).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from simlead.model.scenario import Scenario
from simlead.study.calibration import calibrate
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import parallel_map
from simlead.study.worlds.calibrating import LEVELS, SALES
from simlead.study.worlds.ranges import in_world, likely_ranges
from simlead.study.worlds.worlds import worlds

HERE = Path(__file__).parent
CHECK_SEED = 77
OVERHEAD = "organisation.overhead_per_seat_year"
ADDED = ("world.discovery_intercept", "world.qualified_intercept", "world.our_utility")
"""Levels compared as they are; overhead as a part of a rep's sales, and the others by their logarithm."""


def full(task: tuple[Scenario, int]) -> dict[str, float]:
    """The levels of one scenario by many replications, from where the quick calibration left them."""
    scenario, replications = task
    solved = calibrate(
        scenario, replications=replications, clarity_replications=0, rounds=2, seed=CHECK_SEED, workers=1)
    values = solved.values()
    return {path: values[path] for path in LEVELS}


def main() -> None:
    """Calibrate quickly, then fully, and compare."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--worlds", type=int, default=100)
    reader.add_argument("--checked", type=int, default=12)
    reader.add_argument("--replications", type=int, default=16)
    reader.add_argument("--workers", type=int, default=2)
    reader.add_argument("--table", type=Path)
    asked = reader.parse_args()
    warm_up_compiler(FAST)
    firm = Scenario()
    began = time.process_time()
    table = pd.read_csv(asked.table) if asked.table else worlds(
        firm, asked.worlds, weighted=False, workers=1).table
    if not asked.table:
        print(f"{len(table)} worlds calibrated in {time.process_time() - began:.0f} CPU seconds")
    ranges = likely_ranges([firm])[0]
    chosen = np.linspace(0, len(table) - 1, asked.checked).astype(int)
    quick = table.iloc[chosen]
    scenarios = [in_world(firm, {path: float(row[path]) for path in ranges}).change(
        {path: float(row[path]) for path in LEVELS}) for _, row in quick.iterrows()]
    tasks = ((scenario, asked.replications) for scenario in [firm, *scenarios])
    own, *others = parallel_map(full, tasks, asked.workers, lambda _: None)
    values, rows = firm.values(), []
    for path in LEVELS:
        scale = "own" if path in ADDED else "of sales" if path == OVERHEAD else "log"
        found = np.array([other[path] / (other[SALES] if path == OVERHEAD else 1.0) for other in others])
        there, every = (frame[path].to_numpy(float) / (frame[SALES].to_numpy(float) if path == OVERHEAD else 1.0)
                        for frame in (quick, table))
        solved, start = (level[path] / (level[SALES] if path == OVERHEAD else 1.0) for level in (own, values))
        if scale == "log":
            found, there, every, solved, start = (np.log(each) for each in (found, there, every, solved, start))
        apart, between = (found - solved) - (there - start), every.std()
        rows.append({"parameter": path, "scale": scale, "worlds": asked.checked,
                     "root_mean_square_error": float(np.sqrt((apart**2).mean())), "mean_error": float(apart.mean()),
                     "sd_between_worlds": float(between)})
    pd.DataFrame(rows).to_csv(HERE / "calibration.csv", index=False, float_format="%.4g")
    print(pd.DataFrame(rows).to_string())


if __name__ == "__main__":
    main()
