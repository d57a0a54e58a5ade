"""The chart of a selection: who is best or tied, by how much, and when the others dropped out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.estimates import BROWN
from simlead.show.charts.phrases import amount, interval_words
from simlead.show.charts.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    ChartError,
    frame,
    label_rows,
    need,
    new_axes,
    placed,
    plain,
    readable,
)
from simlead.show.language import say
from simlead.show.wording import in_points, inside, interval, listed, number, scale, signed, with_unit, words

SELECTION = ("system", "measure", "unit", "status", "mean", "low", "high", "n", "eliminated_by", "difference",
             "difference_low", "difference_high", "indifference", "confidence", "larger_is_better")
"""The columns of a selection's table."""

BEST, TIED, UNDECIDED, ELIMINATED, NOT_CHOSEN = "best", "tied", "undecided", "eliminated", "not chosen"
COLOURS = {BEST: BLUE, TIED: BLUE, UNDECIDED: ORANGE, ELIMINATED: GREY, NOT_CHOSEN: GREY}
NAMED = (BEST, TIED, UNDECIDED)

MOST_ROWS = 8
"""More systems than this have no room; the worst are left out, and the caption says so."""


def selection(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each system's mean, what it lacks to the best of the others, and when it was dropped.

    Needs the columns of :data:`SELECTION` (those of `study.select.Selection.table`). The
    best is on top. Left: mean and interval of each system alone. Right: the difference
    from the best of the others with its limits; shaded is what makes no difference. In a
    language that is written from the right it is the other way round.

    Raises ChartError where a column is missing or no system is named.

    >>> rows = [("a", "sales", "$", "tied", 5., 4., 6., 40, None, .1, -.2, .4, .5, .95, True),
    ...         ("b", "sales", "$", "tied", 4.9, 4., 6., 40, None, -.1, -.4, .2, .5, .95, True),
    ...         ("c", "sales", "$", "eliminated", 3., 2., 4., 20, "a", -2., -3., -1., .5, .95, True)]
    >>> selection(pd.DataFrame(rows, columns=SELECTION)).get_title(loc="left").replace(chr(10), " ")
    'A and b are tied for the best sales of 3 systems: each is less than 0.5 $ from the best'
    """
    chart = "selection"
    need(table, SELECTION, chart)
    sign = 1.0 if bool(table["larger_is_better"].iloc[0]) else -1.0
    order = np.argsort(-sign * table["difference"].to_numpy(float), kind="stable")
    rows = table.iloc[order].reset_index(drop=True)
    strange = set(rows["status"]) - set(COLOURS)
    if strange:
        raise ChartError(f"{chart}: status {sorted(strange)[0]}: allowed is {', '.join(COLOURS)}")
    if not rows["status"].isin(NAMED).any():
        raise ChartError(f"{chart}: no system has a status of {', '.join(NAMED)}")
    factor, unit = scale(str(rows["unit"].iloc[0]), float(rows["mean"].abs().max()))
    title = _title(rows, sign, factor, in_points(unit))
    caption = _caption(rows)
    rows = rows.head(MOST_ROWS)
    names = [words(name) for name in rows["system"]]
    own = ax is None
    ax = new_axes() if ax is None else ax
    left, right = (ax.inset_axes(placed(bounds)) for bounds in ((0.0, 0.0, 0.36, 1.0), (0.41, 0.0, 0.59, 1.0)))
    for panel, labels in ((left, names), (right, [""] * len(names))):
        plain(panel)
        panel.set_ylim(len(names) - 0.4, -0.75)
        label_rows(panel, labels)
    colours = [COLOURS[status] for status in rows["status"]]
    _lines(left, rows, ("mean", "low", "high"), factor, colours)
    _lines(right, rows, ("difference", "difference_low", "difference_high"), factor, colours)
    _notes(right, rows, factor)
    left.set_xlabel(with_unit(inside(words(str(rows["measure"].iloc[0]))), unit), fontsize=TEXT)
    right.set_xlabel(with_unit(say("charts_select.axis"), in_points(unit)), fontsize=TEXT)
    right.axvline(0, color="black", linewidth=1.5, zorder=1)
    worth = factor * float(rows["indifference"].iloc[0])
    if math.isfinite(worth):
        right.axvspan(-worth, worth, color=PALE, alpha=0.6, zorder=0, linewidth=0, gid="indifference")
    ax.set_axis_off()
    frame(ax, title, caption, names, own)
    return ax


def _lines(
    panel: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], factor: float, colours: list[str]
) -> None:
    """A dot and its interval per row, and limits that leave a margin."""
    middle, low, high = (factor * rows[column].to_numpy(float) for column in columns)
    for row, colour in enumerate(colours):
        panel.plot([low[row], high[row]], [row, row], color=colour, linewidth=4, solid_capstyle="butt",
                   gid="interval")
        panel.plot([middle[row]], [row], "o", color=colour, markersize=11, gid="middle")
    seen = np.concatenate([middle, low, high])
    seen = seen[np.isfinite(seen)]
    margin = 0.06 * float(seen.max() - seen.min()) or 1.0
    panel.set_xlim(float(seen.min()) - margin, float(seen.max()) + margin)


def _notes(panel: Axes, rows: pd.DataFrame, factor: float) -> None:
    """What became of each system, above its line."""
    low_edge, high_edge = panel.get_xlim()
    allocated = (rows["status"] == NOT_CHOSEN).any()
    middles, lows, highs = (factor * rows[column].to_numpy(float)
                            for column in ("difference", "difference_low", "difference_high"))
    for row, (status, n) in enumerate(zip(rows["status"].astype(str), rows["n"].astype(int), strict=True)):
        fate = say(f"charts_select.fates.{'runs' if allocated else status}", n=n)
        middle, low, high = float(middles[row]), float(lows[row]), float(highs[row])
        note = say("charts_select.note", difference=signed(middle, (high - low) / 2), interval=interval(low, high),
                   fate=fate)
        # Beside the dot there may be no room; above it there always is, if the text leans inwards.
        where = (middle - low_edge) / (high_edge - low_edge)
        side = "left" if where < 0.35 else "right" if where > 0.65 else "center"
        readable(panel.annotate(note, (middle, row), (0, 10), textcoords="offset points", fontsize=TEXT,
                                color=BROWN if status == UNDECIDED else COLOURS[status], ha=side, gid="fate"))


def _title(rows: pd.DataFrame, sign: float, factor: float, unit: str) -> str:
    """The finding; `unit` is that of a difference."""
    named = rows[rows["status"].isin(NAMED)]
    first, confidence = named.iloc[0], float(rows["confidence"].iloc[0])
    who = [words(name) if place == 0 else inside(words(name)) for place, name in enumerate(named["system"])]
    said = {"who": listed(who), "measure": inside(words(str(first["measure"]))), "all": len(rows)}
    worth = amount(_short(factor * float(first["indifference"])), unit)
    if first["status"] == TIED:
        return say("charts_select.tied", **said, worth=worth)
    if first["status"] == UNDECIDED:
        return say("charts_select.undecided", **said, worth=worth, n=int(named["n"].max()))
    if (rows["status"] == NOT_CHOSEN).any():
        return say("charts_select.without_promise", **said)
    others = rows[~rows["status"].isin(NAMED)]
    worst_case = others["difference_high"] if sign > 0 else -others["difference_low"]
    if (worst_case > 0.0).any():
        return say("charts_select.selected", **said, worth=worth, often=f"{100 * confidence:g}")
    ends = sorted(factor * float(sign * first[end]) for end in ("difference_low", "difference_high"))
    lead = amount(number(factor * abs(float(first["difference"])), (ends[1] - ends[0]) / 2), unit)
    return say("charts_select.best", **said, lead=lead, interval=interval_words(confidence, *ends))


def _short(value: float) -> str:
    """Three digits, rounded up: the title must not promise more than the table.

    >>> _short(1.1247), _short(0.5), _short(37.49)
    ('1.13', '0.5', '37.5')
    """
    if not value > 0.0 or not math.isfinite(value):
        return number(value)
    decimals = 2 - math.floor(math.log10(value))
    return f"{math.ceil(round(value * 10.0**decimals, 9)) / 10.0**decimals:,g}"


def _caption(rows: pd.DataFrame) -> str:
    confidence = float(rows["confidence"].iloc[0])
    limits = "alone" if (rows["status"] == NOT_CHOSEN).any() else "together"
    parts = [say("charts_select.caption.means", interval=interval_words(confidence)),
             say(f"charts_select.caption.{limits}", level=f"{100 * confidence:g}")]
    if len(rows) > MOST_ROWS:
        parts.append(say("charts_select.caption.shown", shown=MOST_ROWS, all=len(rows)))
    return " ".join(parts)
