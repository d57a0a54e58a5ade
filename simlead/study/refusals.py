"""The one place where a refusal of the statistics becomes the refusal that users catch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simlead.model.parameters import ParameterError, nearest
from simlead.statistics.errors import StatisticsError


@contextmanager
def refusals() -> Iterator[None]:
    """Raise a `StatisticsError` of the block, or of the decorated function, as a `ParameterError`.

    >>> from simlead.statistics.intervals import mean_interval
    >>> with refusals():
    ...     mean_interval([1.0, 2.0], confidence=2.0)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: confidence = 2.0: allowed is more than 0 and less than 1
    """
    try:
        yield
    except StatisticsError as refusal:
        hint = nearest(refusal.asked, refusal.known) if refusal.known else ""
        raise ParameterError(f"{refusal}{hint}") from refusal
