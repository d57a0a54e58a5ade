"""A chart of a roll-out team by team: the teams that it reached, and those that it did not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, name_axis, new_axes
from simlead.show.charts.palette import BLUE, GREY
from simlead.show.charts.rows import draw_interval, fit, rows_in, write_above
from simlead.show.charts.tables import (
    DIFFERENCE,
    RELATIVE,
    UNCLEAR,
    ChartError,
    caption_of,
    need,
    verdict,
    verdict_words,
)
from simlead.show.format import interval, mean_of, setting, unit_words
from simlead.show.language import localised, say
from simlead.show.wording import brief, inside
from simlead.study.records import relative_unit


@chart
def effect_by_team(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """Draw what a roll-out did in each team, against the same team without it, with 95 % intervals.

    Filled dots are teams in which the policy starts, open squares those that keep their status quo. The title states
    the treated teams' difference, then the others'.

    Parameters
    ----------
    table : pandas.DataFrame
        `Comparison.by_team(measure)`; the first scenario is the baseline.
    {ax}
    focus : str, optional
        The scenario that is drawn (default: the last one).

    {returns}
        Where a column or the scenario is missing, and where no team's difference is defined.

    Examples
    --------
    >>> rows = [(s, t, treated, 0., "revenue", "$", 20, d, d - .02, d + .02) for s, t, treated, d in [
    ...     ("status_quo", "1", False, 0.), ("pilot", "1", False, 0.), ("pilot", "2", True, .09)]]
    >>> names = ["scenario", "teams", "treated", "rollout_week", "measure", "unit", "n", *RELATIVE]
    >>> effect_by_team(pd.DataFrame(rows, columns=names)).get_title(loc="left").replace(chr(10), " ")[:70]
    'Pilot adds 9 % to revenue in team 2 (95 % interval 7 to 11); untreated'
    """
    need(table, ["scenario", "teams", "treated", "rollout_week", "measure", "unit"])
    baseline, chosen = str(table["scenario"].iloc[0]), focus or str(table["scenario"].iloc[-1])
    rows = table[table["scenario"] == chosen]
    if rows.empty or chosen == baseline:
        others = [str(name) for name in table["scenario"].unique() if name != baseline]
        raise ChartError(f"no scenario {chosen} beside the baseline; the table has {', '.join(others) or 'no other'}")
    in_shares = not relative_unit(str(rows["unit"].iloc[0]))
    columns = DIFFERENCE if in_shares else RELATIVE
    need(rows, columns)
    rows = rows[np.isfinite(rows[list(columns)].to_numpy(float)).all(axis=1)]
    if rows.empty:
        raise ChartError(f"no team's difference from {baseline} is defined")
    unit = unit_words("points" if in_shares else "%")
    found = [[100.0 * float(line[column]) for column in columns] for line in rows.to_dict("records")]
    labels = [_label(line) for line in rows.to_dict("records")]
    ax = ax or new_axes()
    rows_in(ax, labels)
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    fit(ax, [*np.ravel(found), 0.0], 0.06)
    for row, ((mean, low, high), treated) in enumerate(zip(found, rows["treated"], strict=True)):
        colour = BLUE if treated else GREY
        draw_interval(ax, row, mean, low, high, colour, size=14, marker="o" if treated else "s",
                      gid="treated" if treated else "untreated")
        note = say("charts_differences.paired.note", change=mean_of(mean, low, high, sign=True), unit=unit,
                   interval=interval(low, high), verdict=verdict_words(verdict(low, high)))
        write_above(ax, mean, row, note, colour, 13, gid="verdict")
    what = inside(brief(str(rows["measure"].iloc[0])))
    axis = "charts_differences.paired.axis" if in_shares else "charts_differences.paired.axis_relative"
    name_axis(ax, say(axis, what=what, base=inside(brief(baseline)), unit=unit))
    return frame(ax, _title(brief(chosen), what, rows, found, unit),
                 caption_of(rows, say("charts_teams.caption")))


def _teams(teams: str) -> str:
    """The teams of a row within a sentence."""
    return say(f"charts_teams.{'teams' if '+' in teams else 'team'}", teams=localised(teams.replace("+", " + ")))


def _label(line: dict[str, object]) -> str:
    """The name of a row: its teams, and since when."""
    week = float(str(line["rollout_week"]))
    if not line["treated"]:
        return say("charts_teams.never", teams=_teams(str(line["teams"])))
    return _teams(str(line["teams"])) if week != week else say(
        "charts_teams.since", teams=_teams(str(line["teams"])), week=setting(week))


def _title(who: str, what: str, rows: pd.DataFrame, found: list[list[float]], unit: str) -> str:
    """The difference in the treated teams, all together, and in the others."""
    parts: list[str] = []
    for treated in (True, False):
        mine = [(str(teams).count("+"), place) for place, (teams, each) in enumerate(
            zip(rows["teams"], rows["treated"], strict=True)) if bool(each) is treated]
        if not mine:
            continue
        place = max(mine)[1]
        mean, low, high = found[place]
        teams, said = _teams(str(rows["teams"].iloc[place])), verdict(low, high)
        size = mean_of(mean if said == UNCLEAR else abs(mean), low, high)
        parts.append(say("charts_teams.others", teams=teams, change=mean_of(mean, low, high, sign=True), unit=unit,
                         interval=interval(low, high)) if parts else say(
            f"charts_teams.{said}" if treated else "charts_teams.untreated",
            who=inside(who) if said == UNCLEAR or not treated else who, what=what, teams=teams, change=size, unit=unit,
            interval=interval(low, high)))
    return say("charts_teams.both", treated=parts[0], others=parts[1]) if len(parts) > 1 else parts[0]
