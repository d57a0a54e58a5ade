"""The chart of a firm's base year: does this look like you?"""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from simlead.show.base_year import simulated_words, stated_words
from simlead.show.charts.axes import chart, frame, name_axis, new_axes
from simlead.show.charts.palette import BLACK, BLUE, PALE, VERMILION
from simlead.show.charts.rows import draw_interval, rows_in, write_above
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import count
from simlead.show.language import say
from simlead.show.wording import inside, listed
from simlead.study.records import KEPT

COLUMNS = ("fact", "unit", "stated", "simulated", "low", "high", "role", "agrees")
WITHIN = 0.05
"""Half of the band in which a simulated fact counts as the stated one, as `study.base_year.TOLERANCE`."""
LEAST_REACH, MOST_REACH = 0.12, 1.0
"""The axis ends at this distance from "as stated" at least and at most; what lies beyond is drawn at the end."""


@chart
def base_year(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw each fact that a firm states as a row: what the simulated year before the switch shows, as a ratio to it.

    Facts that are parameters hold by themselves and are left out. Red is a fact that the year does not show.

    Parameters
    ----------
    table : pandas.DataFrame
        `table` of a result of `simlead.base_year`.
    {ax}

    {returns}
        Where a column is missing, and where no fact is stated that a run shows.

    Examples
    --------
    >>> fact = {"fact": "revenue", "unit": "$/year", "stated": 2e7, "simulated": 2.02e7, "low": 1.9e7, "high": 2.14e7,
    ...         "role": "solved", "agrees": True}
    >>> base_year(pd.DataFrame([fact])).get_title(loc="left")
    'The simulated year shows 1 of 1 facts as stated'
    """
    need(table, COLUMNS)
    rows = [line for line in table.to_dict("records") if math.isfinite(line["stated"]) and line["stated"]
            and (line["role"] != KEPT or line["agrees"] is False)]
    if not rows:
        raise ChartError("the firm states no fact that a run shows")
    ax = ax or new_axes()
    labels = [say(f"base_year.facts.{line['fact']}") for line in rows]
    rows_in(ax, labels)
    ratios = [[line[name] / line["stated"] for name in ("simulated", "low", "high")] for line in rows]
    seen = [abs(value - 1.0) for each in ratios for value in each if math.isfinite(value)]
    reach = min(MOST_REACH, max(LEAST_REACH, 1.15 * max(seen, default=0.0)))
    ax.set_xlim(1.0 - reach, 1.0 + reach)
    ax.axvspan(1.0 - WITHIN, 1.0 + WITHIN, color=PALE, zorder=0, gid="as stated")
    ax.axvline(1.0, color=BLACK, linewidth=2, zorder=1, gid="stated")
    for row, (line, each) in enumerate(zip(rows, ratios, strict=True)):
        colour = VERMILION if line["agrees"] is False else BLUE
        known = [value if math.isfinite(value) else each[0] for value in each]
        mean, low, high = (min(1.0 + reach, max(1.0 - reach, value)) for value in known)
        draw_interval(ax, row, mean, low, high, colour, gid="simulated", marker="X" if line["agrees"] is False else "o")
        note = say("base_year.chart_note", stated=stated_words(line), simulated=simulated_words(line))
        write_above(ax, 1.0, row, note, colour, lean=False)
    ticks = [1.0 - reach, 1.0, 1.0 + reach]
    ax.set_xticks(ticks, [say("base_year.chart_ratio", percent=count(round(100 * tick))) for tick in ticks])
    name_axis(ax, say("base_year.chart_axis"))
    wrong = [label for label, line in zip(labels, rows, strict=True) if line["agrees"] is False]
    title = say("base_year.chart_title", met=len(rows) - len(wrong), all=len(rows))
    if wrong:
        title = say("base_year.chart_but", title=title, facts=listed([inside(label) for label in wrong]))
    return frame(ax, title, say("base_year.chart_caption"))
