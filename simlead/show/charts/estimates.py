"""Charts of how sure a study is: precision reached, several intervals at once, quantiles, warm-up, batches."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import stdtrit

from simlead.show.charts.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    UNCLEAR,
    VERDICT_COLOURS,
    VERMILION,
    ChartError,
    frame,
    interval,
    need,
    new_axes,
    number,
    plain,
    readable,
    scale,
    verdict,
    words,
)

PATH = ("measure", "kind", "unit", "n", "estimate", "low", "high", "confidence", "half_width", "stage", "wanted",
        "needed", "reached")
FAMILY = ("scenario", "against", "difference", "low", "high", "single_low", "single_high", "relative", "n",
          "confidence")
QUANTILES = ("scenario", "probability", "value", "low", "high", "confidence", "n")
CHECK = ("measure", "bias", "low", "high", "confidence", "drop_weeks", "accepted", "replications", "verdict")
BATCHES = ("series", "mean", "low", "high", "confidence", "n", "batches", "batch_length", "warning")

MOST_ROWS = 10
"""More rows than this have no room on one picture."""


def precision_reached(path: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """An estimate and its interval as replicates come in, with the half-width that was asked for.

    Needs the columns of :data:`PATH`, such as `precision.estimate_until` returns. Pale: the
    first stage, whose interval is not to be stopped at.

    Raises ChartError where a column is missing.

    >>> rows = [("revenue", "mean", "$", n, 9.0, 9 - 4 / n, 9 + 4 / n, .95, 4 / n, 2, .5, 8, n >= 8)
    ...         for n in range(2, 9)]
    >>> precision_reached(pd.DataFrame(rows, columns=PATH)).get_title(loc="left").replace(chr(10), " ")
    'Revenue is known to ±0.50 $ after 8 replicates, as was asked for (±0.50)'
    """
    chart = "precision_reached"
    need(path, PATH, chart)
    last = path.iloc[-1]
    factor, unit = scale(str(last["unit"]), float(last["estimate"]))
    if last["kind"] == "difference":
        unit = unit.replace("%", "points", 1)
    n = path["n"].to_numpy(float)
    middle, low, high = (factor * path[column].to_numpy(float) for column in ("estimate", "low", "high"))
    wanted, half = factor * float(last["wanted"]), factor * float(last["half_width"])
    first = path["stage"].to_numpy() == 1
    own = ax is None
    ax = new_axes() if ax is None else ax
    _open(ax)
    later = np.flatnonzero(~first)
    for rows, colour, name in ((np.flatnonzero(first), GREY, "first"), (later, BLUE, "second")):
        rows = np.append(rows, later[:1]) if name == "first" else rows
        ax.fill_between(n[rows], low[rows], high[rows], color=colour, alpha=0.25, linewidth=0, gid=f"{name} stage")
        ax.plot(n[rows], middle[rows], color=colour, linewidth=3, gid=f"{name} estimate")
    for edge in (middle[-1] - wanted, middle[-1] + wanted):
        ax.axhline(edge, color=VERMILION, linewidth=2, linestyle=(0, (5, 3)), gid="wanted")
    readable(ax.annotate("asked for", (n[-1], middle[-1] + wanted), (-4, 6), textcoords="offset points", ha="right",
                         fontsize=TEXT, color=VERMILION))
    around = 4.0 * max(wanted, half)  # the first few intervals are wider than any picture
    shown = np.clip(np.concatenate([low[later], high[later], middle]), middle[-1] - around, middle[-1] + around)
    reach = max(float(np.nanmax(np.abs(shown - middle[-1]))), wanted) * 1.1
    ax.set_ylim(middle[-1] - reach, middle[-1] + reach)
    ax.set_xlim(n[0], n[-1] + max(0.01 * (n[-1] - n[0]), 0.5))
    what = words(str(last["measure"])) if last["measure"] else "The estimate"
    if last["kind"] != "mean":
        what = f"The difference in {what.lower()}" if last["measure"] else "The difference"
    ax.set_xlabel("replicates", fontsize=TEXT)
    ax.set_ylabel(_with_unit(what, unit), fontsize=TEXT)
    asked, made = f"±{number(wanted, wanted / 5)}", int(last["n"])
    title = f"{what} is known to ±{number(half, half / 5)} {unit}".rstrip() + f" after {made:,} replicates"
    title += (f", as was asked for ({asked})" if bool(last["reached"])
              else f"; the {asked} asked for would take about {int(last['needed']):,}")
    of = " In % of the baseline's mean." if last["kind"] == "relative difference" else ""
    frame(ax, title, f"Line: the estimate. Band: its {_level(path)} interval; grey in the first stage, which only "
          f"plans, blue in the second.{of}", ["0" * 9], own)
    return ax


def simultaneous(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Differences whose intervals hold all together, and the shorter ones that hold one by one.

    Needs the columns of :data:`FAMILY`, such as `Comparison.simultaneous` returns; `measure`
    and `unit` are told if they are there. The verdict beside each row is by the long interval.

    Raises ChartError where a column is missing, or for more than 10 rows.

    >>> rows = [("coaching", "status_quo", 2., -.1, 4.1, .5, 3.5, False, 20, .95),
    ...         ("clear_role", "status_quo", 9., 7., 11., 8., 10., False, 20, .95)]
    >>> simultaneous(pd.DataFrame(rows, columns=FAMILY)).get_title(loc="left").replace(chr(10), " ")
    '1 of 2 scenarios differs clearly from status quo, judged together: clear role +9'
    """
    chart = "simultaneous"
    need(table, FAMILY, chart)
    _few(table, chart)
    measure, unit = (str(table[column].iloc[0]) if column in table.columns else "" for column in ("measure", "unit"))
    against = list(dict.fromkeys(table["against"].astype(str)))
    relative = bool(table["relative"].iloc[0])
    factor, unit = scale("share" if relative else unit, float(table["difference"].abs().max()))
    if relative:
        unit = f"% of {words(against[0]).lower()}'s" if len(against) == 1 else "% of the other's"
    else:
        unit = unit.replace("%", "points", 1)
    middle, low, high, single_low, single_high = (
        factor * table[column].to_numpy(float) for column in ("difference", "low", "high", "single_low", "single_high"))
    names = [words(here) if len(against) == 1 else f"{words(here)} minus {words(there).lower()}"
             for here, there in zip(table["scenario"], table["against"], strict=True)]
    own = ax is None
    ax = new_axes() if ax is None else ax
    _rows(ax, names)
    ax.axvline(0, color=BLACK, linewidth=1.5, zorder=1)
    said = [verdict(left, right) for left, right in zip(low, high, strict=True)]
    _limits(ax, np.concatenate([low, high, [0.0]]))
    for row, direction in enumerate(said):
        colour = VERDICT_COLOURS[direction]
        ax.plot([low[row], high[row]], [row, row], color=colour, linewidth=2, gid="together")
        ax.plot([single_low[row], single_high[row]], [row, row], color=colour, linewidth=7, solid_capstyle="butt",
                gid="single")
        ax.plot([middle[row]], [row], "o", color=colour, markersize=13, gid="mean")
        _note(ax, middle[row], row, f"{_signed(middle[row], high[row] - low[row])} "
              f"({interval(low[row], high[row])}): {direction}", colour)
    of = f" from {words(against[0]).lower()}" if len(against) == 1 else ""
    what = f" in {words(measure).lower()}" if measure else ""
    ax.set_xlabel(_with_unit(f"difference{what}{of}", unit), fontsize=TEXT)
    clear = [f"{name[:1].lower()}{name[1:]} {_signed(middle[row], high[row] - low[row])}"
             for row, name in enumerate(names) if said[row] != UNCLEAR]
    things, differ = ("scenarios" if of else "pairs"), ("differs" if len(clear) == 1 else "differ")
    title = f"{len(clear)} of {len(names)} {things} {differ} clearly{of}{what}, judged together"
    if 0 < len(clear) <= 5:
        title += f": {', '.join(clear)} {unit.partition(' of ')[0]}".rstrip()
    frame(ax, title, f"Thin lines hold all together with {_level(table)}, thick ones each by itself. "
          f"{int(table['n'].iloc[0])} firms per scenario, same luck.", names, own)
    return ax


