"""Designs: which points of the model's space a study visits. Runs nothing.

Each function returns a table with a column per factor (its dotted path) in the registry's
types, a row per point. The same seed gives the same table, whatever else has drawn numbers.

A discrete factor (whole numbers, switches, choices, or any factor with `levels` or `values`)
takes part in every kind: where a design lives in the unit cube, each of its k values has
the same share of the axis (`factors.Factor.at`).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simlead.model.parameters import Parameter, ParameterError, checked, nearest
from simlead.model.scenario import REGISTRY, TOGETHER, Scenario, contradiction_in
from simlead.study.factors import Factor, FactorLike, checked_factors, shown

if TYPE_CHECKING:
    import numpy.typing as npt

LARGEST_DESIGN = 1_000_000
"""Points in the largest design; a larger one is refused before anything is made."""


LARGEST_LISTED_TABLE = 10_000
"""Cells up to which a table design's rows stand in a study's values; of a larger one, their hash."""

KINDS: dict[str, tuple[str, ...]] = {
    "grid": (),
    "table": (),
}
"""The kinds of design, each with the names of its own settings."""


@dataclasses.dataclass(frozen=True)
class DesignSpec:
    """Which points, before they are made: a kind, its settings and the factors.

    A table has no factors and no settings of its own but `table`, its rows; `of_table` makes it.

    >>> DesignSpec("grid", {}, {"policy.coaching_share": {"low": 0.0, "high": 0.5, "levels": 2}}).points(seed=0).shape
    (2, 1)
    """

    kind: str
    settings: Mapping[str, Any]
    factors: Mapping[str, FactorLike]
    table: pd.DataFrame | None = dataclasses.field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Check kind, settings and factors, and that the design is not too large."""
        if self.kind not in KINDS:
            raise ParameterError(f"kind = {shown(self.kind)}: allowed is {' | '.join(KINDS)}"
                                 f"{nearest(str(self.kind), KINDS)}")
        if self.kind == "table":
            return
        object.__setattr__(self, "factors", checked_factors(self.factors))
        for name in self.factors:
            if name not in REGISTRY:
                raise ParameterError(f"{name:.80}: no such parameter{nearest(name, REGISTRY)}")
        for name in self.settings:
            if name not in KINDS[self.kind]:
                raise ParameterError(f"design.{name:.80}: no such key of a {self.kind} design")

    @classmethod
    def of_table(cls, frame: pd.DataFrame) -> DesignSpec:
        """A design of the points that a table lists."""
        points = table_design(frame)
        return cls("table", {"rows": len(points), "sha256": table_hash(points)}, {}, points)

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted paths that the design varies, in its columns' order."""
        return tuple(self.factors) if self.table is None else tuple(self.table.columns)

    def points(self, seed: int) -> pd.DataFrame:
        """The design's table, a column per factor and a row per point."""
        if self.table is not None:
            return self.table.copy()
        return grid(self.factors)

    def values(self) -> dict[str, Any]:
        """Kind, settings and factors as plain data; a table's rows too if they are not many."""
        found: dict[str, Any] = {"kind": self.kind, "settings": dict(self.settings)}
        if self.table is None:
            return {**found, "factors": {name: _plain(factor) for name, factor in self.factors.items()}}
        if self.table.size <= LARGEST_LISTED_TABLE:
            found["columns"] = {name: self.table[name].tolist() for name in self.table.columns}
        return found

    @classmethod
    def from_values(cls, values: Mapping[str, Any], table: pd.DataFrame | None = None) -> DesignSpec:
        """The design that `values()` described; `table` are a large table's rows."""
        if values["kind"] != "table":
            return cls(values["kind"], values["settings"], values["factors"])
        if "columns" in values:
            table = pd.DataFrame(values["columns"])
        if table is None:
            raise ParameterError("design: the rows of this table are kept apart and are needed too")
        found = cls.of_table(table)
        if found.settings != values["settings"]:
            raise ParameterError("design: the table is not the one that was described")
        return found


def grid(factors: Mapping[str, FactorLike]) -> pd.DataFrame:
    """Every combination of the factors' levels; the last factor changes fastest.

    Raises ParameterError for a factor that cannot be, one without levels or values, and
    more than LARGEST_DESIGN points.

    >>> print(grid({"policy.coaching_share": Factor(0.0, 0.2, 3), "policy.kpi_review": {"values": [False, True]}}))
       policy.coaching_share  policy.kpi_review
    0                    0.0              False
    1                    0.0               True
    2                    0.1              False
    3                    0.1               True
    4                    0.2              False
    5                    0.2               True
    """
    levels = {name: _grid_levels(name, factor) for name, factor in checked_factors(factors).items()}
    size = _refuse_size(math.prod(len(values) for values in levels.values()))
    columns, repeats = {}, size
    for name, values in levels.items():
        repeats //= len(values)
        numbers = np.arange(size) // repeats % len(values)
        columns[name] = _taken(values, numbers)
    return pd.DataFrame(columns)


