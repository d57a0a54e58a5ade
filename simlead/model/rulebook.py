"""The decorator that makes a function a rule: compiled once, the same bits in every engine.

A rule is a scalar function that both engines call. Numba compiles it; without `fastmath`
the compiled code and the interpreted original (`rule.py_func`) give the same bits.

Numba's own cache does not notice an edit in another module, so the cache folder is named
after a hash of all the sources that could matter: an edit anywhere in the model starts a
new folder. A read-only installation works, because the cache lives with the user.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


@functools.cache
def source_hash() -> str:
    """Sixteen hexadecimal digits that stand for the sources of the model and the engines."""
    digest = hashlib.sha256()
    package = Path(str(resources.files("simlead")))
    for floor in ("model", "engines"):
        for path in sorted((package / floor).rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> str:
    """Where compiled rules are kept; a private temporary folder if the user has no writable home."""
    wanted = os.environ.get("SIMLEAD_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "simlead")
    folder = os.path.join(wanted, source_hash())
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return tempfile.mkdtemp(prefix="simlead-")


def rule(function: Function) -> Function:
    """Compile a scalar function with Numba, cached by the hash of the model's sources."""
    settings: Any = numba.config  # Numba reads the folder when a function is decorated
    before = settings.CACHE_DIR
    settings.CACHE_DIR = cache_folder()
    try:
        return cast(Function, numba.njit(cache=True, no_cfunc_wrapper=True)(function))
    finally:
        settings.CACHE_DIR = before
