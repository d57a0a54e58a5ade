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
from collections.abc import Mapping
from typing import Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import BELIEFS, PRESETS, preset
from simlead.model.scenario import GROUPS, REGISTRY, Scenario
from simlead.model.toml_file import built_from_toml


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
    return built_from_toml(path, "scenario", scenario_of)


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
