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
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.toml_file import built_from_toml
from simlead.study.design import TABLE, DesignSpec
from simlead.study.factors import shown
from simlead.study.study import Precision as Precision
from simlead.study.study import Study as Study
from simlead.study.table_file import read_table

_STUDY_KEYS = ("question", "name", "replications", "precision", "seed", "measures", "beliefs", "baseline",
               "engine", "trace_hashes")
_PRECISION_KEYS = ("measure", "half_width", "relative", "against", "minimum", "maximum", "confidence")


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
    """The study that the parsed content of a file (nested tables) describes.

    A table design's CSV file is looked for in `folder`. Raises ParameterError for unknown
    keys and for values that are not allowed.

    >>> study_of({"design": {"kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}}).seed
    0
    """
    _known("", content, ("study", "scenario", "design"))
    asked = _table(content, "study")
    _known("study", asked, _STUDY_KEYS)
    scenario = _table(content, "scenario")
    _known("scenario", scenario, ("preset", "set"))
    overrides = _table(scenario, "set")
    found = {"name": name, **asked}
    if "precision" in found:
        precision = _table(asked, "precision")
        _known("precision", precision, _PRECISION_KEYS)
        for key in ("measure", "half_width"):
            if key not in precision:
                raise ParameterError(f"study.precision: {key} is missing")
        found["precision"] = Precision(**precision)
    if "preset" in scenario:
        found["preset"] = scenario["preset"]
    study = Study(design=_design(content, Path(folder)), overrides=overrides, **found)
    for factor in study.factors:
        if factor in overrides:
            raise ParameterError(f"{factor}: a factor of the design, and set in [scenario.set] too")
    study.design_table()
    return study


def _design(content: Mapping[str, Any], folder: Path) -> DesignSpec:
    if "design" not in content:
        raise ParameterError("design: missing; a study needs a [design] with a kind and its factors")
    design = dict(_table(content, "design"))
    kind = design.pop("kind", None)
    if kind is None:
        raise ParameterError("design: kind is missing")
    factors = design.pop("factors", {})
    if kind != TABLE:
        return DesignSpec(kind, design, factors)
    _known("design", design, ("file", "columns"))
    if factors:
        raise ParameterError("design.factors: a table has columns instead; write columns = [...] or leave it out")
    file = design.get("file")
    if not isinstance(file, str) or not file:
        raise ParameterError('design: file is missing; a table needs file = "NAME.csv", beside the study file')
    return DesignSpec.of_table(read_table(folder / file, design.get("columns")))


def _table(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = content.get(key, {})
    if not isinstance(table, Mapping):
        raise ParameterError(f"{key} = {shown(table)}: a table is needed, such as [{key}]")
    return table


def _known(where: str, content: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in content:
        if key not in keys:
            full = f"{where}.{key}" if where else key
            raise ParameterError(f"{full:.80}: no such key; allowed is {' | '.join(keys)}{nearest(key, keys)}")
