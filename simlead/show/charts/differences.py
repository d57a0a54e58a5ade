"""Charts of a comparison: growth and share, the funnel, and the paired difference.

All three read the tidy table of a comparison: a row per scenario and measure, the first
scenario being the baseline. Shares are parts of one in the table and percent on paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.style import (
    BLUE,
    DIFFERENCE,
    GREY,
    ORANGE,
    RELATIVE,
    TEXT,
    UNCLEAR,
    UP,
    VERDICT_COLOURS,
    Bounds,
    ChartError,
    caption_of,
    focus_of,
    frame,
    label_rows,
    need,
    new_axes,
    paired,
    placed,
    plain,
    readable,
    rows_of,
    value_at,
    verdict,
    verdict_words,
)
from simlead.show.language import say
from simlead.show.wording import inside, interval, number, percent, signed, unit_words, with_unit, words

TIDY = ("scenario", "measure", "unit", "mean", "low", "high", *DIFFERENCE, "n")
"""The columns of a comparison's table that these charts need."""

GATES = (("discovery_rate", "discovery"), ("qualified_rate", "qualified"), ("proposal_win_rate", "proposal"))
"""The measure of each gate, and the stage it ends."""


def _panel(ax: Axes, bounds: Bounds, names: Sequence[str], first: bool) -> Axes:
    """A panel inside `ax` with a row per scenario, the first on top."""
    panel = ax.inset_axes(placed(bounds))
    plain(panel)
    panel.set_ylim(len(names) - 0.4, -0.6)
    label_rows(panel, [words(name) if first else "" for name in names])
    return panel


def _dots(
    panel: Axes, means: np.ndarray, lows: np.ndarray, highs: np.ndarray, colours: Sequence[str]
) -> None:
    """A dot, its interval as a band, and its value above, per row."""
    widest = float(np.nanmax(highs - lows)) / 2 if np.isfinite(highs - lows).any() else math.nan
    for row, (mean, low, high, colour) in enumerate(zip(means, lows, highs, colours, strict=True)):
        panel.plot([low, high], [row, row], color=colour, alpha=0.35, linewidth=12, solid_capstyle="butt",
                   gid="interval")
        panel.plot([mean], [row], "o", color=colour, markersize=11, gid="mean")
        readable(panel.annotate(percent(mean, widest), (mean, row), (0, 11), ha="center",
                                textcoords="offset points", fontsize=TEXT, color=colour))


