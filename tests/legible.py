"""What a reader in the last row needs of a chart: letters large enough, within the picture, on nobody else's."""

import itertools

from matplotlib.text import Text

from simlead.show.charts.palette import HEADLINE


def shown(ax):
    """Every text of a figure that shows, ticks only inside their axes' limits."""
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    hidden = set()
    for panel in (ax, *ax.child_axes):
        for axis in (panel.xaxis, panel.yaxis):
            low, high = sorted(axis.get_view_interval())
            hidden |= {label for tick in axis.get_major_ticks() for label in (tick.label1, tick.label2)
                       if not (panel.axison and low <= tick.get_loc() <= high)}
            hidden |= set() if panel.axison else {axis.label}
    return [text for text in figure.findobj(Text)
            if text not in hidden and text.get_visible() and text.get_text().strip()]


def assert_legible(texts):
    """Fail for letters that are too small, cut off, or on top of others, and for a title of more than two lines."""
    boxes = {text: text.get_window_extent() for text in texts}
    for text, box in boxes.items():
        assert text.get_fontsize() >= 14
        assert text.get_fontsize() < HEADLINE or text.get_text().count("\n") <= 1, text.get_text()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 1280 and box.y1 <= 720, text
    for one, other in itertools.combinations(boxes, 2):
        assert not boxes[one].padded(-2).overlaps(boxes[other].padded(-2)), (one, other)
