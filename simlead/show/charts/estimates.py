"""Charts of how sure a study is: precision reached, several intervals at once, quantiles, warm-up, batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import stdtrit

from simlead.show.charts.phrases import amount, interval_words
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
    label_rows,
    need,
    new_axes,
    plain,
    readable,
    verdict,
    verdict_words,
)
from simlead.show.language import known, say
from simlead.show.wording import in_points, inside, interval, number, scale, signed, with_unit, words

PATH = ("measure", "kind", "unit", "n", "estimate", "low", "high", "confidence", "half_width", "stage", "wanted",
        "needed", "reached")
FAMILY = ("scenario", "against", "difference", "low", "high", "single_low", "single_high", "relative", "n",
          "confidence")
QUANTILES = ("scenario", "probability", "value", "low", "high", "confidence", "n")
CHECK = ("measure", "bias", "low", "high", "confidence", "drop_weeks", "accepted", "replications", "verdict")
BATCHES = ("series", "mean", "low", "high", "confidence", "n", "batches", "batch_length", "lag1", "doubt",
           "length_needed")

MOST_ROWS = 10
"""More rows than this have no room on one picture."""

BROWN = "#8A5F00"  # orange that can be read as letters


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
        unit = in_points(unit)
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
    readable(ax.annotate(say("charts_estimates.precision.wanted"), (n[-1], middle[-1] + wanted), (-4, 6),
                         textcoords="offset points", ha="right", fontsize=TEXT, color=VERMILION))
    around = 4.0 * max(wanted, half)  # the first few intervals are wider than any picture
    shown = np.clip(np.concatenate([low[later], high[later], middle]), middle[-1] - around, middle[-1] + around)
    reach = max(float(np.nanmax(np.abs(shown - middle[-1]))), wanted) * 1.1
    ax.set_ylim(middle[-1] - reach, middle[-1] + reach)
    ax.set_xlim(n[0], n[-1] + max(0.01 * (n[-1] - n[0]), 0.5))
    what = _estimated(str(last["measure"] or ""), str(last["kind"]))
    ax.set_xlabel(say("words.replicates"), fontsize=TEXT)
    ax.set_ylabel(with_unit(what, unit), fontsize=TEXT, labelpad=8)
    said = {"what": what, "made": f"{int(last['n']):,}", "half": amount(_plus_minus(half), unit),
            "asked": _plus_minus(wanted)}
    title = (say("charts_estimates.precision.reached", **said) if bool(last["reached"])
             else say("charts_estimates.precision.short", **said, needed=f"{int(last['needed']):,}"))
    caption = say("charts_estimates.precision.caption", interval=interval_words(_confidence(path)))
    if last["kind"] == "relative difference":
        caption += " " + say("charts_estimates.precision.relative")
    frame(ax, title, caption, ["0" * 9], own)
    return ax


def _estimated(measure: str, kind: str) -> str:
    """What is estimated: a measure, the difference in it, or something without a name."""
    if kind == "mean":
        return weekly_words(measure) if measure else say("charts_estimates.precision.estimate")
    return (say("charts_estimates.precision.difference_in", measure=inside(weekly_words(measure))) if measure
            else say("charts_estimates.precision.difference"))


def _plus_minus(value: float) -> str:
    return say("words.plus_minus", number=number(value, value / 5))


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
    others = list(dict.fromkeys(table["against"].astype(str)))
    against = inside(words(others[0])) if len(others) == 1 else ""
    relative = bool(table["relative"].iloc[0])
    factor, unit = scale("share" if relative else unit, float(table["difference"].abs().max()))
    short_unit = unit = unit if relative else in_points(unit)
    if relative:
        unit = say(f"charts_estimates.simultaneous.percent_of{'' if against else '_other'}", against=against)
    middle, low, high, single_low, single_high = (
        factor * table[column].to_numpy(float) for column in ("difference", "low", "high", "single_low", "single_high"))
    names = [words(here) if against else say("charts_estimates.simultaneous.minus", one=words(here),
                                             other=inside(words(there)))
             for here, there in zip(table["scenario"], table["against"], strict=True)]
    own = ax is None
    ax = new_axes() if ax is None else ax
    _rows(ax, names)
    ax.axvline(0, color=BLACK, linewidth=1.5, zorder=1)
    said = [verdict(left, right) for left, right in zip(low, high, strict=True)]
    changes = [signed(value, width / 2) for value, width in zip(middle, high - low, strict=True)]
    _limits(ax, np.concatenate([low, high, [0.0]]))
    for row, direction in enumerate(said):
        colour = VERDICT_COLOURS[direction]
        ax.plot([low[row], high[row]], [row, row], color=colour, linewidth=2, gid="together")
        ax.plot([single_low[row], single_high[row]], [row, row], color=colour, linewidth=7, solid_capstyle="butt",
                gid="single")
        ax.plot([middle[row]], [row], "o", color=colour, markersize=13, gid="mean")
        note = say("charts_estimates.simultaneous.note", change=changes[row], verdict=verdict_words(direction),
                   interval=interval(low[row], high[row]))
        _note(ax, middle[row], row, note, colour)
    what = inside(words(measure)) if measure else ""
    axis = "axis" + ("_in" if what else "") + ("_from" if against else "")
    ax.set_xlabel(with_unit(say(f"charts_estimates.simultaneous.{axis}", measure=what, against=against), unit),
                  fontsize=TEXT)
    clear = [say("charts_estimates.simultaneous.moved", name=inside(name), change=change)
             for name, change, direction in zip(names, changes, said, strict=True) if direction != UNCLEAR]
    title = _family_title(len(clear), len(names), against, what)
    if 0 < len(clear) <= 5:
        title = say("charts_estimates.simultaneous.which", title=title,
                    list=amount(say("words.comma").join(clear), short_unit))
    frame(ax, title, say("charts_estimates.simultaneous.caption", level=f"{100.0 * _confidence(table):g}",
                         n=int(table["n"].iloc[0])), names, own)
    return ax


def _family_title(clear: int, every: int, against: str, measure: str) -> str:
    """How many of all differ clearly, from one scenario or in pairs."""
    many = {0: "none", 1: "one"}.get(clear, "many")
    where = say("charts_estimates.simultaneous.where", measure=measure) if measure else ""
    who = "scenario" if against else "pair"
    return say(f"charts_estimates.simultaneous.{who}_{many}", clear=clear, all=every, where=where, against=against)


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
        said = say("charts_estimates.quantiles.note", percent=f"{100.0 * chance:g}",
                   value=number(middle, min(high - low, abs(middle) or 1.0) / 2))
        readable(ax.annotate(said, (middle, row), (0, 11), textcoords="offset points", ha="center", fontsize=TEXT,
                             color=colour))
    what = inside(words(measure)) if measure else say("charts_estimates.quantiles.value")
    ax.set_xlabel(with_unit(what, unit), fontsize=TEXT)
    title = _quantiles_title(table[table["scenario"] == names[-1]], names[-1], factor, unit)
    if measure:
        title = say("charts_estimates.quantiles.of_measure", measure=words(measure), title=title)
    frame(ax, title, say("charts_estimates.quantiles.caption", interval=interval_words(_confidence(table)),
                         n=int(table["n"].min())), labels, own)
    return ax


def _quantiles_title(rows: pd.DataFrame, name: str, factor: float, unit: str) -> str:
    least = rows.sort_values("probability").iloc[0]
    low, high = factor * float(least["low"]), factor * float(least["high"])
    span = high - low if math.isfinite(high - low) else None
    said = {"percent": f"{100.0 * float(least['probability']):g}", "scenario": inside(words(name)),
            "value": amount(number(factor * float(least["value"]), span), unit),
            "interval": (say("charts_estimates.quantiles.no_interval") if span is None
                         else interval_words(_confidence(rows), low, high))}
    half = rows[rows["probability"] == 0.5]
    if len(half) and float(least["probability"]) < 0.5:
        return say("charts_estimates.quantiles.title_half", **said,
                   half=number(factor * float(half["value"].iloc[0]), span))
    return say("charts_estimates.quantiles.title", **said)


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
    said = say(f"charts_estimates.warm_up.{'cut' if bool(line['accepted']) else 'refused'}")
    to_the_right = cut < float(number_of_week.mean())
    readable(ax.annotate(said, (cut, 0.2 * top), (6 if to_the_right else -6, 0), textcoords="offset points",
                         ha="left" if to_the_right else "right", fontsize=TEXT, color=VERMILION))
    readable(ax.annotate(say("words.base_year"), (-26, 0.02 * top), (0, 2), textcoords="offset points", ha="center",
                         fontsize=TEXT, color=GREY))
    what = inside(weekly_words(measure))
    ax.set_xlabel(say("charts_estimates.warm_up.week"), fontsize=TEXT)
    ax.set_ylabel(say("charts_estimates.warm_up.axis", measure=what), fontsize=TEXT, labelpad=6)
    found_to = {"suffices": "suffices", "too short": "too_short"}.get(str(line["verdict"]), "undecided")
    bias, low, high = (100.0 * float(line[column]) for column in ("bias", "low", "high"))
    title = say(f"charts_estimates.warm_up.{found_to}", measure=what, bias=number(bias, (high - low) / 5),
                interval=interval_words(_confidence(check), low, high))
    frame(ax, title, say("charts_estimates.warm_up.caption", n=int(line["replications"]),
                         interval=interval_words(0.95)), ["0" * 5], own)
    return ax


def batch_means(table: pd.DataFrame, ax: Axes | None = None, *, unit: str = "") -> Axes:
    """Means of long series with their batch-means intervals, and which of them are to be doubted.

    Needs the columns of :data:`BATCHES`, such as `series.batch_means` returns. The title
    speaks of the first series.

    Raises ChartError where a column is missing, or for more than 10 series.

    >>> row = ("wins", 4.0, 3.6, 4.4, .95, 3000, 30, 100, .01, "", 10)
    >>> batch_means(pd.DataFrame([row], columns=BATCHES), unit="deals/week").get_title(loc="left")
    'Wins: 4.0 deals/week (95 % interval 3.6 to 4.4), from 30 batches of 100'
    """
    chart = "batch_means"
    need(table, BATCHES, chart)
    _few(table, chart)
    factor, unit = scale(unit, float(table["mean"].abs().max()))
    middle, low, high = (factor * table[column].to_numpy(float) for column in ("mean", "low", "high"))
    doubts = [_doubt(line) for line in table.to_dict("records")]
    names = [weekly_words(name) if name else say("charts_estimates.batches.series")
             for name in table["series"].astype(str)]
    own = ax is None
    ax = new_axes() if ax is None else ax
    _rows(ax, names)
    _limits(ax, np.concatenate([low, high]))
    of = [{"batches": batches, "length": length}
          for batches, length in zip(table["batches"], table["batch_length"], strict=True)]
    for row, doubt in enumerate(doubts):
        colour = ORANGE if doubt else BLUE
        ax.plot([low[row], high[row]], [row, row], color=colour, linewidth=5, solid_capstyle="butt", gid="interval")
        ax.plot([middle[row]], [row], "o", color=colour, markersize=13, gid="mean")
        _note(ax, middle[row], row, say("charts_estimates.batches.note", **of[row],
                                        value=number(middle[row], high[row] - low[row]),
                                        interval=interval(low[row], high[row])), BROWN if doubt else BLUE)
        if doubt:
            readable(ax.annotate(doubt[1], (0.5, row), (0, -26), xycoords=("axes fraction", "data"),
                                 textcoords="offset points", ha="center", fontsize=TEXT, color=BROWN, gid="doubt"))
    ax.set_xlabel(with_unit(say("charts_estimates.batches.mean"), unit), fontsize=TEXT)
    title = say("charts_estimates.batches.title", name=names[0], **of[0],
                value=amount(number(middle[0], (high[0] - low[0]) / 2), unit),
                interval=interval_words(_confidence(table), low[0], high[0]))
    if doubts[0]:
        title = say("charts_estimates.batches.title_doubted", title=title, cause=doubts[0][0])
    elif any(doubts):
        title = say("charts_estimates.batches.title_doubts", title=title, count=sum(map(bool, doubts)), all=len(names))
    frame(ax, title, say("charts_estimates.batches.caption", interval=interval_words(_confidence(table))), names, own)
    return ax


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
    return say(key) if known(key) else words(name)


def _open(ax: Axes) -> None:
    """Axes of two quantities: no box, lines across."""
    plain(ax)
    ax.grid(axis="y", color=PALE, linewidth=0.8)


def _rows(ax: Axes, names: Sequence[str]) -> None:
    """Axes with a row per name, the first on top."""
    plain(ax)
    ax.set_ylim(len(names) - 0.4, -0.6)
    label_rows(ax, names)


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


def _confidence(table: pd.DataFrame) -> float:
    return float(table["confidence"].iloc[0])