def quantiles(table: pd.DataFrame, ax: Axes | None = None, *, measure: str = "", unit: str = "") -> Axes:
    """Quantiles of each scenario with their intervals: how firms fare that are lucky and that are not.

    Needs the columns of :data:`QUANTILES`, such as `quantiles.quantiles` returns; `measure`
    and its `unit` are told. An interval without end, of too few firms, runs to the edge.
    The title speaks of the smallest quantile of the last scenario.

    Raises ChartError where a column is missing, or for more than 10 scenarios.

    >>> rows = [("status_quo", .05, 3., 2., 4., .95, 90), ("status_quo", .5, 5., 4., 6., .95, 90)]
    >>> quantiles(pd.DataFrame(rows, columns=QUANTILES)).get_title(loc="left").replace(chr(10), " ")
    '5 % of the firms stay below 3 (95 % interval 2.0 to 4.0) under status quo; half exceed 5'
    """
    chart = "quantiles"
    need(table, QUANTILES, chart)
    names = list(dict.fromkeys(table["scenario"].astype(str)))
    _few(pd.DataFrame({"scenario": names}), chart)
    factor, unit = scale(unit, float(table["value"].abs().max()))
    chances = sorted(set(table["probability"].astype(float)))
    own = ax is None
    ax = new_axes() if ax is None else ax
    labels = [words(name) for name in names]
    _rows(ax, labels)
    values = factor * table[["value", "low", "high"]].to_numpy(float)
    _limits(ax, values[np.isfinite(values)])
    edges = ax.get_xlim()
    colours = dict(zip(chances, _shades(len(chances)), strict=True))
    for (middle, low, high), name, chance in zip(values, table["scenario"], table["probability"], strict=True):
        row, colour = names.index(str(name)), colours[float(chance)]
        ends = (max(low, edges[0]), min(high, edges[1]))
        ax.plot(ends, [row, row], color=colour, linewidth=8, alpha=0.4, solid_capstyle="butt", gid="interval")
        ax.plot([middle], [row], "o", color=colour, markersize=12, gid="quantile")
        readable(ax.annotate(f"{100.0 * chance:g} %: {number(middle, min(high - low, abs(middle) or 1.0) / 2)}",
                             (middle, row), (0, 11), textcoords="offset points", ha="center", fontsize=TEXT,
                             color=colour))
    ax.set_xlabel(_with_unit(words(measure).lower() or "value", unit), fontsize=TEXT)
    title = _quantiles_title(table[table["scenario"] == names[-1]], names[-1], factor, unit)
    if measure:
        title = f"{words(measure)}: {title}"
    frame(ax, title, f"Dots are quantiles over firms, bands their {_level(table)} intervals, each by itself. "
          f"{int(table['n'].min())} firms per scenario.", labels, own)
    return ax


