"""What became of the answers: every preset and lever under version 1 and version 2 of the model.

    python experiments/04_version_2/run.py                # all parts: about half an hour on two cores
    python experiments/04_version_2/run.py --only facts   # one part
    python experiments/04_version_2/run.py --quick        # few runs of each; writes nothing

A part writes a table of its own, and into about.json what it was made with. An answer is the change of third-year
revenue against the same firm under its status quo, in matched pairs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from facts import REPLICATIONS, customer_time, facts_of_versions, firm_of

from simlead.model.presets import EFFECT_SIZES, PRESETS
from simlead.model.structure import Structure
from simlead.results.files import whole_file
from simlead.results.provenance import PACKAGES, installed, registry_hash, source_hash
from simlead.study.calibration import calibrate
from simlead.study.compare import compare

HERE = Path(__file__).parent
PAIRS = 60
SEED = 0

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
    version: int, effect_sizes: str, firm: str, switch: str, policies: dict[str, dict[str, object]], pairs: int,
    workers: int | None,
) -> pd.DataFrame:
    """A row per policy: change of third-year revenue as a fraction, with its 95 % interval."""
    print("answers", version, effect_sizes, firm, switch, flush=True)
    status_quo = firm_of(version, effect_sizes, firm)
    if switch:
        status_quo = status_quo.change({f"structure.{switch}": True})
    if switch == "hidden_ceiling":
        status_quo = calibrate(status_quo, clarity_replications=0)
    scenarios = {"status quo": status_quo} | {name: status_quo.change(changes) for name, changes in policies.items()}
    table = compare(
        scenarios, replications=pairs, measures=["revenue"], seed=SEED, workers=workers, progress=True).table
    table = table[table["scenario"] != "status quo"]
    return pd.DataFrame({
        "version": version, "effect_sizes": effect_sizes, "firm": firm, "switch": switch, "policy": table["scenario"],
        "change": table["relative_difference"], "low": table["relative_low"], "high": table["relative_high"],
        "pairs": pairs})


def answers(pairs: int, workers: int | None) -> pd.DataFrame:
    """Every comparison's answers."""
    return pd.concat([answers_of(*question, pairs, workers) for question in questions()], ignore_index=True)


def step(pairs: int, workers: int | None) -> pd.DataFrame:
    """The step of clarity that was measured, with its bound and without."""
    policies = {"role clarity 0.6": LEVERS["role clarity 0.6"]}
    return pd.concat([
        answers_of(2, effect_sizes, "default", switch, policies, pairs, workers)
        for effect_sizes in EFFECT_SIZES for switch in ("", "clarity_without_bound")], ignore_index=True)


PARTS: dict[str, tuple[Callable[[int, int | None], pd.DataFrame], int]] = {
    "facts": (facts_of_versions, REPLICATIONS), "customer_time": (customer_time, PAIRS), "step": (step, PAIRS),
    "answers": (answers, PAIRS)}
"""What makes each table, and with how many replications."""


def made_with(replications: int) -> dict[str, object]:
    """What a table was made with, for about.json."""
    return {"seed": SEED, "replications": replications, "sources": source_hash(), "registry": registry_hash(),
            "versions": {package: installed(package) for package in PACKAGES}}


def main() -> None:
    """Make the tables asked for, and write each with what it was made with."""
    parser = argparse.ArgumentParser(description="Old answers against new ones.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART",
                        help=f"of {', '.join(PARTS)}")
    parser.add_argument("--workers", type=int, help="worker processes (default: all cores)")
    parser.add_argument("--quick", action="store_true", help="four replications; nothing is written")
    asked = parser.parse_args()
    for part in asked.only:
        make, replications = PARTS[part]
        made = made_with(replications)
        found = make(4 if asked.quick else replications, asked.workers)
        print(found.to_string())
        if not asked.quick:
            write(part, found, made)


def write(part: str, found: pd.DataFrame, made: dict[str, object]) -> None:
    """A table, and what it was made with."""
    found.to_csv(HERE / f"{part}.csv", index=False, float_format="%.5f")
    file = HERE / "about.json"
    about = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    with whole_file(file, overwrite=True) as place:
        place.write_text(json.dumps({**about, part: made}, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
