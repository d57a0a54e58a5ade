"""The chart of a sensitivity analysis: Sobol indices, Morris's effects, partial rank correlations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.axes import chart, frame, name_axis, new_axes
from simlead.show.charts.palette import BLUE, GREY, ORANGE
from simlead.show.charts.rows import draw_interval, fit, rows_in
from simlead.show.charts.tables import ChartError, need
from simlead.show.format import interval_words, with_interval
from simlead.show.language import say
from simlead.show.wording import inside, listed, parameter_name
from simlead.statistics.codes import leading, may_be_nothing

ROWS = 12
"""Factors in a chart at most; the caption counts the others."""

_BESIDE = {"total": "first", "mu_star": "sigma"}
"""The index drawn as a diamond beside the leading one."""


@chart
def sensitivity(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw which factor matters: total Sobol indices, Morris's mu* or partial rank correlations.

    Bars are blue if they clearly differ from nothing. A diamond is the first-order index or sigma; a ring is what
    replication noise left in would have shown. The title names the leading factor, and those not distinguishable
    from it.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of `sobol_indices`, `morris_effects` or `prcc`.
    {ax}

    {returns}
        Where a column is missing or nothing could be estimated.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "factor": ["policy.coaching_share", "policy.heroics"], "index": "total", "estimate": [0.7, 0.1],
    ...     "low": [0.6, 0.0], "high": [0.8, 0.2], "uncorrected": [0.8, 0.4], "rank": [1, 2],
    ...     "tied_with": "", "noise_share": 0.4, "n": 128, "replicates": 10})
    >>> sensitivity(table).get_title(loc="left")
    'Coaching share matters most: total index 0.70 (0.60 to 0.80)'
    """
    need(table, ("factor", "index", "estimate", "low", "high", "uncorrected", "rank", "tied_with", "noise_share",
                 "n", "replicates"))
    kind = leading(table)
    every = table[table["index"] == kind].sort_values("rank")
    if not np.isfinite(every["estimate"].to_numpy(float)).all():
        raise ChartError(f"noise is all of the variance; there is no {kind} to draw")
    rows: list[Any] = list(every.head(ROWS).itertuples())
    names = [parameter_name(row.factor) for row in rows]
    ax = ax or new_axes()
    rows_in(ax, names)
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    beside = _beside(table, kind)
    for place, row in enumerate(rows):
        colour = GREY if may_be_nothing(row) else BLUE
        ax.barh(place, row.estimate, height=0.5, color=colour, alpha=0.35, hatch="//" if colour == GREY else "",
                gid="bar")
        draw_interval(ax, place, row.estimate, row.low, row.high, colour, marker="", gid="estimate")
        if row.factor in beside:
            ax.plot([beside[row.factor]], [place], "D", color=ORANGE, markersize=10, gid="beside")
        if row.replicates > 1 and abs(row.uncorrected - row.estimate) > 0.1 * (row.high - row.low):
            ax.plot([row.uncorrected], [place], "o", color=GREY, markersize=11, markerfacecolor="none",
                    markeredgewidth=2, gid="uncorrected")
    drawn = every.head(ROWS)[["estimate", "low", "high", "uncorrected"]].to_numpy(float)
    fit(ax, np.append(drawn, [0.0, *(beside[row.factor] for row in rows if row.factor in beside)]), 0.04)
    name_axis(ax, say(f"charts_sensitivity.axis.{kind}"))
    return frame(ax, _title(rows, kind), _caption(rows, kind, len(every)))


def _beside(table: pd.DataFrame, kind: str) -> dict[str, float]:
    """The second index of each factor, if the analysis has one."""
    rows = table[table["index"] == _BESIDE[kind]] if kind in _BESIDE else table.iloc[:0]
    return dict(zip(rows["factor"].astype(str), rows["estimate"].to_numpy(float).tolist(), strict=True))


def _title(rows: list[Any], kind: str) -> str:
    first = rows[0]
    index = say("charts_sensitivity.index.of", index=say(f"charts_sensitivity.index.{kind}"),
                estimate=with_interval(first.estimate, first.low, first.high))
    if may_be_nothing(first):
        return say("charts_sensitivity.title.nothing", index=index)
    said = {"factor": parameter_name(first.factor), "index": index}
    tied = [inside(parameter_name(row.factor)) for row in rows[1:] if row.factor in str(first.tied_with).split(", ")]
    if not tied:
        return say("charts_sensitivity.title.matters", **said)
    others = (listed(tied) if len(tied) < 3
              else say("charts_sensitivity.title.more", factor=tied[0], count=len(tied) - 1))
    return say("charts_sensitivity.title.leads", **said, others=others)


def _caption(rows: list[Any], kind: str, factors: int) -> str:
    first = rows[0]
    said = [say("charts_sensitivity.caption.lines", interval=interval_words(0.95))]
    if kind in _BESIDE:
        said.append(say(f"charts_sensitivity.caption.{kind}"))
    if math.isnan(first.noise_share):
        said.append(say("charts_sensitivity.caption.one_replicate"))
    else:
        said.append(say("charts_sensitivity.caption.noise", share=f"{100 * first.noise_share:.0f}"))
    if factors > len(rows):
        said.append(say("charts_sensitivity.caption.smaller", count=factors - len(rows)))
    sample = "sample" if first.replicates > 1 else "sample_once"
    said.append(say(f"charts_sensitivity.caption.{sample}", n=first.n, replicates=first.replicates))
    return " ".join(said)
