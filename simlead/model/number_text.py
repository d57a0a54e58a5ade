"""The one grammar of numbers as text: for --set, CSV cells, and texts where TOML or Python need a number.

A number is an optional sign, digits 0 to 9 with an optional decimal point, and an optional exponent:
0.5, .5, -3, 1e-3. Nothing else is read, because 0,5 and 50% and 1_000 mean different things to
different readers; what was probably meant is suggested.
"""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def read_number(text: str) -> int | float | None:
    """Read a text as a number, whole where it is written whole; None where the grammar does not hold.

    >>> read_number("0.5"), read_number(" 3 "), read_number("1e3"), read_number("0,5"), read_number("nan")
    (0.5, 3, 1000.0, None, None)
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else None


def probably_meant(text: str) -> str:
    """Guess the number that a text means, written as it would be read; empty where there is no guess.

    >>> [probably_meant(text) for text in ("0,5", "50%", "1_0", "'0.5'", "1,200,000", "۰٫۵", "half")]
    ['0.5', '0.5', '10', '0.5', '1200000', '0.5', '']
    """
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    plain = digits.strip(" '\"\u00a0\u202f").replace("\u066b", ".").replace("\u066c", "").replace("\u2212", "-")
    plain = re.sub(r"(?<=\d)[_ '\u00a0\u202f](?=\d)", "", plain)
    percent = re.fullmatch(r"(.*?)\s*[%\u066a]", plain)
    if percent:
        plain = percent[1]
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    number = read_number(plain)
    if number is None:
        return ""
    return f"{number / 100:.12g}" if percent else f"{number:.12g}"
