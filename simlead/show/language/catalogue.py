"""One catalogue of texts per language, and the current language.

A text has a key (`area.name` or `area.group.name`); `en/AREA.toml` and `fa/AREA.toml` hold
its wording with `{placeholders}`. Whatever people read (a chart's title, a page, a slide)
is fetched here by :func:`say`; tables, column names, parameter paths and hashes stay as
they are in every language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from simlead.model.parameters import ParameterError, nearest

LANGUAGES = MappingProxyType({"en": "English", "fa": "فارسی"})
"""Code of each language -> its own name for itself."""

DIRECTIONS = MappingProxyType({"en": "ltr", "fa": "rtl"})

_PERSIAN = str.maketrans("0123456789%,", "۰۱۲۳۴۵۶۷۸۹٪،")
# Without a mark, a sign at the start of a number stands behind it wherever the line runs to the left,
# and a line that begins with a number's mark or a Latin letter runs to the right.
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"
_LONE_SIGN = re.compile("(?<![\\w\u200e])(?=[-+\u2212\u00b1]\\d)")
_LETTERS = "\u0620-\u064a\u0671-\u06d3"
_RUNS_RIGHT = re.compile(f"[^{_RIGHT_TO_LEFT}{_LETTERS}]*[A-Za-z{_LEFT_TO_RIGHT}].*[{_LETTERS}]", re.DOTALL)

_spoken: ContextVar[str] = ContextVar("language", default="en")


def checked_language(code: str) -> str:
    """The code of a language that there is a catalogue for.

    Raises ParameterError with the languages there are.

    >>> checked_language("fa")
    'fa'
    >>> checked_language("farsi")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: unknown language 'farsi'; allowed is en (English), fa (فارسی)
    """
    if code not in LANGUAGES:
        known = ", ".join(f"{known} ({name})" for known, name in LANGUAGES.items())
        raise ParameterError(f"unknown language {code!r}; allowed is {known}")
    return code


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Use a language within a block; a new thread starts in English.

    Parameters
    ----------
    code : str
        "en" or "fa".

    Yields
    ------
    None
        Nothing; texts, charts and tables made inside are in this language.

    Raises
    ------
    ParameterError
        For a language that simlead does not have.

    Examples
    --------
    >>> with in_language("fa"):
    ...     language(), direction()
    ('fa', 'rtl')
    >>> language()
    'en'
    """
    token = _spoken.set(checked_language(code))
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """The code of the current language."""
    return _spoken.get()


def direction() -> str:
    """`ltr` or `rtl`, the way the current language is written."""
    return DIRECTIONS[language()]


def catalogue(code: str) -> MappingProxyType[str, str]:
    """Every text of a language by its key.

    >>> sorted(catalogue("en")) == sorted(catalogue("fa"))
    True
    """
    texts: dict[str, str] = {}
    for file in sorted(_folder(code).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            texts |= _area(code, file.name.removesuffix(".toml"))
    return MappingProxyType(texts)


def _folder(code: str) -> Traversable:
    return files("simlead.show.language").joinpath(checked_language(code))


@cache
def _area(code: str, area: str) -> dict[str, str]:
    """The texts of one file, by their whole keys; none if there is no such file."""
    file = _folder(code).joinpath(f"{area}.toml")
    return dict(_flat(area, tomllib.loads(file.read_text(encoding="utf-8")))) if file.is_file() else {}


def _flat(prefix: str, content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, inner in content.items():
        key = f"{prefix}.{name}"
        if isinstance(inner, dict):
            yield from _flat(key, inner)
        else:
            yield key, inner


def say(key: str, /, **values: object) -> str:
    """The text of a key in the current language, its placeholders filled in.

    Numbers get the language's digits: `{value}` may be text that :func:`number` of the
    charts made, or anything that a format specification takes (`{value:.1f}`).
    Raises KeyError for a key that no catalogue has: that is a fault of the program.

    >>> say("words.to", low="4", high="14")
    '4 to 14'
    >>> with in_language("fa"):
    ...     say("words.to", low="4", high="14")
    '۴ تا ۱۴'
    """
    texts = _area(language(), key.partition(".")[0])
    if key not in texts:
        raise KeyError(f"no text {key}{nearest(key, catalogue(language()))}")
    return localised(texts[key].format(**values))


def known(key: str) -> bool:
    """Whether the current language has a text for a key.

    >>> known("names.measures.revenue"), known("names.measures.happiness")
    (True, False)
    """
    return key in _area(language(), key.partition(".")[0])


def localised(text: str) -> str:
    """A text with the digits and signs of the current language.

    In Persian a sign stays before its number (by an invisible mark of direction), and a line
    runs from right to left though it may begin with a number or a Latin name.

    >>> with in_language("fa"):
    ...     localised("47.5 %"), len(localised("-5"))
    ('۴۷٫۵ ٪', 3)
    """
    if language() != "fa":
        return text
    text = re.sub(r"(?<=\d)\.(?=\d)", "٫", text)
    text = re.sub(r"(?<=\d),(?=\d\d\d)", "٬", text)
    text = _LONE_SIGN.sub(_LEFT_TO_RIGHT, text).translate(_PERSIAN)
    return f"{_RIGHT_TO_LEFT}{text}" if _RUNS_RIGHT.match(text) else text