def _quantiles_title(rows: pd.DataFrame, name: str, factor: float, unit: str) -> str:
    least = rows.sort_values("probability").iloc[0]
    low, high = factor * float(least["low"]), factor * float(least["high"])
    span = high - low if math.isfinite(high - low) else None
    ends = f"{_level(rows)} interval {interval(low, high)}" if span is not None else "too few firms for an interval"
    title = (f"{100.0 * float(least['probability']):g} % of the firms stay below "
             f"{number(factor * float(least['value']), span)} {unit}").rstrip()
    title += f" ({ends}) under {words(name).lower()}"
    half = rows[rows["probability"] == 0.5]
    if len(half) and float(least["probability"]) < 0.5:
        title += f"; half exceed {number(factor * float(half['value'].iloc[0]), span)}"
    return title


def warm_up(weeks: pd.DataFrame, check: pd.DataFrame, ax: Axes | None = None, *, measure: str = "revenue") -> Axes:
    """The firm's weeks from its first, with the base year and where MSER-5 would cut.

    `weeks` has the columns `replicate`, `week` and `measure` (such as `warmup.steady_weeks`
    returns), `check` those of :data:`CHECK` (such as `warmup.check_warm_up` makes of them). Dots are
    means over replicates, lines their means over 13 weeks.

    Raises ChartError where a column or the measure is missing.
    """
    chart = "warm_up"
    need(weeks, ("replicate", "week", measure), chart)
    need(check, CHECK, chart)
    found = check[check["measure"] == measure]
    if found.empty:
        raise ChartError(f"{chart}: the check has no measure {measure}; it has {', '.join(check['measure'])}")
    line = found.iloc[0]
    by_week = weeks.groupby("week")[measure].agg(["mean", "std", "count"])
    number_of_week = by_week.index.to_numpy(float)
    later = float(by_week.loc[by_week.index >= 0, "mean"].mean())
    level = 100.0 * by_week["mean"].to_numpy(float) / later
    count = by_week["count"].to_numpy(float)
    half = (100.0 / later) * stdtrit(count - 1, 0.975) * by_week["std"].to_numpy(float) / np.sqrt(count)
    own = ax is None
    ax = new_axes() if ax is None else ax
    _open(ax)
    ax.axvspan(-52, 0, color=PALE, alpha=0.6, linewidth=0, zorder=0, gid="base year")
    ax.vlines(number_of_week, level - half, level + half, color=BLUE, alpha=0.3, linewidth=1.5, gid="interval")
    ax.plot(number_of_week, level, "o", color=BLUE, markersize=3, gid="week")
    quarters = [slice(start, start + 13) for start in range(0, len(level) - 12, 13)]
    ax.plot([float(number_of_week[part].mean()) for part in quarters], [float(level[part].mean()) for part in quarters],
            color=BLACK, linewidth=2.5, gid="quarter")
    ax.axhline(100, color=GREY, linewidth=1.5, zorder=1)
    cut = float(number_of_week[0]) + int(line["drop_weeks"])
    top = max(112.0, float(np.quantile(level + half, 0.98)))
    ax.set_ylim(0, top)
    ax.set_xlim(number_of_week[0] - 2, number_of_week[-1] + 2)
    ax.axvline(cut, color=VERMILION, linewidth=2, linestyle=(0, (5, 3)), gid="cut")
    said = "MSER-5 would cut here" if bool(line["accepted"]) else "MSER-5 refuses a cut here"
    to_the_right = cut < float(number_of_week.mean())
    readable(ax.annotate(said, (cut, 0.2 * top), (6 if to_the_right else -6, 0), textcoords="offset points",
                         ha="left" if to_the_right else "right", fontsize=TEXT, color=VERMILION))
    readable(ax.annotate("base year", (-26, 0.02 * top), (0, 2), textcoords="offset points", ha="center",
                         fontsize=TEXT, color=GREY))
    what = words(measure).lower()
    ax.set_xlabel("week (0 is the switch)", fontsize=TEXT)
    ax.set_ylabel(f"{what} a week, % of the weeks after 0", fontsize=TEXT)
    verb = {"suffices": "suffices", "too short": "is too short"}.get(str(line["verdict"]), "cannot yet be judged")
    bias, low, high = (100.0 * float(line[column]) for column in ("bias", "low", "high"))
    title = (f"The warm-up {verb} for {what}: the base year lies {number(bias, (high - low) / 5)} % "
             f"({_level(check)} interval {interval(low, high)}) from the years after it")
    frame(ax, title, f"Dots: means over {int(line['replications'])} firms, with 95 % intervals; black: their means "
          "over 13 weeks.", ["0" * 5], own)
    return ax


