"""The picture of the film to save: both pipelines at the end of the year side by side, and coaching week by week."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from simlead.model import events
from simlead.show.animation.scenes import COLUMNS, OUR_TURN, SILENT, WON, Scene
from simlead.show.charts.axes import chart, frame, legend_above, name_axis, new_axes, placed, plain
from simlead.show.charts.fitted_text import lines_within, text_width
from simlead.show.charts.palette import BLACK, BLUE, DPI, GREEN, GREY, TEXT, VERMILION
from simlead.show.format import count
from simlead.show.language import direction, say
from simlead.show.workshop.year import Side

SIDE = 0.485
"""Share of the drawing's width that one side has."""

WIDTH, HEIGHT = 590.0, 280.0
"""A pipeline's panel in pixels, headers included."""

_LINE, _GAP, _GROUND = 23.0, 8.0, "#F2F2F2"
_LARGEST, _SMALLEST, _USUAL = 0.98, 0.42, 0.62  # a dot's diameter in cells


@chart
def film_sides(sides: list[Side], names: tuple[str, str], won: tuple[str, str], title: str, team: int, seed: int,
               ax: Axes | None = None) -> Axes:
    """Two years of one team with the same buyers: where each deal is at the end, and each week's coaching.

    `names` and `won` stand above the sides. Dots are as on the page: their area is the value, a ring waits for us, a
    pale ring is lost and not yet noticed, a diamond is won. Outlines are hours of coaching that were planned, bars
    those that took place.
    """
    ax = ax or new_axes()
    ax.set_axis_off()
    scenes = [side.pipeline.scenes(np.array([side.pipeline.end]))[0] for side in sides]
    most = [max(int(np.count_nonzero(scene.column == column)) for scene in scenes) for column in range(len(COLUMNS))]
    middle = float(np.median(np.concatenate([side.pipeline.value for side in sides])))
    hours = 1.05 * max(week.planned for side in sides for week in side.weeks)
    for place, (side, scene, heads) in enumerate(zip(sides, scenes, zip(names, won, strict=True), strict=True)):
        left = place * (1.0 - SIDE)
        _pipeline(ax.inset_axes(placed((left, 0.32, SIDE, 0.68))), side, scene, heads, most, middle)
        edge, *_ = placed((left, 0.0, SIDE, 1.0))
        _coaching(ax.inset_axes((edge + 0.03, 0.0, SIDE - 0.03, 0.26)), side, max(hours, 1.0))
    legend_above(ax, _legend())
    return frame(ax, title, say("workshop_film.picture.caption", team=team + 1, seed=str(seed)))


def _pipeline(panel: Axes, side: Side, scene: Scene, heads: tuple[str, str], most: list[int], middle: float) -> None:
    panel.set_xlim(0.0, WIDTH)
    panel.set_ylim(0.0, HEIGHT)
    panel.set_axis_off()
    start, begins = (WIDTH, "right") if direction() == "rtl" else (0.0, "left")
    for line, (words, weight) in enumerate((
            (lines_within(heads[0], TEXT, 0.9 * WIDTH * 72.0 / DPI, 1, "bold"), "bold"), (heads[1], "normal"))):
        panel.text(start, HEIGHT - line * _LINE, words, ha=begins, va="top", fontsize=TEXT, fontweight=weight,
                   parse_math=False)
    top = HEIGHT - 4.2 * _LINE
    labels = [say(f"names.stages.{key}") if key in events.STAGES else say(f"animation.columns.{key}")
              for key in COLUMNS]
    columns, cell = _columns([text_width(label, TEXT) * DPI / 72.0 for label in labels], most, top)
    for column, (left, width) in enumerate(columns):
        panel.add_patch(Rectangle((left, 0.0), width, top, facecolor=_GROUND, edgecolor="none"))
        there = scene.column == column
        for line, (text, weight) in enumerate(((count(int(there.sum())), "bold"), (labels[column], "normal"))):
            panel.text(left, top + 2.0 + line * _LINE, text, ha="left", va="bottom", fontsize=TEXT, fontweight=weight,
                       parse_math=False)
        across = max(1, int(width // cell))
        slots = np.arange(int(there.sum()))
        x, y = left + (slots % across + 0.5) * cell, top - (slots // across + 0.5) * cell
        wide = np.clip(_USUAL * np.sqrt(side.pipeline.value[there] / middle), _SMALLEST, _LARGEST)
        sizes = (wide * cell * 72.0 / DPI) ** 2
        waits = scene.turn[there] == OUR_TURN
        if column == WON:
            panel.scatter(x, y, s=0.5 * sizes, marker="D", color=GREEN, edgecolors=BLACK, linewidths=0.5)
        elif column == SILENT:
            panel.scatter(x, y, s=sizes, color="white", edgecolors=GREY, linewidths=0.7)
        else:
            panel.scatter(x[~waits], y[~waits], s=sizes[~waits], color=BLUE, linewidths=0.0)
            panel.scatter(x[waits], y[waits], s=sizes[waits], color="white", edgecolors=VERMILION, linewidths=1.6)


def _columns(headers: list[float], most: list[int], height: float) -> tuple[list[tuple[float, float]], float]:
    """Each column's left edge and width, as its crowd and its header need it, and the cells' side."""
    free = WIDTH - sum(headers) - _GAP * len(headers)
    widths = [header + _GAP / 2.0 + max(free, 0.0) * number / max(sum(most), 1)
              for header, number in zip(headers, most, strict=True)]
    cell = 14.0
    while any(int(width // cell) * int(height // cell) < number for width, number in zip(widths, most, strict=True)):
        cell *= 0.98
    lefts = np.cumsum([0.0, *(width + _GAP / 2.0 for width in widths[:-1])])
    return list(zip(lefts.tolist(), widths, strict=True)), cell


def _coaching(panel: Axes, side: Side, most: float) -> None:
    weeks = np.arange(1, len(side.weeks) + 1)
    panel.bar(weeks, [week.held for week in side.weeks], width=0.8, color=GREEN, linewidth=0.0)
    panel.bar(weeks, [week.planned for week in side.weeks], width=0.8, facecolor="none", edgecolor=BLACK, linewidth=1.0)
    panel.set_xlim(0.0, len(side.weeks) + 1.0)
    panel.set_ylim(0.0, most)
    plain(panel, "y")
    name_axis(panel, say("workshop_film.picture.week"), say("words.hours"))


def _legend() -> list[Any]:
    dots = ((BLUE, BLUE, "o", "buyers_turn"), ("white", VERMILION, "o", "our_turn"), ("white", GREY, "o", "silent"),
            (GREEN, BLACK, "D", "won"))
    return [
        *(Line2D([], [], linestyle="none", marker=mark, markersize=9, markerfacecolor=face, markeredgecolor=edge,
                 label=say(f"animation.legend.{key}")) for face, edge, mark, key in dots),
        Patch(facecolor=GREEN, label=say("workshop_film.picture.held")),
        Patch(facecolor="none", edgecolor=BLACK, label=say("animation.legend.planned"))]
