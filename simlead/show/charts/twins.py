"""Two worlds with the same luck: what one wins that the other misses, and why."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.style import (
    BLUE,
    GREY,
    TEXT,
    UNCLEAR,
    UP,
    VERMILION,
    ChartError,
    frame,
    interval,
    label_rows,
    need,
    new_axes,
    number,
    placed,
    plain,
    readable,
    verdict,
    words,
)
from simlead.show.language import say
from simlead.show.stories import WORLDS
from simlead.show.wording import counted, inside, scale
from simlead.study.twins.causes import CAUSES
from simlead.study.twins.flips import ALL, KEPT


def twins(
    table: pd.DataFrame,
    ax: Axes | None = None,
    *,
    names: Sequence[str] = WORLDS,
    many: pd.DataFrame | None = None,
) -> Axes:
    """Deals that one of two worlds won alone, in $ by cause: b's to the right, a's to the left.

    Needs won_in, cause and won_value, as `simlead.twins` makes them; `names` are the two
    worlds'. A diamond marks each cause's net. With `many`, the table of
    `study.twins.flips.flips`, a second panel shows the net over many pairs with its 95 %
    interval, and the title speaks of that: a single pair is a single luck.

    Raises ChartError where a column is missing, nothing ended differently, or a cause is
    unknown.

    >>> from simlead.show.charts.style import title_of
    >>> found = pd.DataFrame({"won_in": ["b", "b", "a"], "cause": ["waiting", "coached", "waiting"],
    ...                       "won_value": [2e6, 1e6, 1e6]})
    >>> title_of(twins(found))
    'Leadership wins 2 deals that status quo missed and misses 1 that it won: its reps sell 2 million $ more'
    """
    chart = "twins"
    need(table, ["won_in", "cause", "won_value"], chart)
    unknown = sorted(set(table["cause"].astype(str)) - set(CAUSES))
    if unknown:
        raise ChartError(f"{chart}: cause {unknown[0]}: allowed is {', '.join(CAUSES)}")
    if set(table["won_in"]) - {"a", "b"}:
        raise ChartError(f"{chart}: won_in: allowed is a | b")
    if len(names) != 2:
        raise ChartError(f"{chart}: names: two are needed, of the worlds a and b")
    if many is not None:
        need(many, ["cause", "net_value", "net_value_low", "net_value_high", "n"], chart)
    sums = table.groupby(["cause", "won_in"])["won_value"].agg(["sum", "count"])
    gross = table.groupby("cause")["won_value"].sum()
    causes = sorted(gross.index, key=lambda cause: -gross[cause])
    if many is not None and KEPT in set(many["cause"]):
        causes.append(KEPT)  # no flip, but part of what the title tells
    factor, unit = scale("$", 1e6)
    own = ax is None
    ax = new_axes() if ax is None else ax
    panel = ax.inset_axes(placed((0.0, 0.0, 0.62 if many is not None else 1.0, 0.93)))
    _bars(panel, sums, causes, factor)
    labels = [say(f"twins.causes.{cause}") for cause in causes]
    label_rows(panel, labels)
    panel.set_xlabel(say("twins.chart.axis", unit=unit), fontsize=TEXT)
    for side, key, colour, name in ((0.0, "lost", VERMILION, names[0]), (1.0, "gained", BLUE, names[1])):
        panel.annotate(say(f"twins.chart.{key}", a=inside(words(name)), b=inside(words(name))), (side, 1.0), (0, 8),
                       xycoords="axes fraction", textcoords="offset points", fontsize=TEXT, color=colour,
                       ha="left" if side == 0.0 else "right", va="bottom", fontweight="bold")
    if many is not None:
        _nets(ax.inset_axes(placed((0.68, 0.0, 0.32, 0.93))), many, causes, factor, unit)
    ax.set_axis_off()
    frame(ax, _title(table, names, many), _caption(table, many), labels, own)
    return ax


def _bars(panel: Axes, sums: pd.DataFrame, causes: Sequence[str], factor: float) -> None:
    """A bar to each side, its number of deals at its end, and the net between them."""
    plain(panel)
    panel.set_ylim(len(causes) - 0.4, -0.6)
    panel.axvline(0.0, color="black", linewidth=1.5, zorder=3)
    ends = [0.0]
    for row, cause in enumerate(causes):
        net = 0.0
        for world, sign, colour in (("a", -1.0, VERMILION), ("b", 1.0, BLUE)):
            if (cause, world) not in sums.index:
                continue
            value, count = (float(sums[column][cause, world]) for column in ("sum", "count"))
            end = sign * factor * value
            panel.barh(row, end, height=0.62, color=colour, gid=f"{world}:{cause}")
            panel.annotate(say("twins.chart.deals", count=int(count)), (end, row), (10 * sign, 0), va="center",
                           textcoords="offset points", fontsize=TEXT, color=colour, ha="right" if sign < 0 else "left")
            net += end
            ends.append(end)
        if cause != KEPT:
            panel.plot([net], [row], "D", color="white", markeredgecolor="black", markersize=9, zorder=4, gid="net")
    span = max(ends) - min(ends)
    panel.set_xlim(min(ends) - 0.1 * span, max(ends) + 0.1 * span)


def _nets(panel: Axes, many: pd.DataFrame, causes: Sequence[str], factor: float, unit: str) -> None:
    """The mean net of each cause over pairs, with its interval."""
    plain(panel)
    panel.set_ylim(len(causes) - 0.4, -0.6)
    panel.set_yticks(range(len(causes)), [""] * len(causes))
    panel.axvline(0.0, color="black", linewidth=1.5)
    rows = many.set_index("cause")
    for row, cause in enumerate(causes):
        if cause not in rows.index:
            continue
        mean, low, high = (factor * float(rows[column][cause])
                           for column in ("net_value", "net_value_low", "net_value_high"))
        said = verdict(low, high)
        colour = GREY if said == UNCLEAR else BLUE if said == UP else VERMILION
        panel.plot([low, high], [row, row], color=colour, linewidth=4, solid_capstyle="butt", gid="interval")
        panel.plot([mean], [row], "o", color=colour, markersize=8, gid="mean")
    panel.margins(x=0.08)
    panel.set_xlabel(say("twins.chart.many_axis", unit=unit), fontsize=TEXT)
    readable(panel.annotate(say("twins.chart.many", n=int(many["n"].max())), (0.5, 1.0), (0, 8),
                            xycoords="axes fraction", textcoords="offset points", fontsize=TEXT, ha="center",
                            va="bottom", color=GREY, fontweight="bold"))


def _title(table: pd.DataFrame, names: Sequence[str], many: pd.DataFrame | None) -> str:
    gained, lost = (table.loc[table["won_in"] == world, "won_value"] for world in ("b", "a"))
    said = {"a": inside(words(names[0])), "b": words(names[1]), "gained": counted("deal", len(gained)),
            "lost": len(lost)}
    if many is None:
        net = float(gained.sum() - lost.sum())
        return say(f"twins.title.pair_{'more' if net >= 0 else 'less'}", value=_money(abs(net), abs(net)), **said)
    row = many[many["cause"] == ALL]
    if row.empty:
        raise ChartError("twins: the table of many pairs has no row all")
    mean, low, high = (float(row[column].iloc[0]) for column in ("net_value", "net_value_low", "net_value_high"))
    factor, unit = scale("$", 1e6)
    span = say("words.quantity", number=interval(factor * low, factor * high), unit=unit)
    key = {UP: "luck_more", UNCLEAR: "luck_unclear"}.get(verdict(low, high), "luck_less")
    return say(f"twins.title.{key}", n=int(row["n"].iloc[0]), value=_money(abs(mean), (high - low) / 2),
               interval=span, **said)


def _money(value: float, width: float) -> str:
    factor, unit = scale("$", 1e6)
    return say("words.quantity", number=number(factor * value, factor * width), unit=unit)


def _caption(table: pd.DataFrame, many: pd.DataFrame | None) -> str:
    parts = []
    if {"seed", "replicate"} <= set(table.attrs):
        parts.append(say("twins.chart.caption", seed=table.attrs["seed"], replicate=table.attrs["replicate"]))
    parts.append(say("twins.chart.caption_one" if many is None else "twins.chart.caption_many"))
    return " ".join(parts)
