"""The box of factors of a surface: scaled to 0 and 1, and back to the values that factors take."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc

from simlead.statistics.errors import StatisticsError
from simlead.statistics.kriging import Array

Kind = Literal["number", "whole", "switch"]
STEPS_ALONE = 201
"""Values of a factor that are tried while the others are held."""

STEPS_OF_TWO = 31
"""Values of each of two factors that are tried together."""

TRIED = 2_048
"""Policies that are tried of three factors or more."""

_BEYOND = 0.15

Allowed = Callable[["pd.DataFrame"], NDArray[np.bool_]]
"""Which rows of a frame of factor values can occur together."""


@dataclasses.dataclass(frozen=True)
class Ranges:
    """Factors by name, the ends of their ranges, what kind of values they take, and which go together."""

    names: tuple[str, ...]
    lows: Array
    highs: Array
    kinds: tuple[Kind, ...]
    allowed: Allowed | None = None

    def scaled(self, frame: pd.DataFrame) -> Array:
        """The factor columns of a frame with each range as 0 to 1; rows x factors."""
        return np.asarray((frame[list(self.names)].to_numpy(float) - self.lows) / (self.highs - self.lows))

    def frame(self, scaled: Array) -> pd.DataFrame:
        """Rows x factors in ranges of 0 to 1 as columns of the factors' types."""
        values = self.lows + scaled * (self.highs - self.lows)
        kinds = {"whole": np.int64, "switch": np.bool_}
        return pd.DataFrame({
            name: values[:, j] if kind == "number" else np.rint(values[:, j]).astype(kinds[kind])
            for j, (name, kind) in enumerate(zip(self.names, self.kinds, strict=True))})

    def value(self, name: str, scaled: float) -> float:
        """One factor's value for its place in the range."""
        j = self.names.index(name)
        return float(self.lows[j] + scaled * (self.highs[j] - self.lows[j]))

    def index(self, name: str) -> int:
        """The place of a factor among the names; StatisticsError for an unknown one."""
        if name not in self.names:
            raise StatisticsError(f"factor {name!r}: this surface has {', '.join(self.names)}", name, self.names)
        return self.names.index(name)

    def possible(self, scaled: Array) -> Array:
        """Those of the rows whose values can occur together."""
        return scaled if self.allowed is None else scaled[self.allowed(self.frame(scaled))]

    def axis(self, j: int, steps: int = STEPS_ALONE) -> Array:
        """Places in one factor's range: every value of whole numbers and switches, else even steps."""
        return np.unique(self._snapped(np.linspace(0.0, 1.0, steps), j))

    def along(self, place: Array, j: int) -> Array:
        """The rows that differ from a place in one factor only, those that are possible."""
        values = self.axis(j)
        rows = np.tile(place, (len(values), 1))
        rows[:, j] = values
        return self.possible(rows)

    def spread(self, low: Array, high: Array) -> Array:
        """Rows that fill a part of the box, its edges included; those that are possible.

        A lattice for one factor or two. For more a Sobol sequence that is stretched beyond
        the edges and cut back to them, because what is best often lies on an edge.
        """
        factors = len(self.names)
        if factors <= 2:
            steps = np.linspace(0.0, 1.0, (STEPS_ALONE, STEPS_OF_TWO)[factors - 1])
            unit = np.column_stack([axis.ravel() for axis in np.meshgrid(*[steps] * factors)])
        else:
            sequence = qmc.Sobol(factors, scramble=False).random(TRIED)
            unit = np.clip(sequence * (1 + 2 * _BEYOND) - _BEYOND, 0.0, 1.0)
        unit = low + unit * (high - low)
        snapped = np.column_stack([self._snapped(unit[:, j], j) for j in range(factors)])
        return self.possible(np.unique(snapped, axis=0))

    def _snapped(self, places: Array, j: int) -> Array:
        if self.kinds[j] == "number":
            return places
        steps = self.highs[j] - self.lows[j]
        return np.asarray(np.clip(np.rint(places * steps), 0.0, steps) / steps)


def ranges_of(frame: pd.DataFrame, names: Sequence[str], allowed: Allowed | None = None) -> Ranges:
    """The ranges that the factor columns of a frame span; StatisticsError for words and constants.

    >>> import pandas as pd
    >>> ranges = ranges_of(pd.DataFrame({"x": [0.0, 2.0], "n": [3, 5]}), ["x", "n"])
    >>> ranges.kinds, ranges.frame(np.array([[0.5, 0.5]])).values.tolist()
    (('number', 'whole'), [[1.0, 4.0]])
    """
    from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

    kinds: list[Kind] = []
    for name in names:
        column = frame[name]
        if not is_numeric_dtype(column):
            raise StatisticsError(f"{name}: its values are words; fit one surface for each of them")
        values = column.to_numpy(float)
        if not np.isfinite(values).all():
            raise StatisticsError(f"{name}: a value is not a finite number")
        if values.min() == values.max():
            raise StatisticsError(f"{name} = {values.min():g} at every point: a factor must vary")
        kinds.append("switch" if is_bool_dtype(column) else "whole" if is_integer_dtype(column) else "number")
    table = frame[list(names)].to_numpy(float)
    return Ranges(tuple(names), table.min(axis=0), table.max(axis=0), tuple(kinds), allowed)
