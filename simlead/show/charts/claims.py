"""The chart of a claim: of 100 worlds that may be ours, in how many it holds, makes no difference, or is reversed."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.palette import BLUE, GREY, PALE, SKY, TEXT, VERMILION
from simlead.show.charts.rows import rows_in
from simlead.show.charts.style import chart, frame, new_axes
from simlead.show.charts.tables import ChartError, need
from simlead.show.claims_words import AS_IT_IS, of_100, sentence
from simlead.show.language import say
from simlead.show.wording import words
from simlead.study.records import EXISTENCE, NO_DIFFERENCE, OTHERWISE, REVERSE, THERE

VERDICTS = ("key", "effect_sizes", "kind", "verdict", "follows", "smallest", "effect", "p_holds", "p_no_difference",
            "p_reverse", "p_otherwise", "depends_on", "switching_value")
"""The columns that a table of verdicts needs."""

COLOURS = {THERE: BLUE, OTHERWISE: SKY, NO_DIFFERENCE: GREY, REVERSE: VERMILION}
LEAST_LABELLED = 0.06


@chart
def claim_chart(
    verdicts: pd.DataFrame, parts: pd.DataFrame | None = None, structures: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw in how many of 100 worlds a claim holds, under each set of effect sizes.

    Blue: it holds; grey: no difference that matters; orange: the reverse; pale blue: something else. Small squares
    are the conclusions under other mechanisms. Of an existence claim a bar is 100 firms.

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
    'It probably holds: in 90 of 100 worlds that may be ours.'
    """
    need(verdicts, VERDICTS)
    if verdicts["key"].nunique() > 1:
        raise ChartError(f"the table has {verdicts['key'].nunique()} claims; one is drawn at a time")
    rows = verdicts.to_dict("records")
    firms = rows[0]["kind"] == EXISTENCE
    bars = _of_firms(verdicts, parts) if firms else [(words(row["effect_sizes"]), _shares(row)) for row in rows]
    ax = ax or new_axes()
    marked = structures is not None and len(structures) > 0
    labels = [label for label, _ in bars] + ([say("claims.structures")] if marked else [])
    rows_in(ax, labels)
    ax.set_xlim(0.0, 100.0)
    for place, (_, shares) in enumerate(bars):
        _bar(ax, place, shares)
    if marked:
        assert structures is not None
        _strip(ax, len(bars), structures)
    ax.set_xlabel(say("claims.axis_firms" if firms else "claims.axis"), fontsize=TEXT, parse_math=False)
    caption = say("claims.caption_firms" if firms else "claims.caption")
    caption = f"{caption} {say('claims.structures_caption')}" if marked else caption
    before = math.nan if parts is None else _before(parts, str(rows[0]["effect_sizes"]))
    title = say("claims.title", sentence=sentence(rows[0], before))
    return frame(ax, title, caption, labels, say("claims.claim", claim=say(f"claims.text.{rows[0]['key']}")))


def _shares(row: dict[Any, Any]) -> dict[str, float]:
    return {THERE: row["p_holds"], OTHERWISE: row["p_otherwise"], NO_DIFFERENCE: row["p_no_difference"],
            REVERSE: row["p_reverse"]}


def _of_firms(verdicts: pd.DataFrame, parts: pd.DataFrame | None) -> list[tuple[str, dict[str, float]]]:
    """Of an existence claim, a bar for each set and part: the firms of which it is true, and the others."""
    if parts is None:
        raise ChartError("parts: an existence claim needs its table of parts")
    return [(say("claims.row_part", effect_sizes=words(row["effect_sizes"]), part=say(f"claims.parts.{row['part']}")),
             {THERE: row["mean"], OTHERWISE: 1.0 - row["mean"]})
            for name in verdicts["effect_sizes"] for row in parts[parts["effect_sizes"] == name].to_dict("records")]


def _before(parts: pd.DataFrame, effect_sizes: str) -> float:
    found = parts.loc[(parts["part"] == "as before") & (parts["effect_sizes"] == effect_sizes), "mean"]
    return float(found.iloc[0]) if len(found) else math.nan


def _bar(ax: Axes, place: int, shares: dict[str, float]) -> None:
    """A stacked bar of 100, with the numbers of those parts that have room for one."""
    left = 0.0
    for name, share in shares.items():
        if share > 0.0:
            ax.barh([place], [100.0 * share], left=left, height=0.62, color=COLOURS[name], edgecolor="white", gid=name)
        if share >= LEAST_LABELLED:
            ax.text(left + 50.0 * share, place, of_100(share), ha="center", va="center", fontsize=TEXT + 2,
                    color="black" if name == OTHERWISE else "white", fontweight="bold", gid="share")
        left += 100.0 * share


def _strip(ax: Axes, place: int, structures: pd.DataFrame) -> None:
    """A small square for each other mechanism under the first set of effect sizes, coloured by the conclusion."""
    first = structures[structures["effect_sizes"] == structures["effect_sizes"].iloc[0]]
    shown = first[first["switch"] != AS_IT_IS]["becomes"].tolist()
    for number, becomes in enumerate(shown):
        ax.plot([100.0 * (number + 0.5) / len(shown)], [place], "s", markersize=16, color=COLOURS.get(becomes, PALE),
                gid="structure")
