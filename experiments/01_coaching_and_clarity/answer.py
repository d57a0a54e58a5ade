"""What the runs of every plan and clarity amount to: a map of each outcome with the safe region, and the page's tables.

    python experiments/01_coaching_and_clarity/run.py out/coaching_and_clarity
    python experiments/01_coaching_and_clarity/answer.py

Reads cells.csv and about.json; writes the pictures and the parts of README.md between comments.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
from maps import SAFE, conclusion, map_of

from simlead.results.page_parts import write_parts
from simlead.show.charts import save_chart, structures_by_point
from simlead.show.claims_words import of_100
from simlead.show.format import count, difference, fixed

HERE = Path(__file__).parent
COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"
OUTCOMES = {"revenue_growth": "growth", "market_share": "share", "profit_final": "profit"}
"""What each outcome and its picture is called."""
SETS = {"evidence": "effects as measured", "practitioner": "effects as practitioners report"}
ROWS = [(0.5, 0.4), (0.2, 1.0), (0.5, 1.0), (0.7, 0.0), (0.0, 0.4), (0.7, 1.0)]
"""The cells of the page's table; the first three are the answer in words."""

Facts = dict[str, Any]


def main() -> None:
    """Draw, and fill the page."""
    cells, about = pd.read_csv(HERE / "cells.csv"), json.loads((HERE / "about.json").read_text(encoding="utf-8"))
    for measure, name in OUTCOMES.items():
        save_chart(map_of(cells, measure), HERE / f"{name}.png")
    switched = pd.read_csv(HERE / "structures.csv")
    save_chart(structures_by_point(switched), HERE / "structures.png")
    write_parts(HERE / "README.md", parts(cells, about, switched))


def parts(cells: pd.DataFrame, about: Facts, switched: pd.DataFrame) -> dict[str, str]:
    """The computed parts of README.md, each under the name of its place."""
    return {"answer": answer(cells), "safe": safe(cells), "plans": plans(cells), "cells": table(cells),
            "runs": runs(about), "structures": structures(switched)}


def cell_of(cells: pd.DataFrame, effect_sizes: str, coaching: float, clarity: float) -> pd.Series:
    """A cell's row."""
    return cells[(cells["effect_sizes"] == effect_sizes) & (cells[COACHING] == coaching)
                 & (cells[CLARITY] == clarity)].iloc[0]


def effect(row: pd.Series, measure: str) -> str:
    """An effect with the interval of both uncertainties."""
    relative = measure in ("revenue", "profit_final")
    return difference(row[f"{measure}_mean"], row[f"{measure}_low"], row[f"{measure}_high"], "share", relative=relative)


def answer(cells: pd.DataFrame) -> str:
    """The founding question in words: half of the week, a clear role, and both."""
    lines = []
    for (coaching, clarity), what in zip(ROWS[:3], (
            "Half of the week planned for coaching, all else as it is", "A fully clear role and no more coaching",
            "Both"), strict=False):
        said = []
        for name, words in SETS.items():
            row = cell_of(cells, name, coaching, clarity)
            said.append(
                f"with {words} growth {effect(row, 'revenue_growth')}, share {effect(row, 'market_share')}, profit "
                f"{effect(row, 'profit_final')}; chances of a gain in growth that matters "
                f"{of_100(row['revenue_growth_p_above_smallest'])} in 100")
        realised = fixed(100.0 * cell_of(cells, "evidence", coaching, clarity)["coaching_share_realised"], 0)
        lines.append(f"- **{what}** ({realised} % of the week is realised as coaching): {'; '.join(said)}.")
    return "\n".join(lines)


def safe(cells: pd.DataFrame) -> str:
    """How many of the plans are safe, by outcome."""
    lines = []
    for measure, name in OUTCOMES.items():
        both = conclusion(cells, measure)
        gains, losses, same = (int((both == word).sum()) for word in ("gain", "loss", "same"))
        others = len(both) - same
        lines.append(f"- **{name.capitalize()}**: of {others} cells {gains} are a safe gain and {losses} a safe "
                     f"loss under both sets of effect sizes; of the other {others - gains - losses} the answer "
                     "depends on what is unknown.")
    return "\n".join(lines)


