"""Addition of points to an existing sweep, whose own points keep their numbers and runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.study.studies.design import DesignSpec
from simlead.study.studies.points import DESIGN_COLUMNS
from simlead.study.sweeps.plan import Plan

Counts = NDArray[np.int64]


def filled(table: pd.DataFrame, base: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table with the base scenario's values (by dotted path) in its empty cells.

    >>> import pandas
    >>> filled(pandas.DataFrame({"market.rivals": [5, None]}), {"market.rivals": 1})["market.rivals"].tolist()
    [5.0, 1.0]
    """
    return table.assign(**{
        path: [base[path] if empty else cell for cell, empty in zip(table[path], table[path].isna(), strict=True)]
        for path in table.columns if path in base and table[path].isna().any()})


def numbers_of(design: pd.DataFrame, points: pd.DataFrame, bases: dict[str, dict[str, Any]]) -> list[int | None]:
    """Return the number in a design of each of some points; None for a point that it does not have.

    A factor that one of the two tables lacks stands at the base scenario's value.
    """
    factors = [name for name in dict.fromkeys([*design.columns, *points.columns]) if name not in DESIGN_COLUMNS]
    known: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(_rows(design, factors, bases)):
        known.setdefault(row, number)
    return [known.get(row) for row in _rows(points, factors, bases)]


def with_points(design: pd.DataFrame, replicates: Counts, plan: Plan) -> tuple[Plan, Counts]:
    """Add a plan's points to the design of a store that has so many `replicates` of each point.

    Returns the plan of all points, the store's first and in their order, and the replicates of each:
    for the plan's own points its replications, or what they had if that is more.
    """
    bases = dict(plan.identity["scenarios"])
    factors = [name for name in dict.fromkeys([*design.columns, *plan.design.columns]) if name not in DESIGN_COLUMNS]
    numbers = numbers_of(design, plan.design, bases)
    new = [at for at, number in enumerate(numbers) if number is None]
    whole = pd.concat([_aligned(design, factors, bases), _aligned(plan.design.iloc[new], factors, bases)],
                      ignore_index=True)
    whole["point"] = np.arange(len(whole))
    wanted = np.concatenate([replicates, np.zeros(len(new), np.int64)])
    mine = [number for number in numbers_of(whole, plan.design, bases) if number is not None]
    wanted[mine] = np.maximum(wanted[mine], plan.study.replications or 0)
    listed = whole[(whole["effect_sizes"] == plan.study.effect_sizes[0]) & ~whole["baseline"]]
    study = dataclasses.replace(plan.study, design=DesignSpec.of_table(listed[factors].reset_index(drop=True)))
    return Plan(study, whole, plan.order), wanted


def _aligned(design: pd.DataFrame, factors: list[str], bases: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """The design with a column for each factor, the base's values where it has none."""
    found = design[list(DESIGN_COLUMNS)].copy()
    for path in factors:
        found[path] = design[path] if path in design else [bases[name][path] for name in design["effect_sizes"]]
    return found


def _rows(design: pd.DataFrame, factors: list[str], bases: dict[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
    whole = _aligned(design, factors, bases)
    return list(zip(whole["effect_sizes"].tolist(), *(whole[path].tolist() for path in factors), strict=True))
