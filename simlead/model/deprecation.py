"""Old names that keep working for one release and warn."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

REMOVED_IN = "0.3"
"""The version in which old names stop working."""


def warn_renamed(old: str, new: str, stacklevel: int = 3) -> None:
    """Warn that `old` is now called `new`.

    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_renamed("simlead.BELIEFS", "simlead.EFFECT_SIZES")
    >>> str(caught[0].message)
    'simlead.BELIEFS is now simlead.EFFECT_SIZES; the old name stops working in version 0.3'
    """
    warnings.warn(f"{old} is now {new}; the old name stops working in version {REMOVED_IN}",
                  DeprecationWarning, stacklevel=stacklevel)


def renamed_attribute(old: str, new: str) -> Any:
    """Let an attribute be read under its old name, with a warning.

    >>> class Deal:
    ...     status = "open"
    ...     standing = renamed_attribute("standing", "status")
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     Deal().standing
    'open'
    """

    def under_the_new_name(thing: Any) -> Any:
        warn_renamed(f"{type(thing).__name__}.{old}", f"{type(thing).__name__}.{new}")
        return getattr(thing, new)

    return property(under_the_new_name)


def moved_attribute(old: str, instead: str) -> Any:
    """Say what to use for an attribute that is gone: AttributeError, in one line.

    >>> class Deal:
    ...     sentence = moved_attribute("sentence", "simlead.sentences(deal)")
    >>> Deal().sentence
    Traceback (most recent call last):
    ...
    AttributeError: Deal.sentence is gone; use simlead.sentences(deal)
    """

    def gone(thing: Any) -> Any:
        raise AttributeError(f"{type(thing).__name__}.{old} is gone; use {instead}")

    return property(gone)


def renamed_argument(old: str, new: str) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Let a function take a keyword argument under its old name, with a warning.

    >>> @renamed_argument("beliefs", "effect_sizes")
    ... def chosen(*, effect_sizes="evidence"):
    ...     return effect_sizes
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     chosen(beliefs="practitioner")
    'practitioner'
    """

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @functools.wraps(function)
        def accepting_the_old_name(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            if old in kwargs:
                if new in kwargs:
                    raise TypeError(f"{function.__name__}() got both {new!r} and its old name {old!r}")
                warn_renamed(f"{function.__name__}({old}=...)", f"{function.__name__}({new}=...)")
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return accepting_the_old_name

    return decorate
