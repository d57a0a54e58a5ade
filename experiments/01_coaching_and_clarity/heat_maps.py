"""Four heat maps of a set of effect sizes: revenue, market share, profit, and realised coaching."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simlead.show.format import difference, fixed, signed

COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"
PANELS = (
    ("revenue", "Third-year revenue, % against the status quo", 10.0),
    ("market_share", "Market share, points against the status quo", 1.0),
    ("profit_final", "Third-year profit, % against the status quo", 10.0),
)
"""Measure, title, and the half-width of an interval whose decimals the cells show."""


def four_heat_maps(cells: pd.DataFrame, effect_sizes: str) -> Figure:
    """Rows are the clarity of the role, columns the planned coaching share; numbers are means.

    A cell whose interval holds 0 is in brackets.
    """
    figure = Figure(figsize=(12.8, 7.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 2, sharex=True, sharey=True).ravel()
    grid = cells[~cells["baseline"]]
    for ax, (name, title, half_width) in zip(axes, PANELS, strict=False):
        values, low, high = (pivot(grid, f"{name}_{column}") * 100.0 for column in ("difference", "low", "high"))
        most = float(np.abs(values.to_numpy()).max())
        clear = (low > 0) | (high < 0)
        paint(ax, values, title, signs(values, half_width), "PuOr_r", (-most, most), clear)
    realised = pivot(grid, "coaching_share_realised") * 100.0
    paint(axes[3], realised, "Realised coaching, % of the week", realised.map(lambda share: fixed(share, 0)), "cividis",
          (0.0, float(realised.to_numpy().max())), realised > -1)
    for ax in axes[2:]:
        ax.set_xlabel("planned coaching, % of the manager's week", fontsize=14)
    for ax in axes[::2]:
        ax.set_ylabel("clarity of the role, 0 to 1", fontsize=14)
    best = grid.loc[grid["revenue_difference"].idxmax()]
    gain = difference(best["revenue_difference"], best["revenue_low"], best["revenue_high"], "share", relative=True)
    figure.suptitle(
        f"{effect_sizes.capitalize()} effect sizes: of {len(grid)} cells revenue is highest with "
        f"{fixed(100.0 * best[COACHING], 0)} % planned, clarity {fixed(best[CLARITY], 1)},\n"
        f"{gain} against the status quo; in brackets: not distinguishable from it",
        fontsize=17, fontweight="bold", x=0.01, ha="left")
    return figure


def pivot(grid: pd.DataFrame, column: str) -> pd.DataFrame:
    """Clarity down, coaching across."""
    return grid.pivot(index=CLARITY, columns=COACHING, values=column)


def signs(values: pd.DataFrame, half_width: float) -> pd.DataFrame:
    """The numbers with their signs, as text."""
    return values.map(lambda value: signed(value, half_width))


def paint(ax: Axes, values: pd.DataFrame, title: str, texts: pd.DataFrame, colours: str, limits: tuple[float, float],
          clear: Any) -> None:
    """One map with its numbers."""
    image = ax.imshow(values.to_numpy(), origin="lower", aspect="auto", cmap=colours, vmin=limits[0], vmax=limits[1])
    ax.set_xticks(range(values.shape[1]), [f"{fixed(100.0 * share, 0)} %" for share in values.columns], fontsize=13)
    ax.set_yticks(range(values.shape[0]), [fixed(clarity, 1) for clarity in values.index], fontsize=13)
    ax.set_title(title, fontsize=15, loc="left")
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            number = float(values.iloc[row, column])
            text = texts.iloc[row, column]
            red, green, blue, _ = image.cmap(image.norm(number))
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
            ax.text(column, row, text if bool(clear.iloc[row, column]) else f"({text})", ha="center", va="center",
                    fontsize=13, color="white" if dark else "black")
