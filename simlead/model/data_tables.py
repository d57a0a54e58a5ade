"""Tables of data that a scenario can have, values at evenly spaced quantiles and a factor for each month; labels."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable
from typing import Any

from simlead.model.parameters import ParameterError

LEAST_VALUE, LARGEST_VALUE, LONGEST_TABLE = 1e-6, 1e12, 10_001
MONTHS = 12


def data_table(unit: str, meaning: str, check: Callable[[str, Any], tuple[float, ...]]) -> Any:
    """Declare a dataclass field that is a table of data, empty by default; `check` reads and refuses its values."""
    return dataclasses.field(default=(), metadata={"table": meaning, "unit": unit, "check": check})


def label(meaning: str, check: Callable[[str, Any], str]) -> Any:
    """Declare a dataclass field that is a label, empty by default: a text for people that no run depends on."""
    return dataclasses.field(default="", metadata={"table": meaning, "unit": "text", "check": check})


LONGEST_CURRENCY = 12


def currency_label(path: str, value: Any) -> str:
    """The sign or the name of a currency, or a ParameterError; $ is the default and needs no label.

    >>> currency_label("organisation.currency", " EUR "), currency_label("organisation.currency", "$")
    ('EUR', '')
    >>> currency_label("organisation.currency", "1 EUR")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: organisation.currency = '1 EUR': allowed is the sign or the name of a...
    """
    text = " ".join(value.split()) if isinstance(value, str) else ""
    fits = all(letter in " .'" or unicodedata.category(letter)[0] in "LM" or unicodedata.category(letter) == "Sc"
               for letter in text)
    if not isinstance(value, str) or not fits or len(text) > LONGEST_CURRENCY:
        raise ParameterError(f"{path} = {value!r:.60}: allowed is the sign or the name of a currency, 1 to "
                             f"{LONGEST_CURRENCY} letters, such as EUR")
    return "" if text == "$" else text


def rising_values(path: str, values: Any) -> tuple[float, ...]:
    """The rising values of a table of quantiles, or a ParameterError that says which of them is wrong.

    >>> rising_values("market.deal_value_quantiles", [10_000, 25_000, 90_000])
    (10000.0, 25000.0, 90000.0)
    >>> rising_values("market.deal_value_quantiles", [10_000, 9_000])
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: market.deal_value_quantiles: value 2 (9000) is below value 1 (10000); ...
    """
    values = _listed(values)
    if not isinstance(values, (list, tuple)) or len(values) == 1 or len(values) > LONGEST_TABLE:
        raise ParameterError(f"{path} = {values!r:.60}: allowed is a list of 2 to {LONGEST_TABLE} rising numbers, the "
                             "values at evenly spaced quantiles from the lowest to the highest; or an empty list")
    for number, value in enumerate(values, start=1):
        _refuse_beyond(path, number, value, LEAST_VALUE, LARGEST_VALUE)
        if number > 1 and value < values[number - 2]:
            raise ParameterError(f"{path}: value {number} ({value:g}) is below value {number - 1} "
                                 f"({values[number - 2]:g}); the values must rise")
    return tuple(float(value) for value in values)


def month_factors(path: str, values: Any) -> tuple[float, ...]:
    """A factor for each month from January to December, or a ParameterError that says what is wrong.

    >>> month_factors("market.season_by_month", [2] + 11 * [1])[:2]
    (2.0, 1.0)
    >>> month_factors("market.season_by_month", [1, 1, 1, 1])
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: market.season_by_month: 4 values; allowed is a list of 12, ...
    """
    values = _listed(values)
    if not isinstance(values, (list, tuple)) or len(values) not in (0, MONTHS):
        found = f": {len(values)} values" if isinstance(values, (list, tuple)) else f" = {values!r:.60}"
        raise ParameterError(f"{path}{found}; allowed is a list of {MONTHS}, a factor for each month from January to "
                             "December, of which only the proportions matter; or an empty list")
    for number, value in enumerate(values, start=1):
        _refuse_beyond(path, number, value, 0.0, LARGEST_VALUE)
    if values and not any(values):
        raise ParameterError(f"{path}: every month has factor 0; allowed is at least one above 0")
    return tuple(float(value) + 0.0 for value in values)


def _listed(values: Any) -> Any:
    """The values of an array as a list; nothing as an empty one."""
    if hasattr(values, "tolist"):  # a numpy array
        return values.tolist()
    return () if values is None else values


def _refuse_beyond(path: str, number: int, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ParameterError(f"{path}: value {number} is {value!r:.40}; allowed is {low:g} to {high:g}")
