"""Display of a chart at the end of a notebook cell, without pyplot or magic commands."""

from __future__ import annotations

import io
from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure


class ShownAxes(Axes):
    """The axes of a chart on a figure of its own.

    Ordinary axes, but that Jupyter (or whatever else asks for `_repr_png_`) gets the whole
    figure as a picture, with the finding as its text for who cannot see it.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        figure = cast(Figure, self.get_figure(root=True))
        content = io.BytesIO()
        figure.savefig(content, format="png")
        return content.getvalue(), {"alt": " ".join(self.get_title(loc="left").split())}
