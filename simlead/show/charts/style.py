"""Axes, titles and captions of all charts, in the language's direction.

Nothing here touches pyplot, so drawing leaves no state behind and needs no display.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from matplotlib.ticker import ScalarFormatter

from simlead.results.files import whole_file
from simlead.show.charts.palette import CLAIM, DPI, GREY, HEADLINE, HEIGHT_INCHES, PALE, TEXT, WIDTH_INCHES
from simlead.show.charts.shown import ShownAxes
from simlead.show.charts.tables import ChartError
from simlead.show.language import direction, language, localised, say, using

ROWS = "rows"
"""The mark of an axis whose labels name rows at the side where a right-to-left language begins."""

Bounds = tuple[float, float, float, float]
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_COMMON = {
    "ax": """ax : matplotlib.axes.Axes, optional
    Axes to draw on (default: a figure of its own).""",
    "returns": """Returns
-------
matplotlib.axes.Axes
    The axes, with the finding as title.

Raises
------
ChartError""",
}


def chart(draw: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let a chart's refusals name it; complete its docstring, where `{ax}` and `{returns}` are the same for all."""

    @functools.wraps(draw)
    def named(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return draw(*args, **kwargs)
        except ChartError as refusal:
            raise ChartError(f"{draw.__name__}: {refusal}") from refusal

    named.__doc__ = re.sub(r"(?m)^( *)\{(ax|returns)\}$",
                           lambda found: textwrap.indent(_COMMON[found[2]], found[1]), draw.__doc__ or "")
    return named


def new_axes() -> Axes:
    """Axes on a figure of their own, 1280 x 720 pixels, that needs no display."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure.add_axes((0.08, 0.17, 0.88, 0.61), axes_class=ShownAxes)


def is_own(ax: Axes) -> bool:
    """Whether axes are on a figure that a chart made for itself."""
    return isinstance(ax, ShownAxes)


def figure_of(ax: Axes) -> Figure:
    """The figure that axes are on."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


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


@functools.lru_cache(maxsize=10_000)
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
    # Each line is laid out by itself, so each needs a mark of its direction.
    mark = "\N{RIGHT-TO-LEFT MARK}" if direction() == "rtl" else ""
    return "\n".join(mark + line.removeprefix(mark) for line in lines)


def frame(ax: Axes, title: str | Sequence[str], caption: str, labels: Sequence[str], claim: str = "") -> Axes:
    """Give a chart its title, a claim below it, its caption and room for the labels of its rows or heights.

    Of several titles, the fullest first, it is the first that takes no more than two lines. On a figure of its own
    title and caption start at the figure's edge, the one where the language begins; on axes of a user's they stay
    within the axes and no margin moves. Whatever the language, :func:`title_of` finds the title.
    """
    figure, own = figure_of(ax), is_own(ax)
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
        # Persian is drawn a little wider than it measures: letters join on whole pixels.
        edge, room = (0.985, 0.955 * WIDTH_INCHES * 72) if side == "right" else (0.015, 0.97 * WIDTH_INCHES * 72)
        lines = [wrapped(text, HEADLINE, room, "bold") for text in ([title] if isinstance(title, str) else title)]
        title = next((text for text in lines if text.count("\n") < 2), lines[-1])
        caption = wrapped(caption, TEXT, room)
        ax.set_title(title, **heading, x=edge, y=0.97, va="top").set_transform(figure.transFigure)
        if claim:  # in smaller letters below the title
            below = 0.97 - (title.count("\n") + 1) * 1.4 * HEADLINE / (HEIGHT_INCHES * 72)
            ax.text(edge, below, wrapped(claim, CLAIM, room), transform=figure.transFigure, va="top", ha=side,
                    fontsize=CLAIM, color=GREY, gid="claim", parse_math=False)
        raised = max(0, caption.count("\n") - 2) * 1.3 * TEXT / (figure.get_figheight() * 72)
        ax.set_position((0.025 if named else margin, 0.2 + raised, 0.975 - margin, 0.575 - raised))
        ax.text(edge, 0.02, caption, transform=figure.transFigure, va="bottom", **small)
    else:
        caption = f"{claim} {caption}".strip()
        start, room = (1.0 if side == "right" else 0.0), ax.get_position().width * figure.get_figwidth() * 72
        title = title if isinstance(title, str) else title[0]
        ax.set_title(wrapped(title, HEADLINE, room, "bold"), **heading, x=start, pad=34)
        ax.annotate(wrapped(caption, TEXT, room), (start, 0), (0, -58), xycoords="axes fraction",
                    textcoords="offset points", va="top", **small)
    return ax


def title_of(ax: Axes) -> str:
    """A chart's title, its finding, in one line.

    >>> ax = new_axes()
    >>> title_of(frame(ax, "Leading pays", "Seed 0.", []))
    'Leading pays'
    """
    return " ".join(ax.get_title(loc="left").replace("\N{RIGHT-TO-LEFT MARK}", "").split())


def readable(text: Text) -> None:
    """Give letters a white edge, so that a line behind them does not cut them."""
    text.set_path_effects([withStroke(linewidth=4, foreground="white")])


def plain(ax: Axes, grid: Literal["x", "y", "both"] = "x") -> None:
    """Strip axes of ink that says nothing; set their grid, their letters' size and their digits."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=TEXT, length=0)
    ax.grid(axis=grid, color=PALE, linewidth=0.8)
    ax.set_axisbelow(True)
    local_ticks(ax)


def local_ticks(ax: Axes) -> None:
    """Give the numbers at an axes' ticks the digits of the current language."""
    for axis in (ax.xaxis, ax.yaxis):
        if language() != "en" and type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_Ticks())


class _Ticks(ScalarFormatter):
    """Numbers at ticks in the language in which the chart was made, not drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._spoken = language()

    def __call__(self, x: float, pos: int | None = None) -> str:
        with using(self._spoken):
            return localised(super().__call__(x, pos))


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
    """Write a chart as an image of 1280 x 720 pixels.

    The format follows the file's ending (png, svg, pdf). An existing file is replaced.

    Parameters
    ----------
    chart : matplotlib.figure.Figure or matplotlib.axes.Axes
        The chart.
    path : str or Path
        The file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ChartError
        For an ending that matplotlib cannot write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_chart(new_axes(), Path(folder) / "empty.png").stat().st_size > 1000
    True
    """
    target = Path(path)
    figure = chart if isinstance(chart, Figure) else figure_of(chart)
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
