"""The parts of README.md that are computed: between two comments each."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

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
    """A sentence or two per belief set: what half of the week does, what clarity does, and the best plan."""
    said = []
    for beliefs, ridge in ridges.items():
        best, low, high = ridge[COACHING], ridge["low"], ridge["high"]
        half = corner(expected, beliefs, 0.5, 0.4)
        clear = corner(expected, beliefs, 0.2, 1.0)
        said.append(
            f"- **{beliefs.capitalize()} beliefs.** Half of the week planned for coaching, everything else as it is: "
            f"{spoken(half)} revenue in the third year, with {half['coaching_share_realised']:.0%} of the week really "
            f"coached. A fully clear role and no more coaching than now: {spoken(clear)}. The best plan lies at "
            f"{best.min():.0%} to {best.max():.0%} of the week, depending on clarity (the intervals reach from "
            f"{low.min():.0%} to {high.max():.0%}); revenue is within 1% of the best at every clarity from "
            f"{ridge['near_low'].max():.0%} to {ridge['near_high'].min():.0%}.")
    return "\n".join(said)


def corner(expected: dict[str, Any], beliefs: str, coaching: float, clarity: float) -> dict[str, Any]:
    """The cell of the headline numbers at this place."""
    return next(line for line in expected["corners"] if (
        line["beliefs"], line["coaching_share"], line["role_clarity"]) == (beliefs, coaching, clarity))


def spoken(cell: dict[str, Any]) -> str:
    """A cell's difference in revenue with its interval."""
    mean, low, high = cell["revenue_difference"]
    return f"{mean:+.1%} ({low:+.1%} to {high:+.1%})"


def ridge_table(ridges: dict[str, pd.DataFrame]) -> str:
    """The best planned coaching share for each clarity."""
    lines = ["| clarity of the role | " + " | ".join(f"best planned coaching, {name}" for name in ridges) + " |",
             "|---|" + "---|" * len(ridges)]
    for row in range(len(next(iter(ridges.values())))):
        clarity = next(iter(ridges.values())).iloc[row][CLARITY]
        told = [f"{ridge.iloc[row][COACHING]:.0%} ({ridge.iloc[row]['low']:.0%} to {ridge.iloc[row]['high']:.0%})"
                for ridge in ridges.values()]
        lines.append(f"| {clarity:.1f} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def corner_table(expected: dict[str, Any]) -> str:
    """Third-year revenue against the status quo in a few cells."""
    lines = ["| planned coaching | clarity | beliefs | third-year revenue against the status quo | pairs |",
             "|---|---|---|---|---|"]
    for cell in expected["corners"]:
        lines.append(f"| {cell['coaching_share']:.0%} | {cell['role_clarity']:.1f} | {cell['beliefs']} | "
                     f"{spoken(cell)} | {cell['n']} |")
    return "\n".join(lines)


def runs_line(expected: dict[str, Any]) -> str:
    """How many runs, how sure."""
    reached = "everywhere" if expected["precision_reached_everywhere"] else "not everywhere"
    return (f"{expected['runs']:,} runs, seed {expected['seed']}; the widest half-width is "
            f"{expected['largest_half_width']:.2%}, the precision reached {reached}. "
            f"Sources {expected['sources']}, parameters {expected['registry']}.")
