"""The manifest of a result folder: its kind, its inputs, the hashes of its files, and a check of itself.

    {"format": "simlead folder 1", "kind": "run", "version": ..., "facts": {...},
     "files": {"weeks.parquet": SHA-256, ...}, "check": the hash of all the rest}

Folders of 0.1.0 had a file of another name and form for each kind; they are read as if they had this one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario, stored_values
from simlead.results.files import FileFormatError, one_line

FORMAT = "simlead folder 1"
MANIFEST = "manifest.json"
EARLIER = "0.1"
"""The version that a manifest of 0.1.0 is given, which did not say it."""
LARGEST_MANIFEST = 64_000_000
"""Bytes; a million points that want different replications each need about 8 million."""

KINDS = {
    "run": "a saved run",
    "comparison": "a saved comparison",
    "sweep": "a sweep",
    "claims": "an examination of claims",
    "session": "a session of the workshop",
    "import": "an import from a CRM",
    "answer": "an answer over worlds",
    "trial": "a designed trial",
    "payback": "the money of policies",
    "export": "tables for another program",
}
"""The kinds of folders, and what each is in a sentence."""


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a manifest says. `facts` are the kind's own entries, `files` the SHA-256 of each file by its name."""

    kind: str
    version: str
    facts: dict[str, Any]
    files: dict[str, str]

    def text(self) -> str:
        """Return the manifest as it is written.

        >>> print(Manifest("run", "0.2.0", {"seed": 1}, {}).text(), end="")
        {
         "format": "simlead folder 1",
         "kind": "run",
         "version": "0.2.0",
         "facts": {
          "seed": 1
         },
         "files": {},
         "check": "c37e48ed3023ecd8"
        }
        """
        content = {"format": FORMAT, **dataclasses.asdict(self)}
        return json.dumps({**content, "check": check_of(content)}, indent=1) + "\n"


def manifest_of(content: bytes, place: Path) -> Manifest:
    """Read a manifest, this version's or one of 0.1.0; `place` names it in messages.

    Raises FileFormatError, in one line, for anything else and for one that was damaged.
    """
    try:
        entries = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as trouble:
        raise FileFormatError(f"{place} cannot be read: {one_line(trouble)}") from None
    if not isinstance(entries, dict):
        raise FileFormatError(f"{place} is not of the format {FORMAT!r}")
    if entries.get("kind") == "simlead workshop":
        return Manifest("session", EARLIER, entries, {})
    earlier = _EARLIER_FORMATS.get(str(entries.get("format")))
    if earlier is None and entries.get("format") != FORMAT:
        raise FileFormatError(f"{place} is not of the format {FORMAT!r}")
    if entries.pop("check", None) != check_of(entries):
        raise FileFormatError(f"{place} is damaged: it is not the file that was written")
    with shaped(place):
        if earlier is not None:
            kind, files_of = earlier
            return Manifest(kind, EARLIER, entries, files_of(entries))
        files = {str(name): str(sha256) for name, sha256 in dict(entries["files"]).items()}
        if outside := [name for name in files if ".." in Path(name).parts or Path(name).is_absolute()]:
            raise FileFormatError(f"{place} names a file outside of its folder: {outside[0]!r:.80}")
        return Manifest(str(entries["kind"]), str(entries["version"]), dict(entries["facts"]), files)


def still_names(content: bytes, kind: str) -> bool:
    """Whether the bytes of a manifest, damaged or not, say that simlead wrote a folder of this kind.

    >>> still_names(b'{"format": "simlead folder 1", "kind": "run", "ver', "run")
    True
    >>> still_names(b'{"kind": "run"}', "run")
    False
    """
    text = content.decode("utf-8", "replace")
    earlier = [name for name, (of, _) in _EARLIER_FORMATS.items() if of == kind]
    return (f'"{FORMAT}"' in text and f'"kind": "{kind}"' in text) or any(f'"{name}"' in text for name in earlier)


@contextmanager
def shaped(place: Path) -> Iterator[None]:
    """Turn what goes wrong with the entries of a sound manifest into one line: another version wrote it.

    >>> with shaped(Path("manifest.json")):
    ...     {"seed": 0}["engine"]
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: manifest.json does not fit this version: 'engine'
    """
    try:
        yield
    except FileFormatError:
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as trouble:
        raise FileFormatError(f"{place} does not fit this version: {one_line(trouble)}") from None


def scenario_of(values: Mapping[str, Any]) -> Scenario:
    """Return the scenario of stored values by dotted path; ParameterError if they are not all of this version's."""
    values = stored_values(values)
    if missing := REGISTRY.keys() - values.keys():
        raise ParameterError(f"{min(missing)} is not set; it was saved by another version")
    return Scenario().change(values)


def check_of(content: Mapping[str, Any]) -> str:
    """Return sixteen hexadecimal digits that stand for the entries of a manifest."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


_EARLIER_FORMATS: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, str]]]] = {
    "simlead run 1": (
        "run", lambda entries: {f"{name}.parquet": str(sha256) for name, sha256 in entries["tables"].items()}),
    "simlead comparison 1": (
        "comparison", lambda entries: {str(entries["runs"]["file"]): str(entries["runs"]["sha256"])}),
    "simlead sweep 1": ("sweep", lambda entries: {"design.parquet": str(entries["design"]["sha256"])}),
}

EARLIER_NAMES = {"run": "run.json", "comparison": "comparison.json", "session": "session.json"}
"""What the manifest of a kind was called in 0.1.0, where it was not manifest.json."""
