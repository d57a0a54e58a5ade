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

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.ticker import AutoLocator, MaxNLocator, ScalarFormatter

from simlead.results.files import whole_file
from simlead.show.charts.fitted_text import balanced, headline, lines_within, text_width, wrapped
from simlead.show.charts.palette import CLAIM, DPI, GREY, HEIGHT_INCHES, PALE, TEXT, WIDTH_INCHES
from simlead.show.charts.shown import ShownAxes, heading_of
from simlead.show.charts.tables import ChartError
from simlead.show.language import direction, in_language, language, localised

EDGE, RIM = 0.015, 0.18
"""Where texts begin, as a fraction of the width, and the room around axes, in inches."""

LABEL_POINTS, UPRIGHT_POINTS, LEVEL_POINTS = 260.0, 290.0, 700.0
"""The widest label of a row, and the longest lines beside an upright axis and below a level one."""

NOTE = "note"
"""The mark of a text that may be moved sideways to be within its axes."""

SINGLE_LINES = 8
"""Of more rows than this each label has one line."""

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


def new_axes(height: float = HEIGHT_INCHES) -> Axes:
    """Axes on a figure of their own, 1280 x 720 pixels or a slide, that needs no display."""
    return new_figure(height).add_subplot(axes_class=ShownAxes)


def new_figure(height: float = HEIGHT_INCHES) -> Figure:
    """An empty figure as wide as a slide, in which the space is shared out by what is drawn."""
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DPI, facecolor="white", layout=Layout(w_pad=RIM, h_pad=RIM))
    FigureCanvasAgg(figure)
    return figure


class Layout(ConstrainedLayoutEngine):
    """Share out the space, then move the notes that reach beyond their axes into them."""

    def execute(self, fig: Figure) -> None:
        """Place axes and notes."""
        super().execute(fig)
        for ax in fig.axes:
            for panel in (ax, *ax.child_axes):
                if isinstance(panel, Axes):
                    for text in panel.texts:
                        if text.get_label() == NOTE and isinstance(text, Annotation):
                            _move_inside(text, panel)


