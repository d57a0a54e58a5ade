"""Rows of intervals, the shape that most charts share: a name, a line from low to high, a dot, and a note above it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from simlead.show.charts.axes import NOTE, label_rows, plain, readable
from simlead.show.charts.palette import TEXT


def rows_in(ax: Axes, labels: Sequence[str], top: float = -0.6) -> None:
    """Turn axes into a row per label, the first on top."""
    plain(ax)
    ax.set_ylim(len(labels) - 0.4, top)
    label_rows(ax, labels)


def fit(ax: Axes, seen: object, margin: float = 0.08) -> None:
    """Set limits that show every finite number, with a fraction of their range as margin."""
    values = np.asarray(seen, dtype=float)
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    room = margin * (high - low) or 0.05 * abs(high) or 1.0
    ax.set_xlim(low - room, high + room)


def draw_interval(
    ax: Axes, row: float, mean: float, low: float, high: float, colour: str, *, width: float = 4, size: float = 11,
    marker: str = "o", gid: str = "mean", alpha: float = 1.0, hollow: bool = False,
) -> None:
    """Draw an interval as a line and its mean as a dot, which is hollow where nothing is clear."""
    ax.plot([low, high], [row, row], color=colour, alpha=alpha, linewidth=width, solid_capstyle="butt", gid="interval")
    ax.plot([mean], [row], marker, color=colour, markersize=size, gid=gid,
            markerfacecolor="white" if hollow else colour, markeredgewidth=2.5 if hollow else 1.0)


def write_above(
    ax: Axes, at: float, row: float, text: str, colour: str, points: float = 12, *, gid: str = "note",
    lean: bool = True,
) -> None:
    """Write a note above a dot; beside it there may be no room, above it there is if the text leans inwards."""
    low, high = ax.get_xlim()
    where = (at - low) / (high - low) if lean else 0.5
    side = "left" if where < 0.33 else "right" if where > 0.67 else "center"
    note = ax.annotate(text, (at, row), (0, points), textcoords="offset points", fontsize=TEXT, color=colour, ha=side,
                       gid=gid, parse_math=False, label=NOTE)
    note.set_in_layout(False)
    readable(note)
