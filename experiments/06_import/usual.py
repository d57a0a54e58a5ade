"""Count what the default firm shows in an export of its own, from which an import moves its parameters.

    python experiments/06_import/usual.py [FIRMS]

Writes `simlead/data/usual_export.json`. What is counted is what `run.py` takes for the truth.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from run import WEEKS_TO_DECIDE, Truth

import simlead
from simlead.client.firm import USUAL

TARGET = Path(simlead.__file__).parent / "data" / "usual_export.json"
SEED, WEEKS = 42, 78


def main(firms: int) -> None:
    """Simulate the default firm and write what it shows."""
    firm = simlead.Scenario().change({"calendar.horizon_weeks": WEEKS})
    longer = firm.change({"calendar.horizon_weeks": WEEKS + WEEKS_TO_DECIDE})
    truth = Truth()
    for number in range(firms):
        run = simlead.simulate(firm, seed=SEED, replicate=number, engine="compiled")
        truth.add(run, simlead.simulate(longer, seed=SEED, replicate=number, engine="compiled"))
    found = truth.values(firm)
    # Sales are of the year before the export, and the parameter is of the year before the switch.
    found["sales_per_rep_year"] /= (1.0 + firm.market.growth_per_year) ** (WEEKS / 52.0)
    content = {
        "produced_by": {"engine": "compiled", "replications": firms, "script": "experiments/06_import/usual.py",
                        "seed": SEED},
        "values": {name: float(f"{found[name]:.5g}") for name in sorted(USUAL)}}
    TARGET.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
