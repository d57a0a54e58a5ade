"""A folder with the user for what can be made again from the sources, and takes long: machine code, hashes.

It is named after a hash of all the sources that could matter: an edit anywhere in the model starts a new
folder. A read-only installation works, because the cache lives with the user.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from simlead.model.whole_file import whole_file


@functools.cache
def bytes_hash() -> str:
    """Sixteen hexadecimal digits for the bytes of the sources: line numbers in compiled code are exact too."""
    digest = hashlib.sha256()
    package = Path(str(resources.files("simlead")))
    for floor in ("model", "engines"):
        for path in sorted((package / floor).rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    digest.update((package / "data/calibration.json").read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> str:
    """Where compiled rules are saved: with the user, or else in a temporary folder while this process lives."""
    wanted = os.environ.get("SIMLEAD_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "simlead")
    folder = os.path.join(wanted, bytes_hash())
    try:
        if os.path.isabs(folder) or "SIMLEAD_CACHE_DIR" in os.environ:  # without a home it begins with a tilde
            os.makedirs(folder, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    except OSError:
        pass
    made = tempfile.mkdtemp(prefix="simlead-")
    os.environ["SIMLEAD_CACHE_DIR"] = made  # worker processes share it
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def kept(name: str, make: Callable[[], str]) -> str:
    """A short text that is the same while the sources are: from the cache, or made and kept there.

    A file that does not fit its own checksum is made again.

    >>> kept("example of the documentation", lambda: "made once")
    'made once'
    """
    file = Path(cache_folder()) / name
    with contextlib.suppress(OSError, ValueError):
        checksum, text = file.read_text(encoding="utf-8").split("\n", 1)
        if checksum == hashlib.sha256(text.encode()).hexdigest():
            return text
    text = make()
    with contextlib.suppress(OSError), whole_file(file, overwrite=True) as partial:  # a full disk costs time only
        partial.write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", encoding="utf-8", newline="\n")
    return text