def _room(panel: Axes, values: np.ndarray) -> None:
    """Limits that leave room for the numbers above the outermost dots."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = max(0.16 * (high - low), 0.5)
    panel.set_xlim(low - margin, high + margin)


def _percent(rows: pd.DataFrame, *columns: str) -> list[np.ndarray]:
    return [100.0 * rows[column].to_numpy(float) for column in columns]


def growth_and_share(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """Revenue growth and market share by scenario, base year to final year, with 95 % intervals.

    Needs the columns of :data:`TIDY` with the measures `revenue_growth` and `market_share`
    (parts of one); draws where the share started if `market_share_base` is there, and the
    market's own growth if `market_growth` is. The title states the difference between
    `focus` (the last scenario unless named) and the first scenario.

    Raises ChartError where a column, a measure or the scenario is missing.

    >>> rows = [(s, m, "share", v, v - .02, v + .02, d, d - .03, d + .03, 20) for s, m, v, d in [
    ...     ("status_quo", "revenue_growth", .4, 0.), ("leadership", "revenue_growth", .5, .1),
    ...     ("status_quo", "market_share", .1, 0.), ("leadership", "market_share", .11, .01)]]
    >>> growth_and_share(pd.DataFrame(rows, columns=TIDY)).get_title(loc="left")[:36]
    'Leadership lifts growth by 10 points'
    """
    chart = "growth_and_share"
    need(table, TIDY, chart)
    growth, share = rows_of(table, "revenue_growth", chart), rows_of(table, "market_share", chart)
    names = [str(name) for name in growth.index]
    share = share.reindex(names)
    chosen, baseline = focus_of(growth, focus, chart), names[0]
    own = ax is None
    ax = new_axes() if ax is None else ax
    colours = [GREY if name == baseline else BLUE for name in names]
    left = _panel(ax, (0.0, 0.0, 0.48, 1.0), names, first=True)
    right = _panel(ax, (0.54, 0.0, 0.46, 1.0), names, first=False)
    means, lows, highs = _percent(growth, "mean", "low", "high")
    _dots(left, means, lows, highs, colours)
    seen = [means, lows, highs]
    if "market_growth" in set(table["measure"]):
        market = 100.0 * float(rows_of(table, "market_growth", chart)["mean"].iloc[0])
        left.axvline(market, color=ORANGE, linewidth=2, zorder=0)
        left.annotate(say("charts_differences.growth.market", growth=percent(market)), (market, 1.0), (0, 4),
                      xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", fontsize=TEXT,
                      color="#8A5F00")
        seen.append(np.array([market]))
    _room(left, np.concatenate(seen))
    means, lows, highs = _percent(share, "mean", "low", "high")
    seen = [means, lows, highs]
    if "market_share_base" in set(table["measure"]):
        before = _percent(rows_of(table, "market_share_base", chart).reindex(names), "mean")[0]
        for row, (start, end) in enumerate(zip(before, means, strict=True)):
            right.annotate("", (end, row), (start, row), arrowprops={"arrowstyle": "->", "color": GREY})
            right.plot([start], [row], "o", color=GREY, markersize=11, markerfacecolor="white", gid="base")
        readable(right.annotate(say("words.before"), (before[0], 0), (0, -12), textcoords="offset points",
                                ha="center", va="top", fontsize=TEXT, color=GREY))
        seen.append(before)
    _dots(right, means, lows, highs, colours)
    _room(right, np.concatenate(seen))
    left.set_xlabel(say("charts_differences.growth.axis_growth"), fontsize=TEXT)
    right.set_xlabel(say("charts_differences.growth.axis_share"), fontsize=TEXT)
    ax.set_axis_off()
    frame(ax, _growth_title(growth, share, chosen, baseline),
          caption_of(growth, say("charts_differences.growth.caption")), [words(name) for name in names], own)
    return ax


def _growth_title(growth: pd.DataFrame, share: pd.DataFrame, chosen: str, baseline: str) -> str:
    half = 50.0 * (value_at(growth, chosen, "high") - value_at(growth, chosen, "low"))
    here, there = (percent(value_at(growth, name, "mean", 100.0), half) for name in (chosen, baseline))
    if chosen == baseline:
        return say("charts_differences.growth.alone", who=words(baseline), here=here)
    change, low, high = paired(growth, chosen, 100.0)
    said = verdict(low, high)
    if said == UNCLEAR:
        return say("charts_differences.growth.unclear", who=inside(words(chosen)), here=here,
                   base=inside(words(baseline)), there=there, interval=interval(low, high))
    moved, share_low, share_high = paired(share, chosen, 100.0)
    share_said = verdict(share_low, share_high)
    share_words = say("charts_differences.growth.share_unclear") if share_said == UNCLEAR else say(
        f"charts_differences.growth.share_{share_said}",
        change=number(abs(moved), (share_high - share_low) / 2), interval=interval(share_low, share_high))
    return say(f"charts_differences.growth.{said}", who=words(chosen), change=number(abs(change), (high - low) / 2),
               interval=interval(low, high), here=here, base=inside(words(baseline)), there=there, share=share_words)


def funnel(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """Conversion at each of the three gates by scenario, with 95 % intervals.

    Needs the columns of :data:`TIDY` with the measures `discovery_rate`, `qualified_rate`
    and `proposal_win_rate` (parts of one). The title names the gates at which `focus` (the
    last scenario unless named) clearly differs from the first scenario.

    Raises ChartError where a column, a measure or the scenario is missing.

    >>> rows = [(s, m, "share", v, v - .02, v + .02, d, d - .01, d + .01, 20) for m, _ in GATES
    ...         for s, v, d in [("status_quo", .5, 0.), ("coaching", .54, .04)]]
    >>> funnel(pd.DataFrame(rows, columns=TIDY)).get_title(loc="left").replace(chr(10), " ")[:44]
    'Coaching converts more at each of the gates:'
    """
    chart = "funnel"
    need(table, TIDY, chart)
    gates = [rows_of(table, measure, chart) for measure, _ in GATES]
    names = [str(name) for name in gates[0].index]
    gates = [rows.reindex(names) for rows in gates]
    chosen, baseline = focus_of(gates[0], focus, chart), names[0]
    own = ax is None
    ax = new_axes() if ax is None else ax
    for place, (rows, (_, stage)) in enumerate(zip(gates, GATES, strict=True)):
        panel = _panel(ax, (place * 0.345, 0.0, 0.31, 1.0), names, first=place == 0)
        means, lows, highs = _percent(rows, "mean", "low", "high")
        panel.axvline(means[0], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
        _dots(panel, means, lows, highs, [GREY if name == baseline else BLUE for name in names])
        _room(panel, np.concatenate([means, lows, highs]))
        panel.set_xlabel(with_unit(inside(say(f"names.gates.{stage}")), say("names.units.%")), fontsize=TEXT)
    ax.set_axis_off()
    frame(ax, _funnel_title(gates, chosen, baseline),
          caption_of(gates[0], say("charts_differences.funnel.caption")), [words(name) for name in names], own)
    return ax


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
                change=signed(change, (high - low) / 2), interval=interval(low, high)))
    clear = {said: gates_of for said, gates_of in parts.items() if said != UNCLEAR}
    if not clear:
        return say("charts_differences.funnel.unclear", who=inside(words(chosen)), base=inside(words(baseline)))
    if len(clear) == 2:
        return say("charts_differences.funnel.both", who=words(chosen),
                   gates=say("words.comma").join(clear["up"] + clear["down"]))
    ((said, found),) = clear.items()
    more = "more" if said == UP else "less"
    return say(f"charts_differences.funnel.{more}_{len(found)}", who=words(chosen),
               gates=say("words.comma").join(found))


def paired_difference(
    table: pd.DataFrame,
    ax: Axes | None = None,
    *,
    measure: str = "revenue",
    relative: bool | None = None,
    focus: str | None = None,
) -> Axes:
    """Each scenario minus the first one, with the 95 % interval of the paired difference.

    Needs the columns of :data:`TIDY` with `measure`. `relative` shows the difference in
    percent of the baseline's mean, which is the default for every measure whose unit is
    not already a share or a percentage, and needs the columns of :data:`style.RELATIVE`;
    shares are shown in percentage points. A verdict
    stands beside each interval; the title speaks of `focus`, the last scenario unless
    named.

    Raises ChartError where a column, the measure or the scenario is missing, where there
    is nothing to compare, and where a relative difference would divide by zero.

    >>> rows = [("status_quo", "revenue", "$", 100., 90., 110., 0., 0., 0., 20, 0., 0., 0.),
    ...         ("leadership", "revenue", "$", 109., 99., 119., 9., 4., 14., 20, .09, .04, .14)]
    >>> paired_difference(pd.DataFrame(rows, columns=TIDY + RELATIVE)).get_title(loc="left")
    'Leadership adds 9 % to revenue (95 % interval 4 to 14)'
    """
    chart = "paired_difference"
    need(table, TIDY, chart)
    rows = rows_of(table, measure, chart)
    baseline, others = str(rows.index[0]), rows.iloc[1:]
    if others.empty:
        raise ChartError(f"{chart}: the table has only the scenario {baseline}; two or more are needed")
    chosen = focus_of(others, focus, chart)
    in_shares = str(rows["unit"].iloc[0]).startswith(("share", "ratio", "1/1"))
    relative = not in_shares if relative is None else relative
    base = float(rows["mean"].iloc[0])
    if relative and not base > 0:
        raise ChartError(f"{chart}: {measure} of {baseline} is {base:g}; "
                         "a difference in percent of it means nothing")
    if relative:
        need(table, RELATIVE, chart)
    factor = 100.0 if relative or in_shares else 1.0
    unit = unit_words("%" if relative else "points" if in_shares else str(rows["unit"].iloc[0]))
    means, lows, highs = (factor * others[column].to_numpy(float)
                          for column in (RELATIVE if relative else DIFFERENCE))
    names = [str(name) for name in others.index]
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    ax.set_ylim(len(names) - 0.4, -0.6)
    label_rows(ax, [words(name) for name in names])
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    seen = np.concatenate([means, lows, highs, [0.0]])
    low_edge, high_edge = float(np.nanmin(seen)), float(np.nanmax(seen))
    span = (high_edge - low_edge) or 1.0  # all are 0 where a scenario is the baseline under another name
    ax.set_xlim(low_edge - 0.06 * span, high_edge + 0.06 * span)
    for row, (mean, low, high) in enumerate(zip(means, lows, highs, strict=True)):
        said = verdict(low, high)
        colour = VERDICT_COLOURS[said]
        ax.plot([low, high], [row, row], color=colour, linewidth=4, solid_capstyle="butt", gid="interval")
        ax.plot([mean], [row], "o", color=colour, markersize=14, gid="mean")
        note = say("charts_differences.paired.note", change=signed(mean, (high - low) / 2), unit=unit,
                   interval=interval(low, high), verdict=verdict_words(said))
        # Beside the dot there may be no room; above it there always is, if the text leans inwards.
        where = (mean - low_edge) / span
        side = "left" if where < 0.33 else "right" if where > 0.67 else "center"
        readable(ax.annotate(note, (mean, row), (0, 13), textcoords="offset points", fontsize=TEXT,
                             color=colour, ha=side, gid="verdict"))
    what, base_words = inside(words(measure)), inside(words(baseline))
    axis = "charts_differences.paired.axis_relative" if relative else "charts_differences.paired.axis"
    ax.set_xlabel(say(axis, what=what, base=base_words, unit=unit), fontsize=TEXT)
    place = names.index(chosen)
    frame(ax, _difference_title(what, chosen, baseline, means[place], lows[place], highs[place], unit),
          caption_of(rows, say("charts_differences.paired.caption")), [words(name) for name in names], own)
    return ax


def _difference_title(
    what: str, chosen: str, baseline: str, mean: float, low: float, high: float, unit: str
) -> str:
    said = verdict(low, high)
    change = number(mean if said == UNCLEAR else abs(mean), (high - low) / 2)
    name = inside(words(chosen)) if said == UNCLEAR else words(chosen)
    key = "unclear" if said == UNCLEAR else said
    return say(f"charts_differences.paired.{key}", who=name, base=inside(words(baseline)), what=what,
               change=change, interval=interval(low, high), unit=unit)
