"""The manager's week, as planned and as it came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK
from simlead.show.charts.style import (
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    TEXT,
    YELLOW,
    ChartError,
    caption_of,
    focus_of,
    frame,
    label_rows,
    local_ticks,
    need,
    new_axes,
    rows_of,
    value_at,
)
from simlead.show.language import direction, say
from simlead.show.wording import inside, number, words
from simlead.study.estimation.estimates import mean_interval

CATEGORIES = ("coaching", "people", "customers", "information", "admin", "other", "unallocated")
"""What a manager's hour is used for, in the order of the bars; `people` is without coaching."""

COLOURS = dict(zip(CATEGORIES, (GREEN, SKY, ORANGE, YELLOW, PURPLE, "#999999", "#F2F2F2"), strict=True))
"""The colour of each category, wherever managers' hours are told."""
_PLANNED = {"people": "planned_people_hours", "coaching": "planned_coaching_hours",
            "customers": "planned_own_selling_hours", "information": "planned_information_hours",
            "admin": "planned_admin_hours"}


def manager_week(managers: Mapping[str, pd.DataFrame], *, last_weeks: int = 52) -> pd.DataFrame:
    """A manager's mean week per scenario, planned and realised, for :func:`manager_time`.

    Takes the managers' tables by scenario, a row per team and week, over the last
    `last_weeks` weeks; with a column `replicate` the interval is over replicates
    (Student's t, 95 %), without it there is none. Returns the columns scenario, category,
    planned_hours, realised_hours, realised_low, realised_high (hours a week) and n.

    >>> one = pd.DataFrame({"week": [0], **{f"{use}_hours": [0.0] for use in CATEGORIES},
    ...                     **{column: [8.0] for column in _PLANNED.values()}})
    >>> manager_week({"status_quo": one}).set_index("category").loc["unallocated", "planned_hours"].item()
    0.0
    """
    lines = []
    for scenario, table in managers.items():
        need(table, ["week", *_PLANNED.values(), *(f"{use}_hours" for use in CATEGORIES)], "manager_week")
        late = table[table["week"] > table["week"].max() - last_weeks]
        groups = [part for _, part in late.groupby("replicate")] if "replicate" in late.columns else [late]
        planned = {use: float(late[column].mean()) for use, column in _PLANNED.items()}
        planned["other"] = 0.0
        planned["unallocated"] = max(HOURS_PER_WEEK - sum(planned.values()), 0.0)
        for use in CATEGORIES:
            hours = mean_interval([part[f"{use}_hours"].mean() for part in groups])
            lines.append((scenario, use, planned[use], hours.mean, hours.low, hours.high, hours.n))
    return pd.DataFrame(lines, columns=["scenario", "category", "planned_hours", "realised_hours",
                                        "realised_low", "realised_high", "n"])


