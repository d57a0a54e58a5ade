"""Display of a chart at the end of a notebook cell, without pyplot or magic commands."""

from __future__ import annotations

import io
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def heading_of(ax: Axes) -> Text | None:
    """The text of a chart's title, where it has one."""
    title = ax.get_title(loc="left")
    return next((text for text in ax.get_children() if isinstance(text, Text) and title and text.get_text() == title),
                None)


class ShownAxes(Axes):
    """The axes of a chart on a figure of its own.

    Ordinary axes, but that Jupyter (or whatever else asks for `_repr_png_`) gets the whole
    figure as a picture, with the finding as its text for who cannot see it.
    """

    def get_tightbbox(self, *arguments: Any, **options: Any) -> Bbox | None:
        """The room that the axes take with all that is on them, for a layout without the title at the figure's edge."""
        if not options.get("for_layout_only"):
            return super().get_tightbbox(*arguments, **options)
        heading = heading_of(self)
        if heading is None:
            return super().get_tightbbox(*arguments, **options)
        heading.set_visible(False)
        try:
            return super().get_tightbbox(*arguments, **options)
        finally:
            heading.set_visible(True)

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        figure = cast(Figure, self.get_figure(root=True))
        content = io.BytesIO()
        figure.savefig(content, format="png")
        return content.getvalue(), {"alt": " ".join(self.get_title(loc="left").split())}
