"""Studies as TOML files: what to ask, of whom, where, and how often. Data, never executed.

    [study]
    question = "How much coaching, at which clarity of the role?"
    replications = 50              # or a [study.precision]; 20 if neither is there
    beliefs = ["evidence", "practitioner"]
    baseline = true

    [scenario]
    preset = "status_quo"

    [scenario.set]
    "organisation.teams" = 6

    [design]
    kind = "grid"

    [design.factors]
    "policy.coaching_share" = { low = 0.0, high = 0.7, levels = 8 }
    "policy.role_clarity" = { values = [0.2, 0.5, 0.8] }
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import GROUPS
from simlead.model.toml_file import built_from_toml
from simlead.study.studies.design import KINDS, TABLE, DesignSpec
from simlead.study.studies.factors import plain, shown
from simlead.study.studies.study import Precision as Precision
from simlead.study.studies.study import Study as Study
from simlead.study.studies.table_file import read_table

_STUDY_KEYS = ("question", "name", "replications", "precision", "seed", "measures", "beliefs", "baseline",
               "engine", "trace_hashes")
_PRECISION_KEYS = ("measure", "half_width", "relative", "against", "minimum", "maximum", "confidence")
_TABLE_KEYS = ("file", "columns")
_DESIGN_KEYS = ("kind", "factors", *_TABLE_KEYS, *sorted({
    name for kind in KINDS.values() for name in (*kind.needed, *kind.defaults)}))


def load_study(path: str | os.PathLike[str]) -> Study:
    """The study that a TOML file describes, every point of its design checked.

    Raises ParameterError, in one line that begins with the file's name (and the line, where
    it can be told), for a file that cannot be read, is not TOML or not UTF-8, or says
    something that cannot be. Nothing is run.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "study.toml"
    >>> _ = file.write_text('[design]\\nkind = "grid"\\n[design.factors]\\n'
    ...                     '"policy.coaching_share" = { low = 0.0, high = 0.5, levels = 6 }\\n')
    >>> load_study(file).design_table()["policy.coaching_share"].tolist()
    [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    """
    file = Path(path)
    name = file.stem if file.stem != "study" else file.absolute().parent.name or file.stem
    return built_from_toml(file, "study", lambda content: study_of(content, folder=file.parent, name=name))


def study_of(content: Mapping[str, Any], *, folder: str | os.PathLike[str] = ".", name: str = "study") -> Study:
    """The study that the parsed content of a file (nested tables) describes, every point checked.

    A table design's CSV file is looked for in `folder`. Raises ParameterError for unknown
    keys and for values that are not allowed.

    >>> study_of({"design": {"kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}}).seed
    0
    """
    _known("", content, ("study", "scenario", "design"))
    found = {"name": name, **_table(content, "study")}
    _known("study", found, _STUDY_KEYS)
    if found.get("measures") == []:
        raise ParameterError("measures: none named; leave the line out for all of them")
    if "precision" in found:
        found["precision"] = _precision(_table(found, "precision", "study.precision"))
    scenario = _table(content, "scenario")
    _known("scenario", scenario, ("preset", "set"))
    overrides = _table(scenario, "set", "scenario.set")
    _refuse_unquoted(overrides, "scenario.set")
    if "preset" in scenario:
        found["preset"] = scenario["preset"]
    design = _design(content, Path(folder))
    for factor in design.names:
        if factor in overrides:
            raise ParameterError(f"{factor}: a factor of the design, and set in [scenario.set] too")
    study = Study(design=design, overrides=overrides, **found)
    study.design_table()
    return study


def _precision(told: Mapping[str, Any]) -> Precision:
    _known("study.precision", told, _PRECISION_KEYS)
    for key in ("measure", "half_width"):
        if key not in told:
            raise ParameterError(f"study.precision: {key} is missing")
    return Precision(**told)


def _design(content: Mapping[str, Any], folder: Path) -> DesignSpec:
    if "design" not in content:
        raise ParameterError("design: missing; a study needs a [design] with a kind and its factors")
    settings = dict(_table(content, "design"))
    _known("design", settings, _DESIGN_KEYS)
    if "kind" not in settings:
        raise ParameterError(f"design: kind is missing; allowed is {' | '.join([*KINDS, TABLE])}")
    kind = settings.pop("kind")
    if kind == TABLE:
        return _listed(settings, folder)
    factors = settings.pop("factors", {})
    if isinstance(factors, Mapping):
        _refuse_unquoted(factors, "design.factors")
    return DesignSpec(kind, settings, factors)


def _listed(settings: Mapping[str, Any], folder: Path) -> DesignSpec:
    for key in settings:
        if key not in _TABLE_KEYS:
            raise ParameterError(f"design.{plain(key)}: a table has no such key; allowed is {' | '.join(_TABLE_KEYS)}")
    file, columns = settings.get("file"), settings.get("columns")
    if not isinstance(file, str) or not file:
        raise ParameterError('design: file is missing; a table needs file = "NAME.csv", beside the study file')
    if columns is not None and not isinstance(columns, list):
        raise ParameterError(f"columns = {shown(columns)}: a list of dotted paths is needed")
    return DesignSpec.of_table(read_table(folder / file, columns))


def _table(content: Mapping[str, Any], key: str, full: str = "") -> Mapping[str, Any]:
    table = content.get(key, {})
    if not isinstance(table, Mapping):
        raise ParameterError(f"{key} = {shown(table)}: a table is needed, such as [{full or key}]")
    return table


def _known(where: str, content: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in content:
        if key not in keys:
            full = plain(f"{where}.{key}" if where else key)
            raise ParameterError(f"{full}: no such key; allowed is {' | '.join(keys)}{nearest(key, keys)}")


def _refuse_unquoted(content: Mapping[str, Any], where: str) -> None:
    """TOML reads policy.coaching_share = 1 as a table `policy`; say what was meant."""
    for key in content:
        if key in GROUPS:
            raise ParameterError(f"{key}: no such parameter; write dotted paths of [{where}] in quotes")
