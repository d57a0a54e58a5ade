"""How the odds between the two sets of effect sizes hang on each fact, and on the emulators' errors.

    python experiments/05_worlds/by_fact.py

Odds are those of the evidence set against the practitioner set, both as probable before: with all facts, without each
of them, and with emulators' errors that are half and twice as large. They go to by_fact.csv.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from simlead.model.presets import EFFECT_SIZES, preset
from simlead.results.files import whole_file
from simlead.study.worlds.fact_emulator import FactEmulators, fact_emulators, log_weights
from simlead.study.worlds.fact_runs import TELLING
from simlead.study.worlds.ranges import draw_worlds, likely_ranges

HERE = Path(__file__).parent
CANDIDATES = 16_384


def implausible(emulators: FactEmulators) -> dict[str, pd.DataFrame]:
    """The implausibility of many worlds by each fact, under each set."""
    found = {}
    for name in EFFECT_SIZES:
        firm = preset("status_quo", name)
        drawn = draw_worlds(likely_ranges([firm])[0], CANDIDATES, 1, method="sobol")
        found[name] = emulators.implausibility(emulators.expected(emulators.where(firm, drawn)))
    return found


def odds(away: dict[str, pd.DataFrame], without: str = "") -> float:
    """The odds of the evidence set against the practitioner set."""
    evidence, practitioner = (float(np.exp(log_weights(
        each.drop(columns=without) if without else each)).mean()) for each in away.values())
    return evidence / practitioner


def main() -> None:
    """Compute and write."""
    emulators = fact_emulators()
    away = implausible(emulators)
    rows = [("all facts", odds(away))]
    rows += [(f"without: {fact.name}", odds(away, fact.measure)) for fact in TELLING]
    for factor in (0.5, 2.0):
        errors = {name: factor * error for name, error in emulators.errors.items()}
        rows.append((f"errors of the emulators times {factor:g}", odds(implausible(dataclasses.replace(
            emulators, errors=errors)))))
    with whole_file(HERE / "by_fact.csv", overwrite=True) as place:
        pd.DataFrame(rows, columns=["what counts", "odds"]).to_csv(place, index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
