"""Charts of a comparison: growth and share, the funnel, and the paired difference.

All three read the tidy table of a comparison: a row per scenario and measure, the first
scenario being the baseline. Shares are fractions in the table and percent on paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import Bounds, chart, frame, name_axis, new_axes, placed, readable
from simlead.show.charts.palette import BLUE, BROWN, GREY, ORANGE, TEXT
from simlead.show.charts.rows import draw_interval, fit, rows_in, write_above
from simlead.show.charts.tables import (
    DIFFERENCE,
    RELATIVE,
    UNCLEAR,
    UP,
    VERDICT_COLOURS,
    ChartError,
    caption_of,
    focus_of,
    need,
    paired,
    rows_of,
    value_at,
    verdict,
    verdict_mark,
    verdict_words,
)
from simlead.show.format import interval, mean_of, percent, unit_words
from simlead.show.language import say
from simlead.show.wording import brief, inside, with_unit, words, years_words
from simlead.study.records import relative_unit

TIDY = ("scenario", "measure", "unit", "mean", "low", "high", *DIFFERENCE, "n")
"""The columns of a comparison's table that these charts need."""

GATES = (("discovery_rate", "discovery"), ("qualified_rate", "qualified"), ("proposal_win_rate", "proposal"))
"""The measure of each gate, and the stage it ends."""


def _panel(ax: Axes, bounds: Bounds, names: Sequence[str], first: bool) -> Axes:
    """A panel inside `ax` with a row per scenario, the first on top."""
    panel = ax.inset_axes(placed(bounds))
    rows_in(panel, [words(name) if first else "" for name in names])
    return panel


def _dots(panel: Axes, means: np.ndarray, lows: np.ndarray, highs: np.ndarray, colours: Sequence[str]) -> None:
    """A dot, its interval as a band, and its value above, per row."""
    widest = float(np.nanmax(highs - lows)) / 2 if np.isfinite(highs - lows).any() else math.nan
    for row, (mean, low, high, colour) in enumerate(zip(means, lows, highs, colours, strict=True)):
        draw_interval(panel, row, mean, low, high, colour, width=12, alpha=0.35, marker="s" if colour == GREY else "o")
        write_above(panel, mean, row, percent(mean, widest), colour, 11, lean=False)


