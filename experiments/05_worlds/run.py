"""Train the emulators of the published facts over what is unknown; write them as data of the package.

    python experiments/05_worlds/run.py FOLDER [--worlds N] [--workers N]

Worlds of the default firm are drawn, half of them by the evidence set of effect sizes, a quarter by the practitioner
set and a quarter flat; each is calibrated and shows every fact in one replication. Replication numbers repeat after
REPLICATES worlds, and the firm itself is run in each of them: a control variate. Worlds held out, in several
replications each, tell the emulators' error. FOLDER keeps what was run: a second call, or one with more worlds, goes
on. The emulators go to simlead/data/facts.json, and a summary to results.csv beside this script.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from fit import fit_and_write

from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.facts import facts
from simlead.study.parallel import parallel_map
from simlead.study.worlds.calibrating import calibrate_worlds
from simlead.study.worlds.fact_runs import TELLING, FactRun, signals, when_of
from simlead.study.worlds.ranges import Range, draw_worlds, in_world, likely_ranges

SEED = 0
CALIBRATION_SEED = 1
ROUNDS = (1, 2)
REPLICATES = 48
HELD_OUT, HELD_OUT_REPLICATES = 16, 4
BLOCK = 64
"""Worlds that are calibrated and run together, and saved."""


def ranges_of() -> dict[str, Range]:
    """What the default firm's worlds are drawn from."""
    return likely_ranges([Scenario()])[0]


def block(number: int) -> pd.DataFrame:
    """The worlds of a block: half evidence, a quarter practitioner, a quarter flat."""
    ranges = ranges_of()
    practitioner = likely_ranges([preset("status_quo", "practitioner")], list(ranges))[0]
    seeds = 10 * number
    parts = [draw_worlds(ranges, BLOCK // 2, seeds + 1, method="sobol"),
             draw_worlds(practitioner, BLOCK // 4, seeds + 2, method="sobol"),
             draw_worlds(ranges, BLOCK // 4, seeds + 3, "uniform", method="sobol")]
    return pd.concat(parts, ignore_index=True)


def calibrated(table: pd.DataFrame, workers: int) -> list[Scenario]:
    """The default firm in each world, calibrated; the emulator over a block smooths."""
    firm = Scenario()
    scenarios = [in_world(firm, {str(path): float(value) for path, value in row.items()})
                 for row in table.to_dict("records")]
    levels, _ = calibrate_worlds(firm, scenarios, table, ranges_of(), CALIBRATION_SEED, workers, lambda _: None, ROUNDS)
    return [scenario.change(row) for scenario, row in zip(scenarios, levels.to_dict("records"), strict=True)]


def shown(scenarios: list[Scenario], replicates: list[int], workers: int) -> pd.DataFrame:
    """Signals of each scenario in its replication."""
    tasks = (FactRun(scenario, SEED, replicate) for scenario, replicate in zip(scenarios, replicates, strict=True))
    return pd.DataFrame(parallel_map(signals, tasks, workers, lambda _: None)).assign(replicate=replicates)


def saved(file: Path, make) -> pd.DataFrame:
    """What was made before, or is made now and saved."""
    if not file.exists():
        partial = file.with_suffix(".partial")
        make().to_csv(partial, index=False)
        partial.replace(file)
    return pd.read_csv(file)


def base(workers: int) -> pd.DataFrame:
    """The firm itself in every replication number."""
    return shown([Scenario()] * REPLICATES, list(range(REPLICATES)), workers)


def training(number: int, workers: int) -> pd.DataFrame:
    """A block of worlds and what each shows in one replication."""
    table = block(number)
    replicates = [(number * BLOCK + place) % REPLICATES for place in range(len(table))]
    return pd.concat([table, shown(calibrated(table, workers), replicates, workers)], axis=1)


def held_out(workers: int) -> pd.DataFrame:
    """Worlds of the evidence set, in several replications each; calibrated among a block of their own."""
    table = draw_worlds(ranges_of(), HELD_OUT, 7, method="sobol")
    extended = pd.concat([table, block(100)], ignore_index=True)
    scenarios = calibrated(extended, workers)[:HELD_OUT]
    rows = []
    for number, scenario in enumerate(scenarios):
        numbers = [REPLICATES + HELD_OUT_REPLICATES * number + place for place in range(HELD_OUT_REPLICATES)]
        rows.append(shown([scenario] * HELD_OUT_REPLICATES, numbers, workers).assign(world=number))
    return table.assign(world=range(HELD_OUT)).merge(pd.concat(rows), on="world")


def main() -> None:
    """Run what is missing, fit, and write."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--worlds", type=int, default=256)
    reader.add_argument("--workers", type=int, default=2)
    asked = reader.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    warm_up_compiler(FAST)
    of_firm = saved(asked.folder / "base.csv", lambda: base(asked.workers))
    blocks = []
    for number in range(-(-asked.worlds // BLOCK)):
        file = asked.folder / f"worlds_{number}.csv"
        blocks.append(saved(file, lambda number=number: training(number, asked.workers)))
        print(f"{len(blocks) * BLOCK} worlds", flush=True)
    test = saved(asked.folder / "held_out.csv", lambda: held_out(asked.workers))
    pooled = saved(asked.folder / "pooled.csv",
                   lambda: facts(replications=REPLICATES, seed=SEED, workers=asked.workers))
    wanted = {fact.measure: when_of(fact) for fact in TELLING}
    simulated = {measure: float(pooled[(pooled["measure"] == measure) & (pooled["when"] == when)]["simulated"].iloc[0])
                 for measure, when in wanted.items()}
    fit_and_write(of_firm, pd.concat(blocks, ignore_index=True), test, simulated, ranges_of(), {
        "seed": SEED, "worlds": BLOCK * len(blocks), "replicates": REPLICATES, "held_out": HELD_OUT,
        "held_out_replicates": HELD_OUT_REPLICATES, "engine": FAST})


if __name__ == "__main__":
    main()
