"""Display of a chart at the end of a notebook cell, without pyplot or magic commands."""

from __future__ import annotations

import io
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


class ShownAxes(Axes):
    """The axes of a chart on a figure of its own.

    Ordinary axes, but that Jupyter (or whatever else asks for `_repr_png_`) gets the whole
    figure as a picture, with the finding as its text for who cannot see it.
    """

    def get_tightbbox(self, *arguments: Any, **options: Any) -> Bbox | None:
        """The room that the axes take with all that is on them, for a layout without the title at the figure's edge."""
        if not options.get("for_layout_only"):
            return super().get_tightbbox(*arguments, **options)
        heading = next(text for text in self.get_children() if isinstance(text, Text)
                       and text.get_text() == self.get_title(loc="left"))
        shown = heading.get_visible()
        heading.set_visible(False)
        try:
            return super().get_tightbbox(*arguments, **options)
        finally:
            heading.set_visible(shown)

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        figure = cast(Figure, self.get_figure(root=True))
        content = io.BytesIO()
        figure.savefig(content, format="png")
        return content.getvalue(), {"alt": " ".join(self.get_title(loc="left").split())}
