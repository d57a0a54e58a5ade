"""What became of the answers: every preset and lever under version 1 and version 2 of the model.

    python experiments/04_version_2/run.py                # about a quarter of an hour on two cores; writes answers.csv
    python experiments/04_version_2/run.py --quick        # four pairs of each; writes nothing

The answer is the change of third-year revenue against the same firm under its status quo, in matched pairs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from simlead.model.presets import EFFECT_SIZES, PRESETS, preset
from simlead.model.scenario import Scenario
from simlead.model.structure import Structure
from simlead.model.version_1 import version_1
from simlead.study.calibration import calibrate
from simlead.study.compare import compare

ANSWERS = Path(__file__).with_name("answers.csv")
PAIRS = 60

LEVERS: dict[str, dict[str, object]] = {
    **{f"coaching share {share:g}": {"policy.coaching_share": share} for share in (0.0, 0.35, 0.5, 0.7)},
    **{f"role clarity {clarity:g}": {"policy.role_clarity": clarity} for clarity in (0.2, 0.6, 1.0)},
    **{f"accountability {level:g}": {"policy.accountability": level} for level in (0.2, 0.8)},
    **{f"own selling share {share:g}": {"policy.own_selling_share": share} for share in (0.05, 0.3)},
    **{f"no {name.replace('_', ' ')}": {f"policy.{name}": False}
       for name in ("one_to_one", "pre_call", "post_call", "kpi_review")},
    "no heroics": {"policy.heroics": 0.0},
    **{f"promotion: {rule.replace('_', ' ')}": {"policy.promotion_rule": rule}
       for rule in ("best_coach", "random", "external")},
    "replace unfit": {"policy.replace_unfit": True},
    "manager training": {"policy.manager_training": True},
}
"""One lever at a time, from the status quo of the default firm."""

SHOWN_WITH_SWITCHES = {"coaching share 0.5": LEVERS["coaching share 0.5"], "role clarity 1": LEVERS["role clarity 1"],
                       "leadership": PRESETS["leadership"]}


def firm_of(version: int, effect_sizes: str, firm: str) -> Scenario:
    """A firm under its status quo."""
    if version == 1:
        return version_1(effect_sizes, firm)
    found = preset("construction_group" if firm == "construction_group" else "status_quo", effect_sizes)
    return found.change({f"policy.{name}": value for name, value in vars(found.status_quo).items()})


def questions() -> Iterator[tuple[int, str, str, str, dict[str, dict[str, object]]]]:
    """(version, effect sizes, firm, switch that is on, policies) of each comparison."""
    presets = {name: changes for name, changes in PRESETS.items() if name not in ("status_quo", "construction_group")}
    for effect_sizes in EFFECT_SIZES:
        for version in (1, 2):
            yield version, effect_sizes, "default", "", presets | LEVERS
            group = {path: value for path, value in PRESETS["construction_group"].items() if path.startswith("policy.")}
            yield version, effect_sizes, "construction_group", "", {"construction_group": group}
        for switch in vars(Structure()):
            yield 2, effect_sizes, "default", switch, SHOWN_WITH_SWITCHES


def answers_of(
    version: int, effect_sizes: str, firm: str, switch: str, policies: dict[str, dict[str, object]], pairs: int
) -> pd.DataFrame:
    """A row per policy: change of third-year revenue as a fraction, with its 95 % interval."""
    status_quo = firm_of(version, effect_sizes, firm)
    if switch:
        status_quo = status_quo.change({f"structure.{switch}": True})
    if switch == "hidden_ceiling":
        status_quo = calibrate(status_quo, clarity_replications=0)
    scenarios = {"status quo": status_quo} | {name: status_quo.change(changes) for name, changes in policies.items()}
    table = compare(scenarios, replications=pairs, measures=["revenue"], seed=0, progress=True).table
    table = table[table["scenario"] != "status quo"]
    return pd.DataFrame({
        "version": version, "effect_sizes": effect_sizes, "firm": firm, "switch": switch, "policy": table["scenario"],
        "change": table["relative_difference"], "low": table["relative_low"], "high": table["relative_high"],
        "pairs": pairs})


def main() -> None:
    """Make all comparisons and write their answers."""
    parser = argparse.ArgumentParser(description="Old answers against new ones.")
    parser.add_argument("--quick", action="store_true", help="Four pairs of each comparison; nothing is written.")
    quick = parser.parse_args().quick
    rows = []
    for question in questions():
        print(*question[:4], flush=True)
        rows.append(answers_of(*question, 4 if quick else PAIRS))
    found = pd.concat(rows, ignore_index=True)
    print(found.to_string())
    if not quick:
        found.to_csv(ANSWERS, index=False, float_format="%.5f")


if __name__ == "__main__":
    main()
