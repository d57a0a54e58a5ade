"""Reading a store: by columns, a tile of runs at a time, in an order that no layout of shards can change."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.results.files import FileFormatError
from simlead.study.sweeps.shards import Shard
from simlead.study.sweeps.store import Store

RUNS_AT_A_TIME = 65_536


class Tile:
    """All replicates of some consecutive points, as dense arrays (points x replicates).

    `there` says which runs are in the store, `columns` hold their values: numbers as float64
    with nan where there is no run, anything else as objects with None.
    """

    def __init__(self, first_point: int, limits: NDArray[np.int64]) -> None:
        self.first_point = first_point
        self._wanted = np.arange(limits.max()) < limits[:, None]
        self.there: NDArray[np.bool_] = np.zeros(self._wanted.shape, bool)
        self.columns: dict[str, NDArray[Any]] = {}

    @property
    def points(self) -> slice:
        """The places of its points among all."""
        return slice(self.first_point, self.first_point + len(self.there))

    def fill(self, store: Store, shard: Shard, names: Sequence[str]) -> None:
        """Take over what a shard has of these points."""
        found = store.content(shard).columns(["point", "replicate", *names])
        row, column = found["point"] - self.first_point, found["replicate"]
        height, width = self._wanted.shape
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        inside[inside] = self._wanted[row[inside], column[inside]]
        row, column = row[inside], column[inside]
        again = self.there[row, column]
        for name in names:
            values = found[name][inside]
            if name not in self.columns:
                empty = {"f": np.nan, "O": None}.get(values.dtype.kind, 0)
                self.columns[name] = np.full(self._wanted.shape, empty, values.dtype)
            before = self.columns[name][row[again], column[again]]
            if again.any() and not _same(before, values[again]):
                raise FileFormatError(f"{shard.path} has other results of runs that another file has too")
            self.columns[name][row, column] = values
        self.there[row, column] = True


def tiles(store: Store, wanted: ArrayLike, columns: Sequence[str]) -> Iterator[Tile]:
    """The first `wanted` replicates of each point that are in the store, tile by tile in the order of the points.

    Raises FileFormatError for a damaged shard, and where two shards have different results of one run.
    """
    limits = np.asarray(wanted, np.int64)
    shards = store.shards()
    corners = np.array([dataclasses.astuple(shard.rectangle) for shard in shards], np.int64).reshape(-1, 4)
    height = max(1, RUNS_AT_A_TIME // max(1, int(limits.max(initial=0))))
    for first in range(0, len(limits), height):
        here = limits[first:first + height]
        if not here.any():
            continue
        some = np.flatnonzero(here) + first
        tile = Tile(first, here)
        for number in np.flatnonzero((corners[:, 0] <= some[-1]) & (corners[:, 1] >= some[0])
                                     & (corners[:, 2] < here.max())):
            tile.fill(store, shards[number], columns)
        for name in columns:
            tile.columns.setdefault(name, np.full(tile.there.shape, np.nan))
        yield tile


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    if one.dtype.kind == "O":  # texts, or series by week
        return all(np.array_equal(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True))
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
