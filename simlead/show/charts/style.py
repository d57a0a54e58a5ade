"""How every chart looks, and the few helpers they share.

Colours are Okabe and Ito's, which people with any common colour blindness can tell
apart. Sizes are for a projector: a figure is 1280 x 720 pixels and no letter is smaller
than 14 points. Nothing here touches pyplot, so drawing leaves no state behind and needs
no display.
"""

from __future__ import annotations

import math
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

from simlead.results.files import whole_file

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#595959", "#D9D9D9"

WIDTH_INCHES, HEIGHT_INCHES, DPI = 12.8, 7.2, 100
TEXT, HEADLINE = 14.0, 20.0

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

    >>> verdict(0.5, 2.0), verdict(-2.0, -0.5), verdict(-1.0, 1.0), verdict(math.nan, math.nan)
    ('up', 'down', 'not distinguishable', 'not distinguishable')
    """
    return UP if low > 0 else DOWN if high < 0 else UNCLEAR


def words(name: str) -> str:
    """A scenario's or category's name as people read it.

    >>> words("status_quo")
    'Status quo'
    """
    text = str(name).replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def number(value: float, width: float | None = None) -> str:
    """A number with as many decimals as its interval's width can bear.

    >>> number(9.3456, 10.0), number(9.3456, 0.8), number(-0.01, 5.0), number(float("nan"))
    ('9', '9.3', '0', 'unknown')
    """
    if not math.isfinite(value):
        return "unknown"
    scale = abs(value) if width is None or not math.isfinite(width) else width
    decimals = 0 if scale >= 2 else 1 if scale >= 0.2 else 2
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def interval(low: float, high: float) -> str:
    """An interval in words.

    >>> interval(4.2, 14.1)
    '4 to 14'
    """
    width = abs(high - low) / 2
    return f"{number(low, width)} to {number(high, width)}"


def scale(unit: str, size: float) -> tuple[float, str]:
    """A factor and a unit that make numbers of this size short: shares in percent, much money in millions.

    >>> scale("share", 0.4), scale("$/year", 4e7), scale("hours", 12.0)
    ((100.0, '%'), (1e-06, 'million $/year'), (1.0, 'hours'))
    """
    if unit.startswith("share"):
        return 100.0, unit.replace("share", "%", 1)
    for least, factor, word in ((1e6, 1e-6, "million"), (1e4, 1e-3, "thousand")):
        if abs(size) >= least:
            return factor, f"{word} {unit}".strip()
    return 1.0, unit


def new_axes() -> Axes:
    """Axes on a figure of their own, 1280 x 720 pixels, that needs no display."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure.add_axes((0.08, 0.17, 0.88, 0.61))


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points."""
    width, _, _ = TextToPath().get_text_width_height_descent(
        text, FontProperties(size=size, weight=weight), ismath=False)
    return float(width)


def wrapped(text: str, size: float, points: float, weight: str = "normal") -> str:
    """The text broken into lines no wider than so many points."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= points:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def frame(ax: Axes, title: str, caption: str, labels: Sequence[str], own: bool) -> None:
    """Give a chart its title, its caption and room for row labels on the left.

    On a figure of its own the title and caption start at the figure's left edge; on axes
    that somebody passed in they stay within the axes and no margin moves.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    heading: dict[str, Any] = {"loc": "left", "fontsize": HEADLINE, "fontweight": "bold", "parse_math": False}
    small: dict[str, Any] = {"fontsize": TEXT, "color": GREY, "gid": "caption", "parse_math": False}
    if own:
        left = (max((text_width(label, TEXT) for label in labels), default=30.0) + 26.0) / (WIDTH_INCHES * 72)
        ax.set_position((left, 0.2, 0.975 - left, 0.575))
        edge, room = 0.015, 0.97 * WIDTH_INCHES * 72
        drawn = ax.set_title(wrapped(title, HEADLINE, room, "bold"), **heading, x=edge, y=0.97, va="top")
        drawn.set_transform(figure.transFigure)
        ax.text(edge, 0.02, wrapped(caption, TEXT, room), transform=figure.transFigure, va="bottom", **small)
    else:
        room = ax.get_position().width * figure.get_figwidth() * 72
        ax.set_title(wrapped(title, HEADLINE, room, "bold"), **heading, pad=34)
        ax.annotate(wrapped(caption, TEXT, room), (0, 0), (0, -58), xycoords="axes fraction",
                    textcoords="offset points", va="top", **small)


def readable(text: Text) -> None:
    """Give letters a white edge, so that a line behind them does not cut them."""
    text.set_path_effects([withStroke(linewidth=4, foreground="white")])


def plain(ax: Axes) -> None:
    """Strip axes of ink that says nothing and set their letters' size."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=TEXT, length=0)
    ax.grid(axis="x", color=PALE, linewidth=0.8)
    ax.set_axisbelow(True)


def caption_of(table: pd.DataFrame, extra: str = "") -> str:
    """How many replicates and which seed, from the table's columns or attributes.

    >>> caption_of(pd.DataFrame({"n": [20], "seed": [0]}), "Lines are 95 % intervals.")
    'Lines are 95 % intervals. 20 firms per scenario, same luck; seed 0.'
    """
    found = {}
    for key in ("n", "seed"):
        values = table[key].dropna().unique() if key in table.columns else [table.attrs.get(key)]
        known = sorted({int(value) for value in values if value is not None})
        found[key] = " to ".join(map(str, dict.fromkeys([known[0], known[-1]]))) if known else ""
    parts = [extra] if extra else []
    if found["n"]:
        firms = "firm" if found["n"] == "1" else "firms"
        seed = f"; seed {found['seed']}" if found["seed"] else ""
        parts.append(f"{found['n']} {firms} per scenario, same luck{seed}.")
    elif found["seed"]:
        parts.append(f"Seed {found['seed']}.")
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
