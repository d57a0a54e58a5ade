"""Points as PRIM sees them: each factor's values as places in an order, and where the outcome is true."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Axis:
    """A factor: its values in order, and whether they are an order (numbers) or a set (words)."""

    name: str
    levels: NDArray[Any]
    ordered: bool
    whole: bool = False


@dataclasses.dataclass(frozen=True)
class Cases:
    """Points: `places` (points x factors) are places among each axis's levels; `hits` where the outcome is true."""

    axes: tuple[Axis, ...]
    places: Ints
    hits: Bools

    def part(self, kept: Bools) -> Cases:
        """Some of the points, with the axes as they are."""
        return Cases(self.axes, self.places[kept], self.hits[kept])

    def shuffled(self, luck: np.random.Generator) -> Cases:
        """The same points with the outcomes dealt out anew."""
        return Cases(self.axes, self.places, luck.permutation(self.hits))

    def alike(self) -> Ints:
        """For each point a number that points with the same factors share."""
        return np.asarray(np.unique(self.places, axis=0, return_inverse=True)[1], np.int64).ravel()


def cases_of(points: pd.DataFrame, names: list[str], hits: Bools) -> Cases:
    """The cases of a table's factor columns: numbers are ordered, words and switches are sets."""
    from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

    axes, places = [], []
    for name in names:
        column = points[name]
        ordered = is_numeric_dtype(column) and not is_bool_dtype(column)
        values = column.to_numpy() if ordered else column.astype(str).to_numpy(dtype=object)
        if ordered and not np.isfinite(values.astype(float)).all():
            raise ParameterError(f"{name}: a value is not a finite number")
        levels, place = np.unique(values, return_inverse=True)
        axes.append(Axis(name, levels, ordered, is_integer_dtype(column) and not is_bool_dtype(column)))
        places.append(place.ravel())
    return Cases(tuple(axes), np.column_stack(places).astype(np.int64), hits)
