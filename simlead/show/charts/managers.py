"""The chart of the manager's week, planned and realised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK
from simlead.show.charts.axes import chart, frame, label_rows, legend_above, local_ticks, name_axis, new_axes, readable
from simlead.show.charts.palette import GREEN, GREY, ORANGE, PURPLE, SKY, TEXT, YELLOW
from simlead.show.charts.tables import ChartError, allowed, caption_of, focus_of, need, rows_of, value_at
from simlead.show.format import number
from simlead.show.language import say
from simlead.show.wording import brief, inside, words
from simlead.statistics.intervals import mean_interval

CATEGORIES = ("coaching", "people", "customers", "information", "admin", "other", "unallocated")
"""What a manager's hour is used for, in the order of the bars; `people` is without coaching."""

COLOURS = dict(zip(CATEGORIES, (GREEN, SKY, ORANGE, YELLOW, PURPLE, "#999999", "#F2F2F2"), strict=True))
"""The colour of each category, in every chart of managers' hours."""

HATCHES = dict(zip(CATEGORIES, ("", "/", "", ".", "\\", "x", ""), strict=True))
"""Its hatching: some of the colours are alike in greyscale."""

_WEEK = ["scenario", "category", "planned_hours", "realised_hours", "realised_low", "realised_high", "n"]
_PLANNED = {"people": "planned_people_hours", "coaching": "planned_coaching_hours",
            "customers": "planned_own_selling_hours", "information": "planned_information_hours",
            "admin": "planned_admin_hours"}


@chart
def manager_week(managers: Mapping[str, pd.DataFrame], *, last_weeks: int = 52) -> pd.DataFrame:
    """Average a manager's week per scenario, planned and realised, for :func:`manager_time`.

    Parameters
    ----------
    managers : mapping of str to pandas.DataFrame
        The managers' tables by scenario, a row per team and week; with a column `replicate` there is an interval
        over replicates (Student's t, 95 %).
    last_weeks : int
        Number of weeks at the end that are averaged.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, category, planned_hours, realised_hours, realised_low, realised_high (hours a week) and n.

    Raises
    ------
    ChartError
        Where a column is missing.

    Examples
    --------
    >>> one = pd.DataFrame({"week": [0], **{f"{use}_hours": [0.0] for use in CATEGORIES},
    ...                     **{column: [8.0] for column in _PLANNED.values()}})
    >>> manager_week({"status_quo": one}).set_index("category").loc["unallocated", "planned_hours"].item()
    0.0
    """
    lines = []
    for scenario, table in managers.items():
        need(table, ["week", *_PLANNED.values(), *(f"{use}_hours" for use in CATEGORIES)])
        late = table[table["week"] > table["week"].max() - last_weeks]
        groups = [part for _, part in late.groupby("replicate")] if "replicate" in late.columns else [late]
        planned = {use: float(late[column].mean()) for use, column in _PLANNED.items()}
        planned["other"] = 0.0
        planned["unallocated"] = max(HOURS_PER_WEEK - sum(planned.values()), 0.0)
        for use in CATEGORIES:
            hours = mean_interval([part[f"{use}_hours"].mean() for part in groups])
            lines.append((scenario, use, planned[use], hours.mean, hours.low, hours.high, hours.n))
    return pd.DataFrame(lines, columns=_WEEK)


