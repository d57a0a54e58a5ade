"""The form of a scenario file: what it says is read layer by layer, and what differs is written.

`scenario_file` shows a file. A file may start from another one, which may start from a third: each is a layer, and the
last one names a preset. `Scenario.load` and `Scenario.save` put the layers together.
"""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simlead.model.deprecation import warn_renamed
from simlead.model.origin import Origin, Solved
from simlead.model.parameters import ParameterError, nearest
from simlead.model.people_plan import MOST_TEAMS
from simlead.model.preset_values import EFFECT_SIZES, PRESETS
from simlead.model.registry import GROUPS, PLAN, REGISTRY, declared
from simlead.model.stated import STATED, changes_of, checked_facts
from simlead.model.team import team_path
from simlead.model.toml_file import naming, parsed_toml

MOST_FILES = 32
"""Files that may start from one another."""

_KEYS = ("from", "effect_sizes", "stated", "solved", "set", "team", "rollout", PLAN, *GROUPS)


@dataclasses.dataclass(frozen=True)
class Layer:
    """What one file says, checked as far as a file can be by itself; `text` is its own, for the numbers of lines."""

    file: Path | None
    text: str
    start: str
    effect_sizes: str | None
    facts: dict[str, Any]
    changes: dict[str, Any]
    solved: tuple[Solved, ...]
    rollout: dict[int, Any] | None


@dataclasses.dataclass(frozen=True)
class FirmFile:
    """A file with all that it starts from: the layers from the ground, and where they come from."""

    layers: tuple[Layer, ...]
    origin: Origin


def read_firm_file(path: str | os.PathLike[str], effect_sizes: str | None = None) -> FirmFile:
    """Read a scenario file and the files that it starts from.

    `effect_sizes` hold where no file names any. Raises ParameterError, in one line that begins with the file's name,
    for a file that cannot be read, an unknown start, a circle, and effect sizes that differ from those of the start.
    """
    chain, place = [], Path(path)
    seen: list[Path] = []
    while True:
        content, text = parsed_toml(place, "scenario")
        seen.append(place.absolute())
        with naming(place, text, "scenario"):
            layer = layer_of(content, place, text)
            chain.append(layer)
            if layer.start in PRESETS:
                break
            following = _start_file(layer, place)
            if any(_same(following, other) for other in seen):
                ring = " -> ".join(file.name for file in (*seen, following))
                raise ParameterError(f'from = "{layer.start}": a circle, {ring}')
            if len(chain) == MOST_FILES:
                raise ParameterError(f"from: allowed are {MOST_FILES} files that start from one another")
        place = following
    return _put_together(chain, effect_sizes, tuple(seen))


def _put_together(chain: list[Layer], effect_sizes: str | None, files: tuple[Path, ...]) -> FirmFile:
    named: str | None = None
    for layer in reversed(chain):
        with naming(layer.file, layer.text, "scenario"):
            if layer.effect_sizes and named and layer.effect_sizes != named:
                raise ParameterError(
                    f'effect_sizes = "{layer.effect_sizes}": {layer.start}, which it starts from, is of {named} '
                    "effect sizes; calibrate a file for each set")
        named = layer.effect_sizes or named
    chosen = named or effect_sizes or "evidence"
    if chosen not in EFFECT_SIZES:
        raise ParameterError(f"effect_sizes {chosen!r}: allowed is {' | '.join(EFFECT_SIZES)}"
                             f"{nearest(chosen, EFFECT_SIZES)}")
    origin = Origin(preset=chain[-1].start, effect_sizes=chosen, named=named is not None, files=files)
    return FirmFile(tuple(reversed(chain)), origin)


def _start_file(layer: Layer, file: Path) -> Path:
    """The file that a layer starts from, beside its own file."""
    found = file.parent / Path(layer.start).expanduser()
    if not found.exists():
        kind = "no such file" if layer.start.lower().endswith(".toml") else (
            f"no such file or preset; presets are {' | '.join(PRESETS)}")
        raise ParameterError(f'from = "{layer.start}": {kind}{_nearest_start(layer.start, found)}')
    return found


