"""Points and outcomes as numbers: the one reader of designs, sweeps' tables and plain arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from simlead.model.parameters import ParameterError, nearest
from simlead.study.studies.factors import Factor, checked_factors
from simlead.study.studies.points import DESIGN_COLUMNS, of_effect_sizes

Floats = NDArray[np.float64]

Factors = Mapping[str, Any] | Iterable[str] | None
"""The factors of a design: their names, or name -> `factors.Factor`, its plain form, or (low, high).
None: every column of the design."""

COMMON = 0.9
"""A replicate counts in `outcomes_of` if this fraction of the points has it."""


def outcomes_of(
    design: pd.DataFrame, runs: pd.DataFrame, measure: str, effect_sizes: str | None = None
) -> tuple[pd.DataFrame, Floats]:
    """Convert a sweep's design and runs into factors (a frame, a row per point) and outcomes (points x replicates).

    Baseline points are left out, and those of other effect sizes, which must be named where there
    are several. Replicates that fewer than nine in ten points have are left out; another run that
    is missing is nan. Raises ParameterError for a measure or effect sizes that are not there.

    >>> import pandas as pd
    >>> design = pd.DataFrame({"point": [0, 1, 2], "baseline": [True, False, False], "x": [0.0, 0.5, 1.0]})
    >>> runs = pd.DataFrame({"point": [1, 1, 2], "replicate": [0, 1, 0], "revenue": [5.0, 6.0, 7.0]})
    >>> factors, outcomes = outcomes_of(design, runs, "revenue")
    >>> factors.values.tolist(), outcomes.tolist()
    ([[0.5], [1.0]], [[5.0], [7.0]])
    """
    chosen = design
    if "baseline" in chosen.columns:
        chosen = chosen[~chosen["baseline"].to_numpy(bool)]
    chosen = of_effect_sizes(chosen, effect_sizes)
    outcomes = runs_by_point(chosen, runs, measure)
    common = (~np.isnan(outcomes)).mean(axis=0) >= COMMON
    return chosen.drop(columns=[name for name in DESIGN_COLUMNS if name in chosen.columns]), outcomes[:, common]


def runs_by_point(points: pd.DataFrame, runs: pd.DataFrame, measure: str) -> Floats:
    """A measure of each point's runs: points x replicates, nan where there is no run.

    Raises ParameterError for a missing column and for a replicate that a point has twice.
    """
    for name in ("point", "replicate", measure):
        if name not in runs.columns:
            what = f"measure {name!r}: the runs have no such column" if name == measure else f"runs: no column {name}"
            raise ParameterError(f"{what}{nearest(name, runs.columns)}")
    if "point" not in points.columns:
        raise ParameterError("points: a column point is needed, by which runs belong to them")
    if runs.duplicated(["point", "replicate"]).any():
        raise ParameterError("runs: a point has the same replicate twice")
    wide = runs.pivot(index="point", columns="replicate", values=measure)
    return np.asarray(wide.reindex(points["point"]).to_numpy(float))


def outcome_array(outcomes: ArrayLike, rows: int) -> Floats:
    """Outcomes as rows x replicates; one number a row is one replicate. ParameterError otherwise."""
    values = np.asarray(outcomes, dtype=np.float64)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or not values.shape[1]:
        raise ParameterError(f"outcomes of shape {values.shape}: rows x replicates are needed")
    if len(values) != rows:
        raise ParameterError(f"{len(values)} outcomes for {rows} points: a row for each is needed, in the same order")
    return values


def columns_of(design: pd.DataFrame | ArrayLike, factors: Factors) -> dict[str, NDArray[Any]]:
    """The factors' columns by name. ParameterError where one is not there or there is none."""
    named: list[str] | None = None if factors is None else [str(name) for name in factors]
    if isinstance(design, pd.DataFrame):
        found = {str(name): np.asarray(design[name]) for name in design.columns if name not in DESIGN_COLUMNS}
    else:
        array = np.asarray(design)
        if array.ndim != 2:
            raise ParameterError(f"design of shape {array.shape}: points x factors are needed")
        names = named or [f"x{place + 1}" for place in range(array.shape[1])]
        if len(names) != array.shape[1]:
            raise ParameterError(f"{len(names)} factors for {array.shape[1]} columns")
        found = {name: array[:, place] for place, name in enumerate(names)}
    for name in named or ():
        if name not in found:
            raise ParameterError(f"factor {name!r}: the design has no such column{nearest(name, found)}")
    chosen = found if named is None else {name: found[name] for name in named}
    if not chosen:
        raise ParameterError("factors: at least one is needed")
    return chosen


def codes_of(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
    """The columns as whole numbers, equal where values are (points x factors)."""
    return np.column_stack([pd.factorize(column)[0] for column in columns.values()])


def on_unit_scale(columns: Mapping[str, NDArray[Any]], factors: Factors) -> Floats:
    """The columns with each factor's range as 0 to 1 (points x factors).

    A factor with a list of values counts their places in the list; without a range, the
    column's own least and greatest value are 0 and 1. ParameterError for words without a
    list, a value that is not in it, and a column of one value.
    """
    given = dict(factors) if isinstance(factors, Mapping) else {}
    ends = {name: Factor(*extent) for name, extent in given.items() if isinstance(extent, tuple)}
    listed = {name: extent for name, extent in given.items() if name not in ends}
    ranges = {**ends, **(checked_factors(listed) if listed else {})}
    return np.column_stack([_scaled(name, column, ranges.get(name)) for name, column in columns.items()])


def _scaled(name: str, column: NDArray[Any], factor: Factor | None) -> Floats:
    if factor is not None and factor.values is not None:
        places = {value: place for place, value in enumerate(factor.values)}
        unknown = [value for value in column.tolist() if value not in places]
        if unknown:
            raise ParameterError(f"{name} = {unknown[0]!r}: allowed is {' | '.join(map(str, places))}")
        return np.array([places[value] for value in column.tolist()]) / (len(places) - 1.0)
    try:
        values = column.astype(np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name}: words have no order; give the factor's list of values") from None
    low, high = float(values.min()), float(values.max())
    if not high > low:
        raise ParameterError(f"{name} is {low:g} at all points; an effect needs two values")
    if factor is not None and factor.low is not None and factor.high is not None:
        low, high = factor.low, factor.high
    return np.asarray((values - low) / (high - low))
