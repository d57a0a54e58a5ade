"""The chart of published facts beside the simulated status quo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.palette import BLACK, BLUE, HEIGHT_INCHES, PALE, TEXT, VERMILION
from simlead.show.charts.style import chart, figure_of, frame, is_own, label_rows, new_axes, plain
from simlead.show.charts.tables import need
from simlead.show.format import interval, scale, setting, unit_of
from simlead.show.language import direction, say
from simlead.show.wording import brief, listed
from simlead.show.wording import inside as in_sentence
from simlead.study.records import FINAL

ROW_INCHES = 0.29
"""Height of a row whose label stands clear of its neighbours'."""


@chart
def published_facts(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw each published fact as a row: its tolerance, and the simulated value.

    The band is the fact's tolerance, from one end to the other in every row whatever its unit; the line in it is
    the published value. Filled circles are the base year, open ones the third year, both with 95 % intervals; red
    lies outside. The title counts the facts that hold.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of `simlead.facts`.
    {ax}

    {returns}
        Where a column is missing.

    Examples
    --------
    >>> fact = {"fact": "market share", "when": "base year", "published": .1, "low": .08, "high": .13,
    ...         "simulated": .11, "simulated_low": .1, "simulated_high": .12, "inside": True}
    >>> published_facts(pd.DataFrame([fact])).get_title(loc="left")
    'The status quo meets 1 of 1 published facts'
    """
    need(table, ("fact", "when", "published", "low", "high", "simulated", "simulated_low", "simulated_high",
                 "inside"))
    ax = ax or new_axes()
    plain(ax)
    ax.grid(False)
    names = list(dict.fromkeys(table["fact"]))
    measures = dict(zip(table["fact"], table["measure"], strict=True)) if "measure" in table.columns else {}
    labels = [_label(name, measures.get(name)) for name in names]
    label_rows(ax, labels)
    if is_own(ax):  # as high as its rows need
        figure_of(ax).set_figheight(max(HEIGHT_INCHES, ROW_INCHES * len(names) + 2.3))
    ax.set_ylim(len(names) - 0.4, -0.6)
    rtl, edge, ends = direction() == "rtl", 0.15, [0.0, 1.0]
    for line in table.to_dict("records"):
        row, width = names.index(line["fact"]), line["high"] - line["low"]
        at, low, high, published = (
            (line[column] - line["low"]) / width
            for column in ("simulated", "simulated_low", "simulated_high", "published"))
        late, colour = line["when"] == FINAL, BLUE if line["inside"] else VERMILION
        if not late:
            ax.barh(row, 1.0, height=0.62, color=PALE, zorder=1, gid="tolerance")
            ax.plot([published] * 2, [row - 0.31, row + 0.31], color=BLACK, linewidth=2, zorder=2, gid="published")
            # On the side where no labels are.
            ax.annotate(_range_words(line), (0.0 if rtl else 1.0, row), (-10 if rtl else 10, 0), va="center",
                        ha="right" if rtl else "left", xycoords=("axes fraction", "data"), textcoords="offset points",
                        fontsize=TEXT - 1, annotation_clip=False, gid="numbers")
        place = row + (0.14 if late else -0.14)
        if math.isfinite(low) and math.isfinite(high):
            ax.plot([low, high], [place] * 2, color=colour, linewidth=2, zorder=3, gid="interval")
        ax.plot([at], [place], "o" if line["inside"] else "X", color=colour,
                markerfacecolor="white" if late else colour, markersize=7,
                zorder=4, gid="third" if late else "base")
        ends += [at, low, high]
    known = [end for end in ends if math.isfinite(end)]
    ax.set_xlim(min(known) - edge, max(known) + edge)
    ax.set_xticks([0.0, 1.0], [say("charts_facts.least"), say("charts_facts.most")])
    wrong = table[~table["inside"].astype(bool)]
    title = say("charts_facts.title", met=len(table) - len(wrong), all=len(table))
    if len(wrong):
        missed = listed([in_sentence(_label(name, measures.get(name))) for name in dict.fromkeys(wrong["fact"])])
        title = say("charts_facts.but", title=title, fact=missed)
    return frame(ax, title, say("charts_facts.caption"))


def _label(fact: str, measure: str | None) -> str:
    """A fact by the name of its measure; a user's own by its own name."""
    return brief(measure or fact)


def _range_words(line: Mapping[Any, Any]) -> str:
    """The published value, where the source gives one, with its tolerance, in its unit."""
    unit = str(line.get("unit") or unit_of(str(line.get("measure", ""))) or "share")
    factor, _ = scale(unit, float(line["high"]))
    value, low, high = (factor * float(line[column]) for column in ("published", "low", "high"))
    known = setting(value) if math.isfinite(value) else ""
    return say("charts_facts.range", value=known, interval=interval(low, high),
               percent=say("charts_facts.percent") if known and unit.startswith("share") else "").strip()
