"""Charts as the report has them: the finding as text above, the drawing without it below."""

from __future__ import annotations

import io
from collections.abc import Callable

from matplotlib.axes import Axes

from simlead.show.charts.style import ChartError, title_of
from simlead.show.report.document import Picture

PIXELS_PER_INCH = 150
_PNG_SIZE = slice(16, 24)


def picture(key: str, draw: Callable[[], Axes]) -> Picture | None:
    """Draw a chart and take its title off, to stand above it as text that can be read out and found.

    None where the table lacks what the chart shows.
    """
    try:
        ax = draw()
    except ChartError:
        return None
    finding = title_of(ax)
    ax.set_title("", loc="left")
    figure = ax.get_figure(root=True)
    assert figure is not None
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=PIXELS_PER_INCH, bbox_inches="tight", pad_inches=0.12,
                   metadata={"Software": None})
    png = content.getvalue()
    width, height = (int.from_bytes(png[_PNG_SIZE][place:place + 4], "big") for place in (0, 4))
    return Picture(key, finding, png, width, height)


def pictures(**draws: Callable[[], Axes]) -> tuple[Picture, ...]:
    """The charts that the data have the numbers for, in this order."""
    drawn = (picture(key, draw) for key, draw in draws.items())
    return tuple(found for found in drawn if found is not None)
