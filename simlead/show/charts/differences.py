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
    ChartError,
    caption_of,
    focus_of,
    frame,
    interval,
    need,
    new_axes,
    number,
    paired,
    plain,
    readable,
    rows_of,
    value_at,
    verdict,
    words,
)

TIDY = ("scenario", "measure", "unit", "mean", "low", "high", *DIFFERENCE, "n")
"""The columns of a comparison's table that these charts need."""

GATES = (("discovery_rate", "Discovery passed"), ("qualified_rate", "Qualification passed"),
         ("proposal_win_rate", "Proposal won"))


def _panel(ax: Axes, bounds: tuple[float, float, float, float], names: Sequence[str], first: bool) -> Axes:
    """A panel inside `ax` with a row per scenario, the first on top."""
    panel = ax.inset_axes(bounds)
    plain(panel)
    panel.set_ylim(len(names) - 0.4, -0.6)
    panel.set_yticks(range(len(names)), [words(name) for name in names] if first else [""] * len(names))
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
        readable(panel.annotate(f"{number(mean, widest)} %", (mean, row), (0, 11), ha="center",
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
        left.annotate(f"market {number(market)} %", (market, 1.0), (0, 4), xycoords=("data", "axes fraction"),
                      textcoords="offset points", ha="center", fontsize=TEXT, color="#8A5F00")
        seen.append(np.array([market]))
    _room(left, np.concatenate(seen))
    means, lows, highs = _percent(share, "mean", "low", "high")
    seen = [means, lows, highs]
    if "market_share_base" in set(table["measure"]):
        before = _percent(rows_of(table, "market_share_base", chart).reindex(names), "mean")[0]
        for row, (start, end) in enumerate(zip(before, means, strict=True)):
            right.annotate("", (end, row), (start, row), arrowprops={"arrowstyle": "->", "color": GREY})
            right.plot([start], [row], "o", color=GREY, markersize=11, markerfacecolor="white", gid="base")
        readable(right.annotate("before", (before[0], 0), (0, -12), textcoords="offset points", ha="center",
                                va="top", fontsize=TEXT, color=GREY))
        seen.append(before)
    _dots(right, means, lows, highs, colours)
    _room(right, np.concatenate(seen))
    left.set_xlabel("revenue growth, final year on base year, %", fontsize=TEXT)
    right.set_xlabel("market share in the final year, %", fontsize=TEXT)
    ax.set_axis_off()
    frame(ax, _growth_title(growth, share, chosen, baseline),
          caption_of(growth, "Bands are 95 % intervals of each mean; the title's are of paired differences."),
          [words(name) for name in names], own)
    return ax


def _growth_title(growth: pd.DataFrame, share: pd.DataFrame, chosen: str, baseline: str) -> str:
    half = 50.0 * (value_at(growth, chosen, "high") - value_at(growth, chosen, "low"))
    here, there = (f"{number(value_at(growth, name, 'mean', 100.0), half)} %" for name in (chosen, baseline))
    if chosen == baseline:
        return f"{words(baseline)}: revenue grows by {there}"
    change, low, high = paired(growth, chosen, 100.0)
    said = verdict(low, high)
    if said == UNCLEAR:
        return (f"No clear difference in growth: {words(chosen).lower()} {here}, {words(baseline).lower()} "
                f"{there} (95 % interval of the difference {interval(low, high)} points)")
    verb = "lifts" if said == UP else "lowers"
    moved, share_low, share_high = paired(share, chosen, 100.0)
    share_said = verdict(share_low, share_high)
    share_words = "market share does not clearly move" if share_said == UNCLEAR else (
        f"market share {'gains' if share_said == UP else 'loses'} "
        f"{number(abs(moved), (share_high - share_low) / 2)} points ({interval(share_low, share_high)})")
    return (f"{words(chosen)} {verb} growth by {number(abs(change), (high - low) / 2)} points "
            f"(95 % interval {interval(low, high)}), to {here} from {words(baseline).lower()}'s {there}; "
            f"{share_words}")


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
    for place, (rows, (_, label)) in enumerate(zip(gates, GATES, strict=True)):
        panel = _panel(ax, (place * 0.345, 0.0, 0.31, 1.0), names, first=place == 0)
        means, lows, highs = _percent(rows, "mean", "low", "high")
        panel.axvline(means[0], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
        _dots(panel, means, lows, highs, [GREY if name == baseline else BLUE for name in names])
        _room(panel, np.concatenate([means, lows, highs]))
        panel.set_xlabel(f"{label.lower()}, %", fontsize=TEXT)
    ax.set_axis_off()
    frame(ax, _funnel_title(gates, chosen, baseline),
          caption_of(gates[0], "Bands are 95 % intervals of each mean; dashed line: the first scenario."),
          [words(name) for name in names], own)
    return ax


def _funnel_title(gates: list[pd.DataFrame], chosen: str, baseline: str) -> str:
    short = ("discovery", "qualification", "proposal")
    if chosen == baseline:
        rates = ", ".join(f"{number(value_at(rows, baseline, 'mean', 100.0))} % at {gate}"
                          for rows, gate in zip(gates, short, strict=True))
        return f"{words(baseline)} converts {rates}"
    parts: dict[str, list[str]] = {}
    for rows, gate in zip(gates, short, strict=True):
        change, low, high = paired(rows, chosen, 100.0)
        sign = "+" if change > 0 else ""
        parts.setdefault(verdict(low, high), []).append(
            f"{gate} {sign}{number(change, (high - low) / 2)} points ({interval(low, high)})")
    clear = {said: gates_of for said, gates_of in parts.items() if said != UNCLEAR}
    if not clear:
        return (f"No clear difference between {words(chosen).lower()} and {words(baseline).lower()} "
                "at any gate of the funnel")
    if len(clear) == 2:
        return f"{words(chosen)} shifts the funnel: {', '.join(clear['up'] + clear['down'])}"
    ((said, found),) = clear.items()
    more = "more" if said == UP else "less"
    where = {1: "one gate of three", 2: "two gates of three", 3: "each of the gates"}[len(found)]
    return f"{words(chosen)} converts {more} at {where}: {', '.join(found)}"


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
    unit = "%" if relative else "points" if in_shares else str(rows["unit"].iloc[0])
    means, lows, highs = (factor * others[column].to_numpy(float)
                          for column in (RELATIVE if relative else DIFFERENCE))
    names = [str(name) for name in others.index]
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), [words(name) for name in names])
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    seen = np.concatenate([means, lows, highs, [0.0]])
    low_edge, high_edge = float(np.nanmin(seen)), float(np.nanmax(seen))
    span = high_edge - low_edge
    ax.set_xlim(low_edge - 0.06 * span, high_edge + 0.06 * span)
    for row, (mean, low, high) in enumerate(zip(means, lows, highs, strict=True)):
        said = verdict(low, high)
        colour = VERDICT_COLOURS[said]
        ax.plot([low, high], [row, row], color=colour, linewidth=4, solid_capstyle="butt", gid="interval")
        ax.plot([mean], [row], "o", color=colour, markersize=14, gid="mean")
        sign = "+" if mean > 0 else ""
        note = f"{sign}{number(mean, (high - low) / 2)} {unit} ({interval(low, high)}): {said}"
        # Beside the dot there may be no room; above it there always is, if the text leans inwards.
        where = (mean - low_edge) / span
        side = "left" if where < 0.33 else "right" if where > 0.67 else "center"
        readable(ax.annotate(note, (mean, row), (0, 13), textcoords="offset points", fontsize=TEXT,
                             color=colour, ha=side, gid="verdict"))
    what = words(measure).lower()
    of = f"in % of {words(baseline).lower()}'s" if relative else f"in {unit}"
    ax.set_xlabel(f"{what}: difference from {words(baseline).lower()}, {of}", fontsize=TEXT)
    place = names.index(chosen)
    frame(ax, _difference_title(what, chosen, baseline, means[place], lows[place], highs[place], unit),
          caption_of(rows, "Lines are 95 % intervals of the paired difference, one policy at a time."),
          [words(name) for name in names], own)
    return ax


def _difference_title(
    what: str, chosen: str, baseline: str, mean: float, low: float, high: float, unit: str
) -> str:
    said = verdict(low, high)
    if said == UNCLEAR:
        return (f"No clear difference in {what} between {words(chosen).lower()} and "
                f"{words(baseline).lower()} (95 % interval {interval(low, high)} {unit})")
    verb, to = ("adds", "to") if said == UP else ("takes", "from")
    return (f"{words(chosen)} {verb} {number(abs(mean), (high - low) / 2)} {unit} {to} {what} "
            f"(95 % interval {interval(low, high)})")



