"""What stands for a function of your own: its code and what it was made with, not its name."""

from __future__ import annotations

import functools
import hashlib
import types
from collections.abc import Callable, Mapping
from typing import Any

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))


def fingerprint(function: Callable[..., Any]) -> str:
    """Sixteen hexadecimal digits that stand for what a function does, as far as its code tells.

    Covers its bytecode and constants, defaults, what it holds from around it, the plain
    values and functions of its own module that it uses by name, and the same of those. Of
    other modules it takes the name, of other objects the type: a function that reads a
    file or a table it was handed can change without notice. Another minor version of
    Python makes other bytecode, and so another fingerprint.

    >>> fingerprint(lambda run: 1.0) == fingerprint(lambda run: 1.0)
    True
    >>> fingerprint(lambda run: 1.0) == fingerprint(lambda run: 2.0)
    False
    """
    digest = hashlib.sha256()
    _feed(digest.update, function, set())
    return digest.hexdigest()[:16]


def _feed(update: Callable[[bytes], None], thing: Any, seen: set[int]) -> None:
    """Feed whatever tells this thing from another to the hash."""
    update(f"<{type(thing).__name__}>".encode())
    if isinstance(thing, _PLAIN):
        update(repr(thing).encode("utf-8", "backslashreplace"))
        return
    if id(thing) in seen:  # a function that calls itself
        return
    seen.add(id(thing))
    if isinstance(thing, types.FunctionType):
        _feed_function(update, thing, seen)
    elif isinstance(thing, types.CodeType):
        update(thing.co_code)
        for part in (thing.co_consts, thing.co_names, thing.co_varnames, thing.co_freevars):
            _feed(update, part, seen)
    elif isinstance(thing, types.ModuleType):
        update(thing.__name__.encode())
    elif isinstance(thing, types.MethodType):
        _feed(update, thing.__func__, seen)
        _feed(update, thing.__self__, seen)
    elif isinstance(thing, functools.partial):
        _feed(update, (thing.func, thing.args, thing.keywords), seen)
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            _feed(update, part, seen)
    elif isinstance(thing, (set, frozenset)):
        for word in sorted(map(repr, thing)):
            update(word.encode())
    elif isinstance(thing, Mapping):
        for key in thing:
            _feed(update, key, seen)
            _feed(update, thing[key], seen)
    elif isinstance(thing, type):
        _feed_type(update, thing, seen)
    else:  # an object: its class and what it holds
        _feed(update, type(thing), seen)
        _feed(update, getattr(thing, "__dict__", {}), seen)


def _feed_function(update: Callable[[bytes], None], function: types.FunctionType, seen: set[int]) -> None:
    _feed(update, function.__code__, seen)
    _feed(update, (function.__defaults__, function.__kwdefaults__), seen)
    for cell in function.__closure__ or ():
        try:
            _feed(update, cell.cell_contents, seen)
        except ValueError:  # empty still
            update(b"<empty>")
    for name in _names(function.__code__):
        if name in function.__globals__:
            value = function.__globals__[name]
            update(name.encode())
            home = getattr(value, "__module__", None)
            if isinstance(value, (types.FunctionType, type)) and home != function.__module__:
                update(f"{home}.{value.__qualname__}".encode())
            else:
                _feed(update, value, seen)


def _feed_type(update: Callable[[bytes], None], kind: type, seen: set[int]) -> None:
    update(f"{kind.__module__}.{kind.__qualname__}".encode())
    if kind.__module__ == "builtins":
        return
    for name, value in vars(kind).items():
        if isinstance(value, (types.FunctionType, *_PLAIN)) and name not in ("__module__", "__doc__"):
            update(name.encode())
            _feed(update, value, seen)


def _names(code: types.CodeType) -> list[str]:
    """The names a function looks up, its inner functions' included."""
    inner = [name for part in code.co_consts if isinstance(part, types.CodeType) for name in _names(part)]
    return sorted({*code.co_names, *inner})
