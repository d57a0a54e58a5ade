"""Fingerprints of functions of your own: of their code and what they hold, not of their names."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))


def fingerprint(function: Callable[..., Any]) -> str:
    """Sixteen hexadecimal digits that stand for what a function does, as far as its code tells.

    Covers its bytecode and constants, its defaults, and what it holds from around it or uses by name: numbers, texts,
    arrays, collections and dataclasses of these, and the functions and classes of its own module, with the same of
    theirs. Of another module's things it takes the name, of other objects the type: a function that reads a file, or
    a DataFrame that it holds, can change without notice. Another minor version of Python makes other bytecode, and so
    another fingerprint.

    >>> fingerprint(lambda run: 1.0) == fingerprint(lambda run: 1.0)
    True
    >>> fingerprint(lambda run: 1.0) == fingerprint(lambda run: 2.0)
    False
    """
    digest = hashlib.sha256()
    _feed(digest.update, function, [])
    return digest.hexdigest()[:16]


Update = Callable[[bytes], None]


def _feed(update: Update, thing: Any, around: list[Any]) -> None:
    """Feed whatever tells this thing from another to the hash; `around` are the things it is a part of."""
    update(f"<{type(thing).__name__}>".encode())
    if isinstance(thing, _PLAIN):
        update(repr(thing).encode("utf-8", "backslashreplace"))
    elif any(each is thing for each in around):  # a function that calls itself
        update(b"<again>")
    else:
        around.append(thing)
        _feed_whole(update, thing, around)
        around.pop()


def _feed_whole(update: Update, thing: Any, around: list[Any]) -> None:
    if isinstance(thing, types.FunctionType):
        _feed_function(update, thing, around)
    elif isinstance(thing, types.CodeType):
        update(thing.co_code)
        _feed(update, (thing.co_consts, thing.co_names, thing.co_varnames, thing.co_freevars), around)
    elif isinstance(thing, types.ModuleType):
        update(thing.__name__.encode())
    elif isinstance(thing, types.MethodType):
        _feed(update, (thing.__func__, thing.__self__), around)
    elif isinstance(thing, functools.partial):
        _feed(update, (thing.func, thing.args, thing.keywords), around)
    elif isinstance(thing, (np.ndarray, np.generic)):
        update(f"{thing.dtype}{thing.shape}".encode())
        _feed(update, thing.tolist() if thing.dtype.hasobject else thing.tobytes(), around)
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            _feed(update, part, around)
        update(b"<end>")
    elif isinstance(thing, (set, frozenset)):
        _feed(update, sorted(map(repr, thing)), around)
    elif isinstance(thing, Mapping):
        _feed(update, list(thing.items()), around)
    elif isinstance(thing, type):
        _feed_type(update, thing, around)
    elif callable(thing) or dataclasses.is_dataclass(thing):
        _feed(update, (type(thing), getattr(thing, "__name__", None), getattr(thing, "__dict__", None)), around)
    else:
        update(f"{type(thing).__module__}.{type(thing).__qualname__}".encode())


def _feed_function(update: Update, function: types.FunctionType, around: list[Any]) -> None:
    _feed(update, (function.__code__, function.__defaults__, function.__kwdefaults__), around)
    for cell in function.__closure__ or ():
        try:
            _feed(update, cell.cell_contents, around)
        except ValueError:  # empty still
            update(b"<empty>")
    for name in _names(function.__code__):
        if name in function.__globals__:
            value = function.__globals__[name]
            update(name.encode())
            if isinstance(value, (types.FunctionType, type)) and value.__module__ != function.__module__:
                update(f"{value.__module__}.{value.__qualname__}".encode())
            else:
                _feed(update, value, around)


def _feed_type(update: Update, kind: type, around: list[Any]) -> None:
    update(f"{kind.__module__}.{kind.__qualname__}".encode())
    if kind.__module__ != "builtins":
        for name, value in vars(kind).items():
            if isinstance(value, (types.FunctionType, *_PLAIN)) and name not in ("__module__", "__doc__"):
                update(name.encode())
                _feed(update, value, around)


def _names(code: types.CodeType) -> list[str]:
    """The names a function looks up, its inner functions' included."""
    inner = [name for part in code.co_consts if isinstance(part, types.CodeType) for name in _names(part)]
    return sorted({*code.co_names, *inner})
