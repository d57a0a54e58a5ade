"""Columns of a file as numbers: texts are read a piece at a time, and a text that comes again is read once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simlead.client.quality import Quality
from simlead.client.table_file import Dialect, pieces
from simlead.client.text_values import (
    DAY_FIRST,
    MONTH_FIRST,
    NO_VALUE,
    YEAR_FIRST,
    DateOrder,
    Decimals,
    days_of,
    has_time,
    number_of,
)

EVIDENCE_TEXTS = 200_000
"""Different texts of a column that are looked at for its reading."""

_ISO = r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$"
_ISO_TAIL = r"(\.\d+)?(Z|[+-]\d\d:?\d\d)?$"


@dataclasses.dataclass
class Words:
    """The different texts of a column, each with a number from 0 in the order of their first coming; "" is -1."""

    texts: list[str] = dataclasses.field(default_factory=list)
    numbers: dict[str, int] = dataclasses.field(default_factory=lambda: {"": -1})

    def number(self, text: str) -> int:
        """The number of a text, a new one if it comes for the first time."""
        text = " ".join(text.split())
        if text.lower() in NO_VALUE:
            text = ""
        if text not in self.numbers:
            self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return self.numbers[text]

    def of(self, column: Any) -> NDArray[np.int32]:
        """The number of every cell."""
        return by_text(column, self.number, np.int32)


def by_text(column: Any, read: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
    """Read a column of texts, each different text once."""
    coded = pc.dictionary_encode(column)
    values = np.array([read(text) for text in coded.dictionary.to_pylist()], dtype=dtype)
    places = coded.indices.to_numpy(zero_copy_only=False)
    return values[places] if len(values) else np.empty(len(places), dtype)


@dataclasses.dataclass(frozen=True)
class Readings:
    """How dates and numbers of a file are read, and which of its date columns have a time of day."""

    dates: str
    decimal: str
    timed: frozenset[str]


def readings_of(path: Path, dialect: Dialect, dates: list[str], numbers: list[str], quality: Quality,
                stated_dates: str | None, stated_decimal: str | None) -> Readings:
    """See how a file writes dates and numbers, from its texts; what they leave open is assumed, and said.

    Dates: dots mean day first, else the month; a file of decimal commas is day first. Numbers: a decimal comma goes
    with semicolons.
    """
    order, decimals, timed = DateOrder(), Decimals(), set[str]()
    looked = dict.fromkeys([*dates, *numbers], 0)
    for piece in pieces(path, dialect, [*dates, *numbers], []):
        for name, column in piece.items():
            if looked[name] > EVIDENCE_TEXTS:
                continue
            texts = [text for text in pc.unique(column).to_pylist() if text.strip()]
            looked[name] += len(texts)
            if name in numbers:
                decimals.add(texts)
            else:
                order.add(texts)
                if name not in timed and any(has_time(text) for text in texts[:1000]):
                    timed.add(name)
    decimal = stated_decimal
    if decimal is None:
        unclear = decimals.point == decimals.comma
        decimal = "," if decimals.comma > decimals.point or (unclear and dialect.separator == ";") else "."
        if (unclear and decimals.either) or (decimals.point and decimals.comma):
            quality.add("ambiguous_decimals", count=decimals.either or min(decimals.point, decimals.comma))
            quality.assumed["decimals"] = "comma" if decimal == "," else "point"
    dates_read = stated_dates
    if dates_read is None:
        if order.day or order.month:
            dates_read = DAY_FIRST if order.day > order.month else MONTH_FIRST
            if order.day and order.month:
                quality.add("mixed_dates", count=min(order.day, order.month))
                quality.assumed["dates"] = dates_read
        else:
            numeric = order.either or order.dots
            dates_read = YEAR_FIRST if not numeric else DAY_FIRST if order.dots or decimal == "," else MONTH_FIRST
            if order.either:
                quality.add("ambiguous_dates", count=order.either)
                quality.assumed["dates"] = dates_read
    return Readings(dates_read, decimal, frozenset(timed))


def days(column: Any, order: str) -> tuple[NDArray[np.float64], int]:
    """A column of dates in days since 1970, nan where there is none; and how many texts are no dates."""
    filled = pc.not_equal(column, "")
    if pc.all(pc.or_(pc.invert(filled), pc.match_substring_regex(column, _ISO))).as_py():
        bare = pc.if_else(filled, pc.replace_substring_regex(column, _ISO_TAIL, ""), None)
        # The tail of a plain date, "-03-14", is no zone: only texts with a time lose theirs.
        bare = pc.if_else(pc.match_substring(column, ":"), bare, pc.if_else(filled, column, None))
        try:
            seconds = bare.cast(pa.timestamp("s")).cast(pa.int64())
            whole = seconds.fill_null(np.iinfo(np.int64).min).to_numpy(zero_copy_only=False)
            known = filled.to_numpy(zero_copy_only=False)
            return np.where(known, whole / 86_400.0, np.nan), 0
        except pa.ArrowInvalid:
            pass
    read = by_text(column, lambda text: days_of(text, order), np.float64)
    wrong = np.isnan(read) & by_text(column, lambda text: text.strip().lower() not in NO_VALUE, np.bool_)
    return read, int(wrong.sum())


def amounts(column: Any, decimal: str) -> tuple[NDArray[np.float64], int]:
    """A column of numbers, nan where there is none; and how many texts are no numbers."""
    read = by_text(column, lambda text: number_of(text, decimal), np.float64)
    wrong = np.isnan(read) & by_text(column, lambda text: text.strip().lower() not in NO_VALUE, np.bool_)
    return read, int(wrong.sum())