@chart
def manager_week_compared(table: pd.DataFrame, scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Read a manager's week from a comparison's table, for :func:`manager_time`.

    What took place is the measures `manager_time_*` of the final year; the plan for coaching is the measure
    `coaching_share_planned`, which includes natural coaches, and the rest of the plan is the policy's and the
    organisation's.

    Parameters
    ----------
    table : pandas.DataFrame
        `Comparison.table`.
    scenarios : mapping of str to Scenario
        `Comparison.scenarios`.

    Returns
    -------
    pandas.DataFrame
        Columns as of :func:`manager_week`, and the table's seed where it has one.

    Raises
    ------
    ChartError
        Where a column or a measure is missing.
    """
    need(table, ["scenario", "measure", "mean", "low", "high", "n"])
    measured = {use: rows_of(table, f"manager_time_{use}") for use in CATEGORIES}
    coached = rows_of(table, "coaching_share_planned")
    lines = []
    for name, scenario in scenarios.items():
        duties, policy = scenario.organisation, scenario.policy
        planned = {
            "coaching": value_at(coached, name, "mean", HOURS_PER_WEEK),
            "people": duties.team_meeting_hours + duties.meeting_preparation_hours + duties.people_duty_hours,
            "customers": policy.own_selling_share * HOURS_PER_WEEK,
            "information": duties.information_duty_hours,
            "admin": duties.admin_duty_hours,
            "other": 0.0,
        }
        planned["unallocated"] = max(HOURS_PER_WEEK - sum(planned.values()), 0.0)
        for use in CATEGORIES:
            mean, low, high = (value_at(measured[use], name, column, HOURS_PER_WEEK)
                               for column in ("mean", "low", "high"))
            if use == "people":  # the measure counts coaching in
                mean -= value_at(measured["coaching"], name, "mean", HOURS_PER_WEEK)
                low = high = float("nan")
            lines.append((name, use, planned[use], mean, low, high, int(value_at(coached, name, "n"))))
    found = pd.DataFrame(lines, columns=_WEEK)
    return found.assign(seed=table["seed"].iloc[0]) if "seed" in table.columns else found


@chart
def manager_time(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """Draw the manager's week by scenario, planned above realised, in hours by category.

    Coaching stands apart from the other work with people. The title compares plan and week of `focus`.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns scenario, category (one of :data:`CATEGORIES`), planned_hours and realised_hours (hours a week and
        manager); with realised_low and realised_high the interval of the coaching hours is drawn.
    {ax}
    focus : str, optional
        The scenario that the title states (default: the last one).

    {returns}
        Where a column, the coaching row or the scenario is missing, and for an unknown category.

    Examples
    --------
    >>> week = pd.DataFrame({"scenario": ["coaching"] * 2, "category": ["coaching", "other"],
    ...                      "planned_hours": [20.0, 20.0], "realised_hours": [14.0, 26.0]})
    >>> manager_time(week).get_title(loc="left")
    'Coaching: of 20.0 hours planned for coaching a week, 14.0 take place'
    """
    need(table, ["scenario", "category", "planned_hours", "realised_hours"])
    allowed(table["category"], CATEGORIES, "category")
    keyed = table.assign(category=table["category"].astype(str)).set_index(["scenario", "category"])
    if not keyed.index.is_unique:
        raise ChartError("a category has more than one row in a scenario")
    names = [str(name) for name in dict.fromkeys(table["scenario"])]
    coaching = keyed[keyed.index.get_level_values("category") == "coaching"].droplevel("category")
    if list(coaching.index) != names:
        raise ChartError("every scenario needs a row of category coaching")
    chosen = focus_of(coaching, focus)
    ax = ax or new_axes()
    ticks: list[float] = []
    labels: list[str] = []
    for place, name in enumerate(names):
        for offset, column, label in ((0.0, "planned_hours", "plan"), (0.4, "realised_hours", "actual")):
            row = place + offset
            ticks.append(row)
            kind = say(f"charts_managers.{label}")
            labels.append(say("charts_managers.row", who=words(name), kind=kind) if offset == 0.0 else kind)
            hours = [float(keyed[column].get((name, use), 0.0)) for use in CATEGORIES]
            _bar(ax, row, hours, column)
    if "realised_low" in table.columns and "realised_high" in table.columns:
        for place, name in enumerate(names):
            low, high = (value_at(coaching, name, f"realised_{end}") for end in ("low", "high"))
            if np.isfinite([low, high]).all():
                # Just below the bar, so that it crosses no number.
                ax.plot([low, high], [place + 0.62] * 2, color="black", linewidth=2.5, gid="interval",
                        marker="|", markersize=8, markeredgewidth=2.5)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=TEXT, length=0)
    label_rows(ax, labels, ticks)
    local_ticks(ax)
    ax.set_ylim(len(names) - 0.25, -0.25)
    used = keyed[["planned_hours", "realised_hours"]].groupby("category").sum().sum(axis=1)
    ax.set_xlim(0.0, max(HOURS_PER_WEEK, float(keyed.groupby("scenario")[["planned_hours", "realised_hours"]]
                                               .sum().to_numpy().max())))
    if ax.get_xlim()[1] > HOURS_PER_WEEK:  # a plan may ask for more than there is
        ax.axvline(HOURS_PER_WEEK, color="black", linewidth=1.5, linestyle=(0, (4, 3)))
    name_axis(ax, say("charts_managers.axis"))
    legend_of_uses(ax, [use for use in CATEGORIES if used.get(use, 0.0) > 0])
    return frame(ax, _title(coaching, chosen),
          caption_of(table, say("charts_managers.caption_interval" if "realised_low" in table.columns
                                else "charts_managers.caption")))


def legend_of_uses(ax: Axes, shown: Sequence[str]) -> None:
    """Name the colours of these categories above the bars, in the bars' order."""
    legend_above(ax, [Patch(facecolor=COLOURS[use], hatch=HATCHES[use], edgecolor=GREY, linewidth=0.5,
                            label=inside(say(f"names.manager_uses.{use}"))) for use in shown])


def _bar(ax: Axes, row: float, hours: list[float], column: str) -> None:
    left = 0.0
    for use, width in zip(CATEGORIES, hours, strict=True):
        if width <= 0:
            continue
        ax.barh(row, width, height=0.36, left=left, color=COLOURS[use], edgecolor=GREY, linewidth=0.5,
                hatch=HATCHES[use], gid=f"{column}:{use}")
        # A number needs about 1.4 hours' width at this size.
        if width >= 1.4:
            readable(ax.text(left + width / 2, row, number(width, 1.0), ha="center", va="center", fontsize=TEXT,
                             color="white" if use == "coaching" else "black"), COLOURS[use])
        left += width


def _title(coaching: pd.DataFrame, chosen: str) -> str:
    planned, realised = (value_at(coaching, chosen, f"{column}_hours") for column in ("planned", "realised"))
    said = {"who": brief(chosen), "planned": number(planned, 1), "realised": number(realised, 1)}
    if {"realised_low", "realised_high"} <= set(coaching.columns):
        low, high = (value_at(coaching, chosen, f"realised_{end}") for end in ("low", "high"))
        if np.isfinite([low, high]).all():
            interval = say("words.to", low=number(low, 1), high=number(high, 1))
            return say("charts_managers.title_interval", **said, interval=interval)
    return say("charts_managers.title", **said)