def _move_inside(note: Annotation, ax: Axes) -> None:
    """Move a note sideways until it is within its axes; one that is longer reaches beyond both their sides."""
    box, room = note.get_window_extent(), ax.get_window_extent()
    too_far = min(room.x1 - box.x1, 0.0) or max(room.x0 - box.x0, 0.0)
    if box.width > room.width:
        too_far = (room.x0 + room.x1 - box.x0 - box.x1) / 2
    across, up = note.xyann
    note.xyann = (across + too_far * 72.0 / figure_of(ax).dpi, up)


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

    >>> with in_language("fa"):
    ...     placed((0.0, 0.0, 0.25, 1.0))
    (0.75, 0.0, 0.25, 1.0)
    """
    left, bottom, width, height = bounds
    return (1.0 - left - width if direction() == "rtl" else left, bottom, width, height)


def label_rows(ax: Axes, labels: Sequence[str], places: Sequence[float] | None = None, size: float = TEXT) -> None:
    """Name the rows of axes at the side where the language begins; a long name is broken into lines.

    Numbers and weeks run from left to right in every language.
    """
    most = 1 if len(labels) > SINGLE_LINES else 2
    ax.set_yticks(range(len(labels)) if places is None else places,
                  [lines_within(label, size, LABEL_POINTS, most) for label in labels])
    ax.tick_params(axis="y", pad=8, labelsize=size)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    if direction() == "rtl":
        ax.yaxis.tick_right()


def frame(ax: Axes, title: str | Sequence[str], caption: str, claim: str = "") -> Axes:
    """Give a chart its title, a claim below it and its caption, and what is between them to the drawing.

    Of several titles, the fullest first, it is the first that takes no more than two lines. On a figure of its own
    title and caption start at the figure's edge, the one where the language begins; on axes of a user's they stay
    within the axes and no margin moves. Whatever the language, :func:`title_of` finds the title.
    """
    figure, titles = figure_of(ax), [title] if isinstance(title, str) else list(title)
    side = "right" if direction() == "rtl" else "left"
    heading: dict[str, Any] = {"loc": "left", "ha": side, "fontweight": "bold", "parse_math": False}
    small: dict[str, Any] = {"ha": side, "fontsize": TEXT, "color": GREY, "gid": "caption", "parse_math": False}
    for panel in (ax, *ax.child_axes):
        if isinstance(panel, Axes):
            local_ticks(panel)
    if not is_own(ax):
        start, room = (1.0 if side == "right" else 0.0), ax.get_position().width * figure.get_figwidth() * 72
        shown, size = headline(titles, room)
        ax.set_title(shown, **heading, fontsize=size, x=start, pad=34)
        ax.annotate(wrapped(f"{claim} {caption}", TEXT, room), (start, 0), (0, -58), xycoords="axes fraction",
                    textcoords="offset points", va="top", **small)
        return ax
    edge = 1.0 - EDGE if side == "right" else EDGE
    # A line is drawn a little wider than it measures: letters begin on whole pixels.
    room = (1.0 - 3 * EDGE) * WIDTH_INCHES * 72
    shown, size = headline(titles, room)
    above: list[Text] = [ax.set_title(shown, **heading, fontsize=size, x=edge, y=0.97, va="top")]
    above[0].set_transform(figure.transFigure)
    if claim:  # in smaller letters below the title
        above.append(ax.text(edge, _ends(above[0])[0] - 0.01, wrapped(claim, CLAIM, room), va="top", ha=side,
                             transform=figure.transFigure, fontsize=CLAIM, color=GREY, gid="claim", parse_math=False))
    below = ax.text(edge, 0.02, wrapped(caption, TEXT, room), transform=figure.transFigure, va="bottom", **small)
    for text in (*above, below):
        text.set_in_layout(False)
    share_out(ax)
    return ax


def share_out(ax: Axes) -> None:
    """Give the drawing what its title, claim, legend and caption leave of the figure."""
    figure = figure_of(ax)
    above = [text for text in [heading_of(ax), *ax.texts] if text is not None and text.get_gid() in (None, "claim")
             and text.get_transform() is figure.transFigure]
    captions = [text for text in ax.texts if text.get_gid() == "caption" and text.get_text()]
    bottom = max((_ends(text)[1] for text in captions), default=0.0) + 0.02
    height = min((_ends(text)[0] for text in above), default=1.0) - 0.02 - bottom
    for legend in figure.legends:
        legend.set_bbox_to_anchor((EDGE, bottom, 1.0 - 2 * EDGE, height), transform=figure.transFigure)
        low, high = _ends(legend)
        height -= high - low + 0.01
    figure.get_layout_engine().set(rect=(0.0, bottom, 1.0, height))  # type: ignore[union-attr, call-arg]


def _ends(what: Artist) -> tuple[float, float]:
    """Lower and upper end of a text or legend, as fractions of its figure's height."""
    figure = what.get_figure(root=True)
    assert figure is not None
    box = what.get_window_extent().transformed(figure.transFigure.inverted())
    return float(box.y0), float(box.y1)


