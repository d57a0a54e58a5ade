"""Which conclusions of the founding sweep survive every other form of the model's mechanisms.

    python experiments/01_coaching_and_clarity/structures.py [--workers N]

Three cells of the sweep: half of the week planned, a fully clear role, and both. Every structural switch, but the one
that asks for a calibration in each world, is turned on in 16 worlds of each set of effect sizes, under the same random
numbers. Writes structures.csv.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import simlead
from simlead.results.files import whole_file

HERE = Path(__file__).parent
POINTS = {"policy.coaching_share": [0.2, 0.5], "policy.role_clarity": [0.4, 1.0]}
KEPT = ["effect_sizes", "policy", *POINTS, "switch", "mean", "low", "high", "change", "change_low", "change_high",
        "p_above_smallest", "p_no_difference", "p_below_smallest", "conclusion", "n"]


def main() -> None:
    """Run, and write."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--workers", type=int, default=2)
    study = simlead.load_study(HERE / "study.toml")
    found = simlead.structural_ensemble(
        study, points=POINTS, measure="revenue", worlds=16, seed=study.seed,
        workers=reader.parse_args().workers, progress=True)
    with whole_file(HERE / "structures.csv", overwrite=True) as place:
        found.table[KEPT].to_csv(place, index=False, float_format="%.5g", lineterminator="\n")


if __name__ == "__main__":
    main()
