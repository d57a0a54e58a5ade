"""Checked reading of files, and atomic writing of folders; `model.whole_file` writes files."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simlead.model.whole_file import refuse_to_overwrite as refuse_to_overwrite
from simlead.model.whole_file import sync as sync
from simlead.model.whole_file import target_of, umask
from simlead.model.whole_file import whole_file as whole_file

LARGEST_FILE = 1 << 36
"""Bytes of the largest file that is read."""


class FileFormatError(ValueError):
    """A file or folder is not what it should be. The message is one line that names it."""


def one_line(trouble: BaseException) -> str:
    """Return the first line of an exception's message; the name of its class if it has none.

    >>> one_line(ValueError("no such column\\nat row 3")), one_line(RecursionError())
    ('no such column', 'RecursionError')
    """
    text = str(trouble).strip().splitlines()
    return text[0] if text else type(trouble).__name__


def read_bytes(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Read a regular file of at most `largest` bytes.

    Raises FileFormatError, in one line, for a device, a pipe, a folder, a larger file and one that
    cannot be read; FileNotFoundError or NotADirectoryError if there is none.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise FileFormatError(f"{path} is not a regular file")
        if about.st_size > largest:
            raise FileFormatError(f"{path} is too large: {about.st_size:,} bytes, allowed are {largest:,}")
        with path.open("rb") as file:
            return file.read(about.st_size + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, MemoryError) as trouble:
        raise FileFormatError(f"{path} cannot be read: {getattr(trouble, 'strerror', '') or 'too large'}") from None


def refuse_irregular(path: Path) -> None:
    """Raise FileFormatError for a pipe, a device or a folder, which would be read or written without end."""
    if path.exists() and not path.is_file():
        raise FileFormatError(f"{path} is not a regular file")


def refuse_to_replace(path: Path, ours: Callable[[Path], bool], overwrite: bool) -> None:
    """Raise FileExistsError if there is a folder that must not be replaced: always unless `ours(path)` is true."""
    refuse_to_overwrite(path, overwrite)
    if path.exists() and not ours(path):
        raise FileExistsError(f"{path} holds something else, which is never replaced; choose another name")


@contextmanager
def whole_folder(path: Path, ours: Callable[[Path], bool], overwrite: bool = False) -> Iterator[Path]:
    """Provide a temporary folder beside `path` to fill, which takes the name when the block ends well.

    What was written is on the disk before it takes the name. A symbolic link stays one: its target is
    replaced. `overwrite` replaces only a folder for which `ours(path)` is true, so that a mistyped name
    costs no one their documents. Raises FileExistsError otherwise.
    """
    refuse_to_replace(path, ours, overwrite)
    place = target_of(path)
    partial = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        partial.chmod(0o777 & ~umask())
        yield partial
        for each in sorted(partial.rglob("*"), reverse=True):  # what is in a folder before the folder
            sync(each)
        sync(partial)
        refuse_to_overwrite(path, overwrite)
        if place.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{place.name}.old.", dir=place.parent))
            try:
                place.rename(old / "old")
                partial.rename(place)
            except BaseException:
                if not place.exists():
                    (old / "old").rename(place)
                    old.rmdir()
                raise
            sync(place.parent)
            shutil.rmtree(old)
        else:
            partial.rename(place)
            sync(place.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
