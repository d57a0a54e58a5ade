"""The decorator that makes a function a rule: compiled once, the same bits in every engine.

A rule is a scalar function that both engines call. Numba compiles it; without `fastmath`
the compiled code and the interpreted original (`rule.py_func`) give the same bits. Without
Numba a rule is its original: slower, and nothing else.

Numba's own cache does not notice an edit in another module; `model.cache` makes a new folder
for it after each edit. Files of the cache carry a checksum; a damaged one is thrown away.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

from simlead.model.cache import cache_folder

Function = TypeVar("Function", bound=Callable[..., Any])


def _numba_if_installed() -> Any:
    try:
        import numba
    except ImportError:  # a speed is missing, not the model
        return None
    return numba


numba: Any = _numba_if_installed()

_CHECKSUM_BYTES = 32


def compiled(function: Function, **options: Any) -> Function:
    """Compile with Numba; with `cache=True` from the cache where it holds the function."""
    if numba is None:
        cast(Any, function).py_func = function
        return function
    settings = numba.config  # Numba reads the folder when a function is decorated
    before = settings.CACHE_DIR
    if options.get("cache"):
        settings.CACHE_DIR = cache_folder()
    try:
        made = numba.njit(**options)(function)
    finally:
        settings.CACHE_DIR = before
    with contextlib.suppress(AttributeError):  # nothing is compiled or saved
        made._cache._cache_file.__class__ = _checked_file()
    return cast(Function, made)


def rule(function: Function) -> Function:
    """Compile a scalar function with Numba, cached by the hash of the model's sources."""
    return compiled(function, cache=True, no_cfunc_wrapper=True)


@functools.cache
def _checked_file() -> Any:
    """Numba's files of one function, with a checksum at their end."""
    from numba.core import caching

    numbas_file: Any = caching.IndexDataCacheFile

    class CheckedFile(numbas_file):  # type: ignore[misc]
        def load(self, key: Any) -> Any:
            index = Path(self._index_path)
            files = [index, *index.parent.glob(self._data_name_pattern.replace("{number:d}", "*"))]
            try:
                if all(_is_sound(file) for file in files if file.exists()):
                    return super().load(key)
            except Exception:  # noqa: BLE001, S110 (whatever a foreign file brings about: it is compiled again)
                pass
            _say_damaged()
            for file in files:
                with contextlib.suppress(OSError):
                    file.unlink()
            return None

        def save(self, key: Any, data: Any) -> None:
            with contextlib.suppress(OSError):  # a full disk costs time, not the run
                super().save(key, data)

        @contextlib.contextmanager
        def _open_for_write(self, filepath: Any) -> Iterator[Any]:
            with super()._open_for_write(filepath) as file:
                content = io.BytesIO()
                yield content
                file.write(content.getvalue() + hashlib.sha256(content.getvalue()).digest())

    return CheckedFile


def _is_sound(file: Path) -> bool:
    content = file.read_bytes()
    return hashlib.sha256(content[:-_CHECKSUM_BYTES]).digest() == content[-_CHECKSUM_BYTES:]


@functools.cache
def _say_damaged() -> None:
    print(f"simlead: damaged files in the compiler's cache ({cache_folder()}) are thrown away; compiling again",  # noqa: T201
          file=sys.stderr, flush=True)
