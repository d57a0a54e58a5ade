"""A map of one outcome over planned coaching and clarity of the role, under each set of effect sizes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from simlead.show.charts.axes import figure_of, frame, name_axis, new_axes
from simlead.show.format import fixed, signed

COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"
SAFE = 0.95
"""The probability from which on a conclusion counts as safe."""
TITLES = {"revenue_growth": ("growth", "points in three years"), "market_share": ("market share", "points"),
          "profit_final": ("third-year profit", "%")}
PANELS = {"evidence": "effects as measured", "practitioner": "effects as practitioners report"}


def conclusion(cells: pd.DataFrame, measure: str) -> pd.Series:
    """Of each cell: `gain`, `loss` or `same` if that is safe under every set of effect sizes, else `open`.

    The cell of the status quo is the `same` by construction.
    """
    def least(column: str) -> pd.Series:
        return cells.groupby([CLARITY, COACHING])[f"{measure}_{column}"].min()

    above, below, within = least("p_above_smallest"), least("p_below_smallest"), least("p_no_difference")
    return pd.Series(np.select([above >= SAFE, below >= SAFE, within >= SAFE], ["gain", "loss", "same"], "open"),
                     index=above.index)


def map_of(cells: pd.DataFrame, measure: str) -> Figure:
    """Two panels: rows are the clarity of the role, columns the planned share; numbers are means.

    Outlined is where the answer is safe under both sets of effect sizes; the other cells are pale.
    """
    whole = new_axes()
    whole.set_axis_off()
    outcome, unit = TITLES[measure]
    both = conclusion(cells, measure).unstack(COACHING)
    gains, losses, same = (int((both == word).to_numpy().sum()) for word in ("gain", "loss", "same"))
    title = (f"Of {both.size - same} plans {gains} safely raise {outcome} and {losses} safely lower it; "
             "with the others it depends on what is unknown.")
    most = 100.0 * float(cells[f"{measure}_mean"].abs().max())
    for place, (name, words) in enumerate(PANELS.items()):
        ax = whole.inset_axes((0.515 * place, 0.0, 0.485, 1.0))
        mine = cells[cells["effect_sizes"] == name]
        values = 100.0 * mine.pivot(index=CLARITY, columns=COACHING, values=f"{measure}_mean")
        paint(ax, values, both, most, f"with {words}", first=place == 0)
    frame(whole, title, f"Change of {outcome} against the status quo ({unit}). Outlined: safe, with chances of "
          f"{100 * SAFE:.0f} in 100 or more under both.")
    return figure_of(whole)


def paint(ax: Axes, values: pd.DataFrame, both: pd.DataFrame, most: float, title: str, first: bool) -> None:
    """One panel with its numbers and the outline of the safe regions."""
    image = ax.imshow(values.to_numpy(), origin="lower", aspect="auto", cmap="PuOr_r", vmin=-most, vmax=most)
    ax.set_xticks(range(values.shape[1]), [fixed(100.0 * share, 0) for share in values.columns], fontsize=14)
    ax.set_yticks(range(values.shape[0]), [fixed(clarity, 1) for clarity in values.index] if first else [], fontsize=14)
    ax.set_title(title, fontsize=16, loc="left")
    name_axis(ax, "planned coaching, % of the manager's week", "clarity of the role, 0 to 1" if first else "")
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            number = float(values.iloc[row, column])
            safe = both.iloc[row, column] != "open"
            red, green, blue, _ = image.cmap(image.norm(number))
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
            ax.text(column, row, signed(number, 1.0 if most < 10.0 else 10.0), ha="center", va="center", fontsize=14,
                    color="white" if dark else "black", fontweight="bold" if safe else "normal")
            if not safe:
                ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1.0, 1.0, facecolor="none", edgecolor="#8c8c8c",
                                       hatch="..", linewidth=0.0))
    outline(ax, (both == "gain").to_numpy())
    outline(ax, (both == "loss").to_numpy())


def outline(ax: Axes, inside: np.ndarray) -> None:
    """A line around the cells that are inside."""
    rows, columns = inside.shape
    padded = np.pad(inside, 1)
    for row in range(rows):
        for column in range(columns):
            if not inside[row, column]:
                continue
            for down, across, xs, ys in ((0, 1, (-0.5, -0.5), (-0.5, 0.5)), (2, 1, (0.5, 0.5), (-0.5, 0.5)),
                                         (1, 0, (-0.5, 0.5), (-0.5, -0.5)), (1, 2, (-0.5, 0.5), (0.5, 0.5))):
                if not padded[row + across, column + down]:
                    ax.plot([column + x for x in xs], [row + y for y in ys], color="black", linewidth=4,
                            solid_capstyle="projecting")
