"""The chart of a box: its range of each factor, and its density and coverage."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.scenario import REGISTRY
from simlead.show.charts.axes import chart, frame, label_rows, name_axis, new_axes, placed, plain
from simlead.show.charts.fitted_text import wrapped
from simlead.show.charts.palette import BLUE, GREY, ORANGE, PALE, TEXT
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import decimals, percent_of, setting, unit_words
from simlead.show.language import direction, say
from simlead.show.sentences import outcome_words, restriction_words, value_words
from simlead.show.wording import capital, listed, parameter_name, with_unit
from simlead.statistics.codes import FOUND

MOST_ROWS = 4
"""So many restrictions are drawn, the surest ones."""

NEEDED = ("box", "outcome", "measure", "side", "threshold", "verdict", "factor", "low", "high", "values",
          "other_values", "range_low", "range_high", "quasi_p", "density", "coverage", "base_rate",
          "held_out_density", "p_value")
"""The columns of a table of boxes that the chart needs."""

LEAST_CHANCE = 0.001
"""Smaller probabilities are said to be below this."""


@chart
def prim_box(table: pd.DataFrame, ax: Axes | None = None, *, box: int = 1) -> Axes:
    """Draw a box of PRIM: a row per restricted factor (at most four), its range in grey and the box in blue.

    Beside each row stands its quasi-p-value; below are the shares of the outcome overall, in the box, and at
    held-out points. The title states the box, its density and its coverage.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of `study.discover.prim`.
    {ax}
    box : int
        Number of the box.

    {returns}
        Where a column or the box is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from simlead.study.discover import prim
    >>> random = np.random.Generator(np.random.Philox(key=1))
    >>> points = pd.DataFrame(random.random((100, 2)), columns=["clarity", "span"])
    >>> table = prim(points, points["clarity"] < 0.4, factors=["clarity", "span"], saying="growth fails")
    >>> prim_box(table).get_title(loc="left").replace(chr(10), " ")[:33]
    'Growth fails when clarity < 0.4 ('
    """
    need(table, NEEDED)
    rows = table[table["box"] == box].sort_values("quasi_p", kind="stable")
    if rows.empty:
        raise ChartError(f"no box {box}; the table has {', '.join(map(str, sorted(set(table['box']))))}")
    ax = ax or new_axes()
    ax.set_axis_off()
    lines = [line for line in rows.to_dict("records") if line["factor"]]
    labels = [_label(line) for line in lines[:MOST_ROWS]]
    ranges, shares = (ax.inset_axes(placed(bounds)) for bounds in ((0.0, 0.42, 0.82, 0.58), (0.0, 0.04, 0.82, 0.24)))
    plain(ranges)
    ranges.grid(False)
    ranges.set_xlim(0.0, 1.0)
    ranges.set_xticks([])
    ranges.spines["bottom"].set_visible(False)
    ranges.set_ylim(max(len(labels), 1) - 0.4, -0.6)
    label_rows(ranges, labels)
    far, away, side = (0.0, -14, "right") if direction() == "rtl" else (1.0, 14, "left")
    for row, line in enumerate(lines[:MOST_ROWS]):
        _draw(ranges, row, line)
        ranges.annotate(_quasi_p(line["quasi_p"]), (far, row), (away, 0), textcoords="offset points", va="center",
                        ha=side, fontsize=TEXT, color=GREY, annotation_clip=False)
    if not lines:
        ranges.text(0.5, 0.0, say("charts_discover.rows.none"), ha="center", fontsize=TEXT, color=GREY)
    first = rows.iloc[0].to_dict()
    plain(shares)
    shares.set_xlim(0.0, 116.0)  # beyond the bars, room for what they say
    shares.set_xticks(range(0, 101, 20))
    shares.set_ylim(2.6, -0.6)
    names = [say(f"charts_discover.shares.{name}") for name in ("overall", "inside", "held_out")]
    label_rows(shares, names)
    three = [(first["base_rate"], GREY), (first["density"], BLUE), (first["held_out_density"], ORANGE)]
    for row, (share, colour) in enumerate(three):
        end = 0.0 if math.isnan(share) else 100 * share
        shares.barh(row, end, height=0.6, color=colour, hatch=".." if colour == GREY else "", edgecolor="white",
                    gid="share")
        shares.annotate(percent_of(share), (end, row), (6, 0), textcoords="offset points", va="center",
                        fontsize=TEXT)
    outcome = outcome_words(first)
    name_axis(shares, say("charts_discover.shares.axis", outcome=outcome))
    return frame(ax, _title(first, lines, outcome), _caption(first))


def _draw(ax: Axes, row: int, line: dict[Any, Any]) -> None:
    """One factor's range and what of it is inside, from 0 to 1."""
    ax.barh(row, 1.0, height=0.3, color=PALE, gid="range")
    if line["values"]:
        within, without = (str(line[name]).split(" | ") for name in ("values", "other_values"))
        width = 1.0 / (len(within) + len(without))
        ax.barh(row, width * len(within), height=0.3, color=BLUE, gid="inside")
        for slot, word in enumerate([*within, *without]):
            said = wrapped(value_words(word), TEXT, 560.0 * width)
            ax.text((slot + 0.5) * width, row - 0.2, said, ha="center", va="bottom", fontsize=TEXT,
                    color=BLUE if slot < len(within) else GREY)
        return
    start, end, low, high = (float(str(line[name])) for name in ("range_low", "range_high", "low", "high"))
    left = 0.0 if math.isnan(low) else (low - start) / (end - start)
    right = 1.0 if math.isnan(high) else (high - start) / (end - start)
    ax.barh(row, right - left, left=left, height=0.3, color=BLUE, gid="inside")
    for place, value, side in ((0.0, start, "left"), (1.0, end, "right")):
        ax.text(place, row + 0.2, _end(value, end - start), ha=side, va="top", fontsize=TEXT, color=GREY)
    for place, value in ((left, low), (right, high)):
        if not math.isnan(value):
            ax.text(place, row - 0.2, setting(value), ha="center", va="bottom", fontsize=TEXT, color=BLUE)


