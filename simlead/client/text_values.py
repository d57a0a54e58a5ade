"""Numbers, dates and yes or no as people's programs write them: one text, one value, and what a column's texts show.

A column is read in two passes: `evidence_of_*` looks at its texts and says which reading they support; `*_of` then
reads a text under that reading. Nothing is guessed in silence: a column that supports both readings says so.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import re
from collections.abc import Iterable
from typing import Final

NO_VALUE: Final = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nan", "(blank)", "#n/a", "undefined"})
"""Texts, in small letters, that stand for nothing."""

_EPOCH = datetime.date(1970, 1, 1)
_SECONDS_PER_DAY = 86_400.0

# --- numbers

_NOT_OF_A_NUMBER = re.compile(r"[\s\u00a0\u202f'\u2019$\u20ac\u00a3\u00a5\u20b9\ufdfc%]")
_PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LETTER = re.compile(r"[A-Za-z]")
_EXPONENT = re.compile(r"[\d.,][eE][-+]?\d")
_WORD = re.compile(r"(?!(?<=[\d.,])[eE][-+]?\d)([A-Za-z]{1,2}\.|[A-Za-z]+(?:\.(?!\d))?)")
"""A word in a number, with the dot that abbreviates it; the e of 1.2E7 is none."""

_MULTIPLES: Final = {
    **dict.fromkeys(["k", "tsd", "thousand"], 1e3),
    **dict.fromkeys(["m", "mn", "mln", "mio", "million", "millions"], 1e6),
    **dict.fromkeys(["b", "bn", "mrd"], 1e9),
}
"""Words behind a number that say what it is multiplied by."""

_UNITS: Final = frozenset([
    "a", "c", "r", "s", "h",  # of A$, C$, R$, S/ and of hours
    "euro", "euros", "dollar", "dollars", "pound", "pounds", "franken", "francs", "kronor", "kroner", "rupee",
    "rupees", "lira", "rial", "rials", "toman", "tomans", "dirham", "dirhams", "hour", "hours", "stunden", "percent"])
_UNCLEAR: Final = frozenset(["mm", "cr", "lac", "tn", "tr", "mil", "bio"])
"""Short words that may multiply, by what depends on who writes; other words of two or three letters are currencies."""

_PERSIAN_DIGITS = str.maketrans(
    "\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9\u066b\u066c\u2212", "0123456789.,-")


@dataclasses.dataclass
class Decimals:
    """How many texts of a column can only be read with a decimal point, and how many only with a decimal comma."""

    point: int = 0
    comma: int = 0
    either: int = 0

    def add(self, texts: Iterable[str]) -> None:
        """Count texts.

        >>> seen = Decimals()
        >>> seen.add(["48.500,00", "120.000", "1,5"])
        >>> seen.comma, seen.point, seen.either
        (2, 0, 1)
        """
        for text in texts:
            text = _WORD.sub("", text)
            marks = re.sub(r"[^.,]", "", text)
            if not marks:
                continue
            last = marks[-1]
            behind = len(re.search(r"(\d*)\D*$", text).group(1))  # type: ignore[union-attr]
            if "." in marks and "," in marks:
                kind = last
            elif len(marks) > 1:  # 1.250.000: the mark parts thousands
                kind = "," if last == "." else "."
            elif behind != 3:
                kind = last
            else:
                self.either += 1
                continue
            if kind == ",":
                self.comma += 1
            else:
                self.point += 1


def number_of(text: str, decimal: str) -> float:
    """The number that a text is, with this decimal mark; nan for no value and for what is no number.

    >>> number_of("48.500,00", ","), number_of("$1,200.50", "."), number_of("(300)", "."), number_of("x", ".")
    (48500.0, 1200.5, -300.0, nan)
    >>> number_of("1.2E7", "."), number_of("EUR 12k", "."), number_of("12 lakh", ".")
    (12000000.0, 12000.0, nan)
    """
    text, multiple = text.translate(_PERSIAN_DIGITS), 1.0
    lettered = _LETTER.search(text) is not None
    if lettered:
        text, multiple = _without_words(text)
    plain = _NOT_OF_A_NUMBER.sub("", text)
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()")
    if lettered and _EXPONENT.search(plain):  # never written with marks for thousands
        plain = plain.replace(",", ".")
    else:
        plain = plain.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    if not _PLAIN.fullmatch(plain):
        return math.nan
    value = float(plain) * multiple
    if not math.isfinite(value):
        return math.nan
    return -value if negative else value


def _without_words(text: str) -> tuple[str, float]:
    """The text without the words of a number, and what they multiply it by: nan if they are not understood."""
    multiple = 1.0
    for found in _WORD.finditer(text):
        word = found.group().rstrip(".").lower()
        behind = _has_digit(text[:found.start()])
        if behind and _has_digit(text[found.end():]):  # within the number
            return text, math.nan
        if word in _MULTIPLES:
            multiple = multiple * _MULTIPLES[word] if behind and multiple == 1.0 else math.nan
        elif word in _UNCLEAR or (word not in _UNITS and len(word) not in (2, 3)):
            return text, math.nan
    return _WORD.sub("", text), multiple


def _has_digit(text: str) -> bool:
    return any(each.isdigit() for each in text)


# --- dates

YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "year-first", "day-first", "month-first"
ORDERS: Final = (YEAR_FIRST, DAY_FIRST, MONTH_FIRST)

_MONTHS: Final = {
    name: number for number, names in enumerate((
        "jan january januar janvier enero ene gennaio", "feb february februar fevrier febrero febbraio",
        "mar march marz maerz mars marzo", "apr april avril abril abr aprile", "may mai mayo maggio",
        "jun june juni juin junio giugno", "jul july juli juillet julio luglio", "aug august aout agosto ago",
        "sep sept september septembre septiembre settembre", "oct october oktober okt octobre octubre ottobre",
        "nov november novembre noviembre", "dec december dezember dez decembre diciembre dic dicembre"), start=1)
    for name in names.split()}

_TIME = (r"(?:[T,\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?"
         r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?")
_NUMERIC = re.compile(r"(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})" + _TIME)
_DAY_MONTH = re.compile(r"(\d{1,2})[\s.\-/]+([^\W\d_]{3,10})\.?[\s.\-/,]+(\d{2,4})" + _TIME)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,10})\.?[\s\-/]+(\d{1,2}),?[\s\-/]+(\d{4})" + _TIME)
_COUNTED = re.compile(r"\d{5}(?:\.\d+)?|\d{10}|\d{13}")


@dataclasses.dataclass
class DateOrder:
    """How many dates of a column can only be read day first, only month first, or either way."""

    day: int = 0
    month: int = 0
    either: int = 0
    dots: int = 0  # dates with dots, which are written day first

    def add(self, texts: Iterable[str]) -> None:
        """Count texts; dates that begin with the year or name the month have one reading and do not count.

        >>> seen = DateOrder()
        >>> seen.add(["3/14/2024", "1/5/2024", "2024-03-14", "14 Mar 2024"])
        >>> seen.month, seen.day, seen.either
        (1, 0, 1)
        """
        for text in texts:
            found = _NUMERIC.fullmatch(text.strip())
            if found is None or len(found.group(1)) == 4:
                continue
            first, second = int(found.group(1)), int(found.group(2))
            self.dots += "." in text[:6]
            if first > 12 >= second:
                self.day += 1
            elif second > 12 >= first:
                self.month += 1
            elif first != second:
                self.either += 1

    def __add__(self, other: DateOrder) -> DateOrder:
        return DateOrder(self.day + other.day, self.month + other.month, self.either + other.either,
                         self.dots + other.dots)


def days_of(text: str, order: str) -> float:
    """The days since 1970 that a date is, with the time of day as a fraction; nan for what is no date.

    >>> days_of("02.01.1970", "day-first"), days_of("1/2/1970 12:00 PM", "month-first"), days_of("soon", "day-first")
    (1.0, 1.5, nan)
    """
    text = text.strip().translate(_PERSIAN_DIGITS)
    found = _NUMERIC.fullmatch(text)
    if found is not None:
        one, two, three = found.group(1), found.group(2), found.group(3)
        if len(one) == 4:
            year, month, day = one, two, three
        elif order == MONTH_FIRST:
            month, day, year = one, two, three
        else:
            day, month, year = one, two, three
        return _days(int(year), int(month), int(day), found.groups()[3:], len(year))
    if (found := _DAY_MONTH.fullmatch(text)) is not None:
        month_number = _MONTHS.get(_folded(found.group(2)))
        return _days(int(found.group(3)), month_number, int(found.group(1)), found.groups()[3:], len(found.group(3)))
    if (found := _MONTH_DAY.fullmatch(text)) is not None:
        month_number = _MONTHS.get(_folded(found.group(1)))
        return _days(int(found.group(3)), month_number, int(found.group(2)), found.groups()[3:], 4)
    if _COUNTED.fullmatch(text):
        count = float(text)
        if count >= 1e12:  # milliseconds
            return count / 1000.0 / _SECONDS_PER_DAY
        if count >= 1e9:
            return count / _SECONDS_PER_DAY
        return count - 25_569.0 if 20_000.0 <= count <= 80_000.0 else math.nan  # a spreadsheet's days
    return math.nan


def has_time(text: str) -> bool:
    """Whether a date has a time of day.

    >>> has_time("2024-01-02"), has_time("2024-01-02 11:05")
    (False, True)
    """
    return ":" in text or bool(re.fullmatch(r"\d{10}|\d{13}", text.strip()))


def _days(year: int, month: int | None, day: int, time: tuple[str | None, ...], digits: int) -> float:
    if digits == 2:
        year += 2000 if year < 70 else 1900
    try:
        whole = (datetime.date(year, month or 0, day) - _EPOCH).days
    except ValueError:
        return math.nan
    hour, minute, second = (int(part or 0) for part in time[:3])
    half = (time[3] or "").lower()[:1]
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 60:
        return math.nan
    return whole + (hour * 3600 + minute * 60 + second) / _SECONDS_PER_DAY


def _folded(word: str) -> str:
    import unicodedata

    return "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if letter.isascii())


# --- yes or no

_YES = frozenset(["1", "true", "yes", "y", "ja", "j", "wahr", "oui", "vrai", "si", "verdadero", "vero", "x", "checked"])
_NO = frozenset(["0", "false", "no", "n", "nein", "falsch", "non", "faux", "falso", "unchecked"])


def truth_of(text: str) -> int:
    """1 for yes, 0 for no, -1 for neither.

    >>> truth_of("true"), truth_of("Nein"), truth_of("")
    (1, 0, -1)
    """
    word = text.strip().lower()
    return 1 if word in _YES else 0 if word in _NO else -1
