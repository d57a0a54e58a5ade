"""Parameters, presets and effect sizes, from the registry."""

from __future__ import annotations

import inspect
import re
from collections import Counter

from simlead.cli.parameters import shown
from simlead.model.calibration_data import CALIBRATION
from simlead.model.parameters import GRADES, Parameter
from simlead.model.people_plan import PlanLine
from simlead.model.presets import EFFECT_SIZES, PRESETS
from simlead.model.scenario import GROUPS, REGISTRY
from simlead.model.sources import sources_of
from simlead.model.team import TEAM_PARAMETERS

from .markdown import cited, escaped, first_sentence, link, table


def lines_of(group: str) -> list[Parameter]:
    """The registry's lines of one group, in its order."""
    if group not in GROUPS:
        raise KeyError(f"{group}: no such group; there are {', '.join(GROUPS)}")
    return [line for line in REGISTRY.values() if line.path.startswith(f"{group}.")]


def parameters(group: str, size: str = "full") -> str:
    """The parameters of a group as a table; `short` leaves out meanings' neighbours: what is allowed and where from."""
    lines = lines_of(group)
    if size == "short":
        return table(
            ["parameter", "meaning", "default", "unit", "grade"],
            [[f"`{line.path}`", escaped(line.meaning), f"`{_default(line)}`", escaped(line.unit), line.grade]
             for line in lines])
    words = first_sentence(GROUPS[group].__doc__)
    return words + "\n\n" + table(
        ["parameter", "default", "allowed", "likely", "source", "grade"],
        [[f"`{line.path}`<br>{escaped(line.meaning)}",
          f"`{_default(line)}`<br>{escaped(line.unit)}", escaped(line.allowed), _likely(line),
          " ".join(link(source.key) for source in sources_of(line)) if line.source else "", line.grade]
         for line in lines])


def team() -> str:
    """The parameters that a team can have of its own; its manager's habits in one row."""
    rows = [[f"`team.N.{name}`<br>{escaped(line.meaning)}", f"`{_default(line)}`<br>{escaped(line.unit)}",
             escaped(line.allowed), _likely(line), line.grade]
            for name, line in TEAM_PARAMETERS.items() if "." not in name]
    rows.append(["`team.N.status_quo.LEVER`<br>habits of this team's manager until the roll-out: any lever of `policy`",
                 "the firm's `status_quo`", "as the lever's", "", ""])
    return table(["parameter", "default", "allowed", "likely", "grade"], rows)


def plan() -> str:
    """The entries of a line of the people plan."""
    described = re.findall(r"^(\w+) : (.+)\n    (.+)$", inspect.getdoc(PlanLine) or "", re.M)
    return table(["entry", "value", "meaning"],
                 [[f"`{name}`", escaped(kind), meaning.replace("``", "`")] for name, kind, meaning in described])


def _default(line: Parameter) -> str:
    """A default as people read it: calibrated numbers have more digits than anybody wants."""
    value = line.default
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else shown(
        round(value) if isinstance(value, float) else value)


def _likely(line: Parameter) -> str:
    if line.likely_low is None or (line.likely_low, line.likely_high) == (line.low, line.high):
        return ""
    return f"{line.likely_low:g} to {line.likely_high:g}"


def grades() -> str:
    """How many parameters have each grade, and what the grade means."""
    distinct = [line for line in REGISTRY.values() if not line.path.startswith(("status_quo.", "calendar."))]
    counts = Counter(line.grade for line in distinct)
    rows = [[grade, meaning, str(counts[grade])] for grade, meaning in GRADES.items()]
    return table(["grade", "what it rests on", f"of {len(distinct)} parameters"], rows)


def presets() -> str:
    """What each preset changes in the status quo."""
    rows = []
    for name, changes in PRESETS.items():
        words = ", ".join(f"`{path} = {shown(value)}`" for path, value in changes.items())
        rows.append([f"`{name}`", words or "nothing: it is what all others are compared with"])
    return table(["preset", "what it changes"], rows)


def effect_sizes() -> str:
    """What each set of effect sizes takes for granted, where the sets differ."""
    paths = list(dict.fromkeys(path for changes in EFFECT_SIZES.values() for path in changes))
    rows = []
    for path in paths:
        line = REGISTRY[path]
        values = [shown(changes.get(path, line.default)) for changes in EFFECT_SIZES.values()]
        rows.append([f"`{path}`<br>{escaped(line.meaning)}", *values, escaped(line.unit)])
    return table(["parameter", *EFFECT_SIZES, "unit"], rows)


def calibrated() -> str:
    """The solved numbers of every firm and set of effect sizes that ships with the package."""
    sets = CALIBRATION["sets"]
    paths = sorted({path for found in sets.values() for path in found["values"]})
    rows = [[f"`{path}`", *(f"{sets[name]['values'][path]:.5g}" for name in sets)] for path in paths]
    made_by = {found["produced_by"]["script"] for found in sets.values()}
    words = cited(f"Written by `{', '.join(sorted(made_by))}`.")
    return table(["parameter", *(name.replace("_", " ").replace(".", ", ") for name in sets)], rows) + f"\n\n{words}"
