"""One writer to a folder: a lock that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from simlead.model.parameters import ParameterError

LOCK = "lock"

_TRIES = 4
_SECONDS_BETWEEN_TRIES = 0.05

# The byte that is locked: Windows locks bytes, and nobody else can read those.
_FAR_BEYOND_THE_TEXT = 1 << 20


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock while the block runs.

    The file `lock` holds the process id of the last writer; what counts is not the file but
    the system's lock on it, which no process can leave behind. Raises ParameterError with
    the writer's process id if there is one.
    """
    with (folder / LOCK).open("a+", encoding="ascii") as file:
        if not _taken_at_last(file):
            file.seek(0)
            raise ParameterError(
                f"{folder}: another sweep is at work here (process {file.read().strip() or 'unknown'}); "
                "wait until it ends or choose another folder")
        try:
            file.seek(0)
            file.truncate()
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield
        finally:
            _let_go(file)


def _taken_at_last(file: IO[str]) -> bool:
    """Whether the lock could be taken; tried a few times, for `writer_of` holds it for a moment to see."""
    for _ in range(_TRIES):
        if _taken(file):
            return True
        time.sleep(_SECONDS_BETWEEN_TRIES)
    return False


def writer_of(folder: Path) -> int | None:
    """The process id of the sweep that is at work in a folder, None if there is none."""
    try:
        with (folder / LOCK).open("r+", encoding="ascii") as file:
            if _taken(file):
                _let_go(file)
                return None
            text = file.read().strip()
            return int(text) if text.isdigit() else 0
    except OSError:  # no lock yet, or a store that may only be read: nobody writes
        return None


if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[str]) -> bool:
        file.seek(_FAR_BEYOND_THE_TEXT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

    def _let_go(file: IO[str]) -> None:
        file.seek(_FAR_BEYOND_THE_TEXT)
        with contextlib.suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _taken(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _let_go(file: IO[str]) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
