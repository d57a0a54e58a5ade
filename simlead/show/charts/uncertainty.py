"""A chart of what is not known of a policy's effect: luck, the world, and what to learn first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.phrases import amount, factor_words
from simlead.show.charts.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    WIDTH_INCHES,
    ChartError,
    frame,
    label_rows,
    need,
    new_axes,
    placed,
    plain,
    readable,
    text_width,
)
from simlead.show.language import localised, say
from simlead.show.wording import inside, interval, listed, scale, signed, unit_words, words
from simlead.study.uncertainty.variance import DOUBT, percent_of_all

ROWS = 8
"""Parameters in the chart at most, the first to learn on top."""

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
    factor, unit = _scale(table)
    lines: dict[tuple[str, str], Any] = {
        (str(line["beliefs"]), str(line["source"])): line for line in table.to_dict("records")}
    every: list[Any] = parameters[parameters["beliefs"] == chosen].sort_values("rank").to_dict("records")
    learn = every[:ROWS]
    rows = [(name, source) for name in known for source in _COLOURS]
    names = [_source_words(name, source, len(known) == 1) for name, source in rows]
    labels = [factor_words(line["parameter"]) for line in learn]
    own = ax is None
    ax = new_axes() if ax is None else ax
    middle = 0.38 if len(known) == 1 else 0.33
    left = ax.inset_axes(placed((0.0, 0.0, middle, 1.0)))
    _sources(left, [lines[row] for row in rows], names, factor)
    title = _title(lines[chosen, "world"], learn, factor, unit)
    if len(known) > 1:
        title = say("charts_uncertainty.title.beliefs", beliefs=words(chosen), title=inside(title))
    frame(ax, title, _caption(table, len(every), len(learn)), names, own)
    column = max(text_width(label, TEXT) for label in labels) / (ax.get_position().width * WIDTH_INCHES * 72) + 0.02
    right = ax.inset_axes(placed((middle + column, 0.0, 1.0 - middle - column, 1.0)))
    _tornado(right, learn, labels, factor, factor * float(lines[chosen, "estimate"]["mean"]))
    relative = str(table["unit"].iloc[0]) == "share of status quo"
    left.set_xlabel(say(f"charts_uncertainty.axis.{'status_quo' if relative else 'effect'}", unit=unit,
                        measure=inside(words(str(table["measure"].iloc[0])))), fontsize=TEXT)
    right.set_xlabel(say("charts_uncertainty.axis.expected", unit=unit), fontsize=TEXT)
    ax.set_axis_off()
    return ax


def _scale(table: pd.DataFrame) -> tuple[float, str]:
    """A factor and a unit that make the effects short: percent of the status quo, points, or the measure's own."""
    unit = str(table["unit"].iloc[0])
    if unit.startswith("share"):
        return 100.0, unit_words("%" if unit == "share of status quo" else "points")
    return scale(unit, float(table["mean"].abs().max()))


def _source_words(beliefs: str, source: str, alone: bool) -> str:
    said = say(f"charts_uncertainty.sources.{source}")
    return said if alone else say("charts_uncertainty.sources.of", beliefs=words(beliefs), source=said)


def _sources(panel: Axes, lines: list[Any], names: list[str], factor: float) -> None:
    """An interval a row, its ends in numbers above it."""
    plain(panel)
    panel.set_ylim(len(lines) - 0.4, -0.6)
    label_rows(panel, names)
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
    label_rows(panel, labels)
    panel.axvline(mean, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    ends = np.array([[factor * line["at_low"], factor * line["at_high"]] for line in learn])
    low, high = min(float(ends.min()), mean), max(float(ends.max()), mean)
    span = max(high - low, 1e-9)
    panel.set_xlim(low - 0.06 * span, high + 0.32 * span)
    panel.annotate(say("charts_uncertainty.axis.variance"), (1.0, 1.0), (0, 6), xycoords="axes fraction",
                   textcoords="offset points", ha="right", fontsize=TEXT, color=GREY)
    for place, (line, (at_low, at_high)) in enumerate(zip(learn, ends, strict=True)):
        clear = line["p_value"] < DOUBT
        panel.plot([at_low, at_high], [place, place], color=BLUE if clear else PALE, linewidth=10,
                   solid_capstyle="butt", gid="bar")
        panel.plot([at_low], [place], "o", color="white", markersize=11, markeredgecolor="black", gid="at_low")
        panel.plot([at_high], [place], "o", color="black", markersize=11, gid="at_high")
        share = localised(f"{percent_of_all(line['variance_share'])} %")
        panel.annotate(share, (1.0, place), ha="right", va="center", xycoords=("axes fraction", "data"), fontsize=TEXT,
                       color=BLUE if clear else GREY, gid="share")


def _title(world: Any, learn: list[Any], factor: float, unit: str) -> str:
    mean, low, high = (factor * world[name] for name in ("mean", "low", "high"))
    effect = say("charts_uncertainty.title.effect", measure=words(str(world["measure"])),
                 change=amount(signed(mean, (high - low) / 2), unit), interval=interval(low, high),
                 share=f"{100 * world['variance_share']:.0f}")
    first = learn[0]
    if not np.isfinite(first["variance_share"]):
        return say("charts_uncertainty.title.only_luck", effect=effect)
    if not first["p_value"] < DOUBT:
        return say("charts_uncertainty.title.too_few", effect=effect)
    also = [line["parameter"] for line in learn[1:]
            if line["p_value"] < DOUBT and line["parameter"] in str(first["tied_with"]).split(", ")]
    names = [inside(factor_words(path)) for path in (first["parameter"], *also[:2])]
    return say("charts_uncertainty.title.learn", effect=effect, names=listed(names, "words.or"))


def _caption(table: pd.DataFrame, parameters: int, drawn: int) -> str:
    said = [say("charts_uncertainty.caption.intervals"), say("charts_uncertainty.caption.learn")]
    if parameters > drawn:
        said.append(say("charts_uncertainty.caption.first", shown=drawn, all=parameters))
    said.append(say("charts_uncertainty.caption.worlds", worlds=int(table["n"].iloc[0]),
                    firms=int(table["replications"].iloc[0])))
    return " ".join(said)
