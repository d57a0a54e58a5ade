"""Texts of users, made safe to show: names, titles and notes that may hold anything, and be of any length."""

from __future__ import annotations

import re

NAME_LENGTH, TEXT_LENGTH = 80, 600

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]")
_ASCII = {"\N{MINUS SIGN}": "-", "\N{PLUS-MINUS SIGN}": "+-", "\N{HORIZONTAL ELLIPSIS}": "...",
          "\N{MIDDLE DOT}": "-", "\N{NO-BREAK SPACE}": " ", "\N{EN DASH}": "-", "\N{MULTIPLICATION SIGN}": "x"}


def printable(text: str) -> str:
    """A user's text without control characters, escape sequences' starts and marks of direction: spaces instead.

    >>> printable("a\\x1b]0;title\\x07b\\u202ec")
    'a ]0;title b c'
    """
    return _UNPRINTABLE.sub(" ", str(text))


def clean(text: str, most: int = TEXT_LENGTH) -> str:
    """A user's text on one line, printable, and no longer than `most` characters.

    >>> clean("  Coach\\x00ing,\\n or not? ")
    'Coach ing, or not?'
    >>> clean("abcdef", 4)
    'abc\N{HORIZONTAL ELLIPSIS}'
    """
    return shortened(" ".join(printable(text).split()), most)


def shortened(text: str, most: int) -> str:
    """The text, cut to `most` characters with an ellipsis if it is longer."""
    return text if len(text) <= most else f"{text[:most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def abridged(text: str, most: int) -> str:
    """The text without its middle if it is longer than `most`: names often differ at their ends alone.

    >>> abridged("Coaching in all teams, variant B", 24)
    'Coaching in al\N{HORIZONTAL ELLIPSIS}variant B'
    """
    end = 3 * most // 8
    if len(text) <= most:
        return text
    return f"{text[:most - 1 - end].rstrip()}\N{HORIZONTAL ELLIPSIS}{text[-end:].lstrip()}"


def encodable(text: str, encoding: str | None) -> str:
    """A text that a stream of this encoding can write: a hyphen for the minus sign, `?` for what it lacks.

    A stream in memory has no encoding and takes any text.

    >>> encodable("\N{MINUS SIGN}0.5", "cp1252"), encodable("\N{MINUS SIGN}0.5", "utf-8")
    ('-0.5', '−0.5')
    """
    if encoding is None or _encodes(text, encoding):
        return text
    for letter, instead in _ASCII.items():
        if not _encodes(letter, encoding):
            text = text.replace(letter, instead)
    return text.encode(encoding, "replace").decode(encoding)


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
