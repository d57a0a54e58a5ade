"""The chart of a box: which part of each factor's range it takes, and what it holds."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.scenario import REGISTRY
from simlead.show.charts.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    ChartError,
    frame,
    need,
    new_axes,
    plain,
    words,
    wrapped,
)
from simlead.study.discover import sentences

MOST_ROWS = 4
"""So many restrictions are drawn, the surest ones."""

NEEDED = ("box", "outcome", "verdict", "factor", "low", "high", "values", "other_values", "range_low",
          "range_high", "quasi_p", "density", "coverage", "base_rate", "held_out_density", "p_value")
"""The columns of a table of boxes that the chart needs."""


def prim_box(table: pd.DataFrame, ax: Axes | None = None, *, box: int = 1) -> Axes:
    """A box of PRIM: a row per restricted factor (the four surest), its range in grey and what is inside in blue.

    `table` is one of `study.discover.prim`. To the right of each row stands its quasi-p-value;
    below are three shares: of the outcome overall, in the box, and at held-out points. The
    title is the box in a sentence, with density and coverage.

    Raises ChartError where a column or the box is missing.

    >>> import numpy as np
    >>> from simlead.study.discover import prim
    >>> luck = np.random.Generator(np.random.Philox(key=1))
    >>> points = pd.DataFrame(luck.random((100, 2)), columns=["clarity", "span"])
    >>> table = prim(points, points["clarity"] < 0.4, factors=["clarity", "span"], saying="growth fails")
    >>> prim_box(table).get_title(loc="left").replace(chr(10), " ")[:33]
    'Growth fails when clarity < 0.4 ('
    """
    chart = "prim_box"
    need(table, NEEDED, chart)
    rows = table[table["box"] == box].sort_values("quasi_p", kind="stable")
    if rows.empty:
        raise ChartError(f"{chart}: no box {box}; the table has {', '.join(map(str, sorted(set(table['box']))))}")
    own = ax is None
    ax = new_axes() if ax is None else ax
    ax.set_axis_off()
    lines = [line for line in rows.to_dict("records") if line["factor"]][:MOST_ROWS]
    labels = [_label(str(line["factor"])) for line in lines]
    ranges, shares = ax.inset_axes((0.0, 0.42, 0.84, 0.58)), ax.inset_axes((0.0, 0.04, 0.84, 0.24))
    plain(ranges)
    ranges.grid(False)
    ranges.set_xlim(0.0, 1.0)
    ranges.set_xticks([])
    ranges.spines["bottom"].set_visible(False)
    ranges.set_ylim(max(len(lines), 1) - 0.4, -0.6)
    ranges.set_yticks(range(len(lines)), labels)
    for row, line in enumerate(lines):
        _draw(ranges, row, line)
        ranges.annotate(f"quasi-p {line['quasi_p']:.1g}", (1.0, row), (14, 0), textcoords="offset points", va="center",
                        fontsize=TEXT, color=GREY, annotation_clip=False)
    if not lines:
        ranges.text(0.5, 0.0, "no restriction stands", ha="center", fontsize=TEXT, color=GREY)
    first = rows.iloc[0]
    found = first["verdict"] == "found"
    three = [("Overall", first["base_rate"], GREY), ("In the box", first["density"], BLUE),
             ("Held out", first["held_out_density"], ORANGE)]
    plain(shares)
    shares.set_xlim(0.0, 100.0)
    shares.set_ylim(2.6, -0.6)
    shares.set_yticks(range(3), [name for name, _, _ in three])
    for row, (_, share, colour) in enumerate(three):
        if not math.isnan(share):
            shares.barh(row, 100 * share, height=0.6, color=colour, gid="share")
            shares.annotate(f"{100 * share:.0f} %", (100 * share, row), (6, 0), textcoords="offset points",
                            va="center", fontsize=TEXT)
    shares.set_xlabel(f"points where {first['outcome']}, %", fontsize=TEXT)
    frame(ax, _title(rows) if found else sentences(rows)[0].rstrip("."), _caption(first), [*labels, "In the box"], own)
    return ax


def _draw(ax: Axes, row: int, line: dict[Any, Any]) -> None:
    """One factor's range and what of it is inside, from 0 to 1."""
    ax.barh(row, 1.0, height=0.3, color=PALE, gid="range")
    if line["values"]:
        inside, outside = (str(line[name]).split(" | ") for name in ("values", "other_values"))
        width = 1.0 / (len(inside) + len(outside))
        ax.barh(row, width * len(inside), height=0.3, color=BLUE, gid="inside")
        for number, word in enumerate([*inside, *outside]):
            said = wrapped(word.replace("_", " "), TEXT, 560.0 * width)
            ax.text((number + 0.5) * width, row - 0.2, said, ha="center", va="bottom", fontsize=TEXT,
                    color=BLUE if number < len(inside) else GREY)
        return
    start, end, low, high = (float(str(line[name])) for name in ("range_low", "range_high", "low", "high"))
    left = 0.0 if math.isnan(low) else (low - start) / (end - start)
    right = 1.0 if math.isnan(high) else (high - start) / (end - start)
    ax.barh(row, right - left, left=left, height=0.3, color=BLUE, gid="inside")
    for place, value, side in ((0.0, start, "left"), (1.0, end, "right")):
        ax.text(place, row + 0.2, f"{value:.3g}", ha=side, va="top", fontsize=TEXT, color=GREY)
    for place, value in ((left, low), (right, high)):
        if not math.isnan(value):
            ax.text(place, row - 0.2, f"{value:.6g}", ha="center", va="bottom", fontsize=TEXT, color=BLUE)


def _title(rows: pd.DataFrame) -> str:
    """The sentence, without what the chart and its caption say."""
    said = sentences(rows)[0]
    return said[:said.index("; overall")] + ")"


def _caption(first: pd.Series) -> str:
    dealt = f"outcomes dealt out at random show a box as strong with probability {first['p_value']:.2g}"
    return (f"{words(dealt)}. Held out: boxes found on four fifths of the points, at the last fifth. "
            "Quasi-p: the chance that the box without this edge is as dense.")


def _label(name: str) -> str:
    line = REGISTRY.get(name)
    said = words(name.rpartition(".")[2])
    return f"{said}, {line.unit}" if line is not None and line.unit and len(line.unit) < 12 else said
