"""What becomes of the answers if parameters with two grades are drawn by the worse one?

    python experiments/09_mixed_grades/run.py            # about ten minutes; writes effects.csv, about.json, README.md
    python experiments/09_mixed_grades/run.py --quick    # sixteen worlds; writes nothing
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

import simlead
from simlead.model.presets import EFFECT_SIZES, PRESETS
from simlead.model.scenario import REGISTRY
from simlead.results.files import whole_file
from simlead.results.page_parts import write_parts
from simlead.results.provenance import registry_hash, source_hash
from simlead.show.claims_words import of_100
from simlead.show.format import difference

HERE = Path(__file__).parent
MIXED = ("world.coaching_gain_max", "world.gain_months", "world.receptivity_slope")
"""Graded A for their scale or direction, and D for the number itself."""

POLICIES = {"half of the week for coaching": "coaching", "a clear role": "clear_role", "leadership": "leadership"}
WORLDS, PAIRS, SEED = 96, 2, 0
AS_GRADED, WORSE = "by the better grade, as everywhere else", "by the worse grade"
COLUMNS = ("mean", "low", "high", "p_above_smallest", "p_no_difference", "p_below_smallest", "smallest")


def effects(worlds: int) -> pd.DataFrame:
    """A row for each way of drawing, set of effect sizes and policy: the answer on revenue of the third year."""
    rows = []
    for drawn, also in ((AS_GRADED, {}), (WORSE, ranges())):
        for name, changes in EFFECT_SIZES.items():
            firm = simlead.Scenario()
            policies = {words: firm.change(PRESETS[preset]) for words, preset in POLICIES.items()}
            there = simlead.worlds(firm.change(changes), worlds, SEED, also=also)
            found = simlead.answer(policies, firm, worlds={name: there}, effect_sizes=name, replications=PAIRS,
                                   seed=SEED)
            rows += [{"drawn": drawn, "effect_sizes": name, **{key: row[key] for key in ("policy", *COLUMNS)}}
                     for row in found.table.to_dict("records")]
    return pd.DataFrame(rows)


def ranges() -> dict[str, tuple[float, float]]:
    """The likely ranges, in which every value is then as likely as any other."""
    return {path: (REGISTRY[path].likely_low, REGISTRY[path].likely_high) for path in MIXED}


def parts(table: pd.DataFrame, about: dict[str, Any]) -> dict[str, str]:
    """The computed parts of README.md."""
    lines = ["| policy | effect sizes | " + " | ".join(f"drawn {drawn}" for drawn in (AS_GRADED, WORSE)) + " |",
             "|---|---|---|---|"]
    for (policy, name), rows in table.groupby(["policy", "effect_sizes"], sort=False):
        by_way = rows.set_index("drawn")
        cells = [f"{difference(row['mean'], row['low'], row['high'], 'share', relative=True)}; "
                 f"{of_100(row['p_above_smallest'])} in 100"
                 for row in (by_way.loc[drawn] for drawn in (AS_GRADED, WORSE))]
        lines.append(f"| {policy} | {name} | {' | '.join(cells)} |")
    return {"effects": "\n".join(lines), "runs": (
        f"{about['worlds']} worlds of each set and each way of drawing, {about['pairs']} matched pairs in each, seed "
        f"{about['seed']}, sources {about['sources']}, parameters {about['registry']}. Which worlds were drawn leaves "
        f"a chance near 80 in 100 open by {200.0 * math.sqrt(0.16 / about['worlds']):.0f} points either way at least.")}


def main() -> None:
    """Run, print, and write."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--quick", action="store_true", help="sixteen worlds; nothing is written")
    quick = reader.parse_args().quick
    table = effects(16 if quick else WORLDS)
    about = {"worlds": 16 if quick else WORLDS, "pairs": PAIRS, "seed": SEED, "sources": source_hash(),
             "registry": registry_hash()}
    if not quick:
        with whole_file(HERE / "effects.csv", overwrite=True) as place:
            table.to_csv(place, index=False)
        with whole_file(HERE / "about.json", overwrite=True) as place:
            place.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        write_parts(HERE / "README.md", parts(table, about))
    print(parts(table, about)["effects"])  # noqa: T201


if __name__ == "__main__":
    main()
