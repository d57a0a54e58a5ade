"""TOML files written by people: read as data, with one clear line for an error.

Scenario files and study files are read here. A file is parsed and checked, never executed.
"""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from simlead.model.parameters import ParameterError

Built = TypeVar("Built")

_LARGEST_FILE_BYTES = 1_000_000


def built_from_toml(
    path: str | os.PathLike[str], what: str, build: Callable[[Mapping[str, Any]], Built]
) -> Built:
    """What `build` makes of a TOML file's content.

    `what` is the kind of file, as refusals name it ("scenario"). Raises ParameterError, in one
    line that begins with the file's name (and the line, where it is known), for a file that
    cannot be read, is not TOML or not UTF-8, and for whatever ParameterError `build` raises.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "three.toml"
    >>> _ = file.write_text("three = 3")
    >>> built_from_toml(file, "number", lambda content: content["three"])
    3
    """
    content, text = parsed_toml(path, what)
    with naming(Path(path), text, what):
        return build(content)


def parsed_toml(path: str | os.PathLike[str], what: str) -> tuple[dict[str, Any], str]:
    """The content of a TOML file and its text; ParameterError, in one line, where it has none."""
    file = Path(path)
    text = ""
    try:
        refuse_unreadable(file, f"{what} file", _LARGEST_FILE_BYTES)
        text = file.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        message = f": not TOML: {_with_line_first(str(error), text)}"
    except RecursionError:
        message = f": not a {what}: nested too deeply"
    except UnicodeDecodeError as error:
        message = f": not UTF-8 at byte {error.start}"
    except ParameterError as refusal:
        message = f": {refusal}"
    except (OSError, ValueError) as error:  # ValueError: a name no file can have
        message = f": cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ParameterError(_one_line(file, message))


@contextlib.contextmanager
def naming(file: Path | None, text: str, what: str) -> Iterator[None]:
    """Let a refusal of the block begin with the file's name, and the line where it is known."""
    try:
        yield
    except RecursionError:
        raise ParameterError(_one_line(file, f": not a {what}: nested too deeply")) from None
    except ParameterError as refusal:
        if file is None:
            raise
        raise ParameterError(_one_line(file, f"{_line_of(str(refusal), text)}: {refusal}")) from None


def _one_line(file: Path | None, message: str) -> str:
    return " ".join(f"{'' if file is None else file}{message}".splitlines())  # names may hold line breaks


def refuse_unreadable(file: Path, what: str, largest_bytes: int) -> None:
    """Raise ParameterError for a folder, a missing file, a pipe or a file too large to be `what`.

    >>> refuse_unreadable(Path("."), "scenario file", 1_000)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: a folder, not a scenario file
    """
    if file.is_dir():
        raise ParameterError(f"a folder, not a {what}")
    if not file.exists():
        raise ParameterError("no such file")
    if not file.is_file():  # a pipe or a device could keep us reading for ever
        raise ParameterError("not a regular file")
    if file.stat().st_size > largest_bytes:
        raise ParameterError(f"too large for a {what}")


def _with_line_first(message: str, text: str) -> str:
    """What the parser says, as `line 3: what (column 7)`."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if found:
        what, line, column = found.groups()
        return f"line {line}: {' '.join(what.split())} (column {column})"
    what = " ".join(message.replace("(at end of document)", "").split())
    return f"line {text.count(chr(10)) + 1}: {what} (end of file)"


def _line_of(refusal: str, text: str) -> str:
    """`, line 7` where the refused name stands once in the file, nothing where that is unclear."""
    name = re.split(r"[ :]", refusal, maxsplit=1)[0]
    in_table = ""
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([\w.\"'-]+)\s*\]", line)
        key = re.match(r"\s*([\w.-]+|\"[^\"]*\"|'[^']*')\s*=", line)
        if header:
            in_table = header.group(1)
            lines += [number] * (in_table == name)
        elif key:
            bare = key.group(1).strip("\"'")
            lines += [number] * (name in (bare, f"{in_table}.{bare}"))
    return f", line {lines[0]}" if len(lines) == 1 else ""
