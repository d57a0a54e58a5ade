"""How cost grows, drawn: seconds and events over size and over time, all axes logarithmic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simlead.show.charts.style import BLUE, DPI, GREY, HEADLINE, HEIGHT_INCHES, ORANGE, TEXT, WIDTH_INCHES


def draw(size: dict[str, Any], time: dict[str, Any], path: Path) -> None:
    """Write the chart of the two kinds of growth (the `data` of their sections) to a PNG file."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle("Twice the firm or twice the years is twice the work", fontsize=HEADLINE, x=0.02, ha="left")
    for axes, data in zip(figure.subplots(1, 2), (size, time), strict=True):
        sizes = np.array(data["sizes"])
        seconds, events = np.array(data["seconds"]), np.array(data["events"])
        axes.loglog(sizes, seconds, "o", color=BLUE, markersize=9)
        axes.loglog(sizes, line(sizes, seconds), color=BLUE)
        axes.set_xlabel(data["unit"], fontsize=TEXT)
        axes.set_ylabel("seconds of processor time a run", fontsize=TEXT, color=BLUE)
        other = axes.twinx()
        other.loglog(sizes, events, "s", color=ORANGE, markersize=7)
        other.loglog(sizes, line(sizes, events), color=ORANGE, linestyle="--")
        other.set_ylabel("events a run", fontsize=TEXT, color=ORANGE)
        # Both axes span as many decades, so that equal slopes look equal.
        low = min(seconds) / 2.0
        decades = max(max(seconds) / low, 2.0 * max(events) / min(events)) * 2.0
        axes.set_ylim(low, low * decades)
        other.set_ylim(min(events) / 4.0, min(events) / 4.0 * decades)
        exponents = data["exponents"]
        axes.set_title(
            f"seconds ~ {data['unit']}^{exponents['seconds']:.2f}, events ~ {data['unit']}^{exponents['events']:.3f}",
            fontsize=TEXT, loc="left")
        for each, nanoseconds in zip(sizes, seconds * 1e9 / events, strict=True):
            axes.annotate(
                f"{nanoseconds:.0f} ns", (each, np.interp(each, sizes, seconds)), fontsize=TEXT - 2, color=GREY,
                xytext=(0, -24), textcoords="offset points", ha="center")
        for one in (axes, other):
            one.tick_params(labelsize=TEXT)
            one.spines["top"].set_visible(False)
    figure.savefig(path)


def line(sizes: Any, costs: Any) -> Any:
    """The straight line through the logarithms."""
    slope, height = np.polyfit(np.log(sizes), np.log(costs), 1)
    return np.exp(height) * sizes**slope
