"""Numbers that a page states in prose: found by the words around them, and held to what they were taken from."""

from __future__ import annotations

import re

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen")
"""Numbers that are written as words."""


def one_line(text):
    """A page's text as one line, without bold marks."""
    return " ".join(text.replace("**", "").split())


def stated(text, pattern):
    """The one number, as it is written, that a text has at this place."""
    found = re.findall(pattern, text)
    assert len(found) == 1, f"{pattern!r} is there {len(found)} times"
    return found[0]


def as_number(text):
    """A number in digits or in words.

    >>> as_number("645,000"), as_number(".78"), as_number("Thirteen")
    (645000.0, 0.78, 13)
    """
    return WORDS.index(text.lower()) if text.lower() in WORDS else float(text.replace(",", ""))


def half_of_last_digit(text):
    """How far a rounded number may be from what it was rounded from.

    >>> half_of_last_digit("645,000"), half_of_last_digit("0.24"), half_of_last_digit("62")
    (500.0, 0.005, 0.5)
    """
    whole, _, decimals = text.replace(",", "").partition(".")
    return 0.5 * 10.0 ** (-len(decimals) if decimals else len(whole) - len(whole.rstrip("0")))


def assert_rounded(found, value):
    """A number as it is written is this value, rounded to its last digit."""
    assert abs(as_number(found) - value) <= half_of_last_digit(found) + 1e-9, f"stated is {found}; it is {value:g}"
