"""Solve the calibrated parameters of every shipped firm and set of effect sizes; write them as data.

    python experiments/00_calibration/calibrate.py [NAME ...]

NAME is one of the sets below (all by default). The result goes to
simlead/data/calibration.json with the seed, the counts, the engine and the hash of the
sources that produced it. Run it from a checkout; with the compiled engine it takes minutes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from simlead.model.calibration_data import CALIBRATION
from simlead.model.meaning import source_hash
from simlead.model.presets import EFFECT_SIZES, PRESETS
from simlead.model.scenario import Scenario
from simlead.study.calibration import CALIBRATED, Targets, calibrate

SEED = 0
REPLICATIONS = 200
CLARITY_REPLICATIONS = 600
ENGINE = "compiled"
DATA = Path(__file__).parents[2] / "simlead" / "data" / "calibration.json"

# A construction group's gates are set to a bid win rate of 25 % (V89).
SETS = {
    "default.evidence": ("status_quo", "evidence", Targets()),
    "default.practitioner": ("status_quo", "practitioner", Targets()),
    "construction_group.evidence": ("construction_group", "evidence", Targets(proposal_win_rate=0.25)),
    "construction_group.practitioner": ("construction_group", "practitioner", Targets(proposal_win_rate=0.25)),
}


def start_of(name: str) -> Scenario:
    """The uncalibrated scenario of a set; its last solution, if any, is where the search starts."""
    preset, effect_sizes, _ = SETS[name]
    known = CALIBRATION["sets"].get(name, CALIBRATION["sets"]["default." + effect_sizes])["values"]
    return Scenario().change({**EFFECT_SIZES[effect_sizes], **known, **PRESETS[preset]})


def main(names: list[str]) -> None:
    """Calibrate the named sets, one after another, and write each as soon as it is solved."""
    for name in names:
        print(f"{name}:", flush=True)
        began = time.monotonic()
        solved = calibrate(
            start_of(name), targets=SETS[name][2], replications=REPLICATIONS,
            clarity_replications=CLARITY_REPLICATIONS, seed=SEED, engine=ENGINE,
            report=lambda line: print("  " + line, flush=True))
        values = solved.values()
        CALIBRATION["sets"][name] = {
            "values": {path: values[path] for path in CALIBRATED},
            "produced_by": {
                "script": "experiments/00_calibration/calibrate.py", "engine": ENGINE, "seed": SEED,
                "replications": REPLICATIONS, "clarity_replications": CLARITY_REPLICATIONS,
                "source_hash": source_hash()},
        }
        write(CALIBRATION)
        print(f"  solved in {time.monotonic() - began:.0f} s", flush=True)


def write(data: object) -> None:
    """Replace the data file in one step."""
    partial = DATA.with_suffix(".partial")
    partial.write_text(json.dumps(data, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(partial, DATA)


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in SETS]
    if unknown:
        sys.exit(f"{unknown[0]}: no such set; allowed is {' | '.join(SETS)}")
    main(sys.argv[1:] or list(SETS))
