"""Run every plan for coaching at every clarity of the role in many worlds; write cells.csv and about.json.

    python experiments/01_coaching_and_clarity/run.py FOLDER [--worlds N] [--pairs N] [--workers N] [--only SET]

The cells are those of study.toml, and so are the seed and the sets of effect sizes. Each set has worlds of its own,
calibrated to its status quo and weighed by published facts; the status quo and all cells of a world share random
numbers and the warm-up. FOLDER keeps the runs of each set, so that a second call goes on.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pandas as pd

import simlead
from simlead.model.scenario import Scenario
from simlead.model.version_1 import MODEL_VERSION
from simlead.results.files import whole_file
from simlead.results.provenance import registry_hash, source_hash
from simlead.statistics.answers import effect_over_worlds
from simlead.statistics.variance import relative_differences
from simlead.study.answers.nested import Nested, nested_runs
from simlead.study.answers.smallest import smallest_effect_of_interest
from simlead.study.worlds.worlds import Worlds

HERE = Path(__file__).parent
COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"
BASE = "status_quo"
OWN, MEAN = "of the same world's status quo", "of the mean status quo over the worlds"
MEASURES = {"revenue_growth": None, "market_share": None, "profit_final": MEAN, "revenue": OWN}
"""What the answer is about, and what a difference is a fraction of; a single world may earn next to nothing."""
REALISED = "coaching_share_realised"
CHECKED = (0.5, 1.0)
"""The cell that a test makes again, in the first world."""

Floats = Any


def cells_of(study: Any) -> list[tuple[float, float]]:
    """Planned coaching and clarity of each cell."""
    table = study.design_table()
    table = table[(table["effect_sizes"] == study.effect_sizes[0]) & ~table["baseline"]]
    return [(float(row[COACHING]), float(row[CLARITY])) for row in table.to_dict("records")]


def name_of(coaching: float, clarity: float) -> str:
    """The name of a cell among the runs."""
    return f"{coaching:g} {clarity:g}"


def made(study: Any, effect_sizes: str, folder: Path, asked: argparse.Namespace) -> tuple[Worlds, Nested, Scenario]:
    """The runs of a set in its worlds, kept in the folder."""
    base = study.base(effect_sizes)
    there = simlead.worlds(base, asked.worlds, study.seed, workers=asked.workers)
    scenarios = {BASE: base, **{name_of(*cell): base.change(dict(zip((COACHING, CLARITY), cell, strict=True)))
                                for cell in cells_of(study)}}
    file = folder / f"{effect_sizes}_{len(there)}_{asked.pairs}_{source_hash()}.parquet"
    if not file.exists():
        found = nested_runs(scenarios, there, measures=[*MEASURES, REALISED], replications=asked.pairs, seed=study.seed,
                            workers=asked.workers, progress=True)
        with whole_file(file, overwrite=True) as place:
            found.runs.to_parquet(place)
    runs = pd.read_parquet(file)
    weights, drawn = there.table["weight"].to_numpy(float), there.table[list(there.drawn)].astype(float)
    return there, Nested(runs, weights, drawn), base


def rows_of(study: Any, effect_sizes: str, runs: Nested, base: Scenario) -> list[dict[str, Any]]:
    """A row per cell: the realised share, and of each measure the effect over the worlds and its probabilities."""
    shares = runs.weights / runs.weights.sum()
    values = {measure: runs.values(measure) for measure in (*MEASURES, REALISED)}
    rows = []
    for coaching, clarity in cells_of(study):
        name = name_of(coaching, clarity)
        row: dict[str, Any] = {
            "effect_sizes": effect_sizes, COACHING: coaching, CLARITY: clarity,
            REALISED: float(shares @ values[REALISED][name].mean(axis=1))}
        for measure, relative in MEASURES.items():
            found = effect(values[measure], name, measure, relative, runs.weights, base, study.seed)
            row |= {f"{measure}_{field}": found[field] for field in FIELDS}
        rows.append(row)
    return rows


FIELDS = ("mean", "low", "high", "random_low", "random_high", "p_above_zero", "p_above_smallest", "p_no_difference",
          "p_below_smallest", "world_share")
"""What is kept of each effect."""


def effect(
    values: dict[str, Floats], name: str, measure: str, relative: str | None, weights: Floats, base: Scenario, seed: int
) -> dict[str, Any]:
    """A cell's effect over the worlds, against the status quo."""
    import numpy as np

    both = np.stack([values[name], values[BASE]], axis=2)
    found = relative_differences(both, weights) if relative == OWN else both[:, :, 0] - both[:, :, 1]
    if relative == MEAN:
        found = found / float(weights @ values[BASE].mean(axis=1) / weights.sum())
    return dataclasses.asdict(effect_over_worlds(found, smallest(measure, relative, weights, values, base), weights,
                                                 seed=seed))


def smallest(measure: str, relative: str | None, weights: Floats, values: dict[str, Floats], base: Scenario) -> float:
    """The smallest effect of interest, in the unit of the difference."""
    stated = smallest_effect_of_interest(measure, base).value
    mean = float(weights @ values[BASE].mean(axis=1) / weights.sum())
    if measure == "market_share":  # a fraction of the status quo's there, points here
        return stated * mean
    return stated / mean if relative == MEAN else stated


def main() -> None:
    """Run what is missing, and write."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--worlds", type=int, default=96)
    reader.add_argument("--pairs", type=int, default=2)
    reader.add_argument("--workers", type=int, default=2)
    reader.add_argument("--only", help="make and keep the runs of this set alone, and write nothing")
    asked = reader.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    study = simlead.load_study(HERE / "study.toml")
    if asked.only:
        made(study, asked.only, asked.folder, asked)
        return
    rows, checked, about = [], {}, {}
    began = time.process_time()
    for effect_sizes in study.effect_sizes:
        there, runs, base = made(study, effect_sizes, asked.folder, asked)
        rows += rows_of(study, effect_sizes, runs, base)
        values = runs.values("revenue")
        checked[effect_sizes] = {
            "world": {path: there_is for path, (_, there_is) in base.differences(there.place(base, 0)).items()},
            "revenue": [float(values[name][0, 0]) for name in (BASE, name_of(*CHECKED))]}
        about[effect_sizes] = {
            "worlds": len(there), "effective_worlds": there.effective_size, "candidates": there.candidates,
            "candidates_left": there.candidates_left, "runs": len(runs.runs),
            "smallest": {measure: smallest(measure, relative, runs.weights, runs.values(measure), base)
                         for measure, relative in MEASURES.items()}}
    cells = pd.DataFrame(rows)
    with whole_file(HERE / "cells.csv", overwrite=True) as place:
        cells.to_csv(place, index=False, float_format="%.5g", lineterminator="\n")
    facts = {"model": MODEL_VERSION, "seed": study.seed, "pairs": asked.pairs, "sources": source_hash(),
             "registry": registry_hash(), "sets": about, "checked_cell": CHECKED, "checked": checked}
    with whole_file(HERE / "about.json", overwrite=True) as place:
        place.write_text(json.dumps(facts, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    print(f"{time.process_time() - began:.0f} s in this process")


if __name__ == "__main__":
    main()
