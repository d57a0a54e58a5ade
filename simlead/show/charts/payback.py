"""What a policy has earned, month by month, and when it has paid for itself."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.style import (
    BLUE,
    PALE,
    TEXT,
    VERMILION,
    ChartError,
    caption_of,
    frame,
    need,
    new_axes,
    plain,
)
from simlead.show.language import say
from simlead.show.wording import interval, number, scale, with_unit, words
from simlead.study.payback import not_below_from


def paid_back(table: pd.DataFrame, ax: Axes | None = None, *, policy: str = "policy") -> Axes:
    """A policy's profit since the switch, less the status quo's, with the month that pays it back.

    Needs `Payback.table` (`study.payback`): month, earned, low, high. The line is the mean over
    firms, the band its 95 % interval month by month; the diamond is the month from which on the
    cost is made good, its bar the months that the band does not rule out. `policy` is its name in
    the title.

    Raises ChartError where a column is missing, and for fewer than two months.

    >>> months = pd.DataFrame({"month": [0, 1, 2, 3], "earned": [-9e3, -2e3, 4e3, 9e3],
    ...                        "low": [-9e3, -4e3, 1e3, 5e3], "high": [-9e3, 1e3, 7e3, 12e3], "n": 20})
    >>> paid_back(months, policy="coaching").get_title(loc="left").replace(chr(10), " ")[:44]
    'Coaching has paid for itself after 2 months '
    """
    chart = "paid_back"
    need(table, ["month", "earned", "low", "high"], chart)
    if len(table) < 2:
        raise ChartError(f"{chart}: the table has one month; two or more are needed")
    earned, low, high = (table[column].to_numpy(float) for column in ("earned", "low", "high"))
    months = table["month"].to_numpy(float)
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    factor, unit = scale("$", float(np.abs([earned, low, high]).max()))
    ax.axhline(0.0, color="black", linewidth=1.5, zorder=1)
    ax.fill_between(months, factor * low, factor * high, color=BLUE, alpha=0.25, linewidth=0, gid="band")
    ax.plot(months, factor * earned, color=BLUE, linewidth=3, gid="earned")
    back, earliest, latest = (_month(months, ends) for ends in (earned, high, low))
    last = float(months[-1])
    if math.isfinite(earliest):
        ax.plot([earliest, min(latest, last)], [0.0, 0.0], color=VERMILION, linewidth=5, solid_capstyle="butt",
                gid="interval", zorder=3)
    if math.isfinite(back):
        ax.plot([back], [0.0], "D", color=VERMILION, markeredgecolor="white", markersize=13, zorder=4, gid="back")
    ax.set_xlim(0.0, last)
    ax.set_xticks(np.arange(0.0, last + 0.5, 6.0))
    ax.set_xlabel(say("charts_payback.months"), fontsize=TEXT)
    ax.set_ylabel(with_unit(say("charts_payback.earned"), unit), fontsize=TEXT, parse_math=False)
    frame(ax, _title(words(policy), (back, earliest, latest), last,
                     [factor * float(ends[-1]) for ends in (earned, low, high)], unit),
          caption_of(table, say("charts_payback.caption")), ["00000000"], own)
    return ax


def _month(months: np.ndarray, earned: np.ndarray) -> float:
    """The month from which on it is not below 0; infinite if there is none."""
    place = not_below_from(earned)
    return float(months[int(place)]) if math.isfinite(place) else math.inf


def _title(
    policy: str, back: tuple[float, float, float], last: float, total: list[float], unit: str
) -> str:
    """When it is paid back, with its interval, and what it has earned by the end."""
    mean, low, high = total
    where = "ahead"
    if mean < 0.0:
        where, mean, low, high = "behind", -mean, -high, -low
    end = say(f"charts_payback.{where}", months=number(last, 10.0), amount=number(mean, (high - low) / 2),
              unit=unit, interval=interval(low, high))
    if not math.isfinite(back[0]):
        return say("charts_payback.not_back", policy=policy, end=end)
    earliest, latest = (say("charts_payback.later", months=number(last, 10.0)) if math.isinf(month)
                        else number(month, 10.0) for month in back[1:])
    return say("charts_payback.back", policy=policy, months=number(back[0], 10.0), earliest=earliest, latest=latest,
               end=end)
