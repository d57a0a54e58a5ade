"""How long a change outlasts itself: coaching share 0.5 until the switch and 0.2 from it on, in whole firms.

    python experiments/07_trial/carry_over.py     # about two minutes of one core

Writes `carry_over.csv` beside it: for each outcome and stretch of months after the end, the effect that is left as a
share of the effect of going on, a ratio of means over matched runs with a 95 % bootstrap interval.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch
from simlead.results.seen import COLUMNS, SEEN, seen_by_month
from simlead.study.engines import FAST, engine_for, warm_up_compiler
from simlead.study.runner import Job, Outcomes, run_records

HERE = Path(__file__).parent
FIRMS, DRAWS, SEED = 300, 4000, 7
STRETCHES = ((0, 3), (3, 6), (6, 12), (12, 24), (24, 36))
LOW, HIGH = 0.2, 0.5
"""Coaching shares without the change and with it."""


def firm(before: float, after: float) -> Scenario:
    """The default firm with one coaching share until the switch and one from it on."""
    return Scenario().change({"status_quo.coaching_share": before, "policy.coaching_share": after})


def main() -> None:
    """Run the firms and write the table."""
    firms = {"never": firm(LOW, LOW), "always": firm(HIGH, HIGH), "ended": firm(HIGH, LOW)}
    warm_up_compiler(FAST)
    engine = engine_for(FAST, [until_switch(each) for each in firms.values()])
    months = STRETCHES[-1][1]
    seen = {name: np.array([seen_by_month(
        run_records(Job("", each, SEED, replicate, FAST, Outcomes(measures=())), engine), each, 0, months).sum(axis=1)
        for replicate in range(FIRMS)]) for name, each in firms.items()}
    drawn = np.random.Generator(np.random.Philox(key=SEED)).integers(0, FIRMS, (DRAWS, FIRMS))
    rows = []
    for outcome in SEEN.values():
        top, bottom = COLUMNS.index(outcome.top), COLUMNS.index(outcome.bottom)
        for first, last in STRETCHES:
            values = {name: each[:, top, first:last].sum(axis=1) / np.maximum(each[:, bottom, first:last].sum(axis=1),
                                                                              1e-9) for name, each in seen.items()}
            left, whole = values["ended"] - values["never"], values["always"] - values["never"]
            low, high = np.quantile(left[drawn].mean(axis=1) / whole[drawn].mean(axis=1), (0.025, 0.975))
            rows.append({"outcome": outcome.name, "from_month": first, "to_month": last,
                         "left": left.mean() / whole.mean(), "low": low, "high": high, "firms": FIRMS, "seed": SEED})
    pd.DataFrame(rows).to_csv(HERE / "carry_over.csv", index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    main()
