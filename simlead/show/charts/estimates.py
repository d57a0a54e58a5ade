"""Charts of precision: half-widths, simultaneous intervals, quantiles, warm-up, batches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, name_axis, new_axes, plain, readable
from simlead.show.charts.palette import BLACK, BLUE, BROWN, GREEN, GREY, ORANGE, TEXT, VERMILION
from simlead.show.charts.rows import draw_interval, fit, rows_in, write_above
from simlead.show.charts.tables import (
    UNCLEAR,
    VERDICT_COLOURS,
    ChartError,
    confidence_of,
    need,
    verdict,
    verdict_mark,
    verdict_words,
)
from simlead.show.format import (
    amount,
    count,
    in_points,
    interval,
    interval_words,
    mean_of,
    number,
    plus_minus,
    scale,
    setting,
)
from simlead.show.language import known, say
from simlead.show.wording import brief, inside, with_unit, words

PATH = ("measure", "kind", "unit", "n", "estimate", "low", "high", "confidence", "half_width", "stage", "wanted",
        "needed", "reached")
FAMILY = ("scenario", "against", "difference", "low", "high", "single_low", "single_high", "relative", "n",
          "confidence")
QUANTILES = ("scenario", "probability", "value", "low", "high", "confidence", "n")
BATCHES = ("series", "mean", "low", "high", "confidence", "n", "batches", "batch_length", "lag1", "doubt",
           "length_needed")

MOST_ROWS = 10
"""More rows than this have no room on one picture."""


@chart
def precision_reached(path: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw an estimate and its interval as replicates come in, with the half-width that was asked for.

    Pale is the first stage, at whose interval one may not stop.

    Parameters
    ----------
    path : pandas.DataFrame
        Columns as in :data:`PATH`, such as `precision.estimate_until` returns.
    {ax}

    {returns}
        Where a column is missing.

    Examples
    --------
    >>> rows = [("revenue", "mean", "$", n, 9.0, 9 - 4 / n, 9 + 4 / n, .95, 4 / n, 2, .5, 8, n >= 8)
    ...         for n in range(2, 9)]
    >>> precision_reached(pd.DataFrame(rows, columns=PATH)).get_title(loc="left").replace(chr(10), " ")
    'Revenue is known to ±0.50 $ after 8 replications, as was asked for (±0.50)'
    """
    need(path, PATH)
    last = path.iloc[-1]
    factor, unit = scale(str(last["unit"]), float(last["estimate"]))
    if last["kind"] == "difference":
        unit = in_points(unit)
    n = path["n"].to_numpy(float)
    middle, low, high = (factor * path[column].to_numpy(float) for column in ("estimate", "low", "high"))
    wanted, half = factor * float(last["wanted"]), factor * float(last["half_width"])
    first = path["stage"].to_numpy() == 1
    ax = ax or new_axes()
    plain(ax, "both")
    later = np.flatnonzero(~first)
    for rows, colour, name in ((np.flatnonzero(first), GREY, "first"), (later, BLUE, "second")):
        rows = np.append(rows, later[:1]) if name == "first" else rows
        ax.fill_between(n[rows], low[rows], high[rows], color=colour, alpha=0.25, linewidth=0, gid=f"{name} stage")
        ax.plot(n[rows], middle[rows], color=colour, linewidth=3, gid=f"{name} estimate",
                linestyle=":" if name == "first" else "-")
    for edge in (middle[-1] - wanted, middle[-1] + wanted):
        ax.axhline(edge, color=VERMILION, linewidth=2, linestyle=(0, (5, 3)), gid="wanted")
    readable(ax.annotate(say("charts_estimates.precision.wanted"), (n[-1], middle[-1] + wanted), (-4, 6),
                         textcoords="offset points", ha="right", fontsize=TEXT, color=VERMILION))
    around = 4.0 * max(wanted, half)  # the first few intervals are wider than any picture
    shown = np.clip(np.concatenate([low[later], high[later], middle]), middle[-1] - around, middle[-1] + around)
    reach = max(float(np.nanmax(np.abs(shown - middle[-1]))), wanted) * 1.1
    ax.set_ylim(middle[-1] - reach, middle[-1] + reach)
    ax.set_xlim(n[0], n[-1] + max(0.01 * (n[-1] - n[0]), 0.5))
    what = _estimated(str(last["measure"] or ""), str(last["kind"]))
    name_axis(ax, say("words.replicates"))
    name_axis(ax, y=with_unit(inside(what), unit))
    said = {"what": what, "made": count(int(last["n"])), "half": amount(plus_minus(half), unit),
            "asked": plus_minus(wanted)}
    title = (say("charts_estimates.precision.reached", **said) if bool(last["reached"])
             else say("charts_estimates.precision.short", **said, needed=count(int(last["needed"]))))
    caption = say("charts_estimates.precision.caption", interval=interval_words(confidence_of(path)))
    if last["kind"] == "relative difference":
        caption += " " + say("charts_estimates.precision.relative")
    return frame(ax, title, caption)