def batch_means(table: pd.DataFrame, ax: Axes | None = None, *, unit: str = "") -> Axes:
    """Means of long series with their batch-means intervals, and which of them are to be doubted.

    Needs the columns of :data:`BATCHES`, such as `series.batch_means` returns. The title
    speaks of the first series.

    Raises ChartError where a column is missing, or for more than 10 series.

    >>> row = ("wins", 4.0, 3.6, 4.4, .95, 3000, 30, 100, "")
    >>> batch_means(pd.DataFrame([row], columns=BATCHES), unit="deals/week").get_title(loc="left")
    'Wins: 4.0 deals/week (95 % interval 3.6 to 4.4), from 30 batches of 100'
    """
    chart = "batch_means"
    need(table, BATCHES, chart)
    _few(table, chart)
    factor, unit = scale(unit, float(table["mean"].abs().max()))
    middle, low, high = (factor * table[column].to_numpy(float) for column in ("mean", "low", "high"))
    doubted = [bool(text) for text in table["warning"]]
    names = [words(name) or "Series" for name in table["series"]]
    own = ax is None
    ax = new_axes() if ax is None else ax
    _rows(ax, names)
    _limits(ax, np.concatenate([low, high]))
    for row, line in enumerate(table.itertuples(index=False)):
        colour = ORANGE if doubted[row] else BLUE
        ax.plot([low[row], high[row]], [row, row], color=colour, linewidth=5, solid_capstyle="butt", gid="interval")
        ax.plot([middle[row]], [row], "o", color=colour, markersize=13, gid="mean")
        _note(ax, middle[row], row, f"{number(middle[row], high[row] - low[row])} ({interval(low[row], high[row])}), "
              f"{line.batches} batches of {line.batch_length}", "#8A5F00" if doubted[row] else BLUE)
        if doubted[row]:
            readable(ax.annotate(
                str(line.warning), (0.5, row), (0, -26), xycoords=("axes fraction", "data"),
                textcoords="offset points", ha="center", fontsize=TEXT, color="#8A5F00", gid="warning"))
    ax.set_xlabel(_with_unit("mean", unit), fontsize=TEXT)
    title = (f"{names[0]}: {number(middle[0], (high[0] - low[0]) / 2)} {unit}".rstrip()
             + f" ({_level(table)} interval {interval(low[0], high[0])}), from {table['batches'].iloc[0]} batches of "
             f"{table['batch_length'].iloc[0]}")
    if doubted[0]:
        title += "; too narrow, for " + str(table["warning"].iloc[0]).partition(":")[0]
    elif any(doubted):
        title += f"; {sum(doubted)} of {len(names)} intervals are doubtful"
    frame(ax, title, f"Lines are {_level(table)} intervals by batch means of one long run; "
          "orange ones may be too narrow.", names, own)
    return ax


