"""The chart of what published facts make of worlds: which facts tell them apart."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, new_axes
from simlead.show.charts.palette import BLACK, BLUE, PALE, TEXT, VERMILION
from simlead.show.charts.rows import rows_in
from simlead.show.charts.tables import need
from simlead.show.format import percent_of
from simlead.show.language import direction, say
from simlead.show.wording import brief, inside, words

MOST_ROWS = 10
"""Facts that are drawn: the most telling ones."""

REACH = 2.5
"""How far a row reaches beyond a fact's tolerance range, in such ranges."""

ROOM = 0.8
"""Room for the share that a fact rules out, in the same unit."""


@chart
def world_facts(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what worlds make of published facts: before the facts weigh them, and after.

    The band is a fact's tolerance, from one end to the other in every row; the line in it is the published value. The
    red line is where the worlds lie that were drawn (their mean and two standard deviations to each side), the
    blue one where they lie when weighed. The most telling facts come first; the title names the first.

    Parameters
    ----------
    table : pandas.DataFrame
        `Worlds.by_fact` of `simlead.worlds`.
    {ax}

    {returns}
        Where a column is missing.

    Examples
    --------
    >>> fact = {"measure": "market_share", "published": .1, "low": .08, "high": .13, "expected_before": .12,
    ...         "sd_before": .02, "expected": .1, "sd": .01, "ruled_out": .25, "effective_share": .5}
    >>> world_facts(pd.DataFrame([fact])).get_title(loc="left")
    '25 % of the worlds drawn contradict one published fact: market share'
    """
    need(table, ("measure", "published", "low", "high", "expected_before", "sd_before", "expected", "sd", "ruled_out",
                 "effective_share"))
    ax = ax or new_axes()
    chosen = table.sort_values("effective_share", kind="stable").head(MOST_ROWS)
    labels = [words(measure) for measure in chosen["measure"]]
    rows_in(ax, labels)
    ax.grid(False)
    rightwards = direction() == "rtl"
    for row, line in enumerate(chosen.to_dict("records")):
        low, high = _ends(float(line["low"]), float(line["high"]), float(line["expected_before"]))

        def at(value: float, low: float = low, high: float = high) -> float:
            return min(max((value - low) / (high - low), -REACH), 1.0 + REACH)

        ax.barh(row, 1.0, height=0.7, color=PALE, zorder=1, gid="tolerance")
        if math.isfinite(line["published"]):
            ax.plot([at(line["published"])] * 2, [row - 0.35, row + 0.35], color=BLACK, linewidth=2, zorder=2,
                    gid="published")
        for name, spread, place, colour, marker in (("expected_before", "sd_before", row + 0.16, VERMILION, "s"),
                                                    ("expected", "sd", row - 0.16, BLUE, "o")):
            ends = [at(line[name] + side * line[spread]) for side in (-2.0, 2.0)]
            ax.plot(ends, [place] * 2, color=colour, linewidth=3, solid_capstyle="butt", zorder=3,
                    gid="interval" if name == "expected" else "band")
            ax.plot([at(line[name])], [place], marker, color=colour, markersize=7, zorder=4)
        # at the side where the names of the rows are not
        ax.annotate(percent_of(line["ruled_out"]), (0.0 if rightwards else 1.0, row), va="center",
                    ha="left" if rightwards else "right", fontsize=TEXT,
                    xycoords=("axes fraction", "data"), gid="ruled_out")
    ax.set_xlim(-REACH - (0.1 + ROOM if rightwards else 0.1), 1.1 + REACH + (0.0 if rightwards else ROOM))
    ax.set_xticks([0.0, 1.0], [say("charts_facts.least"), say("charts_facts.most")])
    worst = chosen.sort_values("ruled_out", kind="stable").iloc[-1]
    kind = "most" if worst["ruled_out"] > 0.0 else "none"
    title = say(f"charts_worlds.{kind}", inside=inside(brief(worst["measure"])), share=percent_of(worst["ruled_out"]))
    return frame(ax, title, say("charts_worlds.caption"))


def _ends(low: float, high: float, near: float) -> tuple[float, float]:
    """A fact's tolerance range; of a bound only, as wide as what is drawn needs.

    >>> _ends(0.04, 1.0, 0.08)
    (0.04, 0.12)
    """
    return (low, min(high, low + 2.0 * max(abs(near - low), abs(low)))) if high >= 1.0 and low < 0.5 else (low, high)