def _nearest_start(start: str, found: Path) -> str:
    beside = [each.name for each in found.parent.glob("*.toml")] if found.parent.is_dir() else []
    return nearest(start, [*PRESETS, *sorted(beside)[:200]])


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def layer_of(content: Mapping[str, Any], file: Path | None = None, text: str = "") -> Layer:
    """What the parsed content of one file says. Raises ParameterError for what no file can say."""
    content = _under_new_names(content)
    start = content.get("from", "status_quo")
    if not isinstance(start, str) or not start.strip():
        raise ParameterError(f"from = {start!r:.60}: allowed is a file or {' | '.join(PRESETS)}")
    effect_sizes = content.get("effect_sizes")
    if effect_sizes is not None and (not isinstance(effect_sizes, str) or effect_sizes not in EFFECT_SIZES):
        raise ParameterError(f"effect_sizes {effect_sizes!r}: allowed is {' | '.join(EFFECT_SIZES)}"
                             f"{nearest(str(effect_sizes), EFFECT_SIZES)}")
    facts = checked_facts(content.get("stated", {}))
    changes, solved = _changes(content), _solved(content.get("solved", {}))
    if twice := sorted({line.path for line, _ in solved} & changes.keys()):
        raise ParameterError(f"{twice[0]}: set twice, in [solved] and before")
    changes |= {line.path: value for line, value in solved}
    for name in facts:
        own = {*STATED[name].sets, *(changes_of({name: facts[name]}) if name == "seats" else ())}
        if twice := sorted(own & changes.keys()):
            raise ParameterError(f"{twice[0]}: set twice, as {name} of [stated] too")
    rollout = _weeks(content["rollout"]) if "rollout" in content else None
    return Layer(file, text, start, effect_sizes, facts, changes, tuple(line for line, _ in solved), rollout)