def manager_week_compared(table: pd.DataFrame, scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """A manager's week from a comparison's table, for :func:`manager_time`.

    What took place is the measures `manager_time_*` of the final year (shares of the week,
    with their 95 % intervals); the plan for coaching is the measure
    `coaching_share_planned`, which knows the few natural coaches, and the rest of the plan
    is the policy's and the organisation's. Columns as in :func:`manager_week`, and the
    table's seed where it has one.
    """
    chart = "manager_week_compared"
    need(table, ["scenario", "measure", "mean", "low", "high", "n"], chart)
    measured = {use: rows_of(table, f"manager_time_{use}", chart) for use in CATEGORIES}
    coached = rows_of(table, "coaching_share_planned", chart)
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
    found = pd.DataFrame(lines, columns=["scenario", "category", "planned_hours", "realised_hours",
                                         "realised_low", "realised_high", "n"])
    return found.assign(seed=table["seed"].iloc[0]) if "seed" in table.columns else found


def manager_time(table: pd.DataFrame, ax: Axes | None = None, *, focus: str | None = None) -> Axes:
    """The manager's week by scenario, planned above realised, in hours by category.

    Needs the columns scenario, category (one of :data:`CATEGORIES`), planned_hours and
    realised_hours (hours a week and manager); with realised_low and realised_high the
    interval of the coaching hours is drawn at the end of their bar. Coaching stands apart
    from the other work with people. The title compares plan and week of `focus` (the last
    scenario unless named).

    Raises ChartError where a column, the coaching row or the scenario is missing, and for
    an unknown category.

    >>> week = pd.DataFrame({"scenario": ["coaching"] * 2, "category": ["coaching", "other"],
    ...                      "planned_hours": [20.0, 20.0], "realised_hours": [14.0, 26.0]})
    >>> manager_time(week).get_title(loc="left")
    'Coaching: of 20.0 hours planned for coaching a week, 14.0 take place'
    """
    chart = "manager_time"
    need(table, ["scenario", "category", "planned_hours", "realised_hours"], chart)
    unknown = sorted(set(table["category"].astype(str)) - set(CATEGORIES))
    if unknown:
        raise ChartError(f"{chart}: category {unknown[0]}: allowed is {', '.join(CATEGORIES)}")
    keyed = table.assign(category=table["category"].astype(str)).set_index(["scenario", "category"])
    if not keyed.index.is_unique:
        raise ChartError(f"{chart}: a category has more than one row in a scenario")
    names = [str(name) for name in dict.fromkeys(table["scenario"])]
    coaching = keyed[keyed.index.get_level_values("category") == "coaching"].droplevel("category")
    if list(coaching.index) != names:
        raise ChartError(f"{chart}: every scenario needs a row of category coaching")
    chosen = focus_of(coaching, focus, chart)
    own = ax is None
    ax = new_axes() if ax is None else ax
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
    ax.set_xlabel(say("charts_managers.axis"), fontsize=TEXT)
    legend_of_uses(ax, [use for use in CATEGORIES if used.get(use, 0.0) > 0], own)
    frame(ax, _title(coaching, chosen),
          caption_of(table, say("charts_managers.caption_interval" if "realised_low" in table.columns
                                else "charts_managers.caption")), labels, own)
    return ax


def legend_of_uses(ax: Axes, shown: Sequence[str], own: bool) -> None:
    """Name the colours of these categories above the bars, in the bars' order."""
    handles = [Patch(facecolor=COLOURS[use], edgecolor=GREY, linewidth=0.5,
                     label=inside(say(f"names.manager_uses.{use}")))
               for use in shown]
    figure = ax.get_figure(root=True)
    # In a right-to-left language it ends at the right edge; its order stays that of the bars.
    rtl = direction() == "rtl"
    where = {"bbox_to_anchor": (0.993 if rtl else 0.007, 0.785), "bbox_transform": figure.transFigure} if (
        own and figure) else {"bbox_to_anchor": (1.0 if rtl else 0.0, 1.0)}
    ax.legend(handles=handles, ncols=len(handles), loc="lower right" if rtl else "lower left", frameon=False,
              fontsize=TEXT, handlelength=1.0, handleheight=1.0, columnspacing=1.2, handletextpad=0.4,
              markerfirst=not rtl, **where)


def _bar(ax: Axes, row: float, hours: list[float], column: str) -> None:
    left = 0.0
    for use, width in zip(CATEGORIES, hours, strict=True):
        if width <= 0:
            continue
        ax.barh(row, width, height=0.36, left=left, color=COLOURS[use], edgecolor=GREY, linewidth=0.5,
                gid=f"{column}:{use}")
        # A number needs about 1.4 hours' width at this size.
        if width >= 1.4:
            ax.text(left + width / 2, row, number(width, 1.0), ha="center", va="center", fontsize=TEXT,
                    color="white" if use == "coaching" else "black")
        left += width


def _title(coaching: pd.DataFrame, chosen: str) -> str:
    planned, realised = (value_at(coaching, chosen, f"{column}_hours") for column in ("planned", "realised"))
    said = {"who": words(chosen), "planned": number(planned, 1), "realised": number(realised, 1)}
    if {"realised_low", "realised_high"} <= set(coaching.columns):
        low, high = (value_at(coaching, chosen, f"realised_{end}") for end in ("low", "high"))
        if np.isfinite([low, high]).all():
            interval = say("words.to", low=number(low, 1), high=number(high, 1))
            return say("charts_managers.title_interval", **said, interval=interval)
    return say("charts_managers.title", **said)
