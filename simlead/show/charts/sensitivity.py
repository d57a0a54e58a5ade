"""A chart of which factor matters: Sobol indices, Morris's effects, partial rank correlations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simlead.show.charts.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    TEXT,
    ChartError,
    frame,
    need,
    new_axes,
    plain,
    words,
)
from simlead.study.sensitivity.verdict import LEADING, leading, may_be_nothing, short

ROWS = 12
"""Factors in a chart at most; the caption counts the others."""

_BESIDE = {"total": ("first", "alone (first order)"), "mu_star": ("sigma", "sigma: how much the effect varies")}
_AXIS = {
    "total": "part of the variance between points, alone and in interactions (total index)",
    "mu_star": "size of the outcome's change over the factor's whole range (mu*), in the outcome's unit",
    "prcc": "partial rank correlation with the outcome, \N{MINUS SIGN}1 to 1",
}


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
    ax.set_yticks(range(len(rows)), names)
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
    ax.set_xlabel(_AXIS[kind], fontsize=TEXT)
    ax.grid(axis="x", color=PALE, linewidth=0.8)
    frame(ax, _title(rows, kind), _caption(rows, kind, len(every)), names, own)
    return ax


def factor_words(path: str) -> str:
    """A parameter's name as people read it, without its group.

    >>> factor_words("policy.coaching_share")
    'Coaching share'
    """
    return words(str(path).rpartition(".")[2])


def _beside(table: pd.DataFrame, kind: str) -> dict[str, float]:
    """The second index of each factor, if the analysis has one."""
    rows = table[table["index"] == _BESIDE[kind][0]] if kind in _BESIDE else table.iloc[:0]
    return dict(zip(rows["factor"].astype(str), rows["estimate"].to_numpy(float).tolist(), strict=True))


def _title(rows: list[Any], kind: str) -> str:
    first = rows[0]
    interval = f"{LEADING[kind]} {short(first.estimate)} ({short(first.low)} to {short(first.high)})"
    if may_be_nothing(first):
        return f"No factor can be told from nothing; the largest {interval}"
    tied = [factor_words(row.factor).lower() for row in rows[1:] if row.factor in str(first.tied_with).split(", ")]
    if not tied:
        return f"{factor_words(first.factor)} matters most: {interval}"
    others = " and ".join(tied) if len(tied) < 3 else f"{tied[0]} and {len(tied) - 1} more"
    return f"{factor_words(first.factor)} leads with {interval}, but cannot be told from {others}"


def _caption(rows: list[Any], kind: str, factors: int) -> str:
    first = rows[0]
    said = ["Lines are 95 % intervals, each for itself; grey: may be nothing."]
    if kind in _BESIDE:
        said.append(f"Diamond: {_BESIDE[kind][1]}.")
    if math.isnan(first.noise_share):
        said.append("One replicate a point: noise is not taken out.")
    else:
        said.append(f"Noise, {100 * first.noise_share:.0f} % of the points' variance, is taken out; "
                    "ring: what it would have shown.")
    if factors > len(rows):
        said.append(f"{factors - len(rows)} smaller factors are not shown.")
    said.append(f"N = {first.n}, {first.replicates} replicates a point.")
    return " ".join(said)
