"""Charts in a report: the finding as text above the drawing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from PIL import Image

from simlead.show.charts.axes import figure_of, is_own, share_out, title_of
from simlead.show.charts.tables import ChartError
from simlead.show.report.document import Picture

PIXELS_PER_INCH = 150

HEIGHT_INCHES = 5.6
"""Height of a drawing without its title: as wide as a slide, it has the shape of the room below a slide's title."""

BELOW_FACTS = 4.1
"""The same below a slide's title and the facts that come first."""

RIM = 16
"""White pixels that stay around a drawing."""


def picture(
    key: str, draw: Callable[[], Axes], captioned: bool = False, height: float = HEIGHT_INCHES,
) -> Picture | None:
    """Draw a chart and take its title (and claim) off, to stand above it as text that can be read out and found.

    With `captioned` its caption is taken off too, to stand below as text, so that the drawing
    can be shown larger. `height`, in inches, is that of a drawing as wide as a slide. None where the table
    lacks what the chart shows.
    """
    try:
        ax = draw()
    except ChartError:
        return None
    finding = title_of(ax)
    ax.set_title("", loc="left")
    texts = {gid: [text for text in ax.texts if text.get_gid() == gid] for gid in ("claim", "caption")}
    caption = " ".join(" ".join(text.get_text() for text in texts["caption"]).split()) if captioned else ""
    for text in [*texts["claim"], *(texts["caption"] if captioned else ())]:
        text.remove()
    figure = figure_of(ax)
    figure.set_figheight(height)
    if is_own(ax):
        share_out(ax)
    figure.set_dpi(PIXELS_PER_INCH)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = _without_margins(np.asarray(canvas.buffer_rgba())[:, :, :3])
    content = io.BytesIO()
    Image.fromarray(drawn).save(content, format="png", optimize=True)
    return Picture(key, finding, content.getvalue(), drawn.shape[1], drawn.shape[0], caption)


def _without_margins(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture without the white around it, where the title was, but for a narrow rim."""
    inked = (pixels != 255).any(axis=2)
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    top, left = max(rows[0] - RIM, 0), max(columns[0] - RIM, 0)
    return np.ascontiguousarray(pixels[top:rows[-1] + RIM, left:columns[-1] + RIM])


def pictures(**draws: Callable[[], Axes]) -> tuple[Picture, ...]:
    """The charts that the data have the numbers for, in this order."""
    drawn = (picture(key, draw) for key, draw in draws.items())
    return tuple(found for found in drawn if found is not None)
