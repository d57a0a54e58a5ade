"""A chart of what is not known of a policy's effect: luck, the world, and what to learn first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.sensitivity import factor_words
from simlead.show.charts.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    WIDTH_INCHES,
    ChartError,
    frame,
    interval,
    need,
    new_axes,
    number,
    plain,
    readable,
    text_width,
    words,
)
from simlead.study.uncertainty.variance import DOUBT

ROWS = 8
"""Parameters in the chart at most, the first to learn on top."""

SOURCE_WORDS = {"luck": "luck alone", "world": "unknown world", "both": "both"}
_COLOURS = {"luck": ORANGE, "world": BLUE, "both": GREY}


def uncertainty(
    table: pd.DataFrame, parameters: pd.DataFrame, ax: Axes | None = None, *, beliefs: str | None = None
) -> Axes:
    """Left, where a policy's effect lies by luck, by an unknown world, by both; right, what to learn first.

    Needs `Uncertainty.table` and `Uncertainty.parameters` (`study.uncertainty`). The right
    side has a bar per parameter from the expected effect at its 5 % quantile to that at its
    95 % quantile, and the part of the variance between worlds that knowing it would take
    away. It shows the belief set named, or the first.

    Raises ChartError where a column or the belief set is missing.

    >>> table = pd.DataFrame({
    ...     "beliefs": "evidence", "measure": "revenue", "unit": "share of status quo",
    ...     "source": ["estimate", "luck", "world", "both"], "mean": 0.2, "low": [0.18, 0.1, 0.0, -0.05],
    ...     "high": [0.22, 0.3, 0.4, 0.45], "variance_share": [None, 0.2, 0.8, 1.0], "n": 128, "replications": 4})
    >>> parameters = pd.DataFrame({
    ...     "beliefs": "evidence", "parameter": ["world.skill_effect"], "at_low": 0.1, "at_high": 0.3,
    ...     "variance_share": 0.6, "p_value": 1e-4, "rank": 1, "tied_with": ""})
    >>> uncertainty(table, parameters).get_title(loc="left").replace(chr(10), " ")
    'Revenue +20 %, 0 to 40 over unknown worlds, which make 80 % of the variance; learn skill effect first'
    """
    chart = "uncertainty"
    need(table, ("beliefs", "measure", "unit", "source", "mean", "low", "high", "variance_share", "n",
                 "replications"), chart)
    need(parameters, ("beliefs", "parameter", "at_low", "at_high", "variance_share", "p_value", "rank",
                      "tied_with"), chart)
    known = list(dict.fromkeys(table["beliefs"].astype(str)))
    chosen = known[0] if beliefs is None else beliefs
    if chosen not in known:
        raise ChartError(f"{chart}: no beliefs {chosen}; the table has {', '.join(known)}")
    unit = str(table["unit"].iloc[0])
    factor = 100.0 if unit.startswith("share") else 1.0
    shown = {"share of status quo": "%", "share": "points"}.get(unit, unit)
    lines: dict[tuple[str, str], Any] = {
        (str(line["beliefs"]), str(line["source"])): line for line in table.to_dict("records")}
    every: list[Any] = parameters[parameters["beliefs"] == chosen].sort_values("rank").to_dict("records")
    learn = every[:ROWS]
    rows = [(name, source) for name in known for source in SOURCE_WORDS]
    names = [SOURCE_WORDS[source] if len(known) == 1 else f"{name}: {SOURCE_WORDS[source]}" for name, source in rows]
    labels = [factor_words(line["parameter"]) for line in learn]
    own = ax is None
    ax = new_axes() if ax is None else ax
    title = _title(lines[chosen, "world"], learn, factor, shown)
    frame(ax, title if len(known) == 1 else f"{words(chosen)} beliefs: {title[:1].lower()}{title[1:]}",
          _caption(table, len(every), len(learn)), names, own)
    column = max(text_width(label, TEXT) for label in labels) / (ax.get_position().width * WIDTH_INCHES * 72) + 0.02
    middle = 0.38 if len(known) == 1 else 0.33
    left = ax.inset_axes((0.0, 0.0, middle, 1.0))
    right = ax.inset_axes((middle + column, 0.0, 1.0 - middle - column, 1.0))
    _sources(left, [lines[row] for row in rows], names, factor)
    _tornado(right, learn, labels, factor, factor * float(lines[chosen, "estimate"]["mean"]))
    of = "status quo's" if unit == "share of status quo" else ""
    measure = words(str(table["measure"].iloc[0])).lower()
    left.set_xlabel(f"effect on {measure}, {f'% of {of}' if of else shown}", fontsize=TEXT)
    right.set_xlabel(f"expected effect, {shown}", fontsize=TEXT)
    ax.set_axis_off()
    return ax


def _sources(panel: Axes, lines: list[Any], names: list[str], factor: float) -> None:
    """An interval a row, its ends in numbers above it."""
    plain(panel)
    panel.set_ylim(len(lines) - 0.4, -0.6)
    panel.set_yticks(range(len(lines)), names)
    panel.axvline(0, color="black", linewidth=1.5, zorder=1)
    for place, line in enumerate(lines):
        low, mean, high = (factor * line[name] for name in ("low", "mean", "high"))
        colour = _COLOURS[str(line["source"])]
        panel.plot([low, high], [place, place], color=colour, linewidth=12, solid_capstyle="butt", gid="interval")
        panel.plot([mean], [place], "o", color="white", markersize=9, markeredgecolor="black", gid="mean")
        readable(panel.annotate(interval(low, high), (mean, place), (0, 14), ha="center",
                                textcoords="offset points", fontsize=TEXT, gid="numbers"))


def _tornado(
    panel: Axes, learn: list[Any], labels: list[str], factor: float, mean: float
) -> None:
    """A bar a parameter, from its effect at the low end to that at the high end."""
    plain(panel)
    panel.set_ylim(len(learn) - 0.4, -0.6)
    panel.set_yticks(range(len(learn)), labels)
    panel.axvline(mean, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    ends = np.array([[factor * line["at_low"], factor * line["at_high"]] for line in learn])
    low, high = min(float(ends.min()), mean), max(float(ends.max()), mean)
    span = max(high - low, 1e-9)
    panel.set_xlim(low - 0.06 * span, high + 0.3 * span)
    panel.annotate("of variance", (1.0, 1.0), (0, 6), xycoords="axes fraction", textcoords="offset points",
                   ha="right", fontsize=TEXT, color=GREY)
    for place, (line, (at_low, at_high)) in enumerate(zip(learn, ends, strict=True)):
        clear = line["p_value"] < DOUBT
        panel.plot([at_low, at_high], [place, place], color=BLUE if clear else PALE, linewidth=10,
                   solid_capstyle="butt", gid="bar")
        panel.plot([at_low], [place], "o", color="white", markersize=11, markeredgecolor="black", gid="at_low")
        panel.plot([at_high], [place], "o", color="black", markersize=11, gid="at_high")
        panel.annotate(f"{100 * max(0.0, line['variance_share']):.0f} %", (1.0, place), ha="right", va="center",
                       xycoords=("axes fraction", "data"), fontsize=TEXT, color=BLUE if clear else GREY, gid="share")


def _title(world: Any, learn: list[Any], factor: float, unit: str) -> str:
    mean, low, high = (factor * world[name] for name in ("mean", "low", "high"))
    effect = (f"{words(str(world['measure']))} {'+' if mean > 0 else ''}{number(mean, (high - low) / 2)} {unit}, "
              f"{interval(low, high)} over unknown worlds, which make {100 * world['variance_share']:.0f} % of the "
              "variance")
    first = learn[0]
    if not np.isfinite(first["variance_share"]):
        return f"{effect}; worlds differ by no more than luck does"
    if not first["p_value"] < DOUBT:
        return f"{effect}; too few worlds to say what to learn first"
    names = [factor_words(line["parameter"]).lower() for line in learn[1:]
             if line["p_value"] < DOUBT and line["parameter"] in str(first["tied_with"]).split(", ")]
    names = [factor_words(first["parameter"]).lower(), *names[:2]]
    also = f" or {names[-1]}" if len(names) > 1 else ""
    return f"{effect}; learn {', '.join(names[:-1] or names)}{also} first"


def _caption(table: pd.DataFrame, parameters: int, drawn: int) -> str:
    worlds, replications = int(table["n"].iloc[0]), int(table["replications"].iloc[0])
    rest = f" The first {drawn} of {parameters} parameters." if parameters > drawn else ""
    return (f"Left: 95 % of cases. Right: the parameter at its 5 % (white) and 95 % quantile (black), and the part of "
            f"the variance between worlds that knowing it takes away; grey: may be chance.{rest} {worlds} worlds, "
            f"{replications} firms each.")