def _under_new_names(content: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(content)
    for old, new in (("beliefs", "effect_sizes"), ("preset", "from")):
        if old in found:
            if new in found:
                raise ParameterError(f"{old}: set twice, as {new} too; {old} is its old name")
            warn_renamed(f"the key {old} of scenario files", new, stacklevel=2)
            found[new] = found.pop(old)
    return found


def _changes(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the tables of a file change, by dotted path."""
    changes: dict[str, Any] = {}
    for key, table in content.items():
        if key in ("from", "effect_sizes", "stated", "solved", "team", "rollout"):
            continue
        if key == PLAN:
            changes[key] = table
            continue
        if key in ("study", "design"):
            raise ParameterError(f"{key}: a study file, not a scenario; simlead sweep runs it")
        if key not in _KEYS:
            hint = nearest(key, _KEYS) or nearest(key, REGISTRY)
            raise ParameterError(f"{key}: no such table; allowed is {' | '.join(_KEYS)}{hint}")
        if not isinstance(table, Mapping):
            raise ParameterError(f"{key} = {table!r}: a table is needed, such as [{key}]")
        for field, value in table.items():
            path = field if key == "set" else f"{key}.{field}"
            if isinstance(value, Mapping) and path not in REGISTRY:
                raise ParameterError(f"{path}: no such table; write dotted paths of [set] in quotes")
            if path in changes:
                raise ParameterError(f"{path}: set twice, in [{key}] and before")
            changes[path] = value
    if "team" in content:
        teams = _teams(content["team"])
        if changes.setdefault("organisation.teams", len(content["team"])) != len(content["team"]):
            raise ParameterError(f"organisation.teams = {changes['organisation.teams']}: "
                                 f"the file has {len(content['team'])} of [[team]]; leave organisation.teams out")
        if twice := sorted(teams.keys() & changes.keys()):
            raise ParameterError(f"{twice[0]}: set twice, in [[team]] and before")
        changes.update(teams)
    return changes


def _solved(table: Any) -> list[tuple[Solved, Any]]:
    """The lines of [solved], each with its value."""
    if not isinstance(table, Mapping):
        raise ParameterError(f"solved = {table!r:.40}: a table is needed, [solved], as calibrate writes it")
    found = []
    for path, line in table.items():
        if not isinstance(line, Mapping) or "value" not in line or not set(line) <= {"value", "low", "high"}:
            raise ParameterError(f"{path}: [solved] needs a path in quotes and its value, such as "
                                 '"world.our_utility" = { value = 1.0, low = 0.9, high = 1.1 }')
        ends = [line.get(end, math.nan) for end in ("low", "high")]
        if not all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in ends):
            raise ParameterError(f"{path}: low and high are numbers")
        found.append((Solved(path, *map(float, ends)), line["value"]))
    return found


def _teams(tables: Any) -> dict[str, Any]:
    """The values of [[team]] tables by dotted path."""
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ParameterError("team: a table for each team is needed, such as [[team]]")
    found: dict[str, Any] = {}
    for number, table in enumerate(tables, start=1):
        for field, value in table.items():
            of_field = value.items() if isinstance(value, Mapping) else ()
            found.update({f"team.{number}.{field}.{lever}": each for lever, each in of_field}
                         if of_field else {f"team.{number}.{field}": value})
    return found


def _weeks(table: Any) -> dict[int, Any]:
    """The weeks of a [rollout] table by the team's number."""
    if not isinstance(table, Mapping):
        raise ParameterError(f"rollout = {table!r:.40}: a table is needed, [rollout], with a week by team")
    for key in table:
        if not (key.isascii() and key.isdigit() and 1 <= int(key) <= MOST_TEAMS):
            raise ParameterError(f"rollout.{key}: allowed is the number of a team, counted from 1")
    return {int(key): week for key, week in table.items()}


# --- writing


def firm_toml(
    start: str,
    effect_sizes: str,
    changes: Mapping[str, Any],
    plan: list[dict[str, Any]] | None = None,
    facts: Mapping[str, Any] | None = None,
    solved: tuple[Solved, ...] = (),
    rollout: Mapping[int, int] | None = None,
) -> str:
    """The text of a scenario file: what is stated, changed and solved, each with its unit and meaning as a comment.

    `plan` are the lines of a people plan and `rollout` the weeks by team, None where the start's own stay.
    `effect_sizes` are left out if empty.

    >>> print(firm_toml("coaching", "", {"organisation.teams": 3}))
    from = "coaching"
    <BLANKLINE>
    [organisation]
    # teams, one manager each (teams)
    teams = 3
    <BLANKLINE>
    """
    lines = [f"from = {_value(start)}", *([f'effect_sizes = "{effect_sizes}"'] if effect_sizes else [])]
    lines += [f"{PLAN} = []"] if plan == [] else []
    if facts:
        lines += ["", "[stated]"]
        for name, fact in facts.items():
            lines += [f"# {STATED[name].line.meaning} ({STATED[name].line.unit})", f"{name} = {_value(fact)}"]
    by_calibration = {line.path: line for line in solved}
    group = ""
    places = [*GROUPS, "team"]  # tables of data are listed last, but a file has each group once
    for path, value in sorted(changes.items(), key=lambda change: places.index(change[0].partition(".")[0])):
        if path in by_calibration:
            continue
        prefix, _, field = ("set", "", f'"{path}"') if team_path(path) else path.partition(".")
        if prefix != group:
            group = prefix
            lines += ["", f"[{group}]"]
        line = declared(path)
        lines += [f"# {line.meaning} ({line.unit})", f"{field} = {_value(value)}"]
    if rollout is not None:
        lines += ["", "[rollout]", "# week in which the policy starts, by team; never in the others"]
        lines += [f"{number} = {week}" for number, week in rollout.items()]
    if wanted := [path for path in by_calibration if path in changes]:
        lines += ["", "[solved]"]
        for path in wanted:
            line, ends = declared(path), by_calibration[path]
            known = f", low = {ends.low:.6g}, high = {ends.high:.6g}" if math.isfinite(ends.low + ends.high) else ""
            lines += [f"# {line.meaning} ({line.unit})", f'"{path}" = {{ value = {_value(changes[path])}{known} }}']
    for line_of_plan in plan or []:
        lines += ["", f"[[{PLAN}]]", *(f"{key} = {_value(value)}" for key, value in line_of_plan.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(each) for each in value)}]"
    return repr(value)  # finite floats, ints and lists of them: Python's shortest exact form is TOML's too


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08X}"
