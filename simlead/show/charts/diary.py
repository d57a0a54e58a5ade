"""The chart of a manager's week: five days, hour by hour, and the cancelled sessions."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.events import SESSIONS
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY
from simlead.results.diary import CANCELLED, day_of, pieces, sessions_cancelled
from simlead.show.charts.axes import chart, frame, label_rows, name_axis, new_axes, plain
from simlead.show.charts.managers import CATEGORIES, COLOURS, HATCHES, legend_of_uses
from simlead.show.charts.palette import GREY, TEXT, VERMILION
from simlead.show.charts.tables import ChartError, allowed, need
from simlead.show.format import number
from simlead.show.language import say
from simlead.show.wording import counted, inside

COACHING = "coaching"


@chart
def manager_diary(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw one manager's week, a row per day, coloured by use of the hours.

    Below each day stands what was cancelled on it. The title counts the coaching sessions booked and held; one
    manager in one week has no interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns begin, end (hours of the week), what and use, as of `Run.diary`.
    {ax}

    {returns}
        Where a column is missing, for an unknown use, and for more than a week.

    Examples
    --------
    >>> week = pd.DataFrame({"begin": [0.0, 0.5, 8.0], "end": [0.5, 8.0, 8.0],
    ...                      "what": ["one_to_one", "nothing", "one_to_one"],
    ...                      "use": ["coaching", "unallocated", "cancelled"]})
    >>> manager_diary(week).get_title(loc="left").partition(":")[0].replace(chr(10), " ")
    'Of 2 coaching sessions booked this week 1 took place'
    """
    need(table, ["begin", "end", "what", "use"])
    allowed(table["use"], (*CATEGORIES, CANCELLED), "use")
    if not 0.0 <= float(table["begin"].min()) <= float(table["end"].max()) <= DAYS_PER_WEEK * HOURS_PER_DAY:
        raise ChartError(f"hours are those of one week, 0 to {DAYS_PER_WEEK * HOURS_PER_DAY:g}")
    ax = ax or new_axes()
    plain(ax)
    days = day_names()
    label_rows(ax, days)
    ax.set_ylim(DAYS_PER_WEEK - 0.35, -0.4)
    ax.set_xlim(0.0, HOURS_PER_DAY)
    name_axis(ax, say("charts_diary.axis"))
    done = table[table["use"] != CANCELLED]
    for begin, end, use in done[["begin", "end", "use"]].itertuples(index=False):
        for day, left, width in pieces(float(begin), float(end)):
            ax.barh(day, width, height=0.5, left=left, color=COLOURS[use], edgecolor=GREY, hatch=HATCHES[use],
                    linewidth=0.5, gid=use)
    cancelled = sessions_cancelled(table)
    for day, rows in cancelled.groupby(cancelled["end"].map(day_of)):
        counts = rows["what"].value_counts()
        sessions_words = say("words.comma").join(
            say("charts_diary.some", count=int(counts[kind]), what=inside(say(f"names.sessions.{kind}")))
            for kind in SESSIONS if kind in counts)
        ax.annotate(say("charts_diary.cancelled", what=sessions_words), (HOURS_PER_DAY, int(day) + 0.28),
                    ha="right", va="top", fontsize=TEXT, color=VERMILION, gid=CANCELLED)
    used = [use for use in CATEGORIES if use in set(done["use"])]
    legend_of_uses(ax, used)
    sessions = done[done["use"] == COACHING]
    hours = float((sessions["end"] - sessions["begin"]).sum())
    booked = counted("coaching_session", len(sessions) + len(cancelled))
    return frame(ax, say("charts_diary.title", booked=booked, held=len(sessions), hours=number(hours, 1.0)),
          say("charts_diary.caption"))


def day_names() -> list[str]:
    """The days of a working week, the first one first."""
    return [say(f"charts_diary.days.d{day}") for day in range(DAYS_PER_WEEK)]
