"""The format of a study file, from the classes that read it."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from simlead.model.stated import STATED
from simlead.study.studies.design import KINDS, TABLE
from simlead.study.studies.factors import Factor
from simlead.study.studies.kinds import table_design
from simlead.study.studies.study import DEFAULT_REPLICATIONS, Precision, Study

from .markdown import cited, escaped, first_sentence, table, undocumented

STUDY = {
    "question": "What is asked, in a sentence. Reports and charts repeat it.",
    "name": "What the study is called; the file's or its folder's name if left out.",
    "replications": f"Replications of each point: {DEFAULT_REPLICATIONS} if neither this nor a precision is given.",
    "precision": "A table `[study.precision]` instead: replicates until an interval is narrow enough.",
    "seed": "Random seed of the runs and of the design (0 is valid).",
    "measures": "The measures wanted, by name; all of them if left out.",
    "effect_sizes": "The sets of effect sizes under which every point is run.",
    "baseline": "Whether the scenario itself is run too, so that each point can be compared with it.",
    "engine": "Which engine makes the runs; both give the same bits.",
    "trace_hashes": "Whether the hash of every run's trace is stored. Slower.",
    "weekly": "Series by week to store of every run: `profit`, and the columns of the table of weeks.",
}
PRECISION = {
    "measure": "The measure whose interval is to be narrow.",
    "half_width": "Half of the interval's width, in the measure's unit.",
    "relative": "Whether `half_width` is a part of the mean instead.",
    "against": 'With `"baseline"` the interval is that of the paired difference from the baseline.',
    "minimum": "Replications of each point at least.",
    "maximum": "Replications at most; a point that needs more is reported as not reached.",
    "confidence": "The confidence of the interval.",
}
FACTOR = {
    "low": "The range's lower end.",
    "high": "Its upper end.",
    "levels": "Number of equally spaced values, both ends included; a grid needs them.",
    "values": "A list of values instead of a range; switches and choices need it.",
    "distribution": 'Of a range: uniform if left out, or `"triangular"`, `"pert"`, `"normal"` or `"lognormal"`, '
                    "cut to it.",
    "mode": "Of a triangular or PERT distribution.",
    "weight": "Of a PERT distribution: how strongly it prefers the mode; 0 is uniform, 4 the classical one.",
    "mean": "Of a normal distribution, in the parameter's unit.",
    "sd": "Its standard deviation, in the parameter's unit.",
    "median": "Of a lognormal distribution, in the parameter's unit.",
    "sigma": "The standard deviation of its logarithm.",
    "weights": "Of `values`: how likely each is, in proportion; all alike if left out.",
}
ELSEWHERE = ("design", "preset", "overrides")
"""Fields of a Study that a file has in tables of their own: [design], [scenario], [scenario.set]."""


def study_keys() -> str:
    """The keys of [study] and of [study.precision]."""
    study = [field for field in dataclasses.fields(Study) if field.name not in ELSEWHERE]
    return ("#### `[study]`\n\n" + _keys(Study, study, STUDY)
            + "\n\n#### `[study.precision]`\n\n" + _keys(Precision, list(dataclasses.fields(Precision)), PRECISION))


def factor_keys() -> str:
    """The keys of a factor."""
    return _keys(Factor, list(dataclasses.fields(Factor)), FACTOR)


def stated_facts() -> str:
    """Each fact that a client can state, with its unit, its range, and the parameters that it is."""
    return table(["fact", "meaning", "unit", "allowed", "parameter"], [
        [f"`{name}`", cited(fact.line.meaning), escaped(fact.line.unit), fact.line.allowed,
         ", ".join(f"`{path}`" for path in fact.sets)] for name, fact in STATED.items()])


def kinds_of_design() -> str:
    """Each kind of design, its required settings, and its defaults."""
    rows = []
    for name, kind in KINDS.items():
        settings = [f"`{needed}` (needed)" for needed in kind.needed]
        settings += [f"`{key} = {_toml(default)}`" for key, default in kind.defaults.items()]
        rows.append([f"`{name}`", first_sentence(kind.make.__doc__), ", ".join(settings)])
    rows.append([f"`{TABLE}`", first_sentence(table_design.__doc__), "`file` (needed), `columns`"])
    return table(["kind", "what it is", "its own keys, with defaults"], rows)


def _keys(group: Any, fields: list[Any], words: dict[str, str]) -> str:
    types = typing.get_type_hints(group)
    return table(["key", "meaning", "type", "default"], [
        [f"`{field.name}`", _words(words, field.name), _type(types[field.name]), _default(field)] for field in fields])


def _words(words: dict[str, str], name: str) -> str:
    return cited(words[name]) if name in words else undocumented(name)


def _type(annotation: Any) -> str:
    """A type in a study file's own words."""
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", Precision: "table"}
    if annotation is Any:
        return "any"
    if annotation in names:
        return names[annotation]
    inner = [part for part in typing.get_args(annotation) if part not in (type(None), ...)]
    return "list" if typing.get_origin(annotation) is tuple or any(
        typing.get_origin(part) is tuple for part in inner) else " or ".join(_type(part) for part in inner)


def _default(field: Any) -> str:
    if field.default is dataclasses.MISSING:
        return "needed" if field.default_factory is dataclasses.MISSING else ""
    value = field.default
    return "" if value in (None, ()) or value == "" else f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"
