"""Scenarios as TOML files: what differs from a preset, and nothing that runs.

    preset = "coaching"            # optional; status_quo if absent
    beliefs = "practitioner"       # optional; evidence if absent

    [policy]                       # a table per group of parameters ...
    role_clarity = 0.7

    [set]                          # ... or dotted paths
    "world.skill_effect" = 0.25

A file is data: it is parsed, checked against the registry, and never executed.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import BELIEFS, PRESETS, preset
from simlead.model.scenario import GROUPS, REGISTRY, Scenario

_LARGEST_FILE_BYTES = 1_000_000


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """The scenario that a TOML file describes.

    Raises ParameterError, in one line that begins with the file's name (and the line,
    where it can be told), for a file that cannot be read, is not TOML or not UTF-8, or
    names an unknown preset, table or parameter, or a value that is not allowed.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "firm.toml"
    >>> _ = file.write_text('preset = "coaching"\\n[organisation]\\nteams = 3\\n')
    >>> load_scenario(file).organisation.teams, load_scenario(file).policy.coaching_share
    (3, 0.5)
    """
    file = Path(path)
    text = ""
    try:
        text = _text(file)
        return scenario_of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f": not TOML: {_with_line_first(str(error), text)}"
    except RecursionError:
        message = ": not a scenario: nested too deeply"
    except UnicodeDecodeError as error:
        message = f": not UTF-8 at byte {error.start}"
    except ParameterError as refusal:
        message = f"{_line_of(str(refusal), text)}: {refusal}"
    except (OSError, ValueError) as error:  # ValueError: a name no file can have
        message = f": cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ParameterError(" ".join(f"{file}{message}".splitlines()))  # names may hold line breaks


def scenario_of(content: Mapping[str, Any]) -> Scenario:
    """The scenario that the parsed content of a file (nested tables) describes.

    Raises ParameterError for unknown keys and for values that are not allowed.

    >>> scenario_of({"preset": "coaching", "set": {"market.rivals": 3}}).market.rivals
    3
    """
    name = _word(content, "preset", "status_quo", PRESETS)
    beliefs = _word(content, "beliefs", "evidence", BELIEFS)
    changes: dict[str, Any] = {}
    for key, table in content.items():
        if key in ("preset", "beliefs"):
            continue
        if key not in GROUPS and key != "set":
            known = ["preset", "beliefs", "set", *GROUPS]
            hint = nearest(key, known) or nearest(key, REGISTRY)
            raise ParameterError(f"{key}: no such table; allowed is {' | '.join(known)}{hint}")
        if not isinstance(table, Mapping):
            raise ParameterError(f"{key} = {table!r}: a table is needed, such as [{key}]")
        for field, value in table.items():
            path = field if key == "set" else f"{key}.{field}"
            if isinstance(value, Mapping) and path not in REGISTRY:
                raise ParameterError(f"{path}: no such table; write dotted paths of [set] in quotes")
            if path in changes:
                raise ParameterError(f"{path}: set twice, in [{key}] and before")
            changes[path] = value
    return preset(name, beliefs).change(changes)


def scenario_toml(scenario: Scenario, name: str = "status_quo", beliefs: str = "evidence") -> str:
    """A TOML text from which `load_scenario` makes this very scenario again.

    Holds what differs from the named preset under the named beliefs, each value with its
    unit and meaning as a comment. Raises ParameterError for an unknown preset or belief set.

    >>> print(scenario_toml(Scenario().change({"policy.coaching_share": 0.5})))
    preset = "status_quo"
    beliefs = "evidence"
    <BLANKLINE>
    [policy]
    # planned share of a manager's week spent coaching (share of the manager's week)
    coaching_share = 0.5
    <BLANKLINE>
    """
    lines = [f'preset = "{name}"', f'beliefs = "{beliefs}"']
    group = ""
    for path, (_, value) in preset(name, beliefs).differences(scenario).items():
        prefix, _, field = path.partition(".")
        if prefix != group:
            group = prefix
            lines += ["", f"[{group}]"]
        line = REGISTRY[path]
        lines += [f"# {line.meaning} ({line.unit})", f"{field} = {_value(value)}"]
    return "\n".join(lines) + "\n"


def _text(file: Path) -> str:
    if file.is_dir():
        raise ParameterError("a folder, not a scenario file")
    if not file.exists():
        raise ParameterError("no such file")
    if not file.is_file():  # a pipe or a device could keep us reading for ever
        raise ParameterError("not a regular file")
    if file.stat().st_size > _LARGEST_FILE_BYTES:
        raise ParameterError("too large for a scenario file")
    return file.read_text(encoding="utf-8-sig")


def _word(content: Mapping[str, Any], key: str, default: str, known: Mapping[str, Any]) -> str:
    word = content.get(key, default)
    if not isinstance(word, str):
        raise ParameterError(f"{key} = {word!r}: allowed is {' | '.join(known)}")
    return word


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'  # only the registry's own words get here
    return repr(value)  # finite floats and ints: Python's shortest exact form is TOML's too


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
    prefix, _, field = name.rpartition(".")
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
            lines += [number] * (bare == name or (bare == field and in_table == prefix))
    return f", line {lines[0]}" if len(lines) == 1 else ""
