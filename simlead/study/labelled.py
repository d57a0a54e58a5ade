"""Results as labelled arrays of xarray: dimensions by name, coordinates and measures with units."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.results.dictionary import column
from simlead.results.measures import MEASURES
from simlead.results.own_measures import measure_named

if TYPE_CHECKING:
    import xarray


def refuse_missing_xarray() -> None:
    """Raise ParameterError, with what to install, where xarray is missing."""
    if importlib.util.find_spec("xarray") is None:
        raise ParameterError('to_xarray needs xarray, which is not installed: pip install "simlead[xarray]"')


def by_point(design: pd.DataFrame, runs: pd.DataFrame, names: list[str], about: Mapping[str, Any]) -> xarray.Dataset:
    """Measures of runs by design point and replication, with the factors as coordinates; see `Sweep.to_xarray`."""
    places = design["point"].to_numpy()
    replicates = np.arange(int(runs["replicate"].max()) + 1 if len(runs) else 0)
    beside = {str(name): ("point", design[name].to_numpy(), _about("design", str(name)))
              for name in design.columns if name != "point"}
    return _dataset(runs, names, "point", places, replicates, beside).assign_attrs(about)


def by_scenario(
    scenarios: Iterable[str], runs: pd.DataFrame, units: Mapping[str, str], about: Mapping[str, Any]
) -> xarray.Dataset:
    """Measures of runs by scenario and replication; see `Comparison.to_xarray`."""
    names = [str(name) for name in runs.columns if name in units]
    places, replicates = np.array(list(scenarios), dtype=object), np.unique(runs["replicate"].to_numpy())
    return _dataset(runs, names, "scenario", places, replicates, {}, units).assign_attrs(about)


def _dataset(
    runs: pd.DataFrame, names: list[str], first: str, places: Any, replicates: Any, beside: Mapping[str, Any],
    units: Mapping[str, str] | None = None,
) -> xarray.Dataset:
    """Measures by a first dimension and replication; nan where there is no run."""
    refuse_missing_xarray()
    import xarray

    index = pd.MultiIndex.from_product([places, replicates], names=[first, "replicate"])
    whole = runs.set_index([first, "replicate"])[names].reindex(index)
    shape = (len(places), len(replicates))
    data = {name: ((first, "replicate"), whole[name].to_numpy(float).reshape(shape), _of_measure(name, units or {}))
            for name in names}
    about = {name: _about("comparison_runs", name) for name in (first, "replicate")}
    return xarray.Dataset(data, {first: (first, places, about[first]),
                                 "replicate": ("replicate", replicates, about["replicate"]), **beside})


def _of_measure(name: str, units: Mapping[str, str]) -> dict[str, str]:
    known = MEASURES[name] if name in MEASURES else measure_named(name)
    unit, meaning = (units.get(name, ""), "") if known is None else (known.unit, known.meaning)
    return {"units": unit, "long_name": meaning or name}


def _about(table: str, name: str) -> dict[str, str]:
    found = column(table, name)
    return {} if found is None else {"units": found.unit, "long_name": found.meaning}
