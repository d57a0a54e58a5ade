"""Deals won in only one run of a matched pair, by cause."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, name_axis, new_axes, placed, readable
from simlead.show.charts.fitted_text import lines_within
from simlead.show.charts.palette import BLUE, GREY, TEXT, VERMILION
from simlead.show.charts.rows import draw_interval, fit, rows_in
from simlead.show.charts.tables import UNCLEAR, VERDICT_COLOURS, ChartError, allowed, need, verdict, verdict_mark
from simlead.show.format import amount, interval, number, scale
from simlead.show.language import say
from simlead.show.stories import NAMES
from simlead.show.wording import brief, capital, counted, inside
from simlead.study.records import ALL, CAUSES, WORTH_MORE


@chart
def attribution(
    table: pd.DataFrame,
    ax: Axes | None = None,
    *,
    names: Sequence[str] = NAMES,
    many: pd.DataFrame | None = None,
) -> Axes:
    """Draw the deals won in only one run of a matched pair, in $ by cause: b's to the right, a's to the left.

    A diamond marks the net of each cause.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns won_in, cause and won_value ($), a row per deal, as `simlead.attribution` makes it.
    {ax}
    names : sequence of str
        Names of the scenarios of the runs a and b.
    many : pandas.DataFrame, optional
        The table of `simlead.replicated_attribution`. A second panel then shows the net of many pairs with its 95 %
        interval, and the title states that: one pair is one sample.

    {returns}
        Where a column is missing, no outcome changed, or a cause is unknown.
    """
    need(table, ["won_in", "cause", "won_value"])
    allowed(table["cause"], CAUSES, "cause")
    if set(table["won_in"]) - {"a", "b"}:
        raise ChartError("won_in: allowed is a | b")
    if len(names) != 2:
        raise ChartError("names: two are needed, of the runs a and b")
    if many is not None:
        need(many, ["cause", "net_value", "net_value_low", "net_value_high", "n"])
    sums = table.groupby(["cause", "won_in"])["won_value"].agg(["sum", "count"])
    gross = table.groupby("cause")["won_value"].sum()
    causes = sorted(gross.index, key=lambda cause: -gross[cause])
    if many is not None and WORTH_MORE in set(many["cause"]):
        causes.append(WORTH_MORE)  # outcome unchanged, but part of the title's difference
    factor, unit = scale("$", 1e6)
    ax = ax or new_axes()
    panel = ax.inset_axes(placed((0.0, 0.0, 0.62 if many is not None else 1.0, 0.93)))
    labels = [say(f"attribution.causes.{cause}") for cause in causes]
    rows_in(panel, labels)
    _bars(panel, sums, causes, factor)
    name_axis(panel, say("attribution.chart.axis", unit=unit))
    for side, key, colour, name in ((0.0, "lost", VERMILION, names[0]), (1.0, "gained", BLUE, names[1])):
        heading = say(f"attribution.chart.{key}", a=inside(brief(name)), b=inside(brief(name)))
        panel.annotate(lines_within(heading, TEXT, 195.0, 2, "bold"), (side, 1.0), (0, 8),
                       xycoords="axes fraction", textcoords="offset points", fontsize=TEXT, color=colour,
                       ha="left" if side == 0.0 else "right", va="bottom", fontweight="bold")
    if many is not None:
        _nets(ax.inset_axes(placed((0.68, 0.0, 0.32, 0.93))), many, causes, factor, unit)
    ax.set_axis_off()
    return frame(ax, _title(table, names, many), _caption(table, many))


def _bars(panel: Axes, sums: pd.DataFrame, causes: Sequence[str], factor: float) -> None:
    """A bar to each side, its number of deals at its end, and the net between them."""
    panel.axvline(0.0, color="black", linewidth=1.5, zorder=3)
    ends = [0.0]
    for row, cause in enumerate(causes):
        net = 0.0
        for run, sign, colour in (("a", -1.0, VERMILION), ("b", 1.0, BLUE)):
            if (cause, run) not in sums.index:
                continue
            value, count = (float(sums[column][cause, run]) for column in ("sum", "count"))
            end = sign * factor * value
            panel.barh(row, end, height=0.62, color=colour, hatch="//" if run == "a" else "",
                       edgecolor="white", gid=f"{run}:{cause}")
            panel.annotate(say("attribution.chart.deals", count=int(count)), (end, row), (10 * sign, 0), va="center",
                           textcoords="offset points", fontsize=TEXT, color=colour, ha="right" if sign < 0 else "left")
            net += end
            ends.append(end)
        if cause != WORTH_MORE:
            panel.plot([net], [row], "D", color="white", markeredgecolor="black", markersize=9, zorder=4, gid="net")
    fit(panel, ends, 0.1)


def _nets(panel: Axes, many: pd.DataFrame, causes: Sequence[str], factor: float, unit: str) -> None:
    """The mean net of each cause over pairs, with its interval."""
    rows_in(panel, [""] * len(causes))
    panel.axvline(0.0, color="black", linewidth=1.5)
    rows = many.set_index("cause")
    for row, cause in enumerate(causes):
        if cause not in rows.index:
            continue
        mean, low, high = (factor * float(rows[column][cause])
                           for column in ("net_value", "net_value_low", "net_value_high"))
        said = verdict(low, high)
        draw_interval(panel, row, mean, low, high, VERDICT_COLOURS[said], size=8, **verdict_mark(said))
    panel.margins(x=0.08)
    name_axis(panel, say("attribution.chart.many_axis", unit=unit))
    readable(panel.annotate(say("attribution.chart.many", n=int(many["n"].max())), (0.5, 1.0), (0, 8),
                            xycoords="axes fraction", textcoords="offset points", fontsize=TEXT, ha="center",
                            va="bottom", color=GREY, fontweight="bold"))


def _title(table: pd.DataFrame, names: Sequence[str], many: pd.DataFrame | None) -> str:
    gained, lost = (table.loc[table["won_in"] == run, "won_value"] for run in ("b", "a"))
    said = {"a": inside(brief(names[0])), "b": inside(brief(names[1])), "gained": counted("deal", len(gained)),
            "lost": len(lost)}
    if many is None:
        net = float(gained.sum() - lost.sum())
        return capital(say(f"attribution.title.pair_{'more' if net >= 0 else 'less'}",
                           value=_money(abs(net), abs(net)), **said))
    row = many[many["cause"] == ALL]
    if row.empty:
        raise ChartError("attribution: the table of many pairs has no row all")
    mean, low, high = (float(row[column].iloc[0]) for column in ("net_value", "net_value_low", "net_value_high"))
    factor, unit = scale("$", 1e6)
    found = verdict(low, high)
    span = interval(factor * low, factor * high)
    span = amount(span, unit) if found == UNCLEAR else span  # elsewhere the value has the unit
    return capital(say(f"attribution.title.many_{found}", n=int(row["n"].iloc[0]),
                       value=_money(abs(mean), (high - low) / 2), interval=span, **said))


def _money(value: float, width: float) -> str:
    factor, unit = scale("$", 1e6)
    return say("words.quantity", number=number(factor * value, factor * width), unit=unit)


def _caption(table: pd.DataFrame, many: pd.DataFrame | None) -> str:
    parts = []
    if {"seed", "replicate"} <= set(table.attrs):
        parts.append(say("attribution.chart.caption", seed=table.attrs["seed"], replicate=table.attrs["replicate"]))
    parts.append(say("attribution.chart.caption_one" if many is None else "attribution.chart.caption_many"))
    return " ".join(parts)
