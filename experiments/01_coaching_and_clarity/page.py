"""The parts of README.md that are computed: between two comments each."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from simlead.show.format import count, difference, fixed, percent

COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"


def filled(page: str, ridges: dict[str, pd.DataFrame], expected: dict[str, Any]) -> str:
    """The page with its tables written anew."""
    texts = {"answer": answer(ridges, expected), "ridge": ridge_table(ridges), "corners": corner_table(expected),
             "runs": runs_line(expected)}
    for name, text in texts.items():
        place = re.compile(f"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.S)
        page, count = place.subn(lambda found, text=text: found[1] + text + found[2], page)
        if count != 1:
            raise SystemExit(f"README.md has {count} places for {name}; one is needed")
    return page


def answer(ridges: dict[str, pd.DataFrame], expected: dict[str, Any]) -> str:
    """A sentence or two per set of effect sizes: what half of the week does, what clarity does, and the best plan."""
    lines = []
    for effect_sizes, ridge in ridges.items():
        best, low, high = ridge[COACHING], ridge["low"], ridge["high"]
        half = corner(expected, effect_sizes, 0.5, 0.4)
        clear = corner(expected, effect_sizes, 0.2, 1.0)
        lines.append(
            f"- **{effect_sizes.capitalize()} effect sizes.** Half of the week planned for coaching, "
            f"everything else as it is: {formatted(half)} revenue in the third year; "
            f"{whole(half['coaching_share_realised'])} % of the week is realised as coaching. "
            f"A fully clear role and no more planned coaching: {formatted(clear)}. The best plan is "
            f"{whole(best.min())} to {whole(best.max())} % of the week, depending on clarity (the intervals reach from "
            f"{whole(low.min())} to {whole(high.max())} %); revenue is within 1 % of the best at every clarity from "
            f"{whole(ridge['near_low'].max())} to {whole(ridge['near_high'].min())} %.")
    return "\n".join(lines)


def corner(expected: dict[str, Any], effect_sizes: str, coaching: float, clarity: float) -> dict[str, Any]:
    """The cell of the headline numbers at this place."""
    return next(line for line in expected["corners"] if (
        line["effect_sizes"], line["coaching_share"], line["role_clarity"]) == (effect_sizes, coaching, clarity))


def formatted(cell: dict[str, Any]) -> str:
    """A cell's difference in revenue with its interval."""
    return difference(*cell["revenue_difference"], "share of revenue", relative=True)


def whole(share: float) -> str:
    """A share as whole percent, without the sign."""
    return fixed(100.0 * share, 0)


def ridge_table(ridges: dict[str, pd.DataFrame]) -> str:
    """The best planned coaching share for each clarity."""
    lines = ["| clarity of the role | " + " | ".join(f"best planned coaching, {name}" for name in ridges) + " |",
             "|---|" + "---|" * len(ridges)]
    for row in range(len(next(iter(ridges.values())))):
        clarity = next(iter(ridges.values())).iloc[row][CLARITY]
        rows = [ridge.iloc[row] for ridge in ridges.values()]
        cells = [f"{whole(best[COACHING])} % ({whole(best['low'])} to {whole(best['high'])})" for best in rows]
        lines.append(f"| {fixed(clarity, 1)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def corner_table(expected: dict[str, Any]) -> str:
    """Third-year revenue against the status quo in a few cells."""
    lines = ["| planned coaching | clarity | effect sizes | third-year revenue against the status quo | pairs |",
             "|---|---|---|---|---|"]
    for cell in expected["corners"]:
        lines.append(f"| {whole(cell['coaching_share'])} % | {fixed(cell['role_clarity'], 1)} | "
                     f"{cell['effect_sizes']} | {formatted(cell)} | {cell['n']} |")
    return "\n".join(lines)


def runs_line(expected: dict[str, Any]) -> str:
    """Number of runs, and their precision."""
    reached = "everywhere" if expected["precision_reached_everywhere"] else "not everywhere"
    return (f"{count(expected['runs'])} runs, seed {expected['seed']}; the widest half-width is "
            f"{percent(100.0 * expected['largest_half_width'])}, the precision is reached {reached}. "
            f"Sources {expected['sources']}, parameters {expected['registry']}.")