def legend_above(ax: Axes, handles: Sequence[Artist]) -> None:
    """Name what is drawn, in one row above it, before :func:`frame`; it begins where the language begins.

    The order is the drawing's: bars and weeks run from left to right in every language.
    """
    rtl = direction() == "rtl"
    room = WIDTH_INCHES * 72 * (1.0 - 2 * EDGE)
    widths = [text_width(str(handle.get_label()), TEXT) + 2.7 * TEXT for handle in handles]
    corner: Any = f"{'upper' if is_own(ax) else 'lower'} {'right' if rtl else 'left'}"
    settings: dict[str, Any] = {
        "loc": corner, "ncols": len(handles) if sum(widths) < room else -(-len(handles) // 2), "frameon": False,
        "fontsize": TEXT,
        "handlelength": 1.2, "handleheight": 1.0, "columnspacing": 1.2, "handletextpad": 0.4, "markerfirst": not rtl,
        "borderpad": 0.0, "borderaxespad": 0.0}
    if is_own(ax):
        figure_of(ax).legend(handles=handles, **settings)
    else:
        ax.legend(handles=handles, bbox_to_anchor=(float(rtl), 1.0), **settings)


def name_axis(ax: Axes, x: str = "", y: str = "", room: float = LEVEL_POINTS) -> None:
    """Name what the numbers along axes are, with their unit; a name that is longer than its room is broken."""
    for name, most, put in ((x, room, ax.set_xlabel), (y, UPRIGHT_POINTS, ax.set_ylabel)):
        if name:
            short = lines_within(name, TEXT, most, 2).replace("\N{RIGHT-TO-LEFT MARK}", "")
            put(balanced(short, TEXT, most), fontsize=TEXT, labelpad=8, parse_math=False)


def title_of(ax: Axes) -> str:
    """A chart's title, its finding, in one line.

    >>> ax = new_axes()
    >>> title_of(frame(ax, "Leading pays", "Seed 0."))
    'Leading pays'
    """
    return " ".join(ax.get_title(loc="left").replace("\N{RIGHT-TO-LEFT MARK}", "").split())


def readable(text: Text, ground: str = "white") -> None:
    """Give letters an edge of their ground's colour, so that a line or hatching behind them does not cut them."""
    text.set_path_effects([withStroke(linewidth=4, foreground=ground)])


def plain(ax: Axes, grid: Literal["x", "y", "both"] = "x") -> None:
    """Strip axes of ink that says nothing; set their grid, their letters' size and their digits."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=TEXT, length=0, pad=8)
    ax.grid(axis=grid, color=PALE, linewidth=0.8)
    ax.set_axisbelow(True)
    local_ticks(ax)


def local_ticks(ax: Axes) -> None:
    """Write the numbers at an axes' ticks as the current language does, no more of them than have room."""
    for axis in (ax.xaxis, ax.yaxis):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_Ticks())
        if type(axis.get_major_locator()) is AutoLocator:
            axis.set_major_locator(_Places())


class _Ticks(ScalarFormatter):
    """Whole numbers at ticks, in the language in which the chart was made, not drawn."""

    def __init__(self) -> None:
        super().__init__(useOffset=False)
        self.set_scientific(False)
        self._spoken = language()

    def __call__(self, x: float, pos: int | None = None) -> str:
        with in_language(self._spoken):
            text = super().__call__(x, pos)
            whole, point, part = text.partition(".")
            sign = whole[:1] if whole[:1] in "-\N{MINUS SIGN}" else ""
            digits = whole.removeprefix(sign)
            return localised(f"{sign}{int(digits):,}{point}{part}" if len(digits) > 4 and digits.isdigit() else text)


class _Places(MaxNLocator):
    """Round numbers, so few that none touches its neighbour."""

    def __init__(self) -> None:
        super().__init__(nbins="auto", steps=[1, 2, 2.5, 5, 10])

    def tick_values(self, vmin: float, vmax: float) -> Any:
        axis: Any = self.axis
        values = super().tick_values(vmin, vmax)
        if axis.axis_name != "x" or not axis.majorTicks:
            return values
        room = axis.axes.get_window_extent().width * 72.0 / axis.get_figure(root=True).dpi
        formatter = axis.get_major_formatter()
        for bins in range(len(values), 1, -1):
            widest = max(text_width(text, TEXT) for text in formatter.format_ticks(values))
            if (widest + TEXT) * len(values) <= room * 1.1:
                break
            values = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(vmin, vmax)
        return values


def save_chart(chart: Figure | Axes, path: str | Path) -> Path:
    """Write a chart as an image of 1280 x 720 pixels, or as a drawing of a slide's size.

    The format follows the file's ending (png; svg or pdf for a slide of 13.33 x 7.5 inches). An existing file is
    replaced.

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
