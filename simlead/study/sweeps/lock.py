"""One writer to a folder: a lock that the system releases when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from simlead.model.parameters import ParameterError
from simlead.results.files import read_bytes, refuse_irregular

LOCK = "lock"
EXCLUSIVE = "lock.exclusive"
"""The file that stands for the lock on a file system that has none; the process that makes it is the writer."""

_TRIES = 4
_SECONDS_BETWEEN_TRIES = 0.05
_TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN)

# The byte that is locked: Windows locks bytes, and no other process can read those.
_FAR_BEYOND_THE_TEXT = 1 << 20


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock while the block runs.

    The file `lock` holds the process id of the last writer; what counts is the system's lock on it,
    which no process can leave behind. Where the file system has no locks, the file `lock.exclusive`
    takes their place. Raises ParameterError with the writer's process id if there is one.
    """
    refuse_irregular(folder / LOCK)
    with (folder / LOCK).open("a+", encoding="ascii") as file, contextlib.ExitStack() as held:
        try:
            if not _taken_at_last(file):
                file.seek(0)
                raise ParameterError(
                    f"{folder}: another sweep is at work here (process {file.read().strip() or 'unknown'}); "
                    "wait until it ends or choose another folder")
            held.callback(_let_go, file)
        except OSError as trouble:  # no locks here, such as on some network file systems
            held.enter_context(_exclusive_file(folder, trouble))
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def writer_of(folder: Path) -> int | None:
    """The process id of the sweep that is at work in a folder, None if there is none."""
    refuse_irregular(folder / LOCK)
    try:
        with (folder / LOCK).open("r+", encoding="ascii") as file:
            if _taken(file):
                _let_go(file)
                return None
            text = file.read().strip()
            return int(text) if text.isdigit() else 0
    except OSError:  # no lock yet, no locks here, or a store that may only be read
        process, host = _owner(folder / EXCLUSIVE)
        return process if (folder / EXCLUSIVE).exists() and not _ended(process, host) else None


@contextmanager
def _exclusive_file(folder: Path, trouble: OSError) -> Iterator[None]:
    """Hold the file that stands for the lock; one that an ended process of this machine left is replaced."""
    path = folder / EXCLUSIVE
    if path.exists() and _ended(*_owner(path)):
        path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        process, host = _owner(path)
        raise ParameterError(
            f"{folder}: the file system has no locks ({trouble.strerror}), and {EXCLUSIVE} says that process {process} "
            f"on {host} is at work here; if there is no such process, delete {path}") from None
    except OSError as second:
        raise ParameterError(f"{folder}: cannot be locked ({trouble.strerror}), and {EXCLUSIVE} cannot be made "
                             f"({second.strerror}); choose a folder on another file system") from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump([os.getpid(), socket.gethostname()], file)
        yield
    finally:
        path.unlink(missing_ok=True)


def _owner(path: Path) -> tuple[int, str]:
    """The process and the machine that made the file; 0 if it cannot be read."""
    try:
        process, host = json.loads(read_bytes(path, 1_000))
        return int(process), str(host)
    except (OSError, ValueError, TypeError):
        return 0, "another machine"


def _ended(process: int, host: str) -> bool:
    """Whether a process of this machine has ended; never known of another machine's."""
    if host != socket.gethostname() or sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _taken_at_last(file: IO[str]) -> bool:
    """Whether the lock could be taken; tried a few times, for `writer_of` holds it for a moment to see."""
    for _ in range(_TRIES):
        if _taken(file):
            return True
        time.sleep(_SECONDS_BETWEEN_TRIES)
    return False


if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[str]) -> bool:
        file.seek(_FAR_BEYOND_THE_TEXT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as trouble:
            if trouble.errno in (*_TAKEN, errno.EACCES, errno.EDEADLK):
                return False
            raise
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
        except OSError as trouble:
            if trouble.errno in _TAKEN:
                return False
            raise
        return True

    def _let_go(file: IO[str]) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
