"""How every chart looks, and the few helpers they share.

Colours are Okabe and Ito's, which people with any common colour blindness can tell
apart. Sizes are for a projector: a figure is 1280 x 720 pixels and no letter is smaller
than 14 points. Nothing here touches pyplot, so drawing leaves no state behind and needs
no display.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from matplotlib.ticker import ScalarFormatter

from simlead.results.files import whole_file
from simlead.show.charts.shown import ShownAxes
from simlead.show.language import direction, language, localised, say, using
from simlead.show.wording import interval as interval
from simlead.show.wording import number as number
from simlead.show.wording import scale as scale
from simlead.show.wording import words as words

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#595959", "#D9D9D9"

WIDTH_INCHES, HEIGHT_INCHES, DPI = 12.8, 7.2, 100
TEXT, HEADLINE = 14.0, 20.0

ROWS = "rows"
"""The mark of an axis whose labels name rows at the side where a right-to-left language begins."""

Bounds = tuple[float, float, float, float]

UP, DOWN, UNCLEAR = "up", "down", "not distinguishable"
VERDICT_COLOURS = {UP: BLUE, DOWN: VERMILION, UNCLEAR: GREY}


class ChartError(ValueError):
    """A table that cannot be drawn; the message is one line that says what is missing."""


def need(table: pd.DataFrame, columns: Iterable[str], chart: str) -> None:
    """Refuse a table without rows or without one of these columns.

    >>> need(pd.DataFrame({"mean": [1.0]}), ["scenario", "mean"], "funnel")
    Traceback (most recent call last):
    ...
    simlead.show.charts.style.ChartError: funnel: the table has no column scenario; it has mean
    """
    missing = [column for column in columns if column not in table.columns]
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        raise ChartError(
            f"{chart}: the table has no {word} {', '.join(missing)}; "
            f"it has {', '.join(map(str, table.columns))}")
    if table.empty:
        raise ChartError(f"{chart}: the table has no rows")


def rows_of(table: pd.DataFrame, measure: str, chart: str) -> pd.DataFrame:
    """The rows of one measure in their order, one a scenario, indexed by scenario."""
    rows = table[table["measure"] == measure].set_index("scenario")
    if rows.empty:
        known = ", ".join(dict.fromkeys(table["measure"].astype(str)))
        raise ChartError(f"{chart}: the table has no measure {measure}; it has {known}")
    if not rows.index.is_unique:
        raise ChartError(f"{chart}: measure {measure} has more than one row for a scenario")
    return rows


def focus_of(rows: pd.DataFrame, focus: str | None, chart: str) -> str:
    """The scenario that the title speaks about: the one asked for, or else the last.

    Named beforehand rather than picked as the best, because the best of several looks
    better than it is.
    """
    if focus is None:
        return str(rows.index[-1])
    if focus not in rows.index:
        raise ChartError(f"{chart}: no scenario {focus}; the table has {', '.join(map(str, rows.index))}")
    return focus


def value_at(rows: pd.DataFrame, scenario: str, column: str, factor: float = 1.0) -> float:
    """One number of a table that is indexed by scenario, times a factor."""
    return factor * float(rows[column].to_numpy(float)[list(rows.index).index(scenario)])


DIFFERENCE = ("difference", "difference_low", "difference_high")
RELATIVE = ("relative_difference", "relative_low", "relative_high")


def paired(
    rows: pd.DataFrame, scenario: str, factor: float, columns: Sequence[str] = DIFFERENCE
) -> tuple[float, float, float]:
    """A scenario's difference from the first one, with the low and high end of its interval.

    In the measure's unit, or with the columns :data:`RELATIVE` as a part of the first one's mean.
    """
    difference, low, high = (value_at(rows, scenario, column, factor) for column in columns)
    return difference, low, high


def verdict(low: float, high: float) -> str:
    """What an interval of a difference says: up, down, or not distinguishable.

    >>> verdict(0.5, 2.0), verdict(-2.0, -0.5), verdict(-1.0, 1.0), verdict(float("nan"), 1.0)
    ('up', 'down', 'not distinguishable', 'not distinguishable')
    """
    return UP if low > 0 else DOWN if high < 0 else UNCLEAR


def verdict_words(said: str) -> str:
    """A verdict as people read it; its code, which tables hold, is the same in every language.

    >>> verdict_words(UNCLEAR)
    'not distinguishable'
    """
    return say({UP: "words.up", DOWN: "words.down", UNCLEAR: "words.unclear"}[said])


def new_axes() -> Axes:
    """Axes on a figure of their own, 1280 x 720 pixels, that needs no display."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure.add_axes((0.08, 0.17, 0.88, 0.61), axes_class=ShownAxes)