def table_design(source: pd.DataFrame | str | os.PathLike[str]) -> pd.DataFrame:
    """The points that a table lists: a DataFrame of dotted paths, or a CSV file of them.

    A point may stand twice: it meets the same luck, and both rows give the same results to
    the bit. Values are brought to the registry's types; raises ParameterError for what
    `checked_design` or `table_file.read_table` refuses.

    >>> table_design(pd.DataFrame({"organisation.teams": [2.0, 3.0]}))["organisation.teams"].tolist()
    [2, 3]
    """
    if isinstance(source, pd.DataFrame):
        return _checked_columns(source)
    from simlead.study.table_file import read_table

    return read_table(Path(source))


def checked_design(frame: pd.DataFrame, base: Scenario) -> pd.DataFrame:
    """The design in registry types, once every point is known to be valid in the base scenario.

    Raises ParameterError that names row (counted from 0), column, value and what is allowed,
    and for an empty or too large table. Accepts exactly what `base.change(row)` accepts,
    without making 10^5 scenarios.

    >>> checked_design(pd.DataFrame({"policy.coaching_share": [0.5, 1.5]}), Scenario())
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: row 1: policy.coaching_share = 1.5: allowed is 0 to 1
    """
    found = _checked_columns(frame)
    shared = [path for path in found.columns if path in TOGETHER]
    if shared:
        values = base.values()
        fixed = {path: values[path] for path in TOGETHER}
        combinations = found[shared].drop_duplicates()
        for row, point in zip(combinations.index, combinations.itertuples(index=False, name=None), strict=True):
            contradiction = contradiction_in({**fixed, **dict(zip(shared, point, strict=True))})
            if contradiction:
                raise ParameterError(f"row {row}: {contradiction}")
    return found


def table_hash(frame: pd.DataFrame) -> str:
    """The sha256 of a table's columns and values: the same for tables that make the same runs.

    >>> table_hash(pd.DataFrame({"a": [1.0]})) == table_hash(pd.DataFrame({"a": [1]}))
    False
    """
    digest = hashlib.sha256()
    for name in frame.columns:
        digest.update(json.dumps([str(name), frame[name].tolist()]).encode())
    return digest.hexdigest()


def _grid_levels(name: str, factor: Factor) -> Sequence[Any]:
    if factor.values is None and factor.levels is None:
        raise ParameterError(f"{name}: levels is missing; a grid needs levels or values")
    levels = factor.choices()
    assert levels is not None
    return levels


def _refuse_size(points: int) -> int:
    if points > LARGEST_DESIGN:
        raise ParameterError(f"design: {points} points; allowed is at most {LARGEST_DESIGN}")
    return points


def _taken(values: Sequence[Any], numbers: npt.NDArray[np.int64]) -> pd.Series[Any]:
    return pd.Series([values[number] for number in numbers.tolist()])


def _checked_columns(frame: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame):
        raise ParameterError(f"design = {type(frame).__name__}: a pandas DataFrame of dotted paths is needed")
    if not len(frame.columns):
        raise ParameterError("design: no columns; name at least one parameter by its dotted path")
    if not len(frame):
        raise ParameterError("design: no rows; at least one point is needed")
    _refuse_size(len(frame))
    for name in frame.columns:
        if name not in REGISTRY:
            raise ParameterError(f"{name!s:.80}: no such parameter{nearest(str(name), REGISTRY)}")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ParameterError(f"{twice}: a column twice")
    return pd.DataFrame({name: _checked_column(REGISTRY[name], frame[name]) for name in frame.columns})


def _checked_column(line: Parameter, column: pd.Series[Any]) -> pd.Series[Any]:
    """A column in the registry's type; numbers and switches all at once, the rest by distinct value."""
    values = column.to_numpy()
    number = not line.choices and not isinstance(line.default, bool)
    if number and values.dtype.kind in "fiu":
        assert line.low is not None and line.high is not None
        good = (values >= line.low) & (values <= line.high)
        if isinstance(line.default, int):
            good &= values == np.floor(values)
        if not good.all():
            row = int(np.argmin(good))
            _checked_cell(line, row, values[row].item())
        return pd.Series(values.astype(np.int64) if isinstance(line.default, int) else values + 0.0)
    known: dict[tuple[type, Any], Any] = {}
    found = []
    for row, value in enumerate(values.tolist()):
        try:
            key = (type(value), value)
            if key not in known:
                known[key] = _checked_cell(line, row, value)
            found.append(known[key])
        except TypeError:  # not hashable, so nothing that a parameter could be
            _checked_cell(line, row, str(value))
    return pd.Series(found)


def _checked_cell(line: Parameter, row: int, value: Any) -> Any:
    if value is None or value is pd.NA or value != value:
        raise ParameterError(f"row {row}: {line.path} is missing; allowed is {line.allowed}")
    try:
        return checked(line, value)
    except ParameterError as refusal:
        raise ParameterError(f"row {row}: {refusal}") from None


def _plain(factor: FactorLike) -> dict[str, Any]:
    return factor.as_values() if isinstance(factor, Factor) else dict(factor)
