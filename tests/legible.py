"""What a reader in the last row needs of a chart: letters large enough, within the picture, on nobody else's."""

import itertools
import math

from matplotlib.axes import Axes
from matplotlib.text import Text

from simlead.show.charts.palette import DPI, HEIGHT_INCHES, SMALLEST, SMALLEST_HEADLINE, WIDTH_INCHES

SCREEN, SLIDE = DPI, 2 * DPI
"""Dots per inch of 1280 x 720 pixels, and of a slide on a fine screen."""


def shown(ax, dpi=SCREEN):
    """Every text of a figure that shows, ticks only inside their axes' limits."""
    figure = ax.get_figure(root=True)
    figure.set_dpi(dpi)
    figure.draw_without_rendering()
    hidden = set()
    for panel in _panels(figure):
        for axis in (panel.xaxis, panel.yaxis):
            low, high = sorted(axis.get_view_interval())
            hidden |= {label for tick in axis.get_major_ticks() for label in (tick.label1, tick.label2)
                       if not (panel.axison and low <= tick.get_loc() <= high)}
            hidden |= set() if panel.axison else {axis.label}
    return [text for text in figure.findobj(Text)
            if text not in hidden and text.get_visible() and text.get_text().strip()]


def _panels(figure):
    return [panel for ax in figure.axes for panel in (ax, *ax.child_axes) if isinstance(panel, Axes)]


def faults(texts):
    """What a reader could not read, a line each; no line for a chart that is legible."""
    if not texts:
        return []
    figure = texts[0].get_figure(root=True)
    boxes = {text: text.get_window_extent() for text in texts}
    dot = figure.dpi / DPI
    projected = min(WIDTH_INCHES / figure.get_figwidth(), HEIGHT_INCHES / figure.get_figheight())
    found = []
    for text, box in boxes.items():
        said = repr(text.get_text()[:60])
        if text.get_fontsize() * projected < SMALLEST - 1e-9:
            found.append(f"{said}: {text.get_fontsize() * projected:.1f} points when projected")
        if text.get_fontsize() >= SMALLEST_HEADLINE and text.get_fontweight() == "bold" and text.get_text().count(
                "\n") > 1:
            found.append(f"{said}: more than two lines")
        if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.width + 1 or box.y1 > figure.bbox.height + 1:
            found.append(f"{said}: outside the picture")
    for one, other in itertools.combinations(boxes, 2):
        if boxes[one].padded(-2 * dot).overlaps(boxes[other].padded(-2 * dot)):
            found.append(f"{one.get_text()[:60]!r} on {other.get_text()[:60]!r}")
    for legend in [*figure.legends, *(panel.get_legend() for panel in _panels(figure) if panel.get_legend())]:
        around, own = legend.get_window_extent().padded(-2 * dot), set(legend.get_texts())
        found += [f"{text.get_text()[:60]!r} on the legend" for text, box in boxes.items()
                  if text not in own and around.overlaps(box.padded(-2 * dot))]
        found += ["the legend is over the drawing" for panel in _panels(figure)
                  if panel.axison and around.overlaps(panel.get_window_extent().padded(-2 * dot))]
    for panel in _panels(figure):
        if panel.axison and min(panel.get_window_extent().size) < 60 * dot and not hasattr(panel, "_colorbar"):
            found.append(f"a panel of {math.floor(min(panel.get_window_extent().size) / dot)} pixels")
    return found


def assert_legible(texts):
    """Fail for letters that are too small, cut off, or on top of others, and for a title of more than two lines."""
    assert faults(texts) == []