def _open(ax: Axes) -> None:
    """Axes of two quantities: no box, lines across."""
    plain(ax)
    ax.grid(axis="y", color=PALE, linewidth=0.8)


def _rows(ax: Axes, names: Sequence[str]) -> None:
    """Axes with a row per name, the first on top."""
    plain(ax)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), names)


def _limits(ax: Axes, seen: np.ndarray) -> None:
    low, high = float(np.nanmin(seen)), float(np.nanmax(seen))
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    ax.set_xlim(low - margin, high + margin)


def _note(ax: Axes, at: float, row: int, text: str, colour: str) -> None:
    """A note above a dot, which leans inwards."""
    low, high = ax.get_xlim()
    where = (at - low) / (high - low)
    side = "left" if where < 0.33 else "right" if where > 0.67 else "center"
    readable(ax.annotate(text, (at, row), (0, 12), textcoords="offset points", fontsize=TEXT, color=colour, ha=side,
                         gid="note"))


def _few(table: pd.DataFrame, chart: str) -> None:
    if len(table) > MOST_ROWS:
        raise ChartError(f"{chart}: {len(table)} rows, and there is room for {MOST_ROWS}; choose some")


def _shades(count: int) -> list[str]:
    """As many colours, from vermilion for the unlucky to green for the lucky."""
    between = [BLUE, GREY, ORANGE]
    return [BLUE] if count == 1 else [VERMILION, *(between[place % 3] for place in range(count - 2)), GREEN]


def _level(table: pd.DataFrame) -> str:
    """The confidence in percent."""
    return f"{100.0 * float(table['confidence'].iloc[0]):g} %"


def _signed(value: float, width: float) -> str:
    text = number(value, width / 2)
    return f"+{text}" if value > 0 and text != "0" else text


def _with_unit(what: str, unit: str) -> str:
    return f"{what}, {unit}" if unit else what