def _title(first: dict[Any, Any], lines: list[dict[Any, Any]], outcome: str) -> str:
    """The box in a sentence, without what the chart and its caption say."""
    if first["verdict"] != FOUND:
        return say("charts_discover.title.chance", outcome=outcome, overall=percent_of(first["base_rate"]),
                   p=f"{first['p_value']:.2g}")
    return capital(say(f"charts_discover.title.{'found' if int(first['box']) == 1 else 'also'}", outcome=outcome,
               restrictions=listed([restriction_words(line) for line in lines]), density=percent_of(first["density"]),
               coverage=percent_of(first["coverage"])))


def _end(value: float, span: float) -> str:
    """An end of a factor's range, to a thousandth or so of the range.

    >>> _end(0.00006, 1.0), _end(4.0, 11.0), _end(1250000.0, 1e6)
    ('0', '4', '1,250,000')
    """
    return setting(round(value, decimals(value, span / 200)) + 0.0)  # no minus before nothing


def _quasi_p(value: float) -> str:
    if value < LEAST_CHANCE:
        return say("charts_discover.rows.quasi_p_below", p=f"{LEAST_CHANCE:g}")
    return say("charts_discover.rows.quasi_p", p=f"{value:.1g}")


def _caption(first: dict[Any, Any]) -> str:
    return " ".join([say("charts_discover.caption.chance", p=f"{first['p_value']:.2g}"),
                     say("charts_discover.caption.held_out"), say("charts_discover.caption.quasi_p")])


def _label(line: dict[Any, Any]) -> str:
    """A factor's name, with its unit if it is a number and the unit short."""
    name = str(line["factor"])
    unit = unit_words(REGISTRY[name].unit) if name in REGISTRY and not line["values"] else ""
    return with_unit(parameter_name(name), unit if len(unit) < 12 else "")
