"""The identity of a sweep: what all its runs depend on, and how two sweeps differ."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.model.meaning import hash_of_meaning, source_hash
from simlead.results.provenance import registry_hash, same_answers
from simlead.study.studies.study import DESIGN_COLUMNS

_MEASURING = tuple(f"results/{name}.py" for name in (
    "market", "measures", "money", "registry", "teams", "weekly", "windows", "work"))
_EARLIER_MEASURES = ("a7b839baa393878a", "ca323058a906c7ea")
"""Hashes of the measures' code in earlier versions whose measures are today's, as the golden runs prove: 0.1.0, and
0.2.0 before `teams` was among the files."""

_CODE = ("registry", "sources", "measures_code")

_IN_WORDS = {
    "registry": "the registry of parameters",
    "sources": "the code of model and engines",
    "measures_code": "the code of the measures",
    "processes": "your processes (hashes of their code)",
    "own_measures": "your measures (hashes of their code)",
}


def code_identity() -> dict[str, str]:
    """Return hashes of the registry and of the code that makes a run and its measures, here and now.

    >>> sorted(code_identity())
    ['measures_code', 'registry', 'sources']
    """
    return {"registry": registry_hash(), "sources": source_hash(), "measures_code": measures_hash()}


@functools.cache
def measures_hash() -> str:
    """Return a hash of the code that computes measures from a run's tables.

    >>> len(measures_hash())
    16
    """
    return hash_of_meaning(Path(str(resources.files("simlead"))), _MEASURING)


def same_code(name: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Whether code of this name (see `code_identity`) gives the same answers here and there.

    >>> same_code("sources", {"sources": "0123456789abcdef"}, {"sources": "3dbfd9a75b88855e"})
    False
    """
    if name == "measures_code" and here[name] == measures_hash():
        return there.get(name) in (here[name], *_EARLIER_MEASURES)
    return same_answers(str(there.get(name)), str(here[name]))


def identity_difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """Return the first difference between an identity and a store's; empty if there is none.

    >>> identity_difference({"seed": 1, "engine": "simpy"}, {"seed": 0, "engine": "simpy"})
    'seed is 1 here, 0 in the store'
    """
    difference = _scenario_difference(here.get("scenarios", {}), there.get("scenarios", {}))
    for name, value in here.items():
        same = same_code(name, here, there) if name in _CODE else value == there.get(name)
        if not difference and name != "scenarios" and not same:
            difference = f"{_IN_WORDS.get(name, name)} is {_short(value)} here, {_short(there.get(name))} in the store"
    return difference


def design_difference(here: pd.DataFrame, there: pd.DataFrame) -> str:
    """Return the first difference between a design and a store's; empty if there is none."""
    if list(here.columns) != list(there.columns):
        named = [", ".join(str(name) for name in side if name not in DESIGN_COLUMNS) for side in (here, there)]
        return f"the design varies {named[0]} here, {named[1]} in the store"
    if len(here) != len(there):
        return f"the design has {len(here)} points here, {len(there)} in the store"
    for name in here.columns:
        mine, its = here[name].tolist(), there[name].tolist()
        if mine != its:
            point = next(number for number, pair in enumerate(zip(mine, its, strict=True)) if pair[0] != pair[1])
            return f"point {point} has {name} = {mine[point]!r} here, {its[point]!r} in the store"
    return ""


def _scenario_difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    if set(here) != set(there):
        return f"effect sizes are {', '.join(here)} here, {', '.join(there)} in the store"
    for effect_sizes in here:
        for path in here[effect_sizes] | there[effect_sizes]:
            mine, its = here[effect_sizes].get(path), there[effect_sizes].get(path)
            if mine != its:
                return f"{path} = {mine!r} here, {its!r} in the store (under {effect_sizes} effect sizes)"
    return ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