def plans(cells: pd.DataFrame) -> str:
    """The plan with the highest expected profit at each clarity, and those whose interval of profit reaches it."""
    lines = ["| clarity of the role | " + " | ".join(f"plan with the highest expected profit, {name}" for name in SETS)
             + " |", "|---|" + "---|" * len(SETS)]
    for clarity, there in cells.groupby(CLARITY):
        found = []
        for name in SETS:
            mine = there[there["effect_sizes"] == name]
            best = mine.loc[mine["profit_final_mean"].idxmax()]
            planned, realised = (fixed(100.0 * best[column], 0) for column in (COACHING, "coaching_share_realised"))
            found.append(f"{planned} % planned, {realised} % realised: {effect(best, 'profit_final')}")
        lines.append(f"| {fixed(float(clarity), 1)} | " + " | ".join(found) + " |")
    return "\n".join(lines)


def table(cells: pd.DataFrame) -> str:
    """Some cells: each outcome with its interval, and the chances of a gain in growth that matters."""
    lines = ["| planned coaching | clarity | effect sizes | growth, points | share, points | profit | chances in 100 "
             "of a gain in growth, of a loss |", "|---|---|---|---|---|---|---|"]
    for coaching, clarity in ROWS:
        for name in SETS:
            row = cell_of(cells, name, coaching, clarity)
            chances = [of_100(row[f"revenue_growth_p_{side}_smallest"]) for side in ("above", "below")]
            lines.append(f"| {fixed(100.0 * coaching, 0)} % | {fixed(clarity, 1)} | {name} | " + " | ".join(
                [*(effect(row, measure) for measure in OUTCOMES), ", ".join(chances)]) + " |")
    return "\n".join(lines)


def structures(switched: pd.DataFrame) -> str:
    """Which conclusions about third-year revenue survive other forms of the mechanisms."""
    lines = []
    for (coaching, clarity), what in zip(ROWS[:3], ("Half of the week", "A fully clear role", "Both"), strict=True):
        for name in SETS:
            mine = switched[(switched["effect_sizes"] == name) & (switched[COACHING] == coaching)
                            & (switched[CLARITY] == clarity)]
            others = [f"{word} under {', '.join(f'`structure.{each}`' for each in there)}" for word, there in (
                ("another", mine.loc[mine["conclusion"] == "breaks", "switch"]),
                ("unclear", mine.loc[mine["conclusion"] == "unclear", "switch"])) if len(there)]
            same = int((mine["conclusion"] == "holds").sum())
            lines.append(f"- **{what}**, {name}: the conclusion is the same under {same} of {len(mine)} other forms of "
                         f"the mechanisms{''.join(f'; {each}' for each in others)}.")
    return "\n".join(lines)


def runs(about: Facts) -> str:
    """What it rests on."""
    lines = []
    for name, of in about["sets"].items():
        out = fixed(100.0 * (1.0 - of["candidates_left"]), 0)
        least = {measure: fixed(100.0 * value, 2) for measure, value in of["smallest"].items()}
        lines.append(
            f"- {name}: {count(of['runs'])} runs; {of['worlds']} worlds, worth {fixed(of['effective_worlds'], 0)} of "
            f"equal weight, taken from {count(of['candidates'])} that were drawn ({out} % of these are ruled out by "
            f"published facts), with {about['pairs']} matched pairs in each. Smallest effects of interest: growth "
            f"{least['revenue_growth']} points, share {least['market_share']} points, profit "
            f"{least['profit_final']} % of the status quo's. Which worlds were drawn leaves a chance near 50 in 100 "
            f"open by {known_to(0.5, of)} points either way, one near {100 * SAFE:.0f} by {known_to(SAFE, of)}.")
    made = (f"- Seed {about['seed']}, model version {about['model']}, sources {about['sources']}, parameters "
            f"{about['registry']}. Safe means chances of {100 * SAFE:.0f} in 100 or more.")
    return "\n".join([*lines, made])


def known_to(chance: float, about: Facts) -> str:
    """Two standard errors of a chance in points, by the effective number of worlds."""
    return fixed(200.0 * math.sqrt(chance * (1.0 - chance) / about["effective_worlds"]), 0)


if __name__ == "__main__":
    main()
