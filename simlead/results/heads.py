"""The head of a folder: the JSON file that says what the tables beside it are, guarded against damage and mix-ups.

    {"format": ..., ..., "check": the hash of all the rest}

A head names the tables' hashes, so that a folder is sound as a whole or refused in one line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.files import FileFormatError, one_line


def head_text(content: Mapping[str, Any]) -> str:
    """The text of a head: its content as JSON, with a check of all of it.

    >>> print(head_text({"format": "simlead run 1"}), end="")
    {
     "format": "simlead run 1",
     "check": "9a74416d6881afab"
    }
    """
    return json.dumps({**content, "check": _check(content)}, indent=1) + "\n"


def read_head(path: Path, form: str, kind: str) -> dict[str, Any]:
    """The content of a head, without its check, of the format `form`; `kind` is the folder's in words.

    Raises FileFormatError, in one line, if it is not there, of another format or damaged.

    >>> read_head(Path("somewhere") / "run.json", "simlead run 1", "a saved run")
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: somewhere is not a saved run: it has no run.json
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileFormatError(f"{path.parent} is not {kind}: it has no {path.name}") from None
    except (OSError, ValueError, RecursionError) as trouble:
        raise FileFormatError(f"{path} cannot be read: {one_line(trouble)}") from None
    if not isinstance(content, dict) or content.get("format") != form:
        raise FileFormatError(f"{path} is not of the format {form!r}")
    if content.pop("check", None) != _check(content):
        raise FileFormatError(f"{path} is damaged: it is not the file that was written")
    return content


@contextmanager
def fits_this_version(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the entries of a sound head into one line: another version wrote it.

    >>> with fits_this_version(Path("run.json")):
    ...     {"seed": 0}["engine"]
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: run.json does not fit this version: 'engine'
    """
    try:
        yield
    except FileFormatError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as trouble:
        raise FileFormatError(f"{path} does not fit this version: {one_line(trouble)}") from None


def scenario_of(values: Mapping[str, Any]) -> Scenario:
    """The scenario of stored values by dotted path; ParameterError if they are not all of this version's."""
    if missing := REGISTRY.keys() - dict(values).keys():
        raise ParameterError(f"{min(missing)} is not set; it was saved by another version")
    return Scenario().change(values)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_if_damaged(path: Path, expected: Any) -> None:
    """Raise FileFormatError unless a file's hash is what its folder's head says."""
    try:
        found = hash_of(path)
    except OSError as trouble:
        raise FileFormatError(f"{path} cannot be read: {trouble.strerror}") from None
    if found != expected:
        raise FileFormatError(f"{path} is damaged: it is not the file that was written")


def _check(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
