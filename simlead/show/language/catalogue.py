"""One catalogue of texts per language, and which language is spoken at the moment.

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
from types import MappingProxyType
from typing import Any

from simlead.model.parameters import ParameterError, nearest

LANGUAGES = MappingProxyType({"en": "English", "fa": "فارسی"})
"""Code of each language -> its own name for itself."""

DIRECTIONS = MappingProxyType({"en": "ltr", "fa": "rtl"})

_PERSIAN = str.maketrans("0123456789%,", "۰۱۲۳۴۵۶۷۸۹٪،")
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
def using(code: str) -> Iterator[None]:
    """Speak a language for a while; a thread or task of its own starts in English again.

    >>> with using("fa"):
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
    """The code of the language spoken now."""
    return _spoken.get()


def direction() -> str:
    """`ltr` or `rtl`, the way the language spoken now is written."""
    return DIRECTIONS[language()]


@cache
def catalogue(code: str) -> MappingProxyType[str, str]:
    """Every text of a language by its key.

    >>> sorted(catalogue("en")) == sorted(catalogue("fa"))
    True
    """
    texts: dict[str, str] = {}
    folder = files("simlead.show.language").joinpath(checked_language(code))
    for area in sorted(folder.iterdir(), key=lambda file: file.name):
        if area.name.endswith(".toml"):
            content = tomllib.loads(area.read_text(encoding="utf-8"))
            texts |= dict(_flat(area.name.removesuffix(".toml"), content))
    return MappingProxyType(texts)


def _flat(prefix: str, content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, inner in content.items():
        key = f"{prefix}.{name}"
        if isinstance(inner, dict):
            yield from _flat(key, inner)
        else:
            yield key, inner


def say(key: str, /, **values: object) -> str:
    """The text of a key in the language spoken now, its placeholders filled in.

    Numbers get the language's digits: `{value}` may be text that :func:`number` of the
    charts made, or anything that a format specification takes (`{value:.1f}`).
    Raises KeyError for a key that no catalogue has: that is a fault of the program.

    >>> say("words.to", low="4", high="14")
    '4 to 14'
    >>> with using("fa"):
    ...     say("words.to", low="4", high="14")
    '۴ تا ۱۴'
    """
    texts = catalogue(language())
    if key not in texts:
        raise KeyError(f"no text {key}{nearest(key, texts)}")
    return localised(texts[key].format(**values))


def localised(text: str) -> str:
    """A text with the digits and signs of the language spoken now.

    >>> with using("fa"):
    ...     localised("47.5 %")
    '۴۷٫۵ ٪'
    """
    if language() != "fa":
        return text
    text = re.sub(r"(?<=\d)\.(?=\d)", "٫", text)
    text = re.sub(r"(?<=\d),(?=\d\d\d)", "٬", text)
    return text.translate(_PERSIAN)
