"""The refusal of a bad argument, and the checks that several modules share."""

from __future__ import annotations

from collections.abc import Iterable


class StatisticsError(ValueError):
    """An argument or data for which a method is not defined; the message is one line.

    `asked` and `known` are an unknown name and the allowed ones, if that is the reason: who
    shows the message can add the nearest.
    """

    def __init__(self, message: str, asked: str = "", known: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.asked, self.known = str(asked), tuple(str(name) for name in known)


def checked_whole(name: str, value: object, low: int, high: int) -> int:
    """The value as an int, or a StatisticsError that names it and what is allowed.

    >>> checked_whole("seed", -1, 0, 9)
    Traceback (most recent call last):
    ...
    simlead.statistics.errors.StatisticsError: seed = -1: allowed is a whole number from 0 to 9
    """
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        number = int(value.__index__())
        if low <= number <= high:
            return number
    raise StatisticsError(f"{name} = {value!r}: allowed is a whole number from {low} to {high}")
