"""A chart of which factor matters: Sobol indices, Morris's effects, partial rank correlations."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.phrases import factor_words, interval_words, told
from simlead.show.charts.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    ChartError,
    frame,
    label_rows,
    need,
    new_axes,
    plain,
)
from simlead.show.language import language, say
from simlead.show.wording import inside, listed
from simlead.study.sensitivity.verdict import LEADING, leading, may_be_nothing, short

ROWS = 12
"""Factors in a chart at most; the caption counts the others."""

_BESIDE = {"total": "first", "mu_star": "sigma"}
"""The index drawn as a diamond beside the leading one."""


def sensitivity(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each factor's index as a bar with its interval, the largest on top.

    Needs a table of `sobol_indices`, `morris_effects` or `prcc` (`study.sensitivity`). Bars
    are the total index, mu* or the correlation; blue if it can be told from nothing. A
    diamond is the first-order index or sigma; a ring is what noise left in would have shown,
    where that is another number. The title names the leading factor, and those that it
    cannot be told from.

    Raises ChartError where a column is missing or nothing could be estimated.

    >>> table = pd.DataFrame({
    ...     "factor": ["policy.coaching_share", "policy.heroics"], "index": "total", "estimate": [0.7, 0.1],
    ...     "low": [0.6, 0.0], "high": [0.8, 0.2], "uncorrected": [0.8, 0.4], "rank": [1, 2],
    ...     "tied_with": "", "noise_share": 0.4, "n": 128, "replicates": 10})
    >>> sensitivity(table).get_title(loc="left")
    'Coaching share matters most: total index .70 (.60 to .80)'
    """
    chart = "sensitivity"
    need(table, ("factor", "index", "estimate", "low", "high", "uncorrected", "rank", "tied_with", "noise_share",
                 "n", "replicates"), chart)
    kind = leading(table)
    every = table[table["index"] == kind].sort_values("rank")
    if not np.isfinite(every["estimate"].to_numpy(float)).all():
        raise ChartError(f"{chart}: noise is all of the variance; there is no {LEADING[kind]} to draw")
    rows: list[Any] = list(every.head(ROWS).itertuples())
    names = [factor_words(row.factor) for row in rows]
    own = ax is None
    ax = new_axes() if ax is None else ax
    plain(ax)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    label_rows(ax, names)
    ax.axvline(0, color="black", linewidth=1.5, zorder=1)
    beside = _beside(table, kind)
    for place, row in enumerate(rows):
        colour = GREY if may_be_nothing(row) else BLUE
        ax.barh(place, row.estimate, height=0.5, color=colour, alpha=0.35, gid="bar")
        ax.plot([row.low, row.high], [place, place], color=colour, linewidth=4, solid_capstyle="butt", gid="interval")
        if row.factor in beside:
            ax.plot([beside[row.factor]], [place], "D", color=ORANGE, markersize=10, gid="beside")
        if row.replicates > 1 and abs(row.uncorrected - row.estimate) > 0.1 * (row.high - row.low):
            ax.plot([row.uncorrected], [place], "o", color=GREY, markersize=11, markerfacecolor="none",
                    markeredgewidth=2, gid="uncorrected")
    drawn = every.head(ROWS)[["estimate", "low", "high", "uncorrected"]].to_numpy(float)
    seen = np.append(drawn[np.isfinite(drawn)], [0.0, *(beside[row.factor] for row in rows if row.factor in beside)])
    margin = 0.04 * float(seen.max() - seen.min())
    ax.set_xlim(float(seen.min()) - margin, float(seen.max()) + margin)
    ax.set_xlabel(say(f"charts_sensitivity.axis.{kind}"), fontsize=TEXT)
    ax.grid(axis="x", color=PALE, linewidth=0.8)
    frame(ax, _title(rows, kind), _caption(rows, kind, len(every)), names, own)
    return ax


def index_words(value: float) -> str:
    """An index with the digits that `short` gives it; Persian writes the zero before the point.

    >>> index_words(0.241), index_words(-0.031)
    ('.24', '-.03')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    text = short(value)
    return text if language() == "en" else told(re.sub(r"^(-?)\.", r"\g<1>0.", text))


def _beside(table: pd.DataFrame, kind: str) -> dict[str, float]:
    """The second index of each factor, if the analysis has one."""
    rows = table[table["index"] == _BESIDE[kind]] if kind in _BESIDE else table.iloc[:0]
    return dict(zip(rows["factor"].astype(str), rows["estimate"].to_numpy(float).tolist(), strict=True))


def _title(rows: list[Any], kind: str) -> str:
    first = rows[0]
    index = say("charts_sensitivity.index.of", index=say(f"charts_sensitivity.index.{kind}"),
                estimate=index_words(first.estimate),
                interval=say("words.to", low=index_words(first.low), high=index_words(first.high)))
    if may_be_nothing(first):
        return say("charts_sensitivity.title.nothing", index=index)
    said = {"factor": factor_words(first.factor), "index": index}
    tied = [inside(factor_words(row.factor)) for row in rows[1:] if row.factor in str(first.tied_with).split(", ")]
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
