"""The firm's first weeks: whether the warm-up suffices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import stdtrit

from simlead.show.charts.axes import chart, frame, name_axis, new_axes, plain, readable
from simlead.show.charts.estimates import weekly_words
from simlead.show.charts.palette import BLACK, BLUE, GREY, PALE, TEXT, VERMILION
from simlead.show.charts.tables import ChartError, confidence_of, need
from simlead.show.format import interval_words, number
from simlead.show.language import say
from simlead.show.wording import inside

CHECK = ("measure", "bias", "low", "high", "confidence", "drop_weeks", "accepted", "replications", "verdict")


@chart
def warm_up(weeks: pd.DataFrame, check: pd.DataFrame, ax: Axes | None = None, *, measure: str = "revenue") -> Axes:
    """Draw the firm's weeks from its first, with the base year and where MSER-5 would cut.

    Dots are means over replicates, lines their means over 13 weeks.

    Parameters
    ----------
    weeks : pandas.DataFrame
        Columns `replicate`, `week` and `measure`, such as `warmup.steady_weeks` returns.
    check : pandas.DataFrame
        Columns as in :data:`CHECK`, such as `warmup.check_warm_up` makes of `weeks`.
    {ax}
    measure : str
        The column of `weeks` to show.

    {returns}
        Where a column or the measure is missing.
    """
    need(weeks, ("replicate", "week", measure))
    need(check, CHECK)
    found = check[check["measure"] == measure]
    if found.empty:
        raise ChartError(f"the check has no measure {measure}; it has {', '.join(check['measure'])}")
    line = found.iloc[0]
    by_week = weeks.groupby("week")[measure].agg(["mean", "std", "count"])
    number_of_week = by_week.index.to_numpy(float)
    later = float(by_week.loc[by_week.index >= 0, "mean"].mean())
    level = 100.0 * by_week["mean"].to_numpy(float) / later
    count = by_week["count"].to_numpy(float)
    half = (100.0 / later) * stdtrit(count - 1, 0.975) * by_week["std"].to_numpy(float) / np.sqrt(count)
    ax = ax or new_axes()
    plain(ax, "both")
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
    name_axis(ax, say("charts_estimates.warm_up.week"))
    name_axis(ax, y=say("charts_estimates.warm_up.axis", measure=what))
    found_to = {"suffices": "suffices", "too short": "too_short"}.get(str(line["verdict"]), "undecided")
    bias, low, high = (100.0 * float(line[column]) for column in ("bias", "low", "high"))
    title = say(f"charts_estimates.warm_up.{found_to}", measure=what, bias=number(bias, (high - low) / 5),
                interval=interval_words(confidence_of(check), low, high))
    return frame(ax, title, say("charts_estimates.warm_up.caption", n=int(line["replications"]),
                         interval=interval_words(0.95)))
