"""A chart of a policy's profit month by month, and of when it has paid for itself."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, name_axis, new_axes, plain
from simlead.show.charts.palette import BLUE, VERMILION
from simlead.show.charts.tables import ChartError, caption_of, need
from simlead.show.format import interval, mean_of, number, scale
from simlead.show.language import say
from simlead.show.wording import brief, counted, with_unit
from simlead.statistics.series import not_below_from


@chart
def paid_back(table: pd.DataFrame, ax: Axes | None = None, *, policy: str = "policy") -> Axes:
    """Draw a policy's profit since the switch less the status quo's, with the month that pays it back.

    The line is the mean over replications, the band its 95 % interval month by month; the diamond is the month from
    which on the cost is paid back, its bar the months that the band does not rule out.

    Parameters
    ----------
    table : pandas.DataFrame
        `Payback.table`: month, earned, low, high ($).
    {ax}
    policy : str
        The policy's name in the title.

    {returns}
        Where a column is missing, and for fewer than two months.

    Examples
    --------
    >>> months = pd.DataFrame({"month": [0, 1, 2, 3], "earned": [-9e3, -2e3, 4e3, 9e3],
    ...                        "low": [-9e3, -4e3, 1e3, 5e3], "high": [-9e3, 1e3, 7e3, 12e3], "n": 20})
    >>> paid_back(months, policy="coaching").get_title(loc="left").replace(chr(10), " ")[:44]
    'Coaching has paid for itself after 2 months '
    """
    need(table, ["month", "earned", "low", "high"])
    if len(table) < 2:
        raise ChartError("the table has one month; two or more are needed")
    earned, low, high = (table[column].to_numpy(float) for column in ("earned", "low", "high"))
    months = table["month"].to_numpy(float)
    ax = ax or new_axes()
    plain(ax, "both")
    factor, unit = scale("$", float(np.abs([earned, low, high]).max()))
    ax.axhline(0.0, color="black", linewidth=1.5, zorder=1)
    ax.fill_between(months, factor * low, factor * high, color=BLUE, alpha=0.25, linewidth=0, gid="band")
    ax.plot(months, factor * earned, color=BLUE, linewidth=3, gid="earned")
    places = [not_below_from(ends) for ends in (earned, high, low)]
    back, earliest, latest = (float(months[int(place)]) if math.isfinite(place) else math.inf for place in places)
    last = float(months[-1])
    if math.isfinite(earliest):
        ax.plot([earliest, min(latest, last)], [0.0, 0.0], color=VERMILION, linewidth=5, solid_capstyle="butt",
                gid="interval", zorder=3)
    if math.isfinite(back):
        ax.plot([back], [0.0], "D", color=VERMILION, markeredgecolor="white", markersize=13, zorder=4, gid="back")
    profit_by_month(ax, last, unit)
    return frame(ax, _title(brief(policy), (back, earliest, latest), last,
                     [factor * float(ends[-1]) for ends in (earned, low, high)], unit),
          caption_of(table, say("charts_payback.caption")))


def profit_by_month(ax: Axes, last: float, unit: str) -> None:
    """Name the axes of a policy's profit over the months since the switch, with a tick every half year."""
    ax.set_xlim(0.0, last)
    ax.set_xticks(np.arange(0.0, last + 0.5, 6.0 if last > 12.0 else 1.0))
    name_axis(ax, say("charts_payback.months"), with_unit(say("charts_payback.earned"), unit))


def _title(
    policy: str, back: tuple[float, float, float], last: float, total: list[float], unit: str
) -> str:
    """When it is paid back, with its interval, and what it has earned by the end."""
    mean, low, high = total
    where = "ahead"
    if mean < 0.0:
        where, mean, low, high = "behind", -mean, -high, -low
    end = say(f"charts_payback.{where}", months=counted("month", round(last)), amount=mean_of(mean, low, high),
              unit=unit, interval=interval(low, high))
    if not math.isfinite(back[0]):
        return say("charts_payback.not_back", policy=policy, end=end)
    earliest, latest = (say("charts_payback.later", months=number(last, 10.0)) if math.isinf(month)
                        else number(month, 10.0) for month in back[1:])
    return say("charts_payback.back", policy=policy, months=counted("month", round(back[0])), earliest=earliest,
               latest=latest, end=end)
