"""The chart of published facts beside the simulated status quo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import LABEL_POINTS, chart, frame, label_rows, new_axes, placed, plain
from simlead.show.charts.fitted_text import text_width
from simlead.show.charts.palette import BLACK, BLUE, PALE, SMALLEST, TEXT, VERMILION, WIDTH_INCHES
from simlead.show.charts.tables import need
from simlead.show.format import interval, scale, setting, unit_of
from simlead.show.language import direction, say
from simlead.show.wording import brief, listed
from simlead.show.wording import inside as in_sentence
from simlead.study.records import FINAL

MOST_ROWS = 16
"""Facts above each other; more stand in two columns."""

REACH = 1.0
"""How far a row reaches beyond a fact's tolerance, in such ranges; what lies further is drawn at its end."""


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
    names = list(dict.fromkeys(table["fact"]))
    measures = dict(zip(table["fact"], table["measure"], strict=True)) if "measure" in table.columns else {}
    labels = {name: _label(name, measures.get(name)) for name in names}
    if len(names) <= MOST_ROWS:
        _column(ax, table, labels, TEXT)
        ax.set_xticks([0.0, 1.0], [say("charts_facts.least"), say("charts_facts.most")])
    else:
        ax.set_axis_off()
        half = -(-len(names) // 2)
        panels = []
        between = _between(table, names[:half], labels)
        for place, part in enumerate((names[:half], names[half:])):
            panel = ax.inset_axes(placed((place * (1.0 + between) / 2, 0.0, (1.0 - between) / 2, 1.0)))
            _column(panel, table[table["fact"].isin(part)], labels, SMALLEST)
            panel.set_xticks([])
            panel.set_ylim(half - 0.4, -0.6)
            panels.append(panel)
        ends = [end for panel in panels for end in panel.get_xlim()]
        for panel in panels:
            panel.set_xlim(min(ends), max(ends))
    wrong = table[~table["inside"].astype(bool)]
    title = say("charts_facts.title", met=len(table) - len(wrong), all=len(table))
    titles = [title]
    if len(wrong):
        missed = [in_sentence(labels[name]) for name in dict.fromkeys(wrong["fact"])]
        titles = [say("charts_facts.but", title=title, fact=listed(missed, most=most)) for most in (len(missed), 2, 1)]
    return frame(ax, titles, say("charts_facts.caption"))


def _between(table: pd.DataFrame, names: list[str], labels: Mapping[str, str]) -> float:
    """The fraction of the width that is between two columns: numbers of the first, labels of the second."""
    said = {line["fact"]: text_width(_range_words(line), SMALLEST) for line in table.to_dict("records")}
    widths = [max(text_width(label, SMALLEST) for name, label in labels.items() if (name in names) is first)
              for first in (True, False)]
    numbers = [max(width for name, width in said.items() if (name in names) is first) for first in (True, False)]
    room = 72 * WIDTH_INCHES - widths[0] - numbers[1] - 60.0
    return (numbers[0] + min(widths[1], LABEL_POINTS) + 50.0) / room


def _column(ax: Axes, table: pd.DataFrame, labels: Mapping[str, str], size: float) -> None:
    """A row for each fact, with letters of this size."""
    names = list(dict.fromkeys(table["fact"]))
    plain(ax)
    ax.grid(False)
    label_rows(ax, [labels[name] for name in names], size=size)
    ax.set_ylim(len(names) - 0.4, -0.6)
    rtl, edge, ends = direction() == "rtl", 0.15, [0.0, 1.0]
    for line in table.to_dict("records"):
        row, width = names.index(line["fact"]), line["high"] - line["low"]
        at, low, high, published = (
            min(max((line[column] - line["low"]) / width, -REACH), 1.0 + REACH)
            for column in ("simulated", "simulated_low", "simulated_high", "published"))
        late, colour = line["when"] == FINAL, BLUE if line["inside"] else VERMILION
        if not late:
            ax.barh(row, 1.0, height=0.62, color=PALE, zorder=1, gid="tolerance")
            ax.plot([published] * 2, [row - 0.31, row + 0.31], color=BLACK, linewidth=2, zorder=2, gid="published")
            # On the side where no labels are.
            ax.annotate(_range_words(line), (0.0 if rtl else 1.0, row), (-10 if rtl else 10, 0), va="center",
                        ha="right" if rtl else "left", xycoords=("axes fraction", "data"), textcoords="offset points",
                        fontsize=size, annotation_clip=False, gid="numbers")
        place = row + (0.14 if late else -0.14)
        if math.isfinite(low) and math.isfinite(high):
            ax.plot([low, high], [place] * 2, color=colour, linewidth=2, zorder=3, gid="interval")
        ax.plot([at], [place], "o" if line["inside"] else "X", color=colour,
                markerfacecolor="white" if late else colour, markersize=7,
                zorder=4, gid="third" if late else "base")
        ends += [at, low, high]
    known = [end for end in ends if math.isfinite(end)]
    ax.set_xlim(min(known) - edge, max(known) + edge)


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
