"""Atomic writing of a file: it is there whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def refuse_to_overwrite(path: Path, overwrite: bool) -> None:
    """Raise FileExistsError if something is there and may not be replaced."""
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists already; choose another name or pass overwrite=True")


@contextmanager
def whole_file(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """Provide a temporary path beside `path` to write to, which takes the name when the block ends well.

    What was written is on the disk before it takes the name. A symbolic link stays one: its target is replaced.
    Raises FileExistsError if `path` exists and `overwrite` is false, IsADirectoryError if it is a folder.
    """
    refuse_to_overwrite(path, overwrite)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; the name of a file is needed")
    place = target_of(path)
    # The suffix stays: writers look at it.
    handle, name = tempfile.mkstemp(prefix=f".{place.stem}.", suffix=place.suffix, dir=place.parent)
    os.close(handle)
    partial = Path(name)
    try:
        partial.chmod(0o666 & ~umask())  # mkstemp makes files for their owner alone
        yield partial
        sync(partial)
        refuse_to_overwrite(path, overwrite)  # it may have been made meanwhile
        partial.replace(place)
        sync(place.parent)
    finally:
        partial.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or the list of a folder's names, is on the disk."""
    if path.is_dir():
        if os.name == "nt":  # folders cannot be opened there
            return
        handle = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some network file systems do not sync folders
                os.fsync(handle)
        finally:
            os.close(handle)
        return
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def target_of(path: Path) -> Path:
    """The place that a path leads to, its parents made."""
    place = path.resolve() if path.is_symlink() else path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def umask() -> int:
    """The permissions that new files do not get."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