def _estimated(measure: str, kind: str) -> str:
    """What is estimated: a measure, the difference in it, or something without a name."""
    if kind == "mean":
        return weekly_words(measure) if measure else say("charts_estimates.precision.estimate")
    return (say("charts_estimates.precision.difference_in", measure=inside(weekly_words(measure))) if measure
            else say("charts_estimates.precision.difference"))


@chart
def simultaneous(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw differences with intervals that hold all together, and the shorter ones that hold one by one.

    The verdict beside each row is by the long interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns as in :data:`FAMILY`, such as `Comparison.simultaneous` returns, at most 10 rows; `measure` and `unit`
        are shown if they are there.
    {ax}

    {returns}
        Where a column is missing, or for more than 10 rows.

    Examples
    --------
    >>> rows = [("coaching", "status_quo", .02, -.001, .041, .005, .035, True, 20, .95),
    ...         ("clear_role", "status_quo", .09, .07, .11, .08, .10, True, 20, .95)]
    >>> table = pd.DataFrame(rows, columns=FAMILY).assign(measure="revenue", unit="$/year")
    >>> simultaneous(table).get_title(loc="left").replace(chr(10), " ")
    '1 of 2 scenarios differs clearly from status quo in revenue, judged together: clear role +9.0 %'
    """
    need(table, FAMILY)
    _few(len(table))
    measure, unit = (str(table[column].iloc[0]) if column in table.columns else "" for column in ("measure", "unit"))
    others = list(dict.fromkeys(table["against"].astype(str)))
    against = inside(brief(others[0])) if len(others) == 1 else ""
    relative = bool(table["relative"].iloc[0])
    factor, unit = scale("share" if relative else unit, float(table["difference"].abs().max()))
    short_unit = unit = unit if relative else in_points(unit)
    if relative:
        unit = say(f"charts_estimates.simultaneous.percent_of{'' if against else '_other'}", against=against)
    middle, low, high, single_low, single_high = (
        factor * table[column].to_numpy(float) for column in ("difference", "low", "high", "single_low", "single_high"))
    names = [brief(here) if against else say("charts_estimates.simultaneous.minus", one=brief(here),
                                             other=inside(brief(there)))
             for here, there in zip(table["scenario"], table["against"], strict=True)]
    ax = ax or new_axes()
    rows_in(ax, names)
    ax.axvline(0, color=BLACK, linewidth=1.5, zorder=1)
    said = [verdict(left, right) for left, right in zip(low, high, strict=True)]
    changes = [mean_of(*row, sign=True) for row in zip(middle, low, high, strict=True)]
    fit(ax, np.concatenate([low, high, [0.0]]))
    for row, direction in enumerate(said):
        colour = VERDICT_COLOURS[direction]
        ax.plot([low[row], high[row]], [row, row], color=colour, linewidth=2, gid="together")
        draw_interval(ax, row, middle[row], single_low[row], single_high[row], colour, width=7, size=13,
                      **verdict_mark(direction))
        note = say("charts_estimates.simultaneous.note", change=changes[row], verdict=verdict_words(direction),
                   interval=interval(low[row], high[row]))
        write_above(ax, middle[row], row, note, colour)
    what = inside(brief(measure)) if measure else ""
    axis = "axis" + ("_in" if what else "") + ("_from" if against else "")
    name_axis(ax, with_unit(say(f"charts_estimates.simultaneous.{axis}", measure=what, against=against), unit))
    clear = [say("charts_estimates.simultaneous.moved", name=inside(name), change=change)
             for name, change, direction in zip(names, changes, said, strict=True) if direction != UNCLEAR]
    titles = [_family_title(len(clear), len(names), against, what)]
    if clear:
        titles.insert(0, say("charts_estimates.simultaneous.which", title=titles[0],
                             list=amount(say("words.comma").join(clear), short_unit)))
    return frame(ax, titles, say("charts_estimates.simultaneous.caption", level=setting(100.0 * confidence_of(table)),
                         n=int(table["n"].iloc[0])))


def _family_title(clear: int, every: int, against: str, measure: str) -> str:
    """How many of all differ clearly, from one scenario or in pairs."""
    many = {0: "none", 1: "one"}.get(clear, "many")
    where = say("charts_estimates.simultaneous.where", measure=measure) if measure else ""
    who = "scenario" if against else "pair"
    return say(f"charts_estimates.simultaneous.{who}_{many}", clear=clear, all=every, where=where, against=against)


@chart
def quantiles(table: pd.DataFrame, ax: Axes | None = None, *, measure: str = "", unit: str = "") -> Axes:
    """Draw quantiles of each scenario over replications, with their intervals.

    An interval without end, of too few replications, runs to the edge. The title states the smallest quantile of the
    last scenario.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns as in :data:`QUANTILES`, such as `quantiles.quantiles` returns; at most 10 scenarios.
    {ax}
    measure : str
        The measure's name.
    unit : str
        Its unit.

    {returns}
        Where a column is missing, or for more than 10 scenarios.

    Examples
    --------
    >>> rows = [("status_quo", .05, 3e7, 2e7, 4e7, .95, 90), ("status_quo", .5, 5e7, 4e7, 6e7, .95, 90)]
    >>> table = pd.DataFrame(rows, columns=QUANTILES)
    >>> quantiles(table, measure="revenue", unit="$/year").get_title(loc="left").replace(chr(10), " ")[:57]
    'Revenue: 5 % of replications stay below 30 million $/year'
    """
    need(table, QUANTILES)
    names = list(dict.fromkeys(table["scenario"].astype(str)))
    _few(len(names))
    factor, unit = scale(unit, float(table["value"].abs().max()))
    chances = sorted(set(table["probability"].astype(float)))
    ax = ax or new_axes()
    labels = [words(name) for name in names]
    rows_in(ax, labels)
    values = factor * table[["value", "low", "high"]].to_numpy(float)
    fit(ax, values[np.isfinite(values)])
    edges = ax.get_xlim()
    colours = dict(zip(chances, _shades(len(chances)), strict=True))
    marks = {chance: "v" if chance < 0.5 else "^" if chance > 0.5 else "o" for chance in chances}
    for (middle, low, high), name, chance in zip(values, table["scenario"], table["probability"], strict=True):
        row, colour = names.index(str(name)), colours[float(chance)]
        ends = (max(low, edges[0]), min(high, edges[1]))
        ax.plot(ends, [row, row], color=colour, linewidth=8, alpha=0.4, solid_capstyle="butt", gid="interval")
        ax.plot([middle], [row], marks[float(chance)], color=colour, markersize=12, gid="quantile")
        said = say("charts_estimates.quantiles.note", percent=setting(100.0 * chance),
                   value=number(middle, min(high - low, abs(middle) or 1.0) / 2))
        write_above(ax, middle, row, said, colour, 11, lean=False)
    what = inside(brief(measure)) if measure else say("charts_estimates.quantiles.value")
    name_axis(ax, with_unit(what, unit))
    title = _quantiles_title(table[table["scenario"] == names[-1]], names[-1], factor, unit)
    if measure:
        title = say("charts_estimates.quantiles.of_measure", measure=brief(measure), title=title)
    return frame(ax, title, say("charts_estimates.quantiles.caption", interval=interval_words(confidence_of(table)),
                         n=int(table["n"].min())))


def _quantiles_title(rows: pd.DataFrame, name: str, factor: float, unit: str) -> str:
    least = rows.sort_values("probability").iloc[0]
    low, high = factor * float(least["low"]), factor * float(least["high"])
    span = high - low if math.isfinite(high - low) else None
    said = {"percent": setting(100.0 * float(least["probability"])), "scenario": inside(brief(name)),
            "value": amount(number(factor * float(least["value"]), span), unit),
            "interval": (say("charts_estimates.quantiles.no_interval") if span is None
                         else interval_words(confidence_of(rows), low, high))}
    half = rows[rows["probability"] == 0.5]
    if len(half) and float(least["probability"]) < 0.5:
        return say("charts_estimates.quantiles.title_half", **said,
                   half=number(factor * float(half["value"].iloc[0]), span))
    return say("charts_estimates.quantiles.title", **said)


@chart
def batch_means(table: pd.DataFrame, ax: Axes | None = None, *, unit: str = "") -> Axes:
    """Draw the means of long series with their batch-means intervals, and mark those that are in doubt.

    The title states the first series.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns as in :data:`BATCHES`, such as `series.batch_means` returns; at most 10 rows.
    {ax}
    unit : str
        Unit of the means.

    {returns}
        Where a column is missing, or for more than 10 series.

    Examples
    --------
    >>> row = ("wins", 4.0, 3.6, 4.4, .95, 3000, 30, 100, .01, "", 10)
    >>> batch_means(pd.DataFrame([row], columns=BATCHES), unit="deals/week").get_title(loc="left")
    'Wins: 4.0 deals/week (95 % interval 3.6 to 4.4), from 30 batches of 100'
    """
    need(table, BATCHES)
    _few(len(table))
    factor, unit = scale(unit, float(table["mean"].abs().max()))
    middle, low, high = (factor * table[column].to_numpy(float) for column in ("mean", "low", "high"))
    doubts = [_doubt(line) for line in table.to_dict("records")]
    names = [weekly_words(name) if name else say("charts_estimates.batches.series")
             for name in table["series"].astype(str)]
    ax = ax or new_axes()
    rows_in(ax, names)
    fit(ax, np.concatenate([low, high]))
    of = [{"batches": batches, "length": length}
          for batches, length in zip(table["batches"], table["batch_length"], strict=True)]
    for row, doubt in enumerate(doubts):
        colour = ORANGE if doubt else BLUE
        draw_interval(ax, row, middle[row], low[row], high[row], colour, width=5, size=13, hollow=bool(doubt))
        note = say("charts_estimates.batches.note", **of[row], value=number(middle[row], high[row] - low[row]),
                   interval=interval(low[row], high[row]))
        write_above(ax, middle[row], row, note, BROWN if doubt else BLUE)
        if doubt:
            readable(ax.annotate(doubt[1], (0.5, row), (0, -26), xycoords=("axes fraction", "data"),
                                 textcoords="offset points", ha="center", fontsize=TEXT, color=BROWN, gid="doubt"))
    name_axis(ax, with_unit(say("charts_estimates.batches.mean"), unit))
    title = say("charts_estimates.batches.title", name=names[0], **of[0],
                value=amount(mean_of(middle[0], low[0], high[0]), unit),
                interval=interval_words(confidence_of(table), low[0], high[0]))
    if doubts[0]:
        title = say("charts_estimates.batches.title_doubted", title=title, cause=doubts[0][0])
    elif any(doubts):
        title = say("charts_estimates.batches.title_doubts", title=title, count=sum(map(bool, doubts)), all=len(names))
    caption = say("charts_estimates.batches.caption", interval=interval_words(confidence_of(table)))
    return frame(ax, title, caption)


def _doubt(line: dict[Any, Any]) -> tuple[str, str] | tuple[()]:
    """Why a series' interval may be too narrow, and what would cure it; nothing if there is no doubt."""
    if not line["doubt"]:
        return ()
    key = str(line["doubt"]).replace(" ", "_")
    said = {"length": line["batch_length"],
            "needed": f"{line['length_needed']:.0f}", "correlation": f"{line['lag1']:.2f}"}
    return say(f"charts_estimates.batches.{key}", **said), say(f"charts_estimates.batches.cure_{key}", **said)


def weekly_words(name: str) -> str:
    """What a week counts, as people read it: a measure of the year by its name, or what only weeks have.

    >>> weekly_words("revenue"), weekly_words("rival_wins")
    ('Revenue', 'Wins by rivals')
    """
    key = f"charts_estimates.weekly.{name}"
    return say(key) if known(key) else brief(name)


def _few(rows: int) -> None:
    if rows > MOST_ROWS:
        raise ChartError(f"{rows} rows, and there is room for {MOST_ROWS}; choose some")


def _shades(count: int) -> list[str]:
    """As many colours, from vermilion for the unlucky to green for the lucky."""
    between = [BLUE, GREY, ORANGE]
    return [BLUE] if count == 1 else [VERMILION, *(between[place % 3] for place in range(count - 2)), GREEN]
