"""A manager's week on the wall: five days, hour by hour, and the sessions that were cancelled."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from simlead.model.events import SESSIONS
from simlead.model.units import DAYS_PER_WEEK, HOURS_PER_DAY
from simlead.results.diary import CANCELLED, day_of, pieces, sessions_cancelled
from simlead.show.charts.managers import CATEGORIES, COLOURS, legend_of_uses
from simlead.show.charts.style import GREY, TEXT, VERMILION, ChartError, frame, label_rows, need, new_axes, plain
from simlead.show.language import say
from simlead.show.wording import counted, inside, number

COACHING = "coaching"


def manager_diary(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """One manager's week, a row per day, coloured by what the hours went into.

    Needs the columns begin, end (hours of the week), what and use of `Run.diary`. Under each
    day stands what was cancelled on it. The title counts the coaching sessions booked and held;
    it is one manager in one week, so there is no interval.

    Raises ChartError where a column is missing, for an unknown use, and for more than a week.

    >>> week = pd.DataFrame({"begin": [0.0, 0.5, 8.0], "end": [0.5, 8.0, 8.0],
    ...                      "what": ["one_to_one", "nothing", "one_to_one"],
    ...                      "use": ["coaching", "unallocated", "cancelled"]})
    >>> manager_diary(week).get_title(loc="left").partition(":")[0].replace(chr(10), " ")
    'Of 2 coaching sessions booked this week 1 took place'
    """
    chart = "manager_diary"
    need(table, ["begin", "end", "what", "use"], chart)
    unknown = sorted(set(table["use"]) - {*CATEGORIES, CANCELLED})
    if unknown:
        raise ChartError(f"{chart}: use {unknown[0]}: allowed is {', '.join((*CATEGORIES, CANCELLED))}")
    if not 0.0 <= float(table["begin"].min()) <= float(table["end"].max()) <= DAYS_PER_WEEK * HOURS_PER_DAY:
        raise ChartError(f"{chart}: hours are those of one week, 0 to {DAYS_PER_WEEK * HOURS_PER_DAY:g}")
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    days = day_names()
    label_rows(ax, days)
    ax.set_ylim(DAYS_PER_WEEK - 0.35, -0.4)
    ax.set_xlim(0.0, HOURS_PER_DAY)
    ax.set_xlabel(say("charts_diary.axis"), fontsize=TEXT)
    done = table[table["use"] != CANCELLED]
    for begin, end, use in done[["begin", "end", "use"]].itertuples(index=False):
        for day, left, width in pieces(float(begin), float(end)):
            ax.barh(day, width, height=0.5, left=left, color=COLOURS[use], edgecolor=GREY, linewidth=0.5, gid=use)
    cancelled = sessions_cancelled(table)
    for day, rows in cancelled.groupby(cancelled["end"].map(day_of)):
        counts = rows["what"].value_counts()
        told = say("words.comma").join(
            say("charts_diary.some", count=int(counts[kind]), what=inside(say(f"names.sessions.{kind}")))
            for kind in SESSIONS if kind in counts)
        ax.annotate(say("charts_diary.cancelled", what=told), (HOURS_PER_DAY, int(day) + 0.28), ha="right", va="top",
                    fontsize=TEXT, color=VERMILION, gid=CANCELLED)
    used = [use for use in CATEGORIES if use in set(done["use"])]
    legend_of_uses(ax, used, own)
    sessions = done[done["use"] == COACHING]
    hours = float((sessions["end"] - sessions["begin"]).sum())
    booked = counted("coaching_session", len(sessions) + len(cancelled))
    frame(ax, say("charts_diary.title", booked=booked, held=len(sessions), hours=number(hours, 1.0)),
          say("charts_diary.caption"), days, own)
    return ax


def day_names() -> list[str]:
    """The days of a working week, the first one first."""
    return [say(f"charts_diary.days.d{day}") for day in range(DAYS_PER_WEEK)]
