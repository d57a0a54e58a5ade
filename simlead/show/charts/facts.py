"""Published facts beside simulated ones: does the firm as it is look like real ones?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.results.measures import MEASURES
from simlead.show.charts.style import (
    BLACK,
    BLUE,
    PALE,
    TEXT,
    VERMILION,
    frame,
    label_rows,
    need,
    new_axes,
    plain,
)
from simlead.show.language import direction, say
from simlead.show.wording import inside as in_sentence
from simlead.show.wording import interval, listed, scale, words
from simlead.study.facts import FACTS, FINAL

_MEASURES = {fact.name: fact.measure for fact in FACTS}


def published_facts(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each published fact as a row: the range that it may take, and where the simulation is.

    Needs the columns of `study.facts`. The band is the fact's tolerance, from one end to the
    other in every row whatever its unit; the line in it the published value. Filled circles are the
    base year (or the only time that it is asked for), open ones the third year, both with
    95 % intervals; red lies outside. The title counts the facts that hold.

    Raises ChartError where a column is missing.

    >>> fact = {"fact": "market share", "when": "base year", "published": .1, "low": .08, "high": .13,
    ...         "simulated": .11, "simulated_low": .1, "simulated_high": .12, "inside": True}
    >>> published_facts(pd.DataFrame([fact])).get_title(loc="left")
    'The status quo meets 1 of 1 published facts'
    """
    need(table, ("fact", "when", "published", "low", "high", "simulated", "simulated_low", "simulated_high",
                 "inside"), "published_facts")
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    ax.grid(False)
    names = list(dict.fromkeys(table["fact"]))
    labels = [_label(name) for name in names]
    label_rows(ax, labels)
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
            ax.annotate(_told(line), (0.0 if rtl else 1.0, row), (-10 if rtl else 10, 0), va="center",
                        ha="right" if rtl else "left", xycoords=("axes fraction", "data"), textcoords="offset points",
                        fontsize=TEXT - 1, annotation_clip=False, gid="numbers")
        place = row + (0.14 if late else -0.14)
        if math.isfinite(low) and math.isfinite(high):
            ax.plot([low, high], [place] * 2, color=colour, linewidth=2, zorder=3, gid="interval")
        ax.plot([at], [place], "o", color=colour, markerfacecolor="white" if late else colour, markersize=6.5,
                zorder=4, gid="third" if late else "base")
        ends += [at, low, high]
    known = [end for end in ends if math.isfinite(end)]
    ax.set_xlim(min(known) - edge, max(known) + edge)
    ax.set_xticks([0.0, 1.0], [say("charts_facts.least"), say("charts_facts.most")])
    wrong = table[~table["inside"].astype(bool)]
    title = say("charts_facts.title", met=len(table) - len(wrong), all=len(table))
    if len(wrong):
        missed = listed([in_sentence(_label(str(name))) for name in dict.fromkeys(wrong["fact"])])
        title = say("charts_facts.but", title=title, fact=missed)
    frame(ax, title, say("charts_facts.caption"), labels, own)
    if own:
        left, _, width, _ = ax.get_position().bounds
        ax.set_position((left + (0.19 if rtl else 0.0), 0.15, width - 0.19, 0.71))
    return ax


def _label(fact: str) -> str:
    """A fact by the name of its measure, or by its own."""
    measure = _MEASURES.get(fact, "")
    return words(measure) if measure else say("charts_facts.fading")


def _told(line: Mapping[Any, Any]) -> str:
    """The published value with its tolerance, in its unit."""
    unit = MEASURES[_MEASURES[str(line["fact"])]].unit if line["fact"] in _MEASURES else "share"
    factor, _ = scale(unit, float(line["published"]))
    value, low, high = (factor * float(line[column]) for column in ("published", "low", "high"))
    return say("charts_facts.range", value=f"{value:.3g}", interval=interval(low, high),
               percent=say("charts_facts.percent") if unit.startswith("share") else "").strip()