def placed(bounds: Bounds) -> Bounds:
    """Where a panel of a chart goes: panels are read from the side where the language begins.

    >>> with using("fa"):
    ...     placed((0.0, 0.0, 0.25, 1.0))
    (0.75, 0.0, 0.25, 1.0)
    """
    left, bottom, width, height = bounds
    return (1.0 - left - width if direction() == "rtl" else left, bottom, width, height)


def label_rows(ax: Axes, labels: Sequence[str], places: Sequence[float] | None = None) -> None:
    """Name the rows of axes at the side where the language begins; :func:`frame` keeps room for that.

    Numbers and weeks run from left to right in every language.
    """
    ax.set_yticks(range(len(labels)) if places is None else places, labels)
    if direction() == "rtl":
        ax.yaxis.tick_right()
        ax.yaxis.set_gid(ROWS)


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points."""
    width, _, _ = TextToPath().get_text_width_height_descent(
        text, FontProperties(size=size, weight=weight), ismath=False)
    return float(width)


def wrapped(text: str, size: float, points: float, weight: str = "normal") -> str:
    """The text broken into lines no wider than so many points, never within an interval.

    >>> wrapped("It lies at 9 (4 to 14)", 14.0, 125.0)
    'It lies at 9\\n(4 to 14)'
    """
    lines: list[str] = []
    to = say("words.to", low="", high="").strip()
    for word in re.findall(rf"\S*\d\S* {to} \S*\d\S*|\S+", " ".join(text.split())):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= points:
            lines[-1] = longer
        else:
            lines.append(word)
    # Each line is laid out by itself, so each needs to be told where it begins.
    mark = "\N{RIGHT-TO-LEFT MARK}" if direction() == "rtl" else ""
    return "\n".join(mark + line.removeprefix(mark) for line in lines)


def frame(ax: Axes, title: str, caption: str, labels: Sequence[str], own: bool) -> None:
    """Give a chart its title, its caption and room for the labels of its rows or heights.

    On a figure of its own the title and caption start at the figure's edge, the one where
    the language begins; on axes that somebody passed in they stay within the axes and no
    margin moves. Whatever the language, :func:`title_of` finds the title.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    side = "right" if direction() == "rtl" else "left"
    heading: dict[str, Any] = {
        "loc": "left", "ha": side, "fontsize": HEADLINE, "fontweight": "bold", "parse_math": False}
    small: dict[str, Any] = {"ha": side, "fontsize": TEXT, "color": GREY, "gid": "caption", "parse_math": False}
    panels = [panel for panel in (ax, *ax.child_axes) if isinstance(panel, Axes)]
    for panel in panels:
        local_ticks(panel)
    if own:
        margin = (max((text_width(label, TEXT) for label in labels), default=30.0) + 26.0) / (WIDTH_INCHES * 72)
        named = any(panel.yaxis.get_gid() == ROWS for panel in panels)
        ax.set_position((0.025 if named else margin, 0.2, 0.975 - margin, 0.575))
        # Persian is drawn a little wider than it measures: letters join on whole pixels.
        edge, room = (0.985, 0.955 * WIDTH_INCHES * 72) if side == "right" else (0.015, 0.97 * WIDTH_INCHES * 72)
        drawn = ax.set_title(wrapped(title, HEADLINE, room, "bold"), **heading, x=edge, y=0.97, va="top")
        drawn.set_transform(figure.transFigure)
        ax.text(edge, 0.02, wrapped(caption, TEXT, room), transform=figure.transFigure, va="bottom", **small)
    else:
        start, room = (1.0 if side == "right" else 0.0), ax.get_position().width * figure.get_figwidth() * 72
        ax.set_title(wrapped(title, HEADLINE, room, "bold"), **heading, x=start, pad=34)
        ax.annotate(wrapped(caption, TEXT, room), (start, 0), (0, -58), xycoords="axes fraction",
                    textcoords="offset points", va="top", **small)


