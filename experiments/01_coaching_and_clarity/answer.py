"""What the founding sweep found: tables, pictures and headline numbers from its folder.

    simlead sweep experiments/01_coaching_and_clarity/study.toml --out out/coaching_and_clarity
    python experiments/01_coaching_and_clarity/answer.py out/coaching_and_clarity

Writes cells.csv, expected.json, the pictures and the tables in README.md, all in this folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from heat_maps import four_heat_maps
from page import filled

import simlead
from simlead.results.files import whole_file
from simlead.results.provenance import registry_hash, source_hash
from simlead.show.charts import save_chart, surface_map

HERE = Path(__file__).parent
COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"
CORNERS = [(0.0, 0.0), (0.0, 1.0), (0.2, 1.0), (0.5, 0.4), (0.5, 1.0), (0.7, 0.0), (0.7, 1.0)]
CHECKED_REPLICATES = 10
"""A corner's first replicates, which a test makes again."""


def main() -> None:
    """Read the sweep, answer, write."""
    found = simlead.open_sweep(sys.argv[1])
    status = found.status()
    if not status.complete:
        raise SystemExit(f"{found.folder} is not finished: {status.runs_done} of {status.runs_wanted} runs")
    cells = cells_of(found)
    with whole_file(HERE / "cells.csv", overwrite=True) as place:
        cells.to_csv(place, index=False, float_format="%.6g", lineterminator="\n")
    ridges = {}
    for effect_sizes in found.study.effect_sizes:
        mine = cells[cells["effect_sizes"] == effect_sizes]
        save_chart(four_heat_maps(mine, effect_sizes), HERE / f"{effect_sizes}.png")
        fitted = simlead.fit_surface(found.design, "revenue", runs=found.runs(["revenue"]), effect_sizes=effect_sizes)
        ridges[effect_sizes] = fitted.ridge(COACHING, CLARITY)
        print(effect_sizes, fitted.verdict, *fitted.findings, sep="\n  ")
        save_chart(surface_map(fitted, factor=COACHING, given=CLARITY), HERE / f"ridge_{effect_sizes}.png")
    expected = headline(found, cells, ridges)
    with whole_file(HERE / "expected.json", overwrite=True) as place:
        place.write_text(json.dumps(expected, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    page = HERE / "README.md"
    page.write_text(filled(page.read_text(encoding="utf-8"), ridges, expected), encoding="utf-8")


def cells_of(found: Any) -> pd.DataFrame:
    """A row per cell: what it does to revenue, share and profit against the status quo, and to the coaching done."""
    table = found.points(["coaching_share_realised", "revenue_growth", "market_share"])
    for name, relative in (("revenue", True), ("market_share", False), ("profit_final", True)):
        paired = found.paired(name, relative=relative)
        for column in ("difference", "low", "high"):
            table[f"{name}_{column}"] = paired[column]
        if name == "revenue":
            table["reached"] = paired["reached"]
    return table


def headline(found: Any, cells: pd.DataFrame, ridges: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The numbers that the page quotes and a test makes again."""
    runs = found.runs(["revenue"])
    corners = []
    for effect_sizes in found.study.effect_sizes:
        mine = cells[cells["effect_sizes"] == effect_sizes]
        base = int(mine.loc[mine["baseline"], "point"].iloc[0])
        for coaching, clarity in CORNERS:
            cell = mine[(mine[COACHING] == coaching) & (mine[CLARITY] == clarity) & ~mine["baseline"]].iloc[0]
            first = {
                which: runs[(runs["point"] == point) & (runs["replicate"] < CHECKED_REPLICATES)]["revenue"].mean()
                for which, point in (("base", base), ("cell", int(cell["point"])))}
            corners.append({
                "effect_sizes": effect_sizes, "coaching_share": coaching, "role_clarity": clarity, "n": int(cell["n"]),
                "coaching_share_realised": cell["coaching_share_realised"],
                "revenue_difference": [cell["revenue_difference"], cell["revenue_low"], cell["revenue_high"]],
                "first_replicates": CHECKED_REPLICATES,
                "revenue_of_first": first["cell"], "revenue_of_first_status_quo": first["base"]})
    widest = float(((cells["revenue_high"] - cells["revenue_low"]) / 2).max())
    return {
        "question": found.study.question, "seed": found.study.seed, "runs": int(cells["n"].sum()),
        "sources": source_hash(), "registry": registry_hash(),
        "largest_half_width": widest, "precision_reached_everywhere": bool(cells["reached"].all()),
        "best_coaching_share": {
            effect_sizes: json.loads(ridge.round(4).to_json(orient="records"))  # nan becomes null
            for effect_sizes, ridge in ridges.items()},
        "corners": corners,
    }


if __name__ == "__main__":
    main()
