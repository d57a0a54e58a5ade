"""Whole numbers with limits, the limits of seeds and replications that hold everywhere, and sums."""

from __future__ import annotations

from collections.abc import Iterable

from simlead.model.parameters import ParameterError

LARGEST_SEED = 2**63 - 1
"""The largest random seed, in Python, in study files and on the command line; the smallest is 0."""

LARGEST_REPLICATE = 2**31 - 1
"""The largest number that a replication can have as its name; the first is 0."""

MOST_REPLICATIONS = 10**6
"""The most replications of one scenario, everywhere."""


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """Return the value as an int, or raise ParameterError that names it and what is allowed.

    >>> whole_number("seed", -1, 0, 9)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: seed = -1: allowed is a whole number from 0 to 9
    """
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        number = int(value.__index__())
        if low <= number <= high:
            return number
    raise ParameterError(f"{name} = {value!r}: allowed is a whole number from {low} to {high}")


def total(values: Iterable[float]) -> float:
    """Sum in order, to the same bits on every Python: the built-in `sum` compensates from 3.12 on.

    >>> total([0.1] * 10)
    0.9999999999999999
    """
    added = 0.0
    for value in values:
        added += value
    return added