def title_of(ax: Axes) -> str:
    """A chart's title, its finding, in one line.

    >>> ax = new_axes()
    >>> frame(ax, "Leading pays", "Seed 0.", [], own=True)
    >>> title_of(ax)
    'Leading pays'
    """
    return " ".join(ax.get_title(loc="left").replace("\N{RIGHT-TO-LEFT MARK}", "").split())


def readable(text: Text) -> None:
    """Give letters a white edge, so that a line behind them does not cut them."""
    text.set_path_effects([withStroke(linewidth=4, foreground="white")])


def plain(ax: Axes) -> None:
    """Strip axes of ink that says nothing, set their letters' size and their digits."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=TEXT, length=0)
    ax.grid(axis="x", color=PALE, linewidth=0.8)
    ax.set_axisbelow(True)
    local_ticks(ax)


def local_ticks(ax: Axes) -> None:
    """Give the numbers at an axes' ticks the digits of the language spoken now."""
    for axis in (ax.xaxis, ax.yaxis):
        if language() != "en" and type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_Ticks())


class _Ticks(ScalarFormatter):
    """Numbers at ticks in the language that was spoken when the chart was made, not when it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._spoken = language()

    def __call__(self, x: float, pos: int | None = None) -> str:
        with using(self._spoken):
            return localised(super().__call__(x, pos))


def caption_of(table: pd.DataFrame, extra: str = "") -> str:
    """How many replicates and which seed, from the table's columns or attributes.

    >>> caption_of(pd.DataFrame({"n": [20], "seed": [0]}), "Lines are 95 % intervals.")
    'Lines are 95 % intervals. 20 firms per scenario, same luck; seed 0.'
    """
    found = {}
    for key in ("n", "seed"):
        values = table[key].dropna().unique() if key in table.columns else [table.attrs.get(key)]
        known = sorted({int(value) for value in values if value is not None})
        ends = list(dict.fromkeys(map(str, [known[0], known[-1]]))) if known else []
        found[key] = say("words.to", low=ends[0], high=ends[-1]) if len(ends) == 2 else "".join(ends)
    parts = [extra] if extra else []
    firms = "firm" if found["n"] == "1" else "firms"
    if found["n"] and found["seed"]:
        parts.append(say(f"charts_style.{firms}_and_seed", n=found["n"], seed=found["seed"]))
    elif found["n"]:
        parts.append(say(f"charts_style.{firms}", n=found["n"]))
    elif found["seed"]:
        parts.append(say("charts_style.seed", seed=found["seed"]))
    return " ".join(parts)


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """The positions moved apart until neighbours are at least `gap` away, order kept.

    >>> spread([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    order = sorted(range(len(positions)), key=lambda place: positions[place])
    clusters: list[list[int]] = []
    for place in order:
        clusters.append([place])
        while len(clusters) > 1:
            below, above = clusters[-2:]
            middle = [sum(positions[i] for i in group) / len(group) for group in (below, above)]
            if middle[1] - middle[0] >= gap * (len(below) + len(above)) / 2 - 1e-12:
                break
            clusters[-2:] = [below + above]
    moved = [0.0] * len(positions)
    for group in clusters:
        middle_of_group = sum(positions[i] for i in group) / len(group)
        for step, place in enumerate(group):
            moved[place] = middle_of_group + (step - (len(group) - 1) / 2) * gap
    return moved


def save_chart(chart: Figure | Axes, path: str | Path) -> Path:
    """Write a chart as an image of 1280 x 720 pixels; the file appears whole or not at all.

    The format follows the file's ending (png, svg, pdf). An existing file is replaced.
    Raises ChartError for an ending matplotlib cannot write.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_chart(new_axes(), Path(folder) / "empty.png").stat().st_size > 1000
    True
    """
    target = Path(path)
    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    assert figure is not None
    kind = target.suffix.lstrip(".").lower()
    known = figure.canvas.get_supported_filetypes()
    if kind not in known:
        raise ChartError(f"{target}: a chart cannot be saved as {kind or 'a file without ending'}; "
                         f"allowed is {', '.join(sorted(known))}")
    # The date would make two files of the same chart differ.
    stamp = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with whole_file(target, overwrite=True) as partial:
        figure.savefig(partial, dpi=DPI, metadata=stamp)
    return target
