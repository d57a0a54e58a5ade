"""What the runs of a sweep rest on, and in what two sweeps differ."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from simlead.results.provenance import registry_hash, source_hash
from simlead.study.studies.study import DESIGN_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

_MEASURING = ("measures.py", "money.py", "registry.py", "windows.py", "work.py")

_IN_WORDS = {
    "registry": "the registry of parameters",
    "sources": "the code of model and engines",
    "measures_code": "the code of the measures",
    "processes": "your processes (hashes of their code)",
    "own_measures": "your measures (hashes of their code)",
}


def code_identity() -> dict[str, str]:
    """What stands for the registry and the code that make a run and its measures, here and now.

    >>> sorted(code_identity())
    ['measures_code', 'registry', 'sources']
    """
    return {"registry": registry_hash(), "sources": source_hash(), "measures_code": measures_hash()}


@functools.cache
def measures_hash() -> str:
    """Stands for the code that makes measures of a run's tables.

    >>> len(measures_hash())
    16
    """
    digest = hashlib.sha256()
    for name in _MEASURING:
        digest.update(f"{name}\0".encode() + resources.files("simlead").joinpath("results", name).read_bytes())
    return digest.hexdigest()[:16]


def identity_difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """In what an identity differs from a store's, the first thing that is found; empty if in nothing.

    >>> identity_difference({"seed": 1, "engine": "simpy"}, {"seed": 0, "engine": "simpy"})
    'seed is 1 here, 0 in the store'
    """
    told = _scenario_difference(here.get("scenarios", {}), there.get("scenarios", {}))
    for name, value in here.items():
        if not told and name != "scenarios" and value != there.get(name):
            told = f"{_IN_WORDS.get(name, name)} is {_short(value)} here, {_short(there.get(name))} in the store"
    return told


def design_difference(here: pd.DataFrame, there: pd.DataFrame) -> str:
    """In what a design differs from a store's, the first thing that is found; empty if in nothing."""
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
        return f"beliefs are {', '.join(here)} here, {', '.join(there)} in the store"
    for beliefs in here:
        for path in here[beliefs] | there[beliefs]:
            mine, its = here[beliefs].get(path), there[beliefs].get(path)
            if mine != its:
                return f"{path} = {mine!r} here, {its!r} in the store (under {beliefs} beliefs)"
    return ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
