"""Objects that show themselves: a short text, a small page and a table, in words, at a prompt and in a notebook.

The words are those of the floor that tells. No lower floor imports it: the package itself, above all floors, names the
module that has them, and it is loaded when something is shown for the first time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd


class Shown:
    """Give an object a short text, a small page and, where there is one for its kind, a chart of its own."""

    __slots__ = ()
    shown_in: ClassVar[str] = ""
    """The module with `text`, `printed`, `html` and `table` of an object; without one it shows its kind alone."""

    def __repr__(self) -> str:
        try:
            return str(import_module(Shown.shown_in).text(self)) if Shown.shown_in else object.__repr__(self)
        except Exception:  # a debugger and a failing test ask for the text of objects that are half made
            return object.__repr__(self)

    def __str__(self) -> str:
        return str(import_module(Shown.shown_in).printed(self)) if Shown.shown_in else repr(self)

    def _repr_html_(self) -> str | None:
        return str(import_module(Shown.shown_in).html(self)) if Shown.shown_in else None

    def in_words(self) -> pd.DataFrame:
        """List what this object shows as a table, in words: numbers with unit and interval, as texts.

        The raw numbers are in its own tables, such as `table` of a comparison.

        Returns
        -------
        pandas.DataFrame
            Texts in the current language (see `simlead.in_language`), with every row: all measures of a comparison,
            all points of a sweep, all unknown parameters of worlds.

        Examples
        --------
        >>> import simlead
        >>> simlead.preset("coaching").in_words().iloc[0, :3].tolist()
        ['Coaching share', '0.2', '0.5']
        """
        table: pd.DataFrame = import_module(Shown.shown_in).table(self)
        return table

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the chart of this object, with its finding as title.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a figure of its own by default.
        **options
            What the chart takes besides, such as `measure` of a comparison; see `simlead.charts`.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Raises
        ------
        ParameterError
            If there is nothing to draw, or no chart for such an object.
        """
        return import_module(f"{Shown.shown_in}.plots").plot(self, ax, **options)


def dress(kind: type) -> None:
    """Let the objects of a class of the model's show themselves.

    The hash of the model's sources stands for what a run computes, so that its classes know nothing of this.

    >>> class Thing: ...
    >>> dress(Thing)
    >>> hasattr(Thing(), "_repr_html_")
    True
    """
    for name in ("__repr__", "__str__", "_repr_html_", "in_words"):
        setattr(kind, name, vars(Shown)[name])
