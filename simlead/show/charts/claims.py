"""The chart of a claim: the chances that it holds, makes no difference, or is reversed, with all that is unknown."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from simlead.show.charts.axes import chart, frame, legend_above, name_axis, new_axes, readable
from simlead.show.charts.palette import BLUE, GREY, PALE, SKY, TEXT, VERMILION
from simlead.show.charts.rows import rows_in
from simlead.show.charts.tables import ChartError, need
from simlead.show.claims_words import AS_IT_IS, chances, row_name, strip_words, titles
from simlead.show.format import of_100
from simlead.show.language import say
from simlead.study.records import EXISTENCE, NO_DIFFERENCE, OTHERWISE, REVERSE, THERE, UNCLEAR

VERDICTS = ("key", "effect_sizes", "kind", "verdict", "follows", "smallest", "effect", "p_holds", "p_no_difference",
            "p_reverse", "p_otherwise", "depends_on", "switching_value")
"""The columns that a table of verdicts needs."""

COLOURS = {THERE: BLUE, OTHERWISE: SKY, NO_DIFFERENCE: GREY, REVERSE: VERMILION}
HATCHES = {THERE: "", OTHERWISE: "", NO_DIFFERENCE: "..", REVERSE: "//"}
MARKS = {THERE: "s", OTHERWISE: "s", NO_DIFFERENCE: "o", REVERSE: "X"}
LEGEND_FIRMS = {THERE: "grew", OTHERWISE: "grew less"}
LEAST_LABELLED = 0.06


@chart
def claim_chart(
    verdicts: pd.DataFrame, parts: pd.DataFrame | None = None, structures: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the chances that a claim holds, under each set of effect sizes.

    Blue: it holds; grey: no difference that matters; orange: the reverse; pale blue: something else. Small marks
    are the conclusions under other mechanisms, hollow where they are unclear. Of an existence claim a bar is 100 firms.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        The rows of one claim from `Examination.table`.
    parts : pandas.DataFrame, optional
        The rows of the claim from `Examination.parts`, which an existence claim needs.
    structures : pandas.DataFrame, optional
        The rows of the claim from `Examination.structures`; it may be empty.
    {ax}

    {returns}
        Where a column is missing, or for more than one claim.

    Examples
    --------
    >>> row = ("half_of_the_week", "evidence", "optimum", "probably", "probably", .01, -.002, .9, .02, .08, 0., "", .0)
    >>> claim_chart(pd.DataFrame([row], columns=list(VERDICTS))).get_title(loc="left")
    'It probably holds: the chances are 90 in 100.'
    """
    need(verdicts, VERDICTS)
    if verdicts["key"].nunique() > 1:
        raise ChartError(f"the table has {verdicts['key'].nunique()} claims; one is drawn at a time")
    rows = verdicts.to_dict("records")
    firms = rows[0]["kind"] == EXISTENCE
    bars = _of_firms(verdicts, parts) if firms else [(row_name(row["effect_sizes"]), _shares(row)) for row in rows]
    ax = ax or new_axes()
    marked = structures is not None and len(structures) > 0
    labels = [label for label, _ in bars] + ([say("claims.structures")] if marked else [])
    rows_in(ax, labels, top=-0.45)
    ax.grid(visible=False)
    ax.set_xlim(0.0, 100.0)
    for place, (_, shares) in enumerate(bars):
        _bar(ax, place, shares, of_100 if firms else chances)
    if marked:
        assert structures is not None
        _strip(ax, len(bars), structures, firms)
    name_axis(ax, say("claims.axis_firms" if firms else "claims.axis"))
    before = math.nan if parts is None else _before(parts, str(rows[0]["effect_sizes"]))
    _legend(ax, [name for name in COLOURS if any(shares.get(name, 0.0) > 0.0 for _, shares in bars)], firms)
    frame(ax, titles(rows, before), "", say("claims.claim", claim=say(f"claims.text.{rows[0]['key']}")))
    return ax


def _shares(row: dict[Any, Any]) -> dict[str, float]:
    return {THERE: row["p_holds"], OTHERWISE: row["p_otherwise"], NO_DIFFERENCE: row["p_no_difference"],
            REVERSE: row["p_reverse"]}


def _of_firms(verdicts: pd.DataFrame, parts: pd.DataFrame | None) -> list[tuple[str, dict[str, float]]]:
    """Of an existence claim, a bar for each set and part: the firms of which it is true, and the others."""
    if parts is None:
        raise ChartError("parts: an existence claim needs its table of parts")
    return [(say("claims.row_part", effects=row_name(row["effect_sizes"]), part=say(f"claims.parts.{row['part']}")),
             {THERE: row["mean"], OTHERWISE: 1.0 - row["mean"]})
            for name in verdicts["effect_sizes"] for row in parts[parts["effect_sizes"] == name].to_dict("records")]


def _before(parts: pd.DataFrame, effect_sizes: str) -> float:
    found = parts.loc[(parts["part"] == "as before") & (parts["effect_sizes"] == effect_sizes), "mean"]
    return float(found.iloc[0]) if len(found) else math.nan


def _bar(ax: Axes, place: int, shares: dict[str, float], words: Callable[[float], str]) -> None:
    """A stacked bar of 100, with the numbers of those parts that have room for one."""
    left = 0.0
    for name, share in shares.items():
        if share > 0.0:
            ax.barh([place], [100.0 * share], left=left, height=0.62, color=COLOURS[name], edgecolor="white",
                    hatch=HATCHES[name], gid=name)
        if share >= LEAST_LABELLED:
            readable(ax.text(left + 50.0 * share, place, words(share), ha="center", va="center", fontsize=TEXT + 2,
                             color="black" if name == OTHERWISE else "white", fontweight="bold", gid="share"),
                     COLOURS[name])
        left += 100.0 * share


def _strip(ax: Axes, place: int, structures: pd.DataFrame, firms: bool) -> None:
    """A small mark for each other mechanism under the first set of effect sizes, coloured by the conclusion."""
    first = structures[structures["effect_sizes"] == structures["effect_sizes"].iloc[0]]
    shown = first[first["switch"] != AS_IT_IS].to_dict("records")
    for number, row in enumerate(shown):
        becomes = OTHERWISE if firms and row["becomes"] != THERE else row["becomes"]
        colour = COLOURS.get(becomes, PALE)
        ax.plot([100.0 * (number + 0.5) / len(shown)], [place - 0.12], MARKS.get(becomes, "s"), markersize=16,
                markeredgewidth=3, markeredgecolor=colour, color="white" if row["conclusion"] == UNCLEAR else colour,
                gid="structure")
    ax.text(0.0, place + 0.3, strip_words(first), ha="left", va="center", fontsize=TEXT, color=GREY, gid="strip",
            parse_math=False)


def _legend(ax: Axes, names: list[str], firms: bool) -> None:
    """A colour's meaning in words above the bars, in their order."""
    legend_above(ax, [Patch(facecolor=COLOURS[name], hatch=HATCHES[name], edgecolor="white",
                            label=say(f"claims.legend.{LEGEND_FIRMS[name] if firms else name}")) for name in names])
