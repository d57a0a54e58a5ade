"""How cost grows, drawn: seconds and events over size and over time, all axes logarithmic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter, NullLocator, StrMethodFormatter

from simlead.show.charts.axes import EDGE, new_figure
from simlead.show.charts.palette import BLUE, GREY, HEADLINE, ORANGE, TEXT


def draw(size: dict[str, Any], time: dict[str, Any], path: Path) -> None:
    """Write the chart of the two kinds of growth (the `data` of their sections) to a PNG file."""
    figure = new_figure()
    powers = [data["exponents"]["seconds"] for data in (size, time)]
    figure.suptitle(f"Cost grows with reps to the power of {powers[0]:.2f}, with years to that of {powers[1]:.2f}",
                    fontsize=HEADLINE, fontweight="bold", x=EDGE,
                    ha="left")
    for axes, data in zip(figure.subplots(1, 2), (size, time), strict=True):
        _growth(axes, data)
    figure.savefig(path)


def _growth(axes: Axes, data: dict[str, Any]) -> None:
    """Seconds on the left axis, events on the right one; equal slopes look equal."""
    sizes, unit = np.array(data["sizes"]), data["unit"]
    seconds, events = np.array(data["seconds"]), np.array(data["events"])
    other = axes.twinx()
    span = 12.0 * max(max(costs) / min(costs) for costs in (seconds, events))  # both axes have as many decades
    for one, costs, marker, style, colour, label, below in (
        (axes, seconds, "o", "-", BLUE, "seconds of processor time a run (and ns an event)", 2.0),
        (other, events, "s", "--", ORANGE, "events a run", 6.0),
    ):
        one.loglog(sizes, costs, marker, color=colour, markersize=8)
        one.loglog(sizes, line(sizes, costs), style, color=colour)
        one.set_ylim(min(costs) / below, min(costs) / below * span)
        one.set_ylabel(label, fontsize=TEXT, color=colour)
        one.yaxis.set_major_locator(LogLocator(10.0))
        one.yaxis.set_minor_formatter(NullFormatter())
        one.tick_params(labelsize=TEXT)
        one.spines["top"].set_visible(False)
    width = max(sizes) / min(sizes)
    axes.set_xlim(min(sizes) / width**0.08, max(sizes) * width**0.3)
    axes.xaxis.set_major_locator(FixedLocator(sizes.tolist()))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(unit, fontsize=TEXT)
    powers = data["exponents"]
    axes.set_title(
        f"seconds ~ {unit}^{powers['seconds']:.2f}, events ~ {unit}^{powers['events']:.3f}", fontsize=TEXT, loc="left")
    for place, took, count in zip(sizes, seconds, events, strict=True):
        axes.annotate(
            f"{took * 1e9 / count:.0f} ns", (place, took), fontsize=TEXT, color=GREY, xytext=(7, -4),
            textcoords="offset points", ha="left", va="top")


def line(sizes: Any, costs: Any) -> Any:
    """The straight line through the logarithms."""
    slope, height = np.polyfit(np.log(sizes), np.log(costs), 1)
    return np.exp(height) * sizes**slope
