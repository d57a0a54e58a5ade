"""Writing files so that they are whole or not there at all, and never over another by accident."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class FileFormatError(ValueError):
    """A file or folder is not what it should be. The message is one line that names it."""


def one_line(trouble: BaseException) -> str:
    """What went wrong, in its first line; the name of its kind if it says nothing.

    >>> one_line(ValueError("no such column\\nat row 3")), one_line(RecursionError())
    ('no such column', 'RecursionError')
    """
    text = str(trouble).strip().splitlines()
    return text[0] if text else type(trouble).__name__


def refuse_to_overwrite(path: Path, overwrite: bool) -> None:
    """Raise FileExistsError if something is there and may not be replaced."""
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists already; choose another name or pass overwrite=True")


@contextmanager
def whole_file(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes the name when the block ends well.

    Raises FileExistsError if `path` exists and `overwrite` is false, IsADirectoryError if
    it is a folder.
    """
    refuse_to_overwrite(path, overwrite)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; the name of a file is needed")
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays: writers look at it.
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        partial.chmod(0o666 & ~_umask())  # mkstemp makes files for their owner alone
        yield partial
        refuse_to_overwrite(path, overwrite)  # it may have come up meanwhile
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path, ours: Callable[[Path], bool], overwrite: bool = False) -> Iterator[Path]:
    """A temporary folder beside `path` to fill; it takes the name when the block ends well.

    `ours(path)` tells whether an existing folder is of the kind that is being written:
    `overwrite` replaces only such a folder, so that a mistyped name cannot cost anybody
    their documents. Raises FileExistsError otherwise.
    """
    refuse_to_overwrite(path, overwrite)
    if path.exists() and not ours(path):
        raise FileExistsError(f"{path} is something else, which overwrite=True does not replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        partial.chmod(0o777 & ~_umask())
        yield partial
        refuse_to_overwrite(path, overwrite)
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
            path.rename(old / "old")
            partial.rename(path)
            shutil.rmtree(old)
        else:
            partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
