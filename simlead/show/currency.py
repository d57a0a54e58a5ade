"""The firm's currency in all that people read: tables say $ for money, and this label stands in its place.

Units of measures and parameters are codes (`$`, `$/year`); only `show.format` words them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from simlead.model.data_tables import currency_label
from simlead.model.scenario import Scenario
from simlead.show.language import known, say

_label: ContextVar[str | None] = ContextVar("currency", default=None)
_of_the_command = [""]


@contextmanager
def in_currency(of: Scenario | str) -> Iterator[None]:
    """Show money in a firm's currency, or under a label, within a block.

    Parameters
    ----------
    of : Scenario or str
        The firm, or the label itself; empty for $.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    ParameterError
        For a label that is no currency's sign or name.

    Examples
    --------
    >>> from simlead.show.format import quantity
    >>> with in_currency("EUR"):
    ...     quantity(38_412_345.0, "$/year")
    '38.4 million EUR/year'
    """
    token = _label.set(label_of(of))
    try:
        yield
    finally:
        _label.reset(token)


def speak_of(of: Scenario | str) -> None:
    """Show money in a firm's currency from now on, in all threads: what a command does with its first firm."""
    _of_the_command[0] = label_of(of)


def label_of(of: Scenario | str) -> str:
    """The label of a firm, or a checked one.

    >>> label_of(Scenario()), label_of("EUR")
    ('', 'EUR')
    """
    return of.organisation.currency if isinstance(of, Scenario) else currency_label("currency", of)


def currency_name() -> str:
    """The currency as people read it in the current language.

    >>> currency_name()
    '$'
    """
    own = _label.get()
    label = (_of_the_command[0] if own is None else own) or "$"
    key = f"names.currencies.{label}"
    return say(key) if known(key) else label