def _room(panel: Axes, values: np.ndarray) -> None:
    """Limits that leave room for the numbers above the outermost dots."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = max(0.16 * (high - low), 0.5)
    panel.set_xlim(low - margin, high + margin)


def _percent(rows: pd.DataFrame, *columns: str) -> list[np.ndarray]:
    return [100.0 * rows[column].to_numpy(float) for column in columns]


@chart
def growth_and_share(
    table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None, years: float = 3.0,
) -> Axes:
    """Draw revenue growth and market share by scenario, base year to final year, with 95 % intervals.

    The title states the difference between `focus` and the first scenario.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns :data:`TIDY`, a row per scenario and measure, as of `Comparison.table`; measures `revenue_growth`
        and `market_share` (fractions). `market_share_base` and `market_growth` are drawn if they are there.
    {ax}
    focus : str, optional
        The scenario that the title states (default: the last one).
    years : float
        Years from the base year to the final year: the scenarios' horizon.

    {returns}
        Where a column, a measure or the scenario is missing.

    Examples
    --------
    >>> rows = [(s, m, "share", v, v - .02, v + .02, d, d - .03, d + .03, 20) for s, m, v, d in [
    ...     ("status_quo", "revenue_growth", .4, 0.), ("leadership", "revenue_growth", .5, .1),
    ...     ("status_quo", "market_share", .1, 0.), ("leadership", "market_share", .11, .01)]]
    >>> growth_and_share(pd.DataFrame(rows, columns=TIDY)).get_title(loc="left")[:49]
    'Leadership lifts growth over 3 years by 10 points'
    """
    need(table, TIDY)
    growth, share = rows_of(table, "revenue_growth"), rows_of(table, "market_share")
    names = [str(name) for name in growth.index]
    share = share.reindex(names)
    chosen, baseline = focus_of(growth, focus), names[0]
    ax = ax or new_axes()
    colours = [GREY if name == baseline else BLUE for name in names]
    left = _panel(ax, (0.0, 0.0, 0.48, 1.0), names, first=True)
    right = _panel(ax, (0.54, 0.0, 0.46, 1.0), names, first=False)
    means, lows, highs = _percent(growth, "mean", "low", "high")
    _dots(left, means, lows, highs, colours)
    seen = [means, lows, highs]
    if "market_growth" in set(table["measure"]):
        market = 100.0 * float(rows_of(table, "market_growth")["mean"].iloc[0])
        left.axvline(market, color=ORANGE, linewidth=2, zorder=0)
        left.annotate(say("charts_differences.growth.market", growth=percent(market)), (market, 1.0), (0, 4),
                      xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", fontsize=TEXT,
                      color=BROWN)
        seen.append(np.array([market]))
    _room(left, np.concatenate(seen))
    means, lows, highs = _percent(share, "mean", "low", "high")
    seen = [means, lows, highs]
    if "market_share_base" in set(table["measure"]):
        before = _percent(rows_of(table, "market_share_base").reindex(names), "mean")[0]
        for row, (start, end) in enumerate(zip(before, means, strict=True)):
            right.annotate("", (end, row), (start, row), arrowprops={"arrowstyle": "->", "color": GREY})
            right.plot([start], [row], "o", color=GREY, markersize=11, markerfacecolor="white", gid="base")
        readable(right.annotate(say("words.before"), (before[0], 0), (0, -12), textcoords="offset points",
                                ha="center", va="top", fontsize=TEXT, color=GREY))
        seen.append(before)
    _dots(right, means, lows, highs, colours)
    _room(right, np.concatenate(seen))
    name_axis(left, say("charts_differences.growth.axis_growth", years=years_words(years)))
    name_axis(right, say("charts_differences.growth.axis_share"))
    ax.set_axis_off()
    return frame(ax, _growth_titles(growth, share, chosen, baseline, years_words(years)),
          caption_of(growth, say("charts_differences.growth.caption")))


def _growth_titles(
    growth: pd.DataFrame, share: pd.DataFrame, chosen: str, baseline: str, years: str
) -> list[str]:
    """What became of growth and of share; the second title leaves out from where to where."""
    half = 50.0 * (value_at(growth, chosen, "high") - value_at(growth, chosen, "low"))
    here, there = (percent(value_at(growth, name, "mean", 100.0), half) for name in (chosen, baseline))
    if chosen == baseline:
        return [say("charts_differences.growth.alone", who=brief(baseline), here=here, years=years)]
    change, low, high = paired(growth, chosen, 100.0)
    said = verdict(low, high)
    if said == UNCLEAR:
        return [say("charts_differences.growth.unclear", who=inside(brief(chosen)), here=here, years=years,
                    base=inside(brief(baseline)), there=there, interval=interval(low, high))]
    moved, share_low, share_high = paired(share, chosen, 100.0)
    share_said = verdict(share_low, share_high)
    share_words = say("charts_differences.growth.share_unclear") if share_said == UNCLEAR else say(
        f"charts_differences.growth.share_{share_said}",
        change=mean_of(abs(moved), share_low, share_high), interval=interval(share_low, share_high))
    return [say(f"charts_differences.growth.{key}", who=brief(chosen), change=mean_of(abs(change), low, high),
                interval=interval(low, high), here=here, base=inside(brief(baseline)), there=there, share=share_words,
                years=years) for key in (said, f"{said}_short")]


@chart
def funnel(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """Draw the conversion at each of the three stage gates by scenario, with 95 % intervals.

    The title names the gates at which `focus` clearly differs from the first scenario.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns :data:`TIDY`, a row per scenario and measure, as of `Comparison.table`; measures `discovery_rate`,
        `qualified_rate` and `proposal_win_rate` (fractions).
    {ax}
    focus : str, optional
        The scenario that the title states (default: the last one).

    {returns}
        Where a column, a measure or the scenario is missing.

    Examples
    --------
    >>> rows = [(s, m, "share", v, v - .02, v + .02, d, d - .01, d + .01, 20) for m, _ in GATES
    ...         for s, v, d in [("status_quo", .5, 0.), ("coaching", .54, .04)]]
    >>> funnel(pd.DataFrame(rows, columns=TIDY)).get_title(loc="left").replace(chr(10), " ")[:44]
    'Coaching converts more at each of the gates,'
    """
    need(table, TIDY)
    gates = [rows_of(table, measure) for measure, _ in GATES]
    names = [str(name) for name in gates[0].index]
    gates = [rows.reindex(names) for rows in gates]
    chosen, baseline = focus_of(gates[0], focus), names[0]
    ax = ax or new_axes()
    for place, (rows, (_, stage)) in enumerate(zip(gates, GATES, strict=True)):
        panel = _panel(ax, (place * 0.345, 0.0, 0.31, 1.0), names, first=place == 0)
        means, lows, highs = _percent(rows, "mean", "low", "high")
        panel.axvline(means[0], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
        _dots(panel, means, lows, highs, [GREY if name == baseline else BLUE for name in names])
        _room(panel, np.concatenate([means, lows, highs]))
        name_axis(panel, with_unit(inside(say(f"names.gates.{stage}")), say("names.units.%")))
    ax.set_axis_off()
    return frame(ax, _funnel_title(gates, chosen, baseline),
          caption_of(gates[0], say("charts_differences.funnel.caption")))


def _funnel_title(gates: list[pd.DataFrame], chosen: str, baseline: str) -> str:
    if chosen == baseline:
        rates = [say("charts_differences.funnel.rate", gate=say(f"charts_differences.funnel.{stage}"),
                     rate=percent(value_at(rows, baseline, "mean", 100.0)))
                 for rows, (_, stage) in zip(gates, GATES, strict=True)]
        return say("charts_differences.funnel.alone", who=words(baseline), rates=say("words.comma").join(rates))
    parts: dict[str, list[str]] = {}
    for rows, (_, stage) in zip(gates, GATES, strict=True):
        change, low, high = paired(rows, chosen, 100.0)
        parts.setdefault(verdict(low, high), []).append(
            say("charts_differences.funnel.gate", gate=say(f"charts_differences.funnel.{stage}"),
                change=mean_of(change, low, high, sign=True), interval=interval(low, high)))
    clear = {said: gates_of for said, gates_of in parts.items() if said != UNCLEAR}
    if not clear:
        return say("charts_differences.funnel.unclear", who=inside(brief(chosen)), base=inside(brief(baseline)))
    if len(clear) == 2:
        return say("charts_differences.funnel.both", who=brief(chosen),
                   gates=say("words.comma").join(clear["up"] + clear["down"]))
    ((said, found),) = clear.items()
    more = "more" if said == UP else "less"
    return say(f"charts_differences.funnel.{more}_{len(found)}", who=brief(chosen),
               gates=say("words.comma").join(found))


@chart
def paired_difference(
    table: pd.DataFrame,
    ax: Axes | None = None,
    *,
    measure: str = "revenue",
    relative: bool | None = None,
    focus: str | None = None,
) -> Axes:
    """Draw each scenario minus the first one, with the 95 % interval of the paired difference.

    A verdict stands beside each interval. Shares are shown in percentage points.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns :data:`TIDY`, a row per scenario and measure, as of `Comparison.table`; a relative difference also
        needs :data:`RELATIVE`.
    {ax}
    measure : str
        The measure that is compared.
    relative : bool, optional
        Whether differences are in percent of the baseline's mean (default: for every measure whose unit is no share
        or ratio).
    focus : str, optional
        The scenario that the title states (default: the last one).

    {returns}
        Where a column, the measure or the scenario is missing, where there is nothing to compare, and where a
        relative difference would divide by zero.

    Examples
    --------
    >>> rows = [("status_quo", "revenue", "$", 100., 90., 110., 0., 0., 0., 20, 0., 0., 0.),
    ...         ("leadership", "revenue", "$", 109., 99., 119., 9., 4., 14., 20, .09, .04, .14)]
    >>> paired_difference(pd.DataFrame(rows, columns=TIDY + RELATIVE)).get_title(loc="left")
    'Leadership adds 9 % to revenue (95 % interval 4 to 14)'
    """
    need(table, TIDY)
    rows = rows_of(table, measure)
    baseline, others = str(rows.index[0]), rows.iloc[1:]
    if others.empty:
        raise ChartError(f"the table has only the scenario {baseline}; two or more are needed")
    chosen = focus_of(others, focus)
    in_shares = not relative_unit(str(rows["unit"].iloc[0]))
    relative = not in_shares if relative is None else relative
    base = float(rows["mean"].iloc[0])
    if relative and not base > 0:
        raise ChartError(f"{measure} of {baseline} is {base:g}; "
                         "a difference in percent of it means nothing")
    if relative:
        need(table, RELATIVE)
    factor = 100.0 if relative or in_shares else 1.0
    unit = unit_words("%" if relative else "points" if in_shares else str(rows["unit"].iloc[0]))
    means, lows, highs = (factor * others[column].to_numpy(float)
                          for column in (RELATIVE if relative else DIFFERENCE))
    names = [str(name) for name in others.index]
    ax = ax or new_axes()
    labels = [words(name) for name in names]
    rows_in(ax, labels)
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    fit(ax, np.concatenate([means, lows, highs, [0.0]]), 0.06)
    for row, (mean, low, high) in enumerate(zip(means, lows, highs, strict=True)):
        said = verdict(low, high)
        draw_interval(ax, row, mean, low, high, VERDICT_COLOURS[said], size=14, **verdict_mark(said))
        note = say("charts_differences.paired.note", change=mean_of(mean, low, high, sign=True), unit=unit,
                   interval=interval(low, high), verdict=verdict_words(said))
        write_above(ax, mean, row, note, VERDICT_COLOURS[said], 13, gid="verdict")
    what, base_words = inside(brief(measure)), inside(brief(baseline))
    axis = "charts_differences.paired.axis_relative" if relative else "charts_differences.paired.axis"
    name_axis(ax, say(axis, what=what, base=base_words, unit=unit))
    place = names.index(chosen)
    return frame(ax, _difference_title(what, chosen, baseline, means[place], lows[place], highs[place], unit),
          caption_of(rows, say("charts_differences.paired.caption")))


def _difference_title(
    what: str, chosen: str, baseline: str, mean: float, low: float, high: float, unit: str
) -> str:
    said = verdict(low, high)
    who, size = (inside(brief(chosen)), mean) if said == UNCLEAR else (brief(chosen), abs(mean))
    return say(f"charts_differences.paired.{said}", who=who, base=inside(brief(baseline)), what=what,
               change=mean_of(size, low, high), interval=interval(low, high), unit=unit)
