"""Reading a store: by columns, a tile of runs at a time, in an order that no layout of shards can change."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.results.files import FileFormatError
from simlead.study.sweeps.store import Store

REPLICATES_AT_A_TIME = 4096
RUNS_AT_A_TIME = 65_536


@dataclasses.dataclass(frozen=True)
class Tile:
    """Some consecutive points and replicates, as dense arrays (points x replicates).

    `there` says which runs are in the store, `columns` hold their values: numbers as float64
    with nan where there is no run, anything else as objects with None.
    """

    first_point: int
    first_replicate: int
    there: NDArray[np.bool_]
    columns: dict[str, NDArray[Any]]


def tiles(
    store: Store, wanted: ArrayLike, columns: Sequence[str], *, whole_points: bool = False
) -> Iterator[Tile]:
    """The runs wanted that are in the store, tile by tile: by point, then by replicate.

    The first `wanted` replicates of each point; the tiles' edges depend on nothing else. With
    `whole_points` a tile has all replicates of its points, however many. Raises FileFormatError
    for a damaged shard, and where two shards tell different things of one run.
    """
    limits = np.asarray(wanted, np.int64)
    most = int(limits.max(initial=0))
    width = most if whole_points else min(most, REPLICATES_AT_A_TIME)
    if not width:
        return
    shards = store.shards()
    corners = np.array([dataclasses.astuple(shard.rectangle) for shard in shards], np.int64).reshape(-1, 4)
    height = max(1, RUNS_AT_A_TIME // width)
    for first_point in range(0, len(limits), height):
        last_point = min(first_point + height, len(limits)) - 1
        for first in range(0, most, width):
            last = min(first + width, most) - 1
            some = np.flatnonzero(limits[first_point:last_point + 1] > first) + first_point
            if not len(some):
                continue
            here = np.flatnonzero((corners[:, 0] <= some[-1]) & (corners[:, 1] >= some[0])
                                  & (corners[:, 2] <= last) & (corners[:, 3] >= first))
            tile = _Filling(first_point, first, limits[first_point:last_point + 1], last - first + 1)
            for number in here:
                tile.fill(store, shards[number], columns)
            yield Tile(first_point, first, tile.there, {
                name: tile.columns.get(name, np.full(tile.there.shape, np.nan)) for name in columns})


class _Filling:
    """A tile while it is being filled from shards."""

    def __init__(self, first_point: int, first_replicate: int, limits: NDArray[np.int64], width: int) -> None:
        self.first_point, self.first_replicate = first_point, first_replicate
        self.wanted = np.arange(first_replicate, first_replicate + width) < limits[:, None]
        self.there = np.zeros(self.wanted.shape, bool)
        self.columns: dict[str, NDArray[Any]] = {}

    def fill(self, store: Store, shard: Any, names: Sequence[str]) -> None:
        found = store.content(shard).columns(["point", "replicate", *names])
        row, column = found["point"] - self.first_point, found["replicate"] - self.first_replicate
        height, width = self.wanted.shape
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        inside[inside] = self.wanted[row[inside], column[inside]]
        row, column = row[inside], column[inside]
        again = self.there[row, column]
        for name in names:
            values = found[name][inside]
            if name not in self.columns:
                number = values.dtype.kind != "O"
                self.columns[name] = np.full(
                    self.wanted.shape, np.nan if values.dtype.kind == "f" else 0 if number else None, values.dtype)
            before = self.columns[name][row[again], column[again]]
            if again.any() and not _same(before, values[again]):
                raise FileFormatError(f"{shard.path} tells other results of runs that another file has too")
            self.columns[name][row, column] = values
        self.there[row, column] = True


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
