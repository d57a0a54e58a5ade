"""Count what the default firm shows in an export of its own, from which an import moves its parameters.

    python experiments/06_import/usual.py [FIRMS]

Writes `simlead/data/usual_export.json`. What is counted is what `run.py` takes for the truth, and by how much the teams
of different managers differ: an import of few managers cannot see that, and takes it from here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from run import HOURS_PER_WEEK, WEEKS_TO_DECIDE, Truth

import simlead
from simlead.client.firm import USUAL

TARGET = Path(simlead.__file__).parent / "data" / "usual_export.json"
SEED, WEEKS = 42, 78


GATES = {"discovery_rate": ("discovery", "created"), "qualified_rate": ("qualified", "discovery"),
         "proposal_rate": ("won", "qualified"), "win_rate": ("won", "created")}


def by_seat(run: simlead.Run, longer: simlead.Run) -> pd.DataFrame:
    """Deals by gate, sales and years of a run's last 12 months, a row per team and seat."""
    deals = longer.opportunities()
    deals = deals[deals["noticed"] & (deals["arrived"] < WEEKS * HOURS_PER_WEEK)]
    stage = deals["stage"].cat.codes
    sums = pd.DataFrame({
        "team": deals["team"], "seat": deals["seat"], "created": 1, "discovery": stage >= 1, "qualified": stage >= 2,
        "won": deals["outcome"] == "won"}).groupby(["team", "seat"]).sum()
    reps = run.reps()
    reps = reps[reps["filled"] & (reps["week"] > reps["week"].max() - 52)].groupby(["team", "seat"])["sales"]
    return sums.join(reps.sum()).join(reps.size().rename("years") / 52.0).fillna(0.0)


def between(seats: pd.DataFrame, above: str, below: str, scale: Callable[[pd.Series], pd.Series],
            slope: Callable[[pd.Series], pd.Series]) -> float:
    """The standard deviation of a ratio between teams, on a scale, without what differs between their seats."""
    teams = seats.groupby(level=["firm", "team"])
    rate = teams[above].sum() / teams[below].sum()
    left = seats[above] - rate.reindex(seats.index.droplevel("seat")).to_numpy() * seats[below]
    number = teams.size()
    error = (left**2).groupby(level=["firm", "team"]).sum() * number / (number - 1) / teams[below].sum() ** 2
    return float(np.sqrt(max(0.0, scale(rate).var() - (error * slope(rate) ** 2).mean())))


def managers(seats: pd.DataFrame) -> dict[str, float]:
    """How managers differ: rates on the logit, sales on the log."""
    found = {name: between(seats, *gate, lambda p: np.log(p / (1.0 - p)), lambda p: 1.0 / (p * (1.0 - p)))
             for name, gate in GATES.items()}
    return found | {"sales_per_rep_year": between(seats, "sales", "years", np.log, lambda p: 1.0 / p)}


def main(firms: int) -> None:
    """Simulate the default firm and write what it shows."""
    firm = simlead.Scenario().change({"calendar.horizon_weeks": WEEKS})
    longer = firm.change({"calendar.horizon_weeks": WEEKS + WEEKS_TO_DECIDE})
    truth, seats = Truth(), {}
    for number in range(firms):
        run = simlead.simulate(firm, seed=SEED, replicate=number, engine="compiled")
        decided = simlead.simulate(longer, seed=SEED, replicate=number, engine="compiled")
        truth.add(run, decided)
        seats[number] = by_seat(run, decided)
    found = truth.values(firm)
    # Sales are of the year before the export, and the parameter is of the year before the switch.
    found["sales_per_rep_year"] /= (1.0 + firm.market.growth_per_year) ** (WEEKS / 52.0)
    content = {
        "produced_by": {"engine": "compiled", "replications": firms, "script": "experiments/06_import/usual.py",
                        "seed": SEED},
        "managers": {name: float(f"{spread:.3g}") for name, spread in sorted(
            managers(pd.concat(seats, names=["firm"])).items())},
        "values": {name: float(f"{found[name]:.5g}") for name in sorted(USUAL)}}
    TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
