"""The pipeline over the weeks, before and after the switch."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.model.events import STAGES
from simlead.model.units import WEEKS_PER_YEAR
from simlead.show.charts.axes import chart, frame, is_own, name_axis, new_axes, placed, plain
from simlead.show.charts.fitted_text import spread
from simlead.show.charts.palette import BLUE, GREEN, GREY, TEXT, VERMILION
from simlead.show.charts.tables import ChartError, need, verdict
from simlead.show.format import fixed, interval, number, scale
from simlead.show.language import direction, say
from simlead.show.wording import brief, inside
from simlead.statistics.intervals import mean_interval

_COLOURS = dict(zip(STAGES, (BLUE, GREEN, VERMILION), strict=True))
_LINES = dict(zip(STAGES, ("-", (0, (6, 1.5)), (0, (2, 1))), strict=True))
_SHOWN = {"open": 1.0, "value": 1e-6}
"""What may be shown, and the factor that makes its numbers short."""


@chart
def pipeline_over_weeks(table: pd.DataFrame, ax: Axes | None = None, *, show: str = "open") -> Axes:
    """Draw open deals, or their value, by stage over the weeks; the switch is marked.

    The line is the mean over replicates, the band holds the middle 80 % of them; each scenario has a panel. The
    title states how the total changed from the 52 weeks before the switch to the last 52, for the last scenario,
    with a 95 % interval over replicates where there are several.

    Parameters
    ----------
    table : pandas.DataFrame
        Column week and, for `show="open"`, discovery_open, qualified_open and proposal_open (deals); for
        `show="value"` discovery_value, qualified_value and proposal_value ($); replicate and scenario where there
        are several.
    {ax}
    show : str
        `open` or `value`.

    {returns}
        Where a column is missing, a week is doubled or `show` is unknown.

    Examples
    --------
    >>> weeks = pd.DataFrame({"week": range(-60, 60), "discovery_open": 10.0,
    ...                       "qualified_open": 20.0, "proposal_open": 30.0})
    >>> pipeline_over_weeks(weeks).get_title(loc="left")
    'The pipeline stays at 60 open deals (one simulation run, no interval)'
    """
    if show not in _SHOWN:
        raise ChartError(f"show {show!r}: allowed is {' | '.join(_SHOWN)}")
    columns = [f"{stage}_{show}" for stage in STAGES]
    need(table, ["week", *columns])
    full = table.assign(scenario=table.get("scenario", ""), replicate=table.get("replicate", 0))
    if full.duplicated(["scenario", "replicate", "week"]).any():
        raise ChartError("a week has more than one row; several runs need a column replicate")
    factor = _SHOWN[show]
    full[columns] = full[columns].astype(float) * factor
    names = [str(name) for name in dict.fromkeys(full["scenario"])]
    ax = ax or new_axes()
    bands = [_bands(full[full["scenario"] == name], columns) for name in names]
    top = 1.12 * max(float(high.to_numpy().max()) for _, _, high in bands)
    # The labels stand to the right of each panel, in the room that the gap leaves.
    gap = 0.13
    width = (1.0 - gap * len(names)) / len(names)
    for place, (name, band) in enumerate(zip(names, bands, strict=True)):
        left = placed((place * (width + gap), 0.0, width + gap, 1.0))[0]
        panel = ax.inset_axes((left, 0.0, width, 1.0))
        _panel(panel, band, top, is_own(ax))
        if place == (0 if direction() == "ltr" else len(names) - 1):  # the one at the left
            name_axis(panel, y=say(f"charts_pipeline.axis_{show}", unit=scale("$", 1e6)[1]))
        else:  # on the same scale
            panel.tick_params(labelleft=False)
        if name:
            panel.set_title(brief(name), loc="left" if direction() == "ltr" else "right", fontsize=TEXT, color=GREY)
    ax.set_axis_off()
    replicates = int(full["replicate"].nunique())
    caption = (say("charts_pipeline.caption", replications=replicates) if replicates > 1
               else say("charts_pipeline.caption_one"))
    if "seed" in full.columns:
        caption += " " + say("charts_style.seed", seed=int(full["seed"].iloc[0]))
    return frame(ax, _title(full[full["scenario"] == names[-1]], columns, names[-1], show), caption)


def _bands(part: pd.DataFrame, columns: list[str]) -> _Bands:
    weekly = part.groupby("week")[columns]
    return weekly.mean(), weekly.quantile(0.1), weekly.quantile(0.9)


_Bands: TypeAlias = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]  # mean, low, high by week


def _panel(panel: Axes, bands: _Bands, top: float, own: bool) -> None:
    mean, low, high = bands
    weeks = mean.index.to_numpy(float)
    plain(panel, "y")
    panel.axvline(0, color=GREY, linewidth=1.5, linestyle=(0, (4, 3)))
    panel.annotate(say("words.switch"), (0, top), (5, -2), textcoords="offset points", va="top", fontsize=TEXT,
                   color=GREY)
    ends = [float(mean[column].iloc[-1]) for column in mean.columns]
    # A line of text is about a fifteenth of the panel's height.
    heights = spread(ends, 0.062 * top if own else 0.1 * top)
    for column, stage, height in zip(mean.columns, STAGES, heights, strict=True):
        colour = _COLOURS[stage]
        panel.plot(weeks, mean[column], color=colour, linewidth=2.5, linestyle=_LINES[stage], gid=stage)
        panel.fill_between(weeks, low[column], high[column], color=colour, alpha=0.2, linewidth=0)
        panel.annotate(inside(say(f"names.stages.{stage}")), (1.0, height), (6, 0), va="center",
                       xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=TEXT, color=colour,
                       annotation_clip=False)
    panel.set_xlim(weeks[0], weeks[-1])
    panel.set_ylim(0.0, top)
    years = np.arange(np.ceil(weeks[0] / WEEKS_PER_YEAR), weeks[-1] / WEEKS_PER_YEAR + 0.1) * WEEKS_PER_YEAR
    panel.set_xticks(years, [fixed(year, 0) for year in years])
    name_axis(panel, say("charts_pipeline.axis_weeks"))


def _title(part: pd.DataFrame, columns: list[str], name: str, show: str) -> str:
    total = part.assign(total=part[columns].sum(axis=1))
    last = int(total["week"].max())
    before = total[total["week"].between(-WEEKS_PER_YEAR, -1)].groupby("replicate")["total"].mean()
    after = total[total["week"] > max(last - WEEKS_PER_YEAR, -1)].groupby("replicate")["total"].mean()
    who = say("charts_pipeline.who", who=brief(name)) if name else say("charts_pipeline.pipeline")
    if before.empty or after.empty:
        return say("charts_pipeline.no_years", who=who)
    change = mean_interval((after - before).to_numpy(float))
    start, end = float(before.mean()), float(after.mean())
    digits = 1.0 if show == "value" else 10.0
    unit = scale("$", 1e6)[1]
    said = {"who": who} | {
        f"{name}{suffix}": say(f"charts_pipeline.{key}_{show}", number=number(value, digits), unit=unit)
        for name, value in (("before", start), ("after", end)) for key, suffix in (("count", ""), ("deals", "_deals"))}
    if change.n < 2:
        stays = abs(change.mean) < 0.005 * max(start, 1e-9)
        return say("charts_pipeline.one_stays" if stays else "charts_pipeline.one_goes", **said)
    return say(f"charts_pipeline.{verdict(change.low, change.high)}", **said,
               interval=interval(change.low, change.high))
