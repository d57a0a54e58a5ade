"""Count what the default firm shows in an export of its own, from which an import moves its parameters.

    python experiments/06_import/usual.py [FIRMS]

Writes `simlead/data/usual_export.json`. What is counted is what `run.py` takes for the truth, and by how much the teams
of different managers differ: an import of few managers cannot see that, and takes it from here.
"""

from __future__ import annotations

import json
import sys
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


def by_seat(longer: simlead.Run) -> pd.DataFrame:
    """Deals by gate, a row per team and seat; of a run that was carried on until they were decided."""
    deals = longer.opportunities()
    deals = deals[deals["noticed"] & (deals["arrived"] < WEEKS * HOURS_PER_WEEK)]
    stage = deals["stage"].cat.codes
    return pd.DataFrame({
        "team": deals["team"], "seat": deals["seat"], "created": 1, "discovery": stage >= 1, "qualified": stage >= 2,
        "won": deals["outcome"] == "won"}).groupby(["team", "seat"]).sum()


def of_managers(seats: pd.DataFrame, above: str, below: str) -> float:
    """The standard deviation of one manager, on the logit of a rate, that makes firms differ by more than their seats.

    It follows from what firms differ by in all, less what a firm's seats show of it. Managers are not independent in
    the model: a firm's first ones are spread evenly over how good managers are, so that firms differ less than by lot.
    """
    firms = seats.groupby(level="firm")
    rate = firms[above].sum() / firms[below].sum()
    left = seats[above] - rate.reindex(seats.index.get_level_values("firm")).to_numpy() * seats[below]
    number = firms.size()
    error = (left**2).groupby(level="firm").sum() * number / (number - 1) / firms[below].sum() ** 2
    shown = error / (rate * (1.0 - rate)) ** 2
    teams = seats.reset_index().groupby("firm")["team"].nunique().mean()
    more = float(np.log(rate / (1.0 - rate)).var() - shown.mean())
    return float(np.sqrt(teams * max(0.0, more) / (1.0 - teams / number.mean())))


def main(firms: int) -> None:
    """Simulate the default firm and write what it shows."""
    firm = simlead.Scenario().change({"calendar.horizon_weeks": WEEKS})
    longer = firm.change({"calendar.horizon_weeks": WEEKS + WEEKS_TO_DECIDE})
    truth, seats = Truth(), {}
    for number in range(firms):
        run = simlead.simulate(firm, seed=SEED, replicate=number, engine="compiled")
        decided = simlead.simulate(longer, seed=SEED, replicate=number, engine="compiled")
        truth.add(run, decided)
        seats[number] = by_seat(decided)
    found = truth.values(firm)
    # Sales are of the year before the export, and the parameter is of the year before the switch.
    found["sales_per_rep_year"] /= (1.0 + firm.market.growth_per_year) ** (WEEKS / 52.0)
    content = {
        "produced_by": {"engine": "compiled", "replications": firms, "script": "experiments/06_import/usual.py",
                        "seed": SEED},
        "managers": {name: float(f"{of_managers(pd.concat(seats, names=['firm']), *gate):.3g}")
                     for name, gate in sorted(GATES.items())},
        "values": {name: float(f"{found[name]:.5g}") for name in sorted(USUAL)}}
    TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
