"""Studies as TOML files: question, scenario, design and replications, as data only.

    [study]
    question = "How much coaching, at which clarity of the role?"
    replications = 50              # or a [study.precision]; 20 if neither is there
    effect_sizes = ["evidence", "practitioner"]
    baseline = true

    [scenario]
    from = "status_quo"            # a preset, or a scenario file beside this one

    [scenario.set]
    "organisation.teams" = 6

    [design]
    kind = "grid"

    [design.factors]
    "policy.coaching_share" = { low = 0.0, high = 0.7, levels = 8 }
    "policy.role_clarity" = { values = [0.2, 0.5, 0.8] }
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simlead.model.deprecation import warn_renamed
from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import EFFECT_SIZES, PRESETS, preset
from simlead.model.scenario import GROUPS
from simlead.model.scenario_file import firm_named
from simlead.model.toml_file import built_from_toml
from simlead.study.studies.design import KINDS, TABLE, DesignSpec
from simlead.study.studies.factors import plain, shown
from simlead.study.studies.study import Precision as Precision
from simlead.study.studies.study import Study as Study
from simlead.study.studies.table_file import read_table

_STUDY_KEYS = ("question", "name", "replications", "precision", "seed", "measures", "effect_sizes", "baseline",
               "engine", "trace_hashes", "weekly")
_PRECISION_KEYS = tuple(field.name for field in dataclasses.fields(Precision))
_TABLE_KEYS = ("file", "columns")
_DESIGN_KEYS = ("kind", "factors", *_TABLE_KEYS, *sorted({
    name for kind in KINDS.values() for name in (*kind.needed, *kind.defaults)}))


def load_study(path: str | os.PathLike[str]) -> Study:
    """Read the study that a TOML file describes, and check every point of its design.

    Nothing is run.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    Study
        The study.

    Raises
    ------
    ParameterError
        In one line that begins with the file's name (and the line, where it is known): for a file that cannot be
        read, is not TOML or not UTF-8, or states something that cannot be.

    Examples
    --------
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
    if "beliefs" in found:
        if "effect_sizes" in found:
            raise ParameterError("beliefs: set twice, as effect_sizes too; beliefs is its old name")
        warn_renamed("the key beliefs of study files", "effect_sizes")
        found["effect_sizes"] = found.pop("beliefs")
    _known("study", found, _STUDY_KEYS)
    if found.get("measures") == []:
        raise ParameterError("measures: none named; leave the line out for all of them")
    if "precision" in found:
        precision = _table(found, "precision", "study.precision")
        _known("study.precision", precision, _PRECISION_KEYS)
        for key in ("measure", "half_width"):
            if key not in precision:
                raise ParameterError(f"study.precision: {key} is missing")
        found["precision"] = Precision(**precision)
    scenario = _table(content, "scenario")
    if "preset" in scenario:
        if "from" in scenario:
            raise ParameterError("scenario.preset: set twice, as from too; preset is its old name")
        warn_renamed("the key preset of study files", "from")
        scenario = {"from" if key == "preset" else key: value for key, value in scenario.items()}
    _known("scenario", scenario, ("from", "set"))
    overrides = _table(scenario, "set", "scenario.set")
    _refuse_unquoted(overrides, "scenario.set")
    if "from" in scenario:
        start, changes = _start(scenario["from"], Path(folder), found)
        found["preset"], overrides = start, {**changes, **overrides}
    design = _design(content, Path(folder))
    for factor in design.names:
        if factor in _table(scenario, "set", "scenario.set"):
            raise ParameterError(f"{factor}: a factor of the design, and set in [scenario.set] too")
    study = Study(design=design, overrides=overrides, **found)
    study.design_table()
    return study


def _start(name: object, folder: Path, study: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The preset that a firm starts from, and what its file changes; the file's effect sizes go into the study."""
    if not isinstance(name, str):
        raise ParameterError(f"from = {shown(name)}: allowed is a scenario file or {' | '.join(PRESETS)}")
    if name not in PRESETS and not (folder / name).exists():
        raise ParameterError(f"from = {shown(name)}: no such file or preset; presets are {' | '.join(PRESETS)}"
                             f"{nearest(name, PRESETS)}")
    firms = {sizes: firm_named(name, sizes, folder) for sizes in EFFECT_SIZES}
    origin = next(iter(firms.values())).origin
    if origin.named:
        wanted = study.setdefault("effect_sizes", [origin.effect_sizes])
        if ([wanted] if isinstance(wanted, str) else wanted) != [origin.effect_sizes]:
            raise ParameterError(f"effect_sizes = {shown(wanted)}: {name} names its own, {origin.effect_sizes}; "
                                 "calibrate a file for each set")
    changes = {path: value for sizes, firm in firms.items() for path, (_, value) in
               preset(origin.preset, origin.effect_sizes if origin.named else sizes).differences(firm).items()}
    return origin.preset, changes


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
