"""The chart of a selection: the best or tied systems, differences, and when others were dropped."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, name_axis, new_axes, placed
from simlead.show.charts.palette import BLUE, BROWN, GREY, ORANGE, PALE
from simlead.show.charts.rows import draw_interval, fit, rows_in, write_above
from simlead.show.charts.tables import ChartError, allowed, need
from simlead.show.format import amount, in_points, interval, interval_words, limit_words, mean_of, scale, setting
from simlead.show.language import say
from simlead.show.wording import brief, inside, listed, with_unit, words
from simlead.statistics.codes import BEST, ELIMINATED, NOT_CHOSEN, TIED, UNDECIDED

SELECTION = ("system", "measure", "unit", "status", "mean", "low", "high", "n", "eliminated_by", "difference",
             "difference_low", "difference_high", "indifference", "confidence", "larger_is_better")
"""The columns of a selection's table."""

COLOURS = {BEST: BLUE, TIED: BLUE, UNDECIDED: ORANGE, ELIMINATED: GREY, NOT_CHOSEN: GREY}
NAMED = (BEST, TIED, UNDECIDED)

MOST_ROWS = 8
"""More systems than this have no room; the worst are left out, and the caption says so."""


@chart
def selection(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw each system's mean, its difference from the best of the others, and when it was eliminated.

    The best is on top. One panel has the mean and interval of each system alone, the other the difference from the
    best of the others with its limits; shaded is the indifference zone.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns :data:`SELECTION`, as of `Selection.table`.
    {ax}

    {returns}
        Where a column is missing or no system is named.

    Examples
    --------
    >>> rows = [("coaching", "sales", "$", "tied", 5., 4., 6., 40, None, .1, -.2, .4, .5, .95, True),
    ...         ("clear_role", "sales", "$", "tied", 4.9, 4., 6., 40, None, -.1, -.4, .2, .5, .95, True),
    ...         ("status_quo", "sales", "$", "eliminated", 3., 2., 4., 20, "a", -2., -3., -1., .5, .95, True)]
    >>> selection(pd.DataFrame(rows, columns=SELECTION)).get_title(loc="left").replace(chr(10), " ")
    'Coaching and clear role are tied for the best sales of 3 systems: each is less than 0.5 $ from the best'
    """
    need(table, SELECTION)
    sign = 1.0 if bool(table["larger_is_better"].iloc[0]) else -1.0
    order = np.argsort(-sign * table["difference"].to_numpy(float), kind="stable")
    rows = table.iloc[order].reset_index(drop=True)
    allowed(rows["status"], COLOURS, "status")
    if not rows["status"].isin(NAMED).any():
        raise ChartError(f"no system has a status of {', '.join(NAMED)}")
    factor, unit = scale(str(rows["unit"].iloc[0]), float(rows["mean"].abs().max()))
    title = _title(rows, sign, factor, in_points(unit))
    caption = _caption(rows)
    rows = rows.head(MOST_ROWS)
    names = [words(name) for name in rows["system"]]
    ax = ax or new_axes()
    left, right = (ax.inset_axes(placed(bounds)) for bounds in ((0.0, 0.0, 0.36, 1.0), (0.41, 0.0, 0.59, 1.0)))
    for panel, labels in ((left, names), (right, [""] * len(names))):
        rows_in(panel, labels, -0.75)
    colours = [COLOURS[status] for status in rows["status"]]
    _lines(left, rows, ("mean", "low", "high"), factor, colours)
    _lines(right, rows, ("difference", "difference_low", "difference_high"), factor, colours)
    _notes(right, rows, factor)
    name_axis(left, with_unit(inside(brief(str(rows["measure"].iloc[0]))), unit))
    name_axis(right, with_unit(say("charts_select.axis"), in_points(unit)))
    right.axvline(0, color="black", linewidth=1.5, zorder=1)
    worth = factor * float(rows["indifference"].iloc[0])
    if math.isfinite(worth):
        right.axvspan(-worth, worth, color=PALE, alpha=0.6, zorder=0, linewidth=0, gid="indifference")
    ax.set_axis_off()
    return frame(ax, title, caption)


def _lines(
    panel: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], factor: float, colours: list[str]
) -> None:
    """A dot and its interval per row, and limits that leave a margin."""
    middle, low, high = (factor * rows[column].to_numpy(float) for column in columns)
    for row, colour in enumerate(colours):
        draw_interval(panel, row, middle[row], low[row], high[row], colour, gid="middle", hollow=colour == GREY)
    fit(panel, [middle, low, high], 0.06)


def _notes(panel: Axes, rows: pd.DataFrame, factor: float) -> None:
    """What became of each system, above its line."""
    allocated = (rows["status"] == NOT_CHOSEN).any()
    middles, lows, highs = (factor * rows[column].to_numpy(float)
                            for column in ("difference", "difference_low", "difference_high"))
    for row, (status, n) in enumerate(zip(rows["status"].astype(str), rows["n"].astype(int), strict=True)):
        fate = say(f"charts_select.fates.{'runs' if allocated else status}", n=n)
        middle, low, high = float(middles[row]), float(lows[row]), float(highs[row])
        note = say("charts_select.note", difference=mean_of(middle, low, high, sign=True), interval=interval(low, high),
                   fate=fate)
        write_above(panel, middle, row, note, BROWN if status == UNDECIDED else COLOURS[status], 10, gid="fate")


def _title(rows: pd.DataFrame, sign: float, factor: float, unit: str) -> str:
    """The finding; `unit` is that of a difference."""
    named = rows[rows["status"].isin(NAMED)]
    first, confidence = named.iloc[0], float(rows["confidence"].iloc[0])
    who = [brief(name) if place == 0 else inside(brief(name)) for place, name in enumerate(named["system"])]
    said = {"who": listed(who), "measure": inside(brief(str(first["measure"]))), "all": len(rows)}
    worth = limit_words(factor * float(first["indifference"]), unit, math.ceil)
    if first["status"] == TIED:
        return say("charts_select.tied", **said, worth=worth)
    if first["status"] == UNDECIDED:
        return say("charts_select.undecided", **said, worth=worth, n=int(named["n"].max()))
    if (rows["status"] == NOT_CHOSEN).any():
        return say("charts_select.without_promise", **said)
    others = rows[~rows["status"].isin(NAMED)]
    worst_case = others["difference_high"] if sign > 0 else -others["difference_low"]
    if (worst_case > 0.0).any():
        return say("charts_select.selected", **said, worth=worth, often=setting(100 * confidence))
    ends = sorted(factor * float(sign * first[end]) for end in ("difference_low", "difference_high"))
    lead = amount(mean_of(factor * abs(float(first["difference"])), *ends), unit)
    return say("charts_select.best", **said, lead=lead, interval=interval_words(confidence, *ends))


def _caption(rows: pd.DataFrame) -> str:
    confidence = float(rows["confidence"].iloc[0])
    limits = "alone" if (rows["status"] == NOT_CHOSEN).any() else "together"
    parts = [say("charts_select.caption.means", interval=interval_words(confidence)),
             say(f"charts_select.caption.{limits}", level=setting(100 * confidence))]
    if len(rows) > MOST_ROWS:
        parts.append(say("charts_select.caption.shown", shown=MOST_ROWS, all=len(rows)))
    return " ".join(parts)
